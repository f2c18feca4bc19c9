import { readFile } from 'node:fs/promises'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { createFaceAnalyser } from '../../aws/face-analyser.ts'
import { createObjectStore } from '../../aws/object-store.ts'
import { TEST_TIME } from '../../test-support/app.ts'
import { docsGaps } from '../../test-support/contract.ts'
import { features } from '../index.ts'
import { seedFaceDemo } from './demo.ts'
import type { Registration } from './schemas.ts'
import { historyTable } from './tables.ts'
import { faceApp, type FaceApp } from './test-support/face-app.ts'
import type { FaceValidation, ValidationStats } from './validation-schemas.ts'

const only = features.filter(({ name }) => name === 'face')

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

interface Page { data: { count: number, data: FaceValidation[], lastEvaluatedKey: string | null } }

const at = (ms: number) => new Date(TEST_TIME + ms).toISOString()
const of = (userId: string, route: string) => `/api/registrations/${userId}/face-validation/${route}`

async function history (api: FaceApp, userId: string, query = '') {
  const response = await api.call('GET', of(userId, `history${query}`))
  return { response, page: response.json<Page>().data }
}

const statsOf = async (api: FaceApp, userId: string) => (await api.call('GET', of(userId, 'stats'))).json<{ data: ValidationStats }>().data

