import { connect } from 'node:net'
import { once } from 'node:events'
import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import { startEmulator, type Emulator } from './index.ts'
import { parseDuration } from './control/duration.ts'
import { testEmulator, wireClients } from './test-support/emulator.ts'

const AUTHORIZATION = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`

/** A request as no SDK would make it. */
async function raw (emulator: Emulator, { body, ...headers }: Record<string, string>) {
  const response = await fetch(emulator.url!, {
    method: 'POST',
    headers: { 'x-amz-date': '20260301T120000Z', authorization: AUTHORIZATION('dynamodb'), 'content-type': 'application/x-amz-json-1.0', ...headers },
    body,
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as Record<string, unknown> }
}

test('a request is routed by its credential scope or its target; errors have AWS\'s shape', async (t) => {
  const emulator = await testEmulator(t)
  const listTables = { 'x-amz-target': 'DynamoDB_20120810.ListTables', body: '{}' }
  const answer = await raw(emulator, listTables)
  t.same([answer.status, answer.text], [200, '{"TableNames":[]}'])
  t.match(Object.fromEntries(answer.headers), { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': /.{36}/, 'x-amz-crc32': /^\d+$/ })

  const refused = async (headers: Record<string, string>, expected: object) => t.match((await raw(emulator, { ...listTables, ...headers })).json(), expected)
  await refused({ 'x-amz-target': 'DynamoDB_20120810.Nothing' }, { __type: 'com.amazon.coral.service#UnknownOperationException' })
  await refused({ 'x-amz-target': 'DynamoDB_20120810.constructor' }, { __type: 'com.amazon.coral.service#UnknownOperationException' })
  await refused({ authorization: '' }, { __type: 'com.amazon.coral.service#MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' })
  await refused({ authorization: AUTHORIZATION('sqs') }, { __type: 'UnknownOperationException', message: 'Sandtable does not emulate the service \'sqs\'' })
  for (const body of ['null', '[]', '"text"', '{', '', 'NaN']) await refused({ body }, { __type: 'com.amazon.coral.service#SerializationException' })
  await refused({ 'x-amz-target': 'DynamoDB_20120810.DescribeTable', body: '{"TableName":5}' }, {
    __type: 'com.amazon.coral.service#SerializationException', Message: 'NUMBER_VALUE cannot be converted to String',
  })
  await refused({ 'x-amz-target': 'DynamoDB_20120810.DescribeTable', body: '{"TableName":"missing"}' }, {
    __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'Requested resource not found: Table: missing not found',
  })
  t.equal((await raw(emulator, listTables)).status, 200)
})

test('a body over 16 MB is refused, and the connection stays usable', async (t) => {
  const emulator = await testEmulator(t)
  const large = await raw(emulator, { 'x-amz-target': 'DynamoDB_20120810.ListTables', body: ' '.repeat(17 * 1024 * 1024) })
  t.equal(large.status, 413)
  t.equal((await raw(emulator, { 'x-amz-target': 'DynamoDB_20120810.ListTables', body: '{}' })).status, 200)
})

test('requests that are not HTTP, or end in the middle, do no harm', async (t) => {
  const emulator = await testEmulator(t)
  const port = Number(new URL(emulator.url!).port)
  const send = async (text: string) => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(text)
    socket.end()
    socket.resume()
    await once(socket, 'close')
  }
  await send('this is not HTTP\r\n\r\n')
  await send('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nhalf')
  await send('GET http://[::bad HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await send('OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n')
  t.equal((await raw(emulator, { 'x-amz-target': 'DynamoDB_20120810.ListTables', body: '{}' })).status, 200)
})

test('the trace links a call to the API request behind it, over the wire and in process', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { 'x-amz-target': 'DynamoDB_20120810.ListTables', body: '{}', 'x-request-id': 'request-1' })
  const clients = emulator.clients({ causedBy: () => 'request-2', maxAttempts: 1 })
  await clients.dynamodb.send(new ListTablesCommand({}))
  t.match(emulator.trace.query({ causedBy: 'request-1' }), [{ service: 'dynamodb', operation: 'ListTables', result: 'ok' }])
  t.match(emulator.trace.query({ causedBy: 'request-2' }), [{ operation: 'ListTables' }])
})

async function control (t: Test, options: Parameters<typeof testEmulator>[1] = {}) {
  const emulator = await testEmulator(t, options)
  const call = async (method: string, path: string, { body, headers }: { body?: unknown, headers?: Record<string, string> } = {}) => {
    const response = await fetch(`${emulator.url}/_sandtable${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
    return { status: response.status, body: await response.json() as Record<string, unknown> }
  }
  return { emulator, call }
}

