import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { DeleteCommand, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { docsGaps } from '../../test-support/contract.ts'
import type { Report, User } from './schemas.ts'
import { onBothStores, type Told } from './test-support/report-app.ts'

interface ReportPage { count: number, data: Report[], lastEvaluatedKey: string | null }

const AT = '2026-03-01T12:00:00.000Z'
/** As many digits as DynamoDB keeps, and its extremes. */
const NUMBERS = ['12345678901234567890123456789012345678', '-0.12345678901234567890123456789012345678', '9007199254740993', '0.1', '1e-130', '-9.9999999999999999999999999999999999999e125', '1.5e21', '100', '1e3', '0']
const same = (a: string, b: string) => BigInt(shifted(a)) === BigInt(shifted(b))
/** A decimal in units of 1e-170. */
function shifted (text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return `${whole}${fraction}${'0'.repeat(170 + Number(exponent) - fraction.length)}`
}

onBothStores('reports', async (t, api) => {
  const [ada, bob] = [api.as('ada'), api.as('bob')]
  const { documents } = api.aws
  const { reports: table, users } = api.config.report.tables
  const create = async (body: object = { title: 'Test Report' }) => (await ada<Report>('POST /api/reports', { body })).body.data

  t.test('a report is created, read, changed, replaced and deleted, each in one call', async (t) => {
    const created = await ada<Report>('POST /api/reports', { body: { title: 'Test Report', author: 'Ada', date: '2026-03-01', reference: 'K9-17', favorites: ['p-1', 'p-2'] } })
    t.equal(created.status, 201)
    const { id } = created.body.data
    t.strictSame(created.body.data, { id, user_id: 'ada', title: 'Test Report', author: 'Ada', date: '2026-03-01', reference: 'K9-17', favorites: ['p-1', 'p-2'], version: 1, created_at: AT, updated_at: AT })
    t.strictSame([created.headers.location, created.headers.etag], [`/api/reports/${id}`, '"1"'])
    t.strictSame(api.callsOf(created), ['PutItem 2'], 'the table and its index')

    const read = await ada<Report>(`GET ${created.headers.location}`)
    t.strictSame([read.body.data, read.headers.etag], [created.body.data, '"1"'])
    t.strictSame(api.callsOf(read), ['GetItem 0.5'])

    await api.clock.advance(1000)
    const patched = await ada<Report>(`PATCH /api/reports/${id}`, { body: { title: 'Final', reference: null } })
    const { reference, ...rest } = created.body.data
    t.strictSame(patched.body.data, { ...rest, title: 'Final', version: 2, updated_at: '2026-03-01T12:00:01.000Z' })
    t.equal(patched.headers.etag, '"2"')
    t.strictSame(api.callsOf(patched), ['UpdateItem 2'])

    const replaced = await ada<Report>(`PUT /api/reports/${id}`, { body: { title: 'Other', favorites: true } })
    t.strictSame(replaced.body.data, { id, user_id: 'ada', title: 'Other', favorites: true, version: 3, created_at: AT, updated_at: '2026-03-01T12:00:01.000Z' })
    t.strictSame(api.callsOf(replaced), ['UpdateItem 2'])
    t.strictSame((await ada(`GET /api/reports/${id}`)).body.data, replaced.body.data)

    const deleted = await ada(`DELETE /api/reports/${id}`)
    t.strictSame([deleted.status, deleted.body.data, api.callsOf(deleted)], [200, { id }, ['DeleteItem 2']])
    for (const method of ['GET', 'DELETE']) t.equal((await ada(`${method} /api/reports/${id}`)).body.code, 'REPORT_NOT_FOUND', method)
    for (const method of ['PUT', 'PATCH']) t.equal((await ada(`${method} /api/reports/${id}`, { body: { title: 'T' } })).status, 404, `${method} makes none`)
    t.notOk((await documents.send(new GetCommand({ TableName: table, Key: { id } }))).Item)
  })

  t.test('the seed\'s curl line works unchanged', async (t) => {
    // What curl sends for: curl -X POST .../reports -H "Authorization: Bearer <token>" -d '{"title": "Test Report"}'
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const { token } = await api.emulator.tokens.issue({ sub: 'ada' })
    const headers = { accept: '*/*', authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' }
    const [response] = await once(httpRequest(`${base}/reports`, { method: 'POST', headers }).end('{"title": "Test Report"}'), 'response') as [IncomingMessage]
    const { data } = JSON.parse(Buffer.concat(await response.toArray() as Buffer[]).toString()) as { data: Report }
    t.match([response.statusCode, response.headers.location, data.title], [201, `/reports/${data.id}`, 'Test Report'])
    t.strictSame((await ada(`GET /api/reports/${data.id}`)).body.data, data, 'with or without the prefix it is the same')
    const form = await ada('POST /reports', { body: 'title=Test+Report', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    t.match([form.status, form.body.code], [400, 'INVALID_JSON'])
    t.equal((await ada('POST /reports', { body: '<title/>', headers: { 'content-type': 'text/xml' } })).status, 415)
  })

  t.test('two editors do not overwrite each other', async (t) => {
    const { id } = await create()
    const line = (method: string) => `${method} /api/reports/${id}`
    const body = { title: 'Mine' }
    const edits = await Promise.all(Array.from({ length: 10 }, (_, index) => ada(line('PUT'), { body: { title: `Editor ${index}` }, headers: { 'if-match': '"1"' } })))
    t.strictSame(edits.map(({ status }) => status).sort(), [200, ...Array<number>(9).fill(412)], 'of ten at once, one')
    const late = await ada(line('PATCH'), { body, headers: { 'if-match': '"1"' } })
    t.match(late.body, { statusCode: 412, code: 'REPORT_CHANGED', message: `Report ${id} does not match If-Match. Its ETag is "2": read it again` })

    for (const [header, status] of [['"1", "2"', 200], ['*', 200], ['W/"4"', 412], ['"7"', 412], ['"x"', 412], ['"99999999999999999999"', 412], ['4', 400], ['', 400], ['"4', 400]] as const) {
      const told = await ada(line('PATCH'), { body, headers: { 'if-match': header } })
      t.equal(told.status, status, `If-Match: ${header}`)
    }
    const { etag } = (await ada(line('GET'))).headers
    for (const names of [`${etag}`, '*', `W/${etag}`, `"x", ${etag}`]) {
      const unchanged = await api.app.inject({ url: `/api/reports/${line('GET').split('/').at(-1)}`, headers: { authorization: `Bearer ${(await api.emulator.tokens.issue({ sub: 'ada' })).token}`, 'if-none-match': names } })
      t.strictSame([unchanged.statusCode, unchanged.headers.etag, unchanged.payload], [304, etag, ''], `If-None-Match: ${names}`)
    }
    t.equal((await ada(line('GET'), { headers: { 'if-none-match': '"x", "1"' } })).status, 200)
    t.equal((await ada(line('DELETE'), { headers: { 'if-match': '"3"' } })).status, 412)
    t.equal((await ada(line('DELETE'), { headers: { 'if-match': '"4"' } })).status, 200)
    t.equal((await ada(line('PUT'), { body, headers: { 'if-match': '"4"' } })).status, 404, 'what is gone is gone')

    await documents.send(new PutCommand({ TableName: table, Item: { id: 'of-others', user_id: 'ada', title: 'Old', created_at: AT, updated_at: AT } }))
    const old = await ada('GET /api/reports/of-others')
    t.equal(old.headers.etag, '"0"', 'one that others wrote has no version')
    t.equal((await ada('PATCH /api/reports/of-others', { body, headers: { 'if-match': '"0"' } })).headers.etag, '"1"')
    t.equal((await ada('DELETE /api/reports/of-others', { headers: { 'if-match': '"0"' } })).status, 412)
    t.equal((await ada('DELETE /api/reports/of-others')).status, 200)
  })

  t.test('a user\'s reports are listed newest first, in pages, complete', async (t) => {
    const carol = api.as('carol')
    const ids: string[] = []
    for (let count = 0; count < 7; count++) {
      await api.clock.advance(1000)
      ids.unshift((await carol<Report>('POST /api/reports', { body: { title: `Report ${count}` } })).body.data.id)
    }
    const pages: Told<ReportPage>[] = []
    for (let token: string | null = ''; token !== null; token = pages.at(-1)!.body.data.lastEvaluatedKey) {
      pages.push(await carol<ReportPage>(`GET /api/reports?limit=3${token && `&lastEvaluatedKey=${token}`}`))
    }
    t.strictSame(pages.map(({ body }) => body.data.count), [3, 3, 1])
    t.strictSame(pages.flatMap(({ body }) => body.data.data.map(({ id }) => id)), ids)
    t.strictSame(pages.map((page) => api.callsOf(page)), Array(3).fill(['Query 0.5']))
  })

  t.test('another user\'s report is not found, by any route', async (t) => {
    const { id, ...rest } = await create({ title: 'Secret' })
    const body = { title: 'Bob was here' }
    const tries: [line: string, request?: object][] = [
      [`GET /api/reports/${id}`],
      [`PUT /api/reports/${id}`, { body }],
      [`PATCH /api/reports/${id}`, { body }],
      [`DELETE /api/reports/${id}`],
      ...['*', '"1"', '"2"', 'W/"1"'].flatMap((etag): [string, object][] => ['PUT', 'PATCH', 'DELETE'].map((method) =>
        [`${method} /api/reports/${id}`, { ...method !== 'DELETE' && { body }, headers: { 'if-match': etag } }])),
      [`GET /api/reports/${id.toUpperCase()}`],
      [`GET /api/reports/${encodeURIComponent(id)}`],
      [`GET /api/reports/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`],
      [`GET /reports/${id}`],
      [`DELETE /reports/${id}`],
    ]
    const absent = (await bob('GET /api/reports/nothing')).response.payload
    for (const [line, request] of tries) {
      const told = await bob(line, request)
      t.equal(told.status, 404, line)
      const asked = decodeURIComponent(line.split('/').at(-1)!)
      t.strictSame({ ...told.body, requestId: '' }, { ...JSON.parse(absent.replace('nothing', asked)) as object, requestId: '' }, `${line}: the same words as for what is not there`)
    }
    const noRoute = [`/api/reports/${id}/`, `/api//reports/${id}`, `/api/reports/x%2f..%2f${id}`, `/api/users/ada/reports/${id}`, `/api/reports/${id}/title`, `/API/reports/${id}`]
    for (const url of noRoute) t.ok([400, 404].includes((await bob(`GET ${url}`)).status), url)
    const asAda = { 'x-user-id': 'ada', 'x-forwarded-user': 'ada', 'x-http-method-override': 'DELETE', cookie: 'user_id=ada' }
    for (const line of [`GET /api/reports/${id}?user_id=ada`, `GET /api/reports/${id}?userId=ada&sub=ada`, `DELETE /api/reports/${id}?user_id=ada`]) {
      t.equal((await bob(line, { headers: asAda })).status, 404, line)
    }
    const { token: bobs } = await api.emulator.tokens.issue({ sub: 'bob' })
    t.equal((await api.app.inject({ method: 'HEAD', url: `/api/reports/${id}`, headers: { authorization: `Bearer ${bobs}` } })).statusCode, 404, 'HEAD')

    const refused: [line: string, request?: object][] = [
      ['POST /api/reports', { body: { ...body, id } }],
      ['POST /api/reports', { body: { ...body, user_id: 'ada' } }],
      ['POST /api/reports', { body: '{"title":"T","__proto__":{"user_id":"ada"}}' }],
      ['PATCH /api/reports/x', { body: { user_id: 'ada' } }],
      [`GET /api/reports/${id}%00`],
      [`GET /api/reports/${id}%00`],
      ['GET /api/reports?user_id=ada'],
      ['GET /api/reports?lastEvaluatedKey=x'],
    ]
    for (const [line, request] of refused) t.equal((await bob(line, request)).status, 400, line)

    await create()
    const adas = (await ada<ReportPage>('GET /api/reports?limit=1')).body.data.lastEvaluatedKey!
    const [payload = '', seal = ''] = adas.split('.')
    const key = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const own = Buffer.from(JSON.stringify({ ...key, user_id: 'bob' })).toString('base64url')
    for (const token of [adas, `${own}.${seal}`, payload, `${payload}.`, `${own}.${own}`]) {
      t.match((await bob(`GET /api/reports?lastEvaluatedKey=${token}`)).body, { statusCode: 400, code: 'INVALID_PAGE_TOKEN' }, 'no token of others, or of one\'s own making')
    }
    t.strictSame((await bob<ReportPage>('GET /api/reports')).body.data, { count: 0, data: [], lastEvaluatedKey: null })
    t.strictSame((await ada(`GET /api/reports/${id}`)).body.data, { id, ...rest }, 'and nothing has become of it')
  })

  t.test('an invalid report is refused', async (t) => {
    const bad: [body: object | string, path: string][] = [
      [{}, 'body.title'], [{ title: ' ' }, 'body.title'], [{ title: null }, 'body.title'], [{ title: 1 }, 'body.title'], [{ title: 'T'.repeat(501) }, 'body.title'],
      [{ title: 'T', date: 'tomorrow' }, 'body.date'], [{ title: 'T', favorites: 'p-1' }, 'body.favorites'], [{ title: 'T', favorites: [1] }, 'body.favorites.0'],
      [{ title: 'T', extra: 1 }, 'body.extra'], ['{"title":"T","favorites":1e400}', 'body.favorites'], ['{"title":"T","favorites":1e126}', 'body.favorites'],
    ]
    for (const [body, path] of bad) t.equal((await ada('POST /api/reports', { body })).body.details?.[0]?.path, path, JSON.stringify(body))
    t.equal((await ada('PATCH /api/reports/x', { body: {} })).status, 400)
    for (const query of ['limit=0', 'limit=1001', 'page=2']) t.equal((await ada(`GET /api/reports?${query}`)).status, 400, query)
    t.equal((await ada(`GET /api/reports/${'a'.repeat(257)}`)).status, 400)
  })

  t.test('the first PUT creates a profile, and later ones merge into it', async (t) => {
    t.match((await ada('GET /api/users/me')).body, { statusCode: 404, code: 'USER_NOT_FOUND' })
    const profile = { name: 'Ada', email: 'ada@example.org', avatar_url: 'https://example.org/ada.png', preferences: { theme: 'dark', list: [1, null, { a: false }], none: null } }
    const made = await ada<User>('PUT /api/users/me', { body: profile })
    const times = { created_at: made.body.data.created_at, updated_at: made.body.data.created_at }
    t.strictSame(made.body.data, { user_id: 'ada', ...profile, ...times })
    t.strictSame(api.callsOf(made), ['UpdateItem 1'])
    await api.clock.advance(1000)
    const merged = await ada<User>('PUT /users/me', { body: { email: null, preferences: { theme: 'light' } } })
    const { email, ...others } = profile
    t.strictSame(merged.body.data, { user_id: 'ada', ...others, preferences: { theme: 'light' }, ...times, updated_at: merged.body.data.updated_at })
    t.ok(merged.body.data.updated_at > times.created_at)
    const read = await ada<User>('GET /api/users/me')
    t.strictSame([read.body.data, api.callsOf(read)], [merged.body.data, ['GetItem 0.5']])
    t.equal((await bob('GET /api/users/me')).status, 404, 'Bob has none')

    const nested = (levels: number): object => levels === 1 ? {} : { a: nested(levels - 1) }
    for (const [body, path] of [
      [{}, 'body'], [{ email: 'ada' }, 'body.email'], [{ avatar_url: 'javascript:alert(1)' }, 'body.avatar_url'], [{ preferences: [] }, 'body.preferences'], [{ user_id: 'bob' }, 'body.user_id'],
      [{ preferences: { a: 'x'.repeat(10_233) } }, 'body.preferences'], [{ preferences: { '': 1 } }, 'body.preferences'], [{ preferences: nested(32) }, 'body.preferences'],
      [`{"preferences":{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)},"n":1e5}}`, 'body'],
    ] as const) t.equal((await ada('PUT /api/users/me', { body })).body.details?.[0]?.path, path)
    for (const preferences of [{ a: 'x'.repeat(10_232) }, nested(31), { constructor: { name: 'Set' }, toString: 'x', L: [{ S: 'x' }], value: '1' }]) {
      const told = await ada<User>('PUT /api/users/me', { body: { preferences } })
      for (const { body } of [told, await ada<User>('GET /api/users/me')]) t.equal(JSON.stringify(body.data?.preferences), JSON.stringify(preferences))
    }
    await documents.send(new DeleteCommand({ TableName: users, Key: { user_id: 'ada' } }))
  })

  t.test('numbers are returned unchanged, to 38 digits', async (t) => {
    const told = await ada('PUT /api/users/me', { body: `{"preferences":{"numbers":[${NUMBERS.join()}],"nested":{"n":${NUMBERS[0]}}}}` })
    for (const { exact } of [told, await ada('GET /api/users/me')]) {
      const { preferences } = (exact as { data: { preferences: { numbers: string[], nested: { n: string } } } }).data
      t.equal(preferences.nested.n, NUMBERS[0])
      t.strictSame(preferences.numbers.map((got, index) => same(got, NUMBERS[index]!)), NUMBERS.map(() => true), preferences.numbers.join())
    }
    const report = await ada('POST /api/reports', { body: `\ufeff{"title":"T","favorites":${NUMBERS[0]}}` })
    t.match(report.exact, { data: { favorites: NUMBERS[0], version: '1' } })
    t.match((await ada('GET /api/reports?limit=1')).exact, { data: { count: '1', data: [{ favorites: NUMBERS[0] }] } })
    for (const number of ['1234567890123456789012345678901234567890', '0.123456789012345678901234567890123456789', '1e126', '-1e126', '9.9e-131', '1e999']) {
      const refused = await ada('PUT /api/users/me', { body: `{"preferences":{"a":[0,${number}]}}` })
      t.match(refused.body, { statusCode: 400, details: [{ path: 'body.preferences.a.1' }] }, number)
    }
    for (const word of ['NaN', 'Infinity', '-Infinity', '.5', '1.', '0x10']) t.equal((await ada('PUT /api/users/me', { body: `{"preferences":{"a":${word}}}` })).body.code, 'INVALID_JSON', word)
  })

  t.test('without its tables the feature answers 503, and names the table', async (t) => {
    if (api.config.store === 'dynamodb') return
    await api.emulator.reset()
    for (const [line, name] of [['GET /api/users/me', users], ['GET /api/reports', table], ['DELETE /api/reports/x', table], ['GET /api/embeddings/x', api.config.report.tables.embeddings]]) {
      t.match((await ada(line!)).body, { statusCode: 503, message: `Table ${name} does not exist. Create it with: npx sandtable tables create` })
    }
  })

  if (api.config.store === 'embedded') {
    t.test('every answer above is as documented, and nothing is left undocumented', async (t) => {
      api.checkDocs(t)
      t.strictSame(docsGaps(api.app), [])
    })
  } else {
    t.test('only the expected items are stored', async (t) => {
      const { Items = [] } = await documents.send(new ScanCommand({ TableName: table }))
      t.strictSame([...new Set(Items.map(({ user_id: owner }) => String(owner)))].sort(), ['ada', 'carol'])
    })
  }
})