test('FACE_DESIGN=history', async (t) => {
  const api = await faceApp(t, { features: only, config: { FACE_DESIGN: 'history' } })
  const objects = createObjectStore(api.aws.s3, api.config.aws.bucket)
  const demo = await seedFaceDemo({ config: api.config.face, aws: api.aws, clock: api.clock, objects, faces: createFaceAnalyser(api.aws.rekognition) })
  const validate = (faceImageKey: string) => api.call('POST', `/api/registrations/${demo.registrationId}/validate-face-image`, { faceImageKey })

  t.test('every attempt is stored, failed ones too, and counts in the statistics', async (t) => {
    const { userId, registrationId } = demo
    t.strictSame(await statsOf(api, userId), {
      userId, total: 0, succeeded: 0, failed: 0, pending: 0, successRate: null, averageConfidence: null, quality: { HIGH: 0, MEDIUM: 0, LOW: 0 }, firstValidationAt: null, lastValidationAt: null,
    })
    t.match((await api.call('GET', of(userId, registrationId))).json(), {
      statusCode: 404, code: 'FACE_VALIDATION_NOT_FOUND', message: `No face validation found for userId: ${userId}, registrationId: ${registrationId}`,
    })

    const refused = await validate(demo.otherFaceKey)
    t.match(refused.json(), { data: { success: false, reason: 'FACES_DO_NOT_MATCH' }, dynamodbStored: true })
    t.match(api.callsOf(refused).map((call) => call.split(' ')[0]), ['GetItem', 'DetectFaces', 'CompareFaces', 'UpdateItem'])

    await objects.put('blank.jpg', await readFile(new URL('demo/bob.jpg', import.meta.url)), 'image/jpeg', { 'sandtable-faces': '{"faces":[]}' })
    t.match((await validate('blank.jpg')).json(), { data: { success: false, reason: 'NO_FACE_FOUND' }, dynamodbStored: true })
    const { data: faceless } = (await api.call('GET', of(userId, registrationId))).json<{ data: FaceValidation }>()
    t.match(faceless, { validationStatus: 'failed', confidence: 0, quality: 'LOW', attributes: {}, comparisonResult: { similarity: 0, isMatch: false } })
    t.same([faceless.faceId, faceless.faceVector], [undefined, undefined], 'nothing stays of the attempt before it')

    await api.clock.advance(MINUTE_MS)
    const verified = await validate(demo.sameFaceKey)
    t.equal(verified.statusCode, 201)
    const { confidence, faceId, ticketId } = verified.json<{ data: { confidence: number, faceId: string, ticketId: string } }>().data
    t.same(api.callsOf(verified).map((call) => call.split(' ')[0]), ['GetItem', 'DetectFaces', 'CompareFaces', 'TransactWriteItems'])
    const registration = (await api.call('GET', `/api/registrations/${registrationId}`)).json<{ data: Registration }>().data
    t.match(registration, { ticketId, faceId })

    const one = await api.call('GET', of(userId, registrationId))
    t.match(api.callsOf(one), ['GetItem 0.5'])
    const { data: validation } = one.json<{ data: FaceValidation }>()
    t.match(validation, {
      userId,
      registrationId,
      eventId: demo.eventId,
      faceId,
      name: 'Ada',
      validationStatus: 'success',
      confidence,
      timestamp: at(MINUTE_MS),
      faceImageKey: demo.sameFaceKey,
      expiresAt: (TEST_TIME + MINUTE_MS + 30 * DAY_MS) / 1000,
    })
    t.match(validation.attempts, [{ timestamp: at(0), validationStatus: 'failed' }, { timestamp: at(0), confidence: 0, quality: 'LOW' }, { timestamp: at(MINUTE_MS), validationStatus: 'success', confidence }])
    t.ok(validation.faceVector!.length > 0)

    const stats = await statsOf(api, userId)
    const attempts = validation.attempts!
    t.strictSame(stats, {
      userId,
      total: 3,
      succeeded: 1,
      failed: 2,
      pending: 0,
      successRate: 1 / 3 * 100,
      averageConfidence: (attempts[0]!.confidence + confidence) / 3,
      quality: { HIGH: 2 / 3 * 100, MEDIUM: 0, LOW: 1 / 3 * 100 },
      firstValidationAt: at(0),
      lastValidationAt: at(MINUTE_MS),
    })

    await api.clock.advance(MINUTE_MS)
    const late = await validate(demo.otherFaceKey)
    t.same(api.callsOf(late).map((call) => call.split(' ')[0]), ['GetItem', 'DetectFaces', 'CompareFaces', 'UpdateItem', 'UpdateItem'])
    const { data: after } = (await api.call('GET', of(userId, registrationId))).json<{ data: FaceValidation }>()
    t.strictSame({ ...after, attempts: after.attempts!.slice(0, 3) }, validation, 'a failure does not undo a success')
    t.match(after.attempts, { length: 4, 3: { timestamp: at(2 * MINUTE_MS), validationStatus: 'failed' } })
    t.equal((await statsOf(api, userId)).total, 4)
    t.equal((await validate(demo.sameFaceKey)).statusCode, 201, 'nothing keeps a user from being verified again')
    t.equal((await history(api, userId)).page.count, 1, 'a registration has one validation')
  })

  t.test('concurrent attempts are all stored', async (t) => {
    const { userId, registrationId } = await api.register({ userId: 'hasty', storedFaceKey: demo.storedFaceKey })
    const keys = Array.from({ length: 12 }, (_, index) => index % 2 === 0 ? demo.sameFaceKey : demo.otherFaceKey)
    const answers = await Promise.all(keys.map((faceImageKey) => api.call('POST', `/api/registrations/${registrationId}/validate-face-image`, { faceImageKey })))
    t.same(answers.map(({ statusCode }) => statusCode), keys.map((key) => key === demo.sameFaceKey ? 201 : 200))
    t.match(await statsOf(api, userId), { total: 12, succeeded: 6, failed: 6 })
    t.match((await api.call('GET', of(userId, registrationId))).json(), { data: { validationStatus: 'success' } })
  })

  t.test('beyond the limit the oldest attempts are dropped', async (t) => {
    const { userId, registrationId } = await api.register({ userId: 'tireless', storedFaceKey: demo.storedFaceKey })
    const { attempts: [attempt] } = await api.putValidation({ userId, registrationId })
    const attempts = Array.from({ length: 100 }, (_, index) => ({ ...attempt!, confidence: index }))
    await api.putValidation({ userId, registrationId, attempts })
    const again = (faceImageKey: string) => api.call('POST', `/api/registrations/${registrationId}/validate-face-image`, { faceImageKey })
    const kept = async () => (await api.call('GET', of(userId, registrationId))).json<{ data: FaceValidation }>().data.attempts!
    t.equal((await again(demo.otherFaceKey)).statusCode, 200)
    t.same((await kept()).slice(0, 99), attempts.slice(1), 'the newest is the last, the first is gone')
    t.equal((await again(demo.sameFaceKey)).statusCode, 201)
    t.match(await kept(), { length: 100, 0: { confidence: 2 }, 99: { validationStatus: 'success' } })
  })

  t.test('a history is sorted by time, newest first, and pages have each validation once while others are written', async (t) => {
    const userId = 'frequent'
    const TOTAL = 1000
    // An order of ids that has nothing to do with that of the times.
    const idOf = (index: number) => `reg${(index * 617) % TOTAL}`
    const validations = Array.from({ length: TOTAL }, (_, index) => index)
    const write = (index: number) => api.putValidation({ userId, registrationId: idOf(index), timestamp: at(-index * 1000), attempts: [] })
    await Promise.all(validations.map(write))

    const seen: FaceValidation[] = []
    let written = 0
    for (let token: string | null = ''; token !== null;) {
      const { response, page } = await history(api, userId, `?limit=7${token && `&lastEvaluatedKey=${token}`}`)
      if (page.data.length === 0) return t.fail('an empty page', { page: response.body })
      seen.push(...page.data)
      token = page.lastEvaluatedKey
      if (seen.length % 10 > 0) continue
      // Newer ones, which come before where this reader is; and somebody else's, at the times of these.
      await api.putValidation({ userId, registrationId: `new${written}`, timestamp: at(1000 + written) })
      await api.putValidation({ userId: 'somebody', registrationId: `reg${written}`, timestamp: at(-written * 7000) })
      written += 1
    }
    t.strictSame(seen.map(({ registrationId }) => registrationId), validations.map(idOf), 'in the order of their times, each exactly once')
    t.ok(written > 10)
    t.equal((await statsOf(api, userId)).total, written, 'those without a list of attempts were put without any')
  })

  t.test('a page is one Query by time; landmarks are returned on request', async (t) => {
    for (const [index, registrationId] of ['reg789', 'reg001', 'reg456'].entries()) await api.putValidation({ userId: 'three', registrationId, timestamp: at(index * 1000) })
    const { response, page } = await history(api, 'three', '?limit=2')
    t.same(page.data.map(({ registrationId }) => registrationId), ['reg456', 'reg001'])
    t.same(api.callsOf(response), ['Query 0.5'])
    t.equal(response.json<{ message: string }>().message, 'Retrieved 2 face validations')
    t.notOk(page.data.some((one) => one.faceVector))
    t.ok((await history(api, 'three', '?include=faceVector')).page.data.every((one) => one.faceVector))

    const token = page.lastEvaluatedKey!
    for (const [userId, query] of [
      ['somebody', `?lastEvaluatedKey=${token}`], ['three', `?lastEvaluatedKey=${token}x`], ['three', '?lastEvaluatedKey=e30.x'], ['three', '?limit=0'], ['three', '?limit=1001'], ['three', '?all=1'],
    ] as const) {
      const { response } = await history(api, userId, query)
      t.match(response.json(), { statusCode: 400, code: query.startsWith('?last') ? 'INVALID_PAGE_TOKEN' : 'VALIDATION_FAILED' }, `${userId} ${query.slice(0, 20)}`)
    }
    t.equal((await api.call('GET', `/api/registrations/event/three/face-validations?lastEvaluatedKey=${token}`)).statusCode, 400, 'nor is it good for an event')
  })

  t.test('an event\'s validations are one Query a page, newest first', async (t) => {
    for (const userId of ['u1', 'u2', 'u3']) await api.putValidation({ userId, registrationId: `of-${userId}`, eventId: 'gala', timestamp: at(Number(userId[1]) * 1000) })
    const url = '/api/registrations/event/gala/face-validations'
    const first = await api.call('GET', `${url}?limit=2`)
    const { data: page } = first.json<Page>()
    t.same(page.data.map(({ userId }) => userId), ['u3', 'u2'])
    t.same(api.callsOf(first), ['Query 0.5'])
    t.same((await api.call('GET', `${url}?limit=2&lastEvaluatedKey=${page.lastEvaluatedKey}`)).json<Page>().data.data.map(({ userId }) => userId), ['u1'])
    t.equal((await api.call('GET', `/api/registrations/event/${await api.event(1)}/face-validations`)).json<Page>().data.count, 0)
    t.match((await api.call('GET', '/api/registrations/event/nothing/face-validations')).json(), { statusCode: 404, code: 'EVENT_NOT_FOUND' })
  })

  t.test('a user without a registration has no history and no statistics', async (t) => {
    await api.register({ userId: 'newcomer' })
    t.strictSame((await history(api, 'newcomer')).page, { count: 0, data: [], lastEvaluatedKey: null })
    t.equal((await statsOf(api, 'newcomer')).total, 0)
    for (const end of ['history', 'stats']) {
      t.match((await api.call('GET', of('stranger', end))).json(), { statusCode: 404, code: 'USER_NOT_REGISTERED', message: 'No registration found for userId: stranger' }, end)
    }
    t.match((await api.call('GET', of('stranger', 'check-recent'))).json(), { data: { hasRecentValidation: false } }, 'a question with yes or no as its answer')
  })

  t.test('a second success keeps the ticket', async (t) => {
    const { registrationId } = await api.register({ userId: 'twice', storedFaceKey: 'demo/ada.jpg' })
    const verify = async () => (await api.call('POST', `/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: demo.sameFaceKey }))
      .json<{ data: { ticketId: string, faceId: string } }>().data
    const stored = async () => (await api.call('GET', `/api/registrations/${registrationId}`)).json<{ data: Registration }>().data
    const together = await Promise.all(Array.from({ length: 5 }, verify))
    const { ticketId } = together[0]!
    t.match(ticketId, /^tkt_/)
    t.strictSame(together.map((one) => one.ticketId), Array(5).fill(ticketId), 'of those at once all get the same')
    await api.clock.advance(1000)
    const later = await verify()
    t.equal(later.ticketId, ticketId)
    t.match(await stored(), { ticketId, faceId: later.faceId, verifiedAt: new Date(api.clock.now()).toISOString() })
  })

  t.test('check-recent reads the latest validation', async (t) => {
    const now = api.clock.now() - TEST_TIME
    await api.putValidation({ userId: 'recent', registrationId: 'reg2', timestamp: at(now - 90 * MINUTE_MS) })
    await api.putValidation({ userId: 'recent', registrationId: 'reg1', timestamp: at(now - 30 * MINUTE_MS), validationStatus: 'failed' })
    const check = async (query: string) => {
      const response = await api.call('GET', of('recent', `check-recent${query}`))
      t.same(api.callsOf(response), ['Query 0.5'])
      return response.json<{ data: { hasRecentValidation: boolean, minutes: number, latest: object | null } }>().data
    }
    t.match(await check(''), { minutes: 60, hasRecentValidation: true, latest: { registrationId: 'reg1', validationStatus: 'failed', timestamp: at(now - 30 * MINUTE_MS) } })
    t.match(await check('?minutes=30'), { hasRecentValidation: true })
    t.strictSame(await check('?minutes=29'), { userId: 'recent', minutes: 29, hasRecentValidation: false, latest: null })
    // One that was given a shorter life hides none behind it.
    await api.putValidation({ userId: 'recent', registrationId: 'reg3', timestamp: at(now), expiresAt: Math.floor((TEST_TIME + now) / 1000) - 6 * 365 * 86_400 })
    const hidden = await api.call('GET', of('recent', 'check-recent'))
    t.match(hidden.json(), { data: { latest: { registrationId: 'reg1' } } })
    for (const query of ['?minutes=0', '?minutes=43201', '?minutes=x']) t.equal((await api.call('GET', of('recent', `check-recent${query}`))).statusCode, 400, query)
  })

  t.test('a user id is required and must be valid; the routes of the one-record design do not exist', async (t) => {
    for (const end of ['history', 'stats', 'check-recent', 'reg1']) {
      t.match((await api.call('GET', of('', end))).json(), { statusCode: 400, message: 'User ID is required' })
      t.match((await api.call('GET', of('a%0Ab', end))).json(), { statusCode: 400, message: /params\.userId/ })
    }
    t.match((await api.app.inject('/api/registrations/ada/face')).json(), { statusCode: 404, code: 'ROUTE_NOT_FOUND' })
    t.equal((await history(api, 'ada')).response.headers.deprecation, undefined)
  })

  t.test('a validation is visible on day 15 and gone on day 31', async (t) => {
    const { userId } = await api.register({ userId: 'expiring', eventId: await api.event(1) })
    const { eventId } = await api.register({ userId: 'other' })
    await api.putValidation({ userId, registrationId: 'reg1', eventId, timestamp: new Date(api.clock.now()).toISOString() })
    const count = async () => ({
      history: (await history(api, userId)).page.count,
      event: (await api.call('GET', `/api/registrations/event/${eventId}/face-validations`)).json<Page>().data.count,
      stats: (await statsOf(api, userId)).total,
      one: (await api.call('GET', of(userId, 'reg1'))).statusCode,
      recent: (await api.call('GET', of(userId, 'check-recent?minutes=43200'))).json<{ data: { hasRecentValidation: boolean } }>().data.hasRecentValidation,
    })
    const stored = async () => (await api.aws.documents.send(new GetCommand({ TableName: api.config.face.tables.history, Key: { userId, registrationId: 'reg1' } }))).Item
    await api.clock.advance(15 * DAY_MS)
    t.strictSame(await count(), { history: 1, event: 1, stats: 1, one: 200, recent: true })
    await api.clock.advance(16 * DAY_MS)
    t.strictSame(await count(), { history: 0, event: 0, stats: 0, one: 404, recent: false })
    t.equal(await stored(), undefined, 'the table agrees')

    // Where nothing is ever deleted.
    await api.putValidation({ userId: 'other', registrationId: 'reg1', timestamp: new Date(api.clock.now()).toISOString() })
    const bare = await faceApp(t, { features: only, noTables: true, config: { FACE_DESIGN: 'history' } })
    for (const route of ['history', 'stats', 'check-recent', 'reg1']) {
      t.match((await bare.call('GET', of(userId, route))).json(), { statusCode: 503, code: 'TABLE_MISSING', message: /^Table face-verifications-history does not exist/ })
    }
    await bare.aws.dynamodb.send(new CreateTableCommand(historyTable(bare.config.face.tables).input))
    await bare.putValidation({ userId, registrationId: 'reg1' })
    // Its first attempt is as old as that of the other, which is gone.
    const again = at(20 * DAY_MS)
    const attempts = [at(0), again].map((timestamp) => ({ timestamp, validationStatus: 'success' as const, confidence: 90, quality: 'HIGH' as const }))
    await bare.putValidation({ userId, registrationId: 'reg2', timestamp: again, attempts })
    await bare.clock.set(TEST_TIME + 30 * DAY_MS - 1)
    t.match(await statsOf(bare, userId), { total: 3 })
    await bare.clock.advance(1)
    t.match((await history(bare, userId)).page.data, [{ registrationId: 'reg2', attempts: { length: 1 } }])
    t.match(await statsOf(bare, userId), { total: 1, firstValidationAt: again })
    const { Item } = await bare.aws.documents.send(new GetCommand({ TableName: bare.config.face.tables.history, Key: { userId, registrationId: 'reg1' } }))
    t.equal(Item?.registrationId, 'reg1', 'it was in the table all the time')
  })

  t.test('every answer above is as documented, and nothing is left undocumented', async (t) => {
    api.checkDocs(t)
    t.same(docsGaps(api.app), [])
  })
})

test('FACE_DESIGN=single answers the old routes from the one record, and names the routes that replace them', async (t) => {
  const log: { level: number, msg: string, route: string }[] = []
  const api = await faceApp(t, { features: only, log: { write: (line) => { log.push(JSON.parse(line) as typeof log[number]) } } })
  const { faceVector, ...record } = await api.putRecord({ userId: 'ada' })
  const { registrations } = api.config.face.tables
  const { registrationId: reg1, eventId } = await api.register({ userId: 'ada' })
  await api.register({ userId: 'newcomer' })
  const shown = { ...record, eventId: record.metadata.eventId }

  const cases: [path: string, successor: string, calls: string, data: object][] = [
    ['ada/face-validation/history?limit=5', '/api/registrations/ada/face', 'GetItem 0.5', { count: 1, data: [shown], lastEvaluatedKey: null }],
    [`ada/face-validation/${reg1}`, '/api/registrations/ada/face', 'GetItem 0.5 GetItem 0.5', { ...shown, faceVector, registrationId: reg1 }],
    ['ada/face-validation/stats', '/api/registrations/ada/face', 'GetItem 0.5', {
      userId: 'ada',
      total: 1,
      succeeded: 1,
      failed: 0,
      pending: 0,
      successRate: 100,
      averageConfidence: 95.5,
      quality: { HIGH: 100, MEDIUM: 0, LOW: 0 },
      firstValidationAt: record.timestamp,
      lastValidationAt: record.timestamp,
    }],
    ['ada/face-validation/check-recent', '/api/registrations/ada/face/exists', 'GetItem 0.5', {
      userId: 'ada', minutes: 60, hasRecentValidation: true, latest: { validationStatus: 'success', timestamp: record.timestamp },
    }],
    [`event/${eventId}/face-validations`, `/api/events/${eventId}/registrations`, 'Query 0.5 GetItem 1', { count: 0, data: [], lastEvaluatedKey: null }],
    ['newcomer/face-validation/history', '/api/registrations/newcomer/face', 'GetItem 0.5 Query 0.5', { count: 0, data: [], lastEvaluatedKey: null }],
  ]
  const isDeprecated = (response: { headers: Record<string, unknown> }, successor: string) =>
    t.match(response.headers, { deprecation: /^@\d{10}$/, link: `<${successor}>; rel="successor-version"` }, successor)
  for (const [path, successor, calls, data] of cases) {
    log.length = 0
    const response = await api.call('GET', `/api/registrations/${path}`)
    t.equal(response.statusCode, 200)
    const { status, message, ...told } = response.json<{ status: string, message: string, data: object }>()
    t.strictSame(told, 'count' in data ? data : { data }, `${path}: a list has count and data at the top, as in seed 000`)
    t.equal(api.callsOf(response).join(' '), calls)
    isDeprecated(response, successor)
    t.equal(log.filter(({ msg }) => msg === 'a deprecated route was called').length, 1, 'one log line')
  }
  await api.clock.advance(61 * MINUTE_MS)
  t.match((await api.call('GET', of('ada', 'check-recent'))).json(), { data: { hasRecentValidation: false, latest: null } })

  t.test('a missing registration or event is a 404', async (t) => {
    const cases = [
      [of('nobody', 'history'), 'USER_NOT_REGISTERED'], [of('nobody', 'stats'), 'USER_NOT_REGISTERED'], [of('ada', 'unknown'), 'FACE_VALIDATION_NOT_FOUND'],
      ['/api/registrations/event/unknown/face-validations', 'EVENT_NOT_FOUND'],
    ] as const
    for (const [url, code] of cases) t.match((await api.call('GET', url)).json(), { statusCode: 404, code }, url)
  })

  t.test('the headers are on errors too', async (t) => {
    for (const [userId, status] of [['nobody', 404], ['a%0D%0Ab', 400]] as const) {
      const response = await api.call('GET', of(userId, 'reg1'))
      t.equal(response.statusCode, status)
      isDeprecated(response, `/api/registrations/${userId}/face`)
    }
  })

  t.test('an event\'s validations are its verified registrations', async (t) => {
    const common = { eventId: 'gala', name: 'Ada', status: 'registered', createdAt: at(0), updatedAt: at(1000) }
    for (const [index, verifiedAt] of [undefined, at(1000), at(2000)].entries()) {
      const Item = { ...common, registrationId: `reg${index}`, userId: `user${index}`, createdAt: at(index), verifiedAt, faceId: verifiedAt && `face_${index}` }
      await api.aws.documents.send(new PutCommand({ TableName: registrations, Item }))
    }
    const url = '/api/registrations/event/gala/face-validations?limit=1'
    const first = (await api.call('GET', url)).json<Page['data']>()
    t.strictSame(first.data, [{ userId: 'user1', registrationId: 'reg1', eventId: 'gala', name: 'Ada', faceId: 'face_1', validationStatus: 'success', timestamp: at(1000) }])
    const second = (await api.call('GET', `${url}&lastEvaluatedKey=${first.lastEvaluatedKey}`)).json<Page['data']>()
    t.match(second, { data: [{ userId: 'user2' }], lastEvaluatedKey: null })
  })

  api.checkDocs(t)
})
