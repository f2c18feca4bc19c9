import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { test, type Test } from 'tap'
import { testEmulator, TEST_TIME } from '../test-support/emulator.ts'

/** A request that shows what a route does; the requests of one path may depend on each other, in this order. */
interface Example {
  path?: string
  body?: unknown
  /** A path whose answer is the body to send. */
  upload?: string
}

/** At least one for each route: a route without one fails the test. */
const examples: Record<string, Example> = {
  'GET /_sandtable': {},
  'GET /_sandtable/openapi.json': {},
  'GET /_sandtable/health': {},
  'GET /_sandtable/accounts': {},
  'GET /_sandtable/operations': {},
  'GET /_sandtable/clock': {},
  'PUT /_sandtable/clock': { body: { now: TEST_TIME + 1000 } },
  'POST /_sandtable/clock/advance': { body: { by: '31d' } },
  'PUT /_sandtable/clock/auto-advance': { body: { by: '1s' } },
  'POST /_sandtable/clock/freeze': {},
  'POST /_sandtable/clock/resume': {},
  'POST /_sandtable/reset': { body: { service: 's3', account: '111122223333' } },
  'POST /_sandtable/seed': {},
  'POST /_sandtable/snapshots': { body: { name: 'saved' } },
  'GET /_sandtable/snapshots': {},
  'GET /_sandtable/snapshots/{name}': { path: '/_sandtable/snapshots/saved' },
  'GET /_sandtable/snapshots/{name}/compare/{other}': { path: '/_sandtable/snapshots/saved/compare/saved' },
  'PUT /_sandtable/snapshots/{name}': { path: '/_sandtable/snapshots/copied', upload: '/_sandtable/snapshots/saved' },
  'POST /_sandtable/snapshots/{name}/restore': { path: '/_sandtable/snapshots/copied/restore' },
  'DELETE /_sandtable/snapshots/{name}': { path: '/_sandtable/snapshots/saved' },
  'POST /_sandtable/faults': { body: { service: 'dynamodb', operation: 'GetItem', error: 'throttle', share: 0.3, latency: { p50: 5, p99: 50 } } },
  'PUT /_sandtable/faults/{id}': { path: '/_sandtable/faults/slow', body: { key: { id: 'a' }, error: { code: 'LimitExceededException' }, times: 3, skip: 1, seed: 7 } },
  'GET /_sandtable/faults': {},
  'DELETE /_sandtable/faults/{id}': { path: '/_sandtable/faults/slow' },
  'DELETE /_sandtable/faults': { path: '/_sandtable/faults?service=dynamodb' },
  'GET /_sandtable/trace': { path: '/_sandtable/trace?service=dynamodb&limit=1&since=2026-01-01T00:00:00Z&key=a' },
  'GET /_sandtable/trace/stream': {},
  'GET /_sandtable/activity/stream': {},
  'GET /_sandtable/trace/calls/{sequence}': { path: '/_sandtable/trace/calls/1' },
  'GET /_sandtable/trace/bodies': {},
  'PUT /_sandtable/trace/bodies': { body: { keep: true } },
  'DELETE /_sandtable/trace': {},
  'PUT /_sandtable/rekognition/faces': { body: { bucket: 'photos', key: 'a*', faces: [{ person: 'anna', age: { low: 20, high: 30 } }] } },
  'GET /_sandtable/rekognition/faces': {},
  'DELETE /_sandtable/rekognition/faces': { path: '/_sandtable/rekognition/faces?account=111122223333' },
  'PUT /_sandtable/triggers/{name}': { path: '/_sandtable/triggers/copy', body: { table: 'orders', url: 'http://127.0.0.1:9000/', batchSize: 10 } },
  'PUT /_sandtable/functions/{name}': { path: '/_sandtable/functions/resize', body: { url: 'http://127.0.0.1:9000/' } },
  'GET /_sandtable/functions': {},
  'DELETE /_sandtable/functions/{name}': { path: '/_sandtable/functions/resize' },
  'GET /_sandtable/triggers': {},
  'DELETE /_sandtable/triggers/{name}': { path: '/_sandtable/triggers/copy' },
  'PUT /_sandtable/alarms/targets': { body: { arn: 'arn:aws:sns:us-east-1:000000000000:oncall', url: 'http://127.0.0.1:9000/' } },
  'GET /_sandtable/alarms/targets': {},
  'DELETE /_sandtable/alarms/targets': { path: '/_sandtable/alarms/targets?arn=arn:aws:sns:us-east-1:000000000000:oncall' },
  'GET /_sandtable/alarms/events': {},
  'POST /_sandtable/settled': {},
  'PUT /_sandtable/streams': { body: { shards: 2 } },
  'POST /_sandtable/streams/split': { body: { table: 'streamed' } },
  'GET /_sandtable/iam/mode': {},
  'PUT /_sandtable/iam/mode': { body: { mode: 'audit' } },
  'PUT /_sandtable/iam/principals': { body: { users: [{ UserName: 'ann', AccessKeys: [{ AccessKeyId: 'ann-key', SecretAccessKey: 'ann-secret' }] }] } },
  'GET /_sandtable/iam/policy': { path: '/_sandtable/iam/policy?service=dynamodb' },
  'GET /_sandtable/cost': { path: '/_sandtable/cost?resource=orders&prices=aws-2026-11' },
  'PUT /_sandtable/throughput': { body: { throttling: true } },
  'GET /_sandtable/throughput': { path: '/_sandtable/throughput?region=us-east-1&table=orders' },
  'PUT /_sandtable/consistency-lag': { body: { lag: { orders: '2s' } } },
  'GET /_sandtable/consistency-lag': {},
  'PUT /_sandtable/replication-lag': { body: { lag: '1s' } },
  'GET /_sandtable/replication-lag': {},
  'GET /_sandtable/api': {},
  'POST /_sandtable/tokens': { body: { sub: 'ada', groups: ['admin'], ttl: '1h', claims: { email: 'ada@example.org' } } },
  'GET /_sandtable/issuer/.well-known/jwks.json': {},
  'GET /_sandtable/issuer/.well-known/openid-configuration': {},
}

