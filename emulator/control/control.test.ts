import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { test, type Test } from 'tap'
import { testEmulator, TEST_TIME } from '../test-support/emulator.ts'

/** A request that shows what a route does; those of one path may build on one another, in this order. */
interface Example { path?: string, body?: unknown }

/** One for each route: a route without any fails the test. */
const examples: Record<string, Example> = {
  'GET /_sandtable': {},
  'GET /_sandtable/openapi.json': {},
  'GET /_sandtable/health': {},
  'GET /_sandtable/clock': {},
  'PUT /_sandtable/clock': { body: { now: TEST_TIME + 1000 } },
  'POST /_sandtable/clock/advance': { body: { by: '31d' } },
  'POST /_sandtable/clock/freeze': {},
  'POST /_sandtable/clock/resume': {},
  'POST /_sandtable/reset': { body: { service: 's3', account: '111122223333' } },
  'POST /_sandtable/faults': { body: { service: 'dynamodb', operation: 'GetItem', error: 'throttle', share: 0.3, latency: { p50: 5, p99: 50 } } },
  'PUT /_sandtable/faults/{id}': { path: '/_sandtable/faults/slow', body: { key: { id: 'a' }, error: { code: 'LimitExceededException' }, times: 3, skip: 1, seed: 7 } },
  'GET /_sandtable/faults': {},
  'DELETE /_sandtable/faults/{id}': { path: '/_sandtable/faults/slow' },
  'DELETE /_sandtable/faults': { path: '/_sandtable/faults?service=dynamodb' },
  'GET /_sandtable/trace': { path: '/_sandtable/trace?service=dynamodb&limit=1' },
  'PUT /_sandtable/rekognition/faces': { body: { bucket: 'photos', key: 'a*', faces: [{ person: 'anna', age: { low: 20, high: 30 } }] } },
  'GET /_sandtable/rekognition/faces': {},
  'DELETE /_sandtable/rekognition/faces': { path: '/_sandtable/rekognition/faces?account=111122223333' },
  'POST /_sandtable/tokens': { body: { sub: 'ada', groups: ['admin'], ttl: '1h', claims: { email: 'ada@example.org' } } },
  'GET /_sandtable/issuer/.well-known/jwks.json': {},
  'GET /_sandtable/issuer/.well-known/openid-configuration': {},
}

/** What the test reads of an OpenAPI document. */
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
  const emulator = await testEmulator(t)
  await call(`${emulator.url}/_sandtable/clock`)
  const documented = await (await fetch(`${emulator.url}/_sandtable/openapi.json`)).json() as Described
  return { emulator, documented }
}

async function call (url: string, { method = 'GET', body, raw }: { method?: string, body?: unknown, raw?: string } = {}) {
  const response = await fetch(url, { method, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) })
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() }
}

test('the OpenAPI document has every route, and every route answers as it says', async (t) => {
  const { emulator, documented } = await open(t)
  await emulator.clients().dynamodb.send(new ListTablesCommand({}))
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
    t.equal(sent !== undefined, example.body !== undefined, `${name} has a body, or none`)
    if (sent) t.ok(ajv.validate(sent, example.body), `${name} takes ${JSON.stringify(example.body)}: ${ajv.errorsText()}`)
    const answer = await call(`${emulator.url}${example.path ?? path}`, { method, body: example.body })
    t.equal(answer.status, 200, `${name}: ${answer.text}`)
    const { content } = route.responses[200] as { content: Record<string, { schema?: object }> } // no route refers to a shared one
    t.strictSame(Object.keys(content), [answer.type], `${name} answers its media type`)
    const schema = content['application/json']?.schema
    if (schema) t.ok(ajv.validate(schema, JSON.parse(answer.text)), `${name} answers as it says: ${ajv.errorsText()} in ${answer.text.slice(0, 500)}`)
  }
})

test('what no route takes is refused in one line', async (t) => {
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
  await refused('DELETE /rekognition/faces?account=me', [400, '"account" takes twelve digits, not "me"'])
  for (const raw of ['{', 'null', '[]', '"text"', '\0']) await refused('PUT /clock', [400, 'The body must be a JSON object'], { raw })
  await refused('PUT /clock', [413, 'The body is larger than 1048576 bytes'], { raw: ' '.repeat(2 ** 20 + 1) })
  t.equal((await call(`${emulator.url}/_sandtable/%E0%A4%A`)).status, 404)
  t.equal((await call(`${emulator.url}/_sandtable/clock/`)).status, 200, 'a closing slash changes nothing')
})
