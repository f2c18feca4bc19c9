import { once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { fastify } from 'fastify'
import { test, type Test } from 'tap'
import { Type } from 'typebox'
import { buildApp } from './app.ts'
import { createTables } from './aws/tables.ts'
import { apiError, StoreBusy } from './core/errors.ts'
import { IdSchema, pageQuery, success } from './core/schemas.ts'
import type { Dependencies, Feature } from './features/feature.ts'
import { features } from './features/index.ts'
import { errors } from './plugins/errors.ts'
import { loadShedding } from './plugins/load-shedding.ts'
import { testApp, testStore, type TestAppOptions } from './test-support/app.ts'
import { docsGaps, matchesDocs } from './test-support/contract.ts'

const ThingExists = apiError('THING_EXISTS', 'Thing %s exists', 409)

const ThingSchema = Type.Object({
  name: Type.String({ minLength: 2, maxLength: 10 }),
  size: Type.Optional(Type.Union([Type.Literal('small'), Type.Literal('large')])),
  colour: Type.Optional(Type.Enum(['red', 'green'])),
  parts: Type.Optional(Type.Array(Type.Object({ weight: Type.Number() }, { additionalProperties: false }))),
}, { additionalProperties: false })

const FAILURES: Readonly<Record<string, () => unknown>> = {
  conflict: () => new ThingExists('a'),
  busy: () => new StoreBusy('Table things', { cause: new Error('inner details') }),
  bug: () => new TypeError('secret internals'),
  text: () => 'secret text',
  nothing: () => undefined,
  status: () => Object.assign(new Error('secret internals'), { statusCode: 502, code: 'EPROXY' }),
  aws: () => Object.assign(new Error('denied for arn:aws:iam::1'), { name: 'AccessDeniedException', $fault: 'client', $metadata: { httpStatusCode: 400 }, authorization: 'Bearer x' }),
}

/** Routes that do what a request can run into. */
const thingRoutes: FastifyPluginAsyncTypebox<Dependencies> = async (api, { aws, uploads }) => {
  api.post('/things', { schema: { body: ThingSchema } }, async (request) => ({ got: request.body }))
  api.get('/things/:id', {
    schema: { params: Type.Object({ id: IdSchema }), querystring: Type.Object(pageQuery(50), { additionalProperties: false }) },
  }, async (request) => ({ ...request.params, ...request.query }))
  api.get('/fails/:how', async ({ params }) => { throw FAILURES[(params as { how: string }).how]!() })
  await api.register(async (scope) => {
    await scope.register(uploads)
    scope.post('/upload', async (request) => {
      const file = await request.file()
      return { bytes: (await file!.toBuffer()).length, type: file!.mimetype }
    })
  })
  api.post('/tables', async () => ({ tables: (await aws.dynamodb.send(new ListTablesCommand({}))).TableNames }))
  api.get('/hangs', () => new Promise(() => {}))
}

const things: Feature = {
  name: 'things',
  tables: () => ['things', 'others'].map((name) => ({
    name,
    input: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
    pointInTimeRecovery: false,
  })),
  async register (api, _config, dependencies) { await api.register(thingRoutes, dependencies) },
}

/** The application with the routes above, without tables. */
async function thingsApp (t: Test, options: TestAppOptions = {}) {
  return testApp(t, { features: [things], noTables: true, ...options })
}

/** A log in memory. */
function memoryLog () {
  const text: string[] = []
  return { write: (line: string) => { text.push(line) }, text, lines: () => text.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

const json = { 'content-type': 'application/json' }
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('every answer has a request id', async (t) => {
  const { app, emulator } = await thingsApp(t)

  t.test('the client\'s own, if it is valid', async (t) => {
    const { headers } = await app.inject({ url: '/health', headers: { 'x-request-id': 'mine-1' } })
    t.equal(headers['x-request-id'], 'mine-1')
    for (const bad of ['', 'a b', 'x'.repeat(129), '{"$gt":1}', 'ü']) {
      const { headers } = await app.inject({ url: '/health', headers: { 'x-request-id': bad } })
      t.match(headers['x-request-id'], UUID, JSON.stringify(bad))
    }
  })

  t.test('in the header and body of errors', async (t) => {
    for (const url of ['/nothing', '/api/fails/bug', '/api/fails/conflict', '/%zz', '/api/things/%']) {
      const response = await app.inject({ url, headers: { 'x-request-id': 'mine-2' } })
      t.match(response.json(), { status: 'error', requestId: 'mine-2', statusCode: response.statusCode, code: /^[A-Z_]+$/ }, url)
      t.equal(response.headers['x-request-id'], 'mine-2', url)
    }
  })

  t.test('which the AWS calls behind it have in the trace, also after a body was read', async (t) => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const response = await fetch(`${url}/api/tables`, { method: 'POST', body: '{}', headers: { ...json, 'x-request-id': 'mine-3' } })
    t.equal(response.status, 200)
    t.match(emulator.trace.query({ causedBy: 'mine-3' }), [{ service: 'dynamodb', operation: 'ListTables' }])
  })
})

test('bad input', async (t) => {
  const { app } = await thingsApp(t, { config: { BODY_LIMIT: '1 KB', UPLOAD_LIMIT: '2 KB' } })

  t.test('in a body is reported by path and reason, one for each error', async (t) => {
    const post = async (payload: object) => (await app.inject({ method: 'POST', url: '/api/things', payload })).json<{ code: string, details: unknown }>()
    const faulty: [object, [string, string | RegExp][]][] = [
      [{}, [['body.name', 'is required']]],
      [{ name: 'ada', nickname: 'a', age: 1 }, [['body.nickname', 'is not known here'], ['body.age', 'is not known here']]],
      [{ name: 5 }, [['body.name', 'must be string']]],
      [{ name: 'a', size: 'medium' }, [['body.name', /fewer than 2/], ['body.size', 'must be one of small, large']]],
      [{ name: 'ada', colour: 'blue' }, [['body.colour', 'must be one of red, green']]],
      [{ name: 'ada', parts: [{ weight: 1 }, { weight: '2', 'a/b': 1 }] }, [['body.parts.1.a/b', 'is not known here'], ['body.parts.1.weight', 'must be number']]],
      [[], [['body', 'must be object']]],
    ]
    for (const [payload, faults] of faulty) {
      t.match(await post(payload), { code: 'VALIDATION_FAILED', statusCode: 400, details: faults.map(([path, reason]) => ({ path, reason })) }, JSON.stringify(payload))
    }
    t.match((await app.inject({ method: 'POST', url: '/api/things', payload: { name: 'a', x: 1 } })).json(), {
      message: 'The request is not valid: body.x is not known here; body.name must NOT have fewer than 2 characters',
    })
  })

  t.test('in a body is reported for at most a hundred errors', async (t) => {
    const { app } = await thingsApp(t)
    const payload = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`member${i}`, i]))
    const { details } = (await app.inject({ method: 'POST', url: '/api/things', payload })).json<{ details: unknown[] }>()
    t.equal(details.length, 100)
  })

  t.test('in path and query is reported, and numbers in them are parsed', async (t) => {
    t.strictSame((await app.inject('/api/things/a:b@c-d.e_f?limit=7')).json(), { id: 'a:b@c-d.e_f', limit: 7 })
    t.strictSame((await app.inject('/api/things/a')).json(), { id: 'a', limit: 50 })
    t.equal((await app.inject(`/api/things/${'x'.repeat(256)}`)).statusCode, 200)
    const faulty: [string, string][] = [
      [`/api/things/${'x'.repeat(257)}`, 'params.id'], [`/api/things/${'x'.repeat(5_000)}`, 'params.id'], ['/api/things/a%01b', 'params.id'], ['/api/things/a%00', 'params.id'],
      ['/api/things/a?limit=0', 'query.limit'], ['/api/things/a?limit=1001', 'query.limit'], ['/api/things/a?limit=', 'query.limit'],
      ['/api/things/a?limit=1.5', 'query.limit'], ['/api/things/a?limit=5&limit=6', 'query.limit'], ['/api/things/a?offset=5', 'query.offset'],
      ['/api/things/a?lastEvaluatedKey=', 'query.lastEvaluatedKey'],
    ]
    for (const [url, path] of faulty) {
      const response = await app.inject(url)
      t.equal(response.statusCode, 400, url.slice(0, 60))
      t.match(response.json(), { code: 'VALIDATION_FAILED', details: [{ path }] })
    }
  })

  t.test('that matches no route gets an error code', async (t) => {
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' }
    const file = (bytes: number) => `--b\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n${'x'.repeat(bytes)}\r\n--b--\r\n`
    const refused: [string, object, number, string][] = [
      ['not JSON', { headers: json, payload: '{"name":' }, 400, 'INVALID_JSON'],
      ['JSON that poisons prototypes', { headers: json, payload: '{"__proto__":{"x":1},"name":"ada"}' }, 400, 'INVALID_JSON'],
      ['no body', { headers: json }, 400, 'EMPTY_BODY'],
      ['no body and no content type', {}, 400, 'VALIDATION_FAILED'],
      ['JSON null', { headers: json, payload: 'null' }, 400, 'VALIDATION_FAILED'],
      ['another content type', { headers: { 'content-type': 'application/xml' }, payload: '<a/>' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['a content type that is none', { headers: { 'content-type': ';;' }, payload: 'a' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['plain text', { headers: { 'content-type': 'text/plain' }, payload: 'a' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['a body over the limit', { headers: json, payload: JSON.stringify({ name: 'x'.repeat(2_000) }) }, 413, 'PAYLOAD_TOO_LARGE'],
      ['a length that is wrong', { headers: { ...json, 'content-length': '5' }, payload: '{"name":"ada"}' }, 400, 'BAD_REQUEST'],
      ['another method', { method: 'DELETE' }, 404, 'ROUTE_NOT_FOUND'],
      ['a file where JSON is wanted', { url: '/api/upload', headers: json, payload: '{}' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['a file over the limit', { url: '/api/upload', headers: multipart, payload: file(3_000) }, 413, 'PAYLOAD_TOO_LARGE'],
    ]
    for (const [what, request, status, code] of refused) {
      const response = await app.inject({ method: 'POST', url: '/api/things', ...request })
      t.match(response.json(), { status: 'error', statusCode: status, code }, what)
      t.equal(response.statusCode, status, what)
    }
    const fine = await app.inject({ method: 'POST', url: '/api/upload', headers: multipart, payload: file(2_000) })
    t.strictSame(fine.json(), { bytes: 2_000, type: 'image/jpeg' })
    t.match((await app.inject('/nowhere?token=1')).json(), { message: 'There is no route GET /nowhere' })
  })
})

test('an error', async (t) => {
  const log = memoryLog()
  const { app } = await thingsApp(t, { log })
  const fail = (how: string) => app.inject(`/api/fails/${how}`)

  t.test('of the API\'s own is returned unchanged, with its headers', async (t) => {
    const conflict = await fail('conflict')
    t.match(conflict.json(), { status: 'error', message: 'Thing a exists', statusCode: 409, code: 'THING_EXISTS' })
    const busy = await fail('busy')
    t.match(busy.json(), { message: 'Table things is too busy to answer', statusCode: 503, code: 'STORE_BUSY' })
    t.equal(busy.headers['retry-after'], '1')
    t.notMatch(busy.payload, 'inner details')
  })

  t.test('of any other kind is masked for the client, and logged in full', async (t) => {
    for (const how of ['bug', 'text', 'nothing', 'status', 'aws']) {
      log.text.length = 0
      const response = await fail(how)
      const { requestId, ...body } = response.json<{ requestId: string }>()
      t.strictSame(body, { status: 'error', message: 'Internal server error', statusCode: 500, code: 'INTERNAL_ERROR' }, how)
      t.match(log.lines()[0], { level: 50, requestId, msg: 'Internal server error' }, how)
    }
    log.text.length = 0
    await fail('bug')
    t.match(log.lines()[0], { err: { type: 'TypeError', message: 'secret internals', stack: /app\.test\.ts/ } })
  })
})

test('the log', async (t) => {
  const log = memoryLog()
  const { app } = await thingsApp(t, { log })

  t.test('has one line for each request', async (t) => {
    const { headers } = await app.inject({ url: '/health?limit=5&token=hush', headers: { authorization: 'Bearer hush' } })
    await app.inject('/nothing')
    await app.inject('/%zz')
    const lines = log.lines()
    t.match(lines, [
      { level: 30, requestId: headers['x-request-id'], method: 'GET', url: '/health?limit=5&token=[redacted]', route: '/health', status: 200, ms: Number, time: Number, msg: 'request' },
      { url: '/nothing', status: 404 },
      { url: '/%zz', status: 400 },
    ])
    t.equal(lines.length, 3)
    t.strictSame(Object.keys(lines[0]!), ['level', 'time', 'requestId', 'method', 'url', 'route', 'status', 'ms', 'msg'])
  })

  t.test('holds no credentials, tokens, image bytes or face vectors, however deep', async (t) => {
    log.text.length = 0
    const secrets = {
      headers: { Authorization: 'Bearer hush', cookie: 'hush', 'set-cookie': ['hush'], 'X-Amz-Security-Token': 'hush' },
      credentials: { accessKeyId: 'hush', secretAccessKey: 'hush' },
      accessKeyId: 'hush',
      session_token: 'hush',
      record: { faceVector: [0.123, 0.456], list: [{ token: 'hush' }] },
      image: { Bytes: 'hush' },
      buffer: Buffer.from('hush'),
      deep: { a: { b: { c: { d: { e: { f: { g: 'hush' } } } } } } },
      failure: Object.assign(new Error('seen'), { $response: { body: 'hush' }, input: 'hush', cause: Object.assign(new Error('cause'), { config: 'hush' }) }),
    }
    app.log.info(secrets, 'seen')
    app.log.error(secrets.failure, 'seen')
    app.log.error({ err: secrets.failure }, 'seen')
    t.notMatch(log.text.join(''), /hush|0\.123|aHVzaA/)
    t.match(log.lines()[0], { buffer: '[4 bytes]', record: { faceVector: '[redacted]' }, failure: { message: 'seen', cause: { message: 'cause' } }, msg: 'seen' })
    t.match(log.lines()[1], { err: { message: 'seen' } })
  })
})

test('operations', async (t) => {
  t.test('health reports that the process runs', async (t) => {
    const { app } = await thingsApp(t)
    const response = await app.inject('/health')
    t.match(response.json(), { status: 'success', data: { uptimeSeconds: Number } })
    matchesDocs(t, app, response)
  })

  t.test('ready reports which tables are missing, and how to create them', async (t) => {
    const { app, aws, config } = await thingsApp(t)
    const not = await app.inject('/ready')
    t.match(not.json(), {
      statusCode: 503, code: 'NOT_READY', details: [{ path: 'things', reason: 'does not exist. Create it with: npx sandtable tables create' }, { path: 'others' }],
    })
    t.equal(not.headers['retry-after'], '2')
    matchesDocs(t, app, not)
    await createTables(aws.dynamodb, things.tables(config))
    const ready = await app.inject('/ready')
    t.match(ready.json(), { data: { store: 'embedded', tables: [{ name: 'things', status: 'ACTIVE' }, { name: 'others', status: 'ACTIVE' }] } })
    matchesDocs(t, app, ready)
  })

  t.test('ready reports that the store cannot be reached; health does not depend on it', async (t) => {
    const { emulator, aws, config } = await testStore(t, { store: 'dynamodb' })
    const app = await buildApp({ config, aws, clock: emulator.clock, features: [things] })
    t.teardown(() => app.close())
    await emulator.close()
    t.match((await app.inject('/ready')).json(), { code: 'NOT_READY', details: [{ path: 'store', reason: 'cannot be reached' }] })
    t.equal((await app.inject('/health')).statusCode, 200)
  })

  t.test('metrics count requests by route and AWS calls by operation', async (t) => {
    const { app } = await thingsApp(t)
    await app.inject('/api/things/one')
    await app.inject('/api/things/two')
    await app.inject('/made/up')
    await app.inject({ method: 'POST', url: '/api/tables' })
    await app.inject('/ready')
    const response = await app.inject('/metrics')
    matchesDocs(t, app, response)
    for (const line of [
      'http_request_duration_seconds_count{method="GET",route="/api/things/:id",status="200"} 2',
      'http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
      'http_request_duration_seconds_bucket{le="30",method="GET",route="/api/things/:id",status="200"} 2',
      'aws_calls_total{service="dynamodb",operation="ListTables",table="",result="ok"} 1',
      'aws_calls_total{service="dynamodb",operation="DescribeTable",table="things",result="ResourceNotFoundException"} 1',
    ]) t.ok(response.payload.includes(line), line)
  })

  t.test('a request that takes too long ends with an error', async (t) => {
    const { app } = await thingsApp(t, { config: { REQUEST_TIMEOUT: '20ms' } })
    const response = await app.inject('/api/hangs')
    t.match(response.json(), { statusCode: 503, code: 'REQUEST_TOOK_TOO_LONG' })
    t.ok(response.headers['retry-after'])
  })

  t.test('requests are rejected while the event loop is late, and accepted again afterwards', async (t) => {
    const app = fastify()
    t.teardown(() => app.close())
    await app.register(errors)
    await app.register(loadShedding, { maxEventLoopDelayMs: 5, sampleIntervalMs: 100 })
    app.get('/', async () => 'fine')
    const until = async (status: number, between: () => Promise<void>) => {
      for (let i = 0; i < 500; i++) {
        await between()
        const response = await app.inject('/')
        if (response.statusCode === status) return response
      }
      throw new Error(`never ${status}`)
    }
    const block = async () => {
      for (const end = performance.now() + 40; performance.now() < end;);
      await new Promise((resolve) => setImmediate(resolve))
    }
    const shed = await until(503, block)
    t.match(shed.json(), { status: 'error', code: 'OVERLOADED' })
    t.equal(shed.headers['retry-after'], '2')
    t.equal((await until(200, () => new Promise((resolve) => setTimeout(resolve, 5)))).payload, 'fine')
  })
})

test('on the wire', async (t) => {
  const { app } = await thingsApp(t)
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)

  /** Sends text and reads until the other side hangs up. */
  async function raw (text: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    socket.write(text)
    let answer = ''
    socket.on('data', (chunk) => { answer += chunk.toString() })
    await once(socket, 'close')
    return answer
  }

  t.test('a request that is not HTTP gets the envelope too', async (t) => {
    const answers = {
      'nonsense\r\n\r\n': ['400', 'BAD_REQUEST'],
      'POST /api/things HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n': ['400', 'BAD_REQUEST'],
      [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`]: ['431', 'HEADERS_TOO_LARGE'],
    }
    for (const [text, [status, code]] of Object.entries(answers)) {
      const [head = '', body = ''] = (await raw(text)).split('\r\n\r\n')
      t.match(head, new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*x-request-id: `), text.slice(0, 40))
      t.match(JSON.parse(body), { status: 'error', statusCode: Number(status), code })
    }
  })

  t.test('a client that disconnects in the middle does not stop the server', async (t) => {
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /api/things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"na')
    await once(socket, 'connect')
    socket.resetAndDestroy()
    t.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
  })
})

test('the documentation', async (t) => {
  t.test('has a summary, a tag and valid examples of all answers for every route', async (t) => {
    const { app } = await testApp(t, { noTables: true, features })
    t.strictSame(docsGaps(app), [])
    t.ok(Object.keys((await app.inject('/docs/json')).json<{ paths: object }>().paths).length > 3)
  })

  t.test('does not require members that have a default', async (t) => {
    const { app } = await testApp(t, { noTables: true, features })
    interface Schema { required?: string[], properties?: Record<string, Schema>, items?: Schema, default?: unknown }
    interface Operation { parameters?: { name: string, required?: boolean, schema: Schema }[], requestBody?: { content: Record<string, { schema: Schema }> } }
    const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> } // @fastify/swagger types all versions at once
    const required: string[] = []
    let defaults = 0
    const walk = (schema: Schema, path: string): void => {
      for (const [name, member] of Object.entries(schema.properties ?? {})) {
        if (member.default !== undefined) defaults += 1
        if (member.default !== undefined && schema.required?.includes(name)) required.push(`${path}.${name}`)
        walk(member, `${path}.${name}`)
      }
      if (schema.items) walk(schema.items, `${path}[]`)
    }
    for (const [path, methods] of Object.entries(paths)) {
      for (const { parameters = [], requestBody } of Object.values(methods)) {
        for (const { name, required: isRequired, schema } of parameters) {
          if (schema.default !== undefined) defaults += 1
          if (schema.default !== undefined && isRequired) required.push(`${path}?${name}`)
        }
        for (const { schema } of Object.values(requestBody?.content ?? {})) walk(schema, path)
      }
    }
    t.ok(defaults > 10, 'many have one')
    t.strictSame(required, [])
  })

  t.test('is reported when it is wrong', async (t) => {
    const ok = success(Type.Object({ id: Type.String() }), { message: 'Done', data: { id: 5 as unknown as string } })
    const { app } = await thingsApp(t, {
      features: [{
        ...things,
        async register (api) {
          api.get('/wrong', { schema: { summary: 'Wrong', response: { 200: ok, 404: Type.Object({}) } } }, async () => ({ status: 'success', message: '', data: { id: '' } }))
        },
      }],
    })
    t.strictSame(docsGaps(app), [
      'GET /api/wrong has no tag',
      'GET /api/wrong 200 has an example that is wrong: /data/id must be string',
      'GET /api/wrong 404 has no example',
    ])
  })

  t.test('is served, and loads nothing from another site', async (t) => {
    const { app } = await thingsApp(t)
    const page = await app.inject('/docs')
    t.equal(page.statusCode, 200)
    t.notMatch(page.payload, /https?:/)
    const policy = String((await app.inject('/docs/static/swagger-ui.css')).headers['content-security-policy'] ?? page.headers['content-security-policy'])
    t.notMatch(policy, /upgrade-insecure|swagger\.io/)
    t.match((await app.inject('/docs/json')).json(), { openapi: '3.1.0', info: { title: 'Sandtable API' } })
  })
})