/** The part of an OpenAPI document that the test reads. */
interface Described {
  openapi: string
  paths: Record<string, Record<string, {
    summary: string
    parameters?: { name: string, in: string }[]
    requestBody?: { content: Record<string, { schema?: object }> }
    responses: Record<string, { content: Record<string, { schema?: object }> } | { $ref: string }>
  }>>
}

async function open (t: Test) {
  const emulator = await testEmulator(t, { seed: { folder: t.testdir({ s3: { seeded: {} } }) } })
  await call(`${emulator.url}/_sandtable/clock`)
  const documented = await (await fetch(`${emulator.url}/_sandtable/openapi.json`)).json() as Described
  return { emulator, documented }
}

async function call (url: string, { method = 'GET', body, raw }: { method?: string, body?: unknown, raw?: string | Uint8Array<ArrayBuffer> } = {}) {
  const response = await fetch(url, { method, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) })
  const type = response.headers.get('content-type') ?? ''
  const isEndless = type === 'text/event-stream'
  if (isEndless) await response.body?.cancel()
  return { status: response.status, type, text: isEndless ? '' : await response.text() }
}

test('the OpenAPI document has every route, and every route answers as documented', async (t) => {
  const { emulator, documented } = await open(t)
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new ListTablesCommand({}))
  await dynamodb.send(new CreateTableCommand({
    TableName: 'streamed',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  }))
  const ajv = new Ajv2020({ strict: false })
  formats.default(ajv)
  t.equal(documented.openapi, '3.1.0')
  const routes = Object.entries(documented.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, route]) => ({ path, method: method.toUpperCase(), route })))
  t.strictSame(routes.map(({ path, method }) => `${method} ${path}`).sort(), Object.keys(examples).sort(), 'each has an example')
  for (const [name, example] of Object.entries(examples)) {
    const [method, path] = name.split(' ') as [string, string] // of the table above
    const { route } = routes.find((one) => one.path === path && one.method === method)!
    t.match(route.summary, /^[A-Z].*[^.]$/, `${name} has a summary`)
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    t.strictSame((route.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name), inPath, `${name} tells its parameters`)

    const sent = route.requestBody?.content['application/json']?.schema
    t.equal(route.requestBody !== undefined, example.body !== undefined || example.upload !== undefined, `${name} has a body, or none`)
    if (sent) t.ok(ajv.validate(sent, example.body), `${name} takes ${JSON.stringify(example.body)}: ${ajv.errorsText()}`)
    const raw = example.upload === undefined ? undefined : new Uint8Array(await (await fetch(`${emulator.url}${example.upload}`)).arrayBuffer())
    const answer = await call(`${emulator.url}${example.path ?? path}`, { method, body: example.body, raw })
    t.equal(answer.status, 200, `${name}: ${answer.text}`)
    const { content } = route.responses[200] as { content: Record<string, { schema?: object }> } // no route refers to a shared one
    t.strictSame(Object.keys(content), [answer.type], `${name} answers its media type`)
    const schema = content['application/json']?.schema
    if (schema) t.ok(ajv.validate(schema, JSON.parse(answer.text)), `${name} answers as it says: ${ajv.errorsText()} in ${answer.text.slice(0, 500)}`)
  }
})