test('the clock is read, moved, frozen and resumed over HTTP', async (t) => {
  const { call } = await control(t)
  t.same(await call('GET', '/clock'), { status: 200, body: { now: '2026-03-01T12:00:00.000Z', epochMs: 1772366400000, frozen: true } })
  t.match(await call('POST', '/clock/advance', { body: { by: '31d' } }), { body: { now: '2026-04-01T12:00:00.000Z' } })
  t.match(await call('PUT', '/clock', { body: { now: '2027-01-01T00:00:00Z' } }), { body: { now: '2027-01-01T00:00:00.000Z' } })
  t.match(await call('POST', '/clock/resume'), { body: { frozen: false } })
  t.match(await call('POST', '/clock/freeze'), { body: { frozen: true } })
  t.match(await call('POST', '/clock/advance', { body: { by: 'soon' } }), { status: 400, body: { message: '"by" takes a duration such as "31d", "90s" or "PT1H", not "soon"' } })
  t.match(await call('PUT', '/clock', { body: { now: 'whenever' } }), { status: 400, body: { message: /"now" takes a time in ISO 8601/ } })
  t.match(await call('DELETE', '/clock'), { status: 405, body: { message: '/_sandtable/clock takes GET, PUT' } })
  t.match(await call('GET', '/nothing'), { status: 404, body: { message: /There is no \/_sandtable\/nothing; the paths are: .*\/_sandtable\/health/ } })
})

test('durations are accepted in short form and in ISO 8601', (t) => {
  const day = 86_400_000
  t.same(['31d', '1.5h', '500ms', 'PT1H', 'P1DT12H', 'P2W', 'PT0.5S'].map(parseDuration), [31 * day, 5_400_000, 500, 3_600_000, 1.5 * day, 14 * day, 500])
  t.same(['', '5', 'd', 'P', 'PT', 'P1M', '-1d', '1e9d'].map(parseDuration), Array(8).fill(undefined))
  t.end()
})

test('reset deletes everything, one service or one account, and refuses anything else', async (t) => {
  const { emulator, call } = await control(t)
  const clients = wireClients(t, emulator)
  const create = () => clients.dynamodb.send(new CreateTableCommand({
    TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  const count = async () => (await clients.dynamodb.send(new ListTablesCommand({}))).TableNames!.length
  await create()
  t.equal((await call('POST', '/reset', { body: { service: 's3' } })).status, 200)
  t.equal((await call('POST', '/reset', { body: { account: '999999999999' } })).status, 200)
  t.equal(await count(), 1)
  t.same(await call('POST', '/reset', { body: { service: 'dynamodb' } }), { status: 200, body: { reset: 'dynamodb', account: 'all' } })
  t.equal(await count(), 0)
  t.match(await call('POST', '/reset', { body: { service: 'sqs' } }), { status: 400, body: { message: /^"service" takes dynamodb, .*, not "sqs"$/ } })
  t.match(await call('POST', '/reset', { body: { account: 5 } }), { status: 400 })
  t.match(await call('POST', '/reset', { body: [] }), { status: 400, body: { message: 'The body must be a JSON object' } })
})

test('the trace is queried over HTTP', async (t) => {
  const { emulator, call } = await control(t)
  await raw(emulator, { 'x-amz-target': 'DynamoDB_20120810.ListTables', body: '{}' })
  await raw(emulator, { 'x-amz-target': 'DynamoDB_20120810.DescribeTable', body: '{"TableName":"missing"}' })
  t.match(await call('GET', '/trace?result=ResourceNotFoundException'), { body: { sequence: 2, calls: [{ operation: 'DescribeTable', resource: 'missing' }] } })
  t.match(await call('GET', '/trace?after=1&limit=5'), { body: { calls: [{ sequence: 2 }] } })
  t.match(await call('GET', '/trace?limit=many'), { status: 400, body: { message: '"limit" takes a whole number, not "many"' } })
})

test('the control API does not answer other sites', async (t) => {
  const { emulator, call } = await control(t, { allowedHosts: ['box.example'] })
  const withHost = async (host: string) => {
    const socket = connect(Number(new URL(emulator.url!).port), '127.0.0.1')
    socket.end(`GET /_sandtable/health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    const [head] = await once(socket, 'data') as [Buffer]
    return Number(head.toString().split(' ')[1])
  }
  t.equal((await call('GET', '/clock', { headers: { origin: 'https://evil.example' } })).status, 403)
  t.equal((await call('GET', '/clock', { headers: { origin: 'null' } })).status, 403)
  t.equal((await call('GET', '/clock', { headers: { origin: 'http://localhost:3000' } })).status, 200)
  t.equal(await withHost('rebound.example:4566'), 403)
  t.same(await Promise.all(['localhost:4566', '127.0.0.1', '[::1]:4566', 'emulator.localhost', 'box.example'].map(withHost)), [200, 200, 200, 200, 200])
  t.same(await Promise.all(['emulator:4566', '203.0.113.5', 'localhost.evil.example', 'a@localhost'].map(withHost)), [403, 403, 403, 403])
})

test('a port in use is an error of the start; two emulators in one process share nothing', async (t) => {
  const one = await testEmulator(t)
  await t.rejects(startEmulator({ listen: { port: Number(new URL(one.url!).port) } }), { code: 'EADDRINUSE' })
  const other = await testEmulator(t)
  await one.clients().dynamodb.send(new CreateTableCommand({
    TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  t.same((await other.clients().dynamodb.send(new ListTablesCommand({}))).TableNames, [])
  t.equal((await startEmulator({ listen: false })).url, undefined)
})