/** Reads a stream of server-sent events, one at a time. */
async function eventSource (url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    status: response.status,
    /** The next event; `undefined` at the end. */
    async next (): Promise<Record<string, string> | undefined> {
      while (!text.includes('\n\n')) {
        const { value, done } = await reader.read()
        if (done) return undefined
        text += value
      }
      const [event = '', ...rest] = text.split('\n\n')
      text = rest.join('\n\n')
      return Object.fromEntries(event.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]))
    },
    leave: () => reader.cancel(),
  }
}

test('the trace is followed as server-sent events, and resumed where it stopped', async (t) => {
  const emulator = await testEmulator(t, { traceSize: 3 })
  const { dynamodb } = emulator.clients({ maxAttempts: 1, causedBy: () => 'request' })
  const call = async (limit: number) => dynamodb.send(new ListTablesCommand({ Limit: limit }))
  const url = `${emulator.url}/_sandtable/trace/stream`
  await call(1)

  const source = await eventSource(`${url}?service=dynamodb&causedBy=request`)
  t.strictSame([source.status, await source.next()], [200, { retry: '1000' }])
  await call(2)
  const { id, data } = await source.next() as { id: string, data: string } // or a later line has them
  t.equal(id, '2')
  t.match(JSON.parse(data), { sequence: 2, operation: 'ListTables', causedBy: 'request', result: 'ok', bytes: '{"TableNames":[]}'.length })
  await source.leave()

  await call(3)
  const again = await eventSource(url, { 'last-event-id': id })
  t.match([await again.next(), await again.next()], [{ retry: '1000' }, { id: '3' }])
  const first = await eventSource(`${url}?after=0`)
  t.match([await first.next(), await first.next()], [{ retry: '1000' }, { id: '1' }])
  await Promise.all([4, 5, 6, 7, 8].map(call))
  t.match([await again.next(), await again.next()], [{ event: 'lost', data: '{"calls":2}' }, { id: '6' }], 'who is slow hears of it')
  t.equal((await eventSource(url, { 'last-event-id': 'x' })).status, 400)
  const leaving = await eventSource(url)
  await leaving.next()
  const waiting = leaving.next()
  await emulator.close()
  t.equal(await waiting, undefined, 'the stream ends as it should when the emulator closes')
})

test('requests that no route accepts are refused in one line', async (t) => {
  const { emulator } = await open(t)
  const refused = async (request: string, expected: [status: number, message: string], body: { body?: unknown, raw?: string } = {}) => {
    const [method, path] = request.split(' ') as [string, string] // of the calls below
    const { status, text } = await call(`${emulator.url}/_sandtable${path}`, { method, ...body })
    t.strictSame([status, JSON.parse(text)], [expected[0], { message: expected[1] }], `${request} ${JSON.stringify(body)}`)
  }
  await refused('PUT /clock', [400, 'The body needs now; The body has no member time'], { body: { time: 5 } })
  await refused('PUT /clock', [400, '"now" takes a time in ISO 8601 or in epoch milliseconds, not true'], { body: { now: true } })
  await refused('PUT /clock', [400, '"now" takes a time in ISO 8601 or in epoch milliseconds, not 1e+300'], { body: { now: 1e300 } })
  await refused('POST /clock/freeze', [400, 'The body has no member now'], { body: { now: 1 } })
  await refused('GET /trace?table=x', [400, 'The query has no member table'])
  await refused('GET /trace?limit=-1', [400, '"limit" takes a whole number, not -1'])
  await refused('GET /trace?limit=1.5&after=x', [400, '"after" takes a whole number, not "x"; "limit" takes a whole number, not 1.5'])
  await refused('GET /trace?since=soon', [400, '"since" takes a time in ISO 8601 or in epoch milliseconds, by the emulator\'s clock, not "soon"'])
  await refused('GET /trace?key={id', [400, '"key" takes a key of an object, or a value in an item\'s key, with * for any characters; or JSON such as {"id":"a"}, not "{id"'])
  await refused('POST /faults', [400, 'it needs "error" or "latency", for example {"error":"throttle"}'], { body: { service: 's3' } })
  await refused('DELETE /faults/none', [404, 'There is no fault rule none'])
  await refused('DELETE /rekognition/faces?account=me', [400, '"account" takes twelve digits, not "me"'])
  for (const raw of ['{', 'null', '[]', '"text"', '\0']) await refused('PUT /clock', [400, 'The body must be a JSON object'], { raw })
  await refused('PUT /clock', [413, 'The body is larger than 1048576 bytes'], { raw: ' '.repeat(2 ** 20 + 1) })
  t.equal((await call(`${emulator.url}/_sandtable/%E0%A4%A`)).status, 404)
  t.equal((await call(`${emulator.url}/_sandtable/clock/`)).status, 200, 'a closing slash changes nothing')
})
