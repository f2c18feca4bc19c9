import { crc32, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import { chooseCoding } from './core/protocol/compression.ts'
import { startEmulator, type Emulator, type EmulatorOptions } from './index.ts'
import { testEmulator } from './test-support/emulator.ts'
import { authorization, send, sendBytes, type RawRequest } from './test-support/raw-http.ts'

const SCYLLA_TESTS = 'https://github.com/scylladb/scylladb/tree/master/test/alternator, which was run against AWS'

const LISTING = { 'x-amz-target': 'DynamoDB_20120810.ListTables' }
const SIGNED = {
  authorization: authorization('dynamodb'),
  'x-amz-date': '20260301T120000Z',
  'content-type': 'application/x-amz-json-1.0',
}

/** Calls an operation of DynamoDB with whatever else the request is to say. */
async function call (emulator: Emulator, operation: string, input: string | Uint8Array, { headers = {}, ...rest }: RawRequest = {}) {
  const answer = await send(emulator, { headers: { ...SIGNED, 'x-amz-target': `DynamoDB_20120810.${operation}`, ...headers }, body: input, ...rest })
  return { ...answer, text: answer.body.toString() }
}

/** An emulator with a table of one large item. */
async function withItem (t: Test, options: EmulatorOptions = {}) {
  const emulator = await testEmulator(t, options)
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  await dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'large' }, text: { S: 'x'.repeat(5000) } } }))
  return emulator
}

test(`bodies in gzip and deflate are decompressed, within limits (${SCYLLA_TESTS})`, async (t) => {
  const emulator = await withItem(t)
  const item = (id: string) => JSON.stringify({ TableName: 'things', Item: { id: { S: id } } })
  const stored = async (id: string) => 'Item' in await emulator.clients().dynamodb.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: id } } }))
  const put = (body: Uint8Array | string, coding: string) => call(emulator, 'PutItem', body, { headers: { 'content-encoding': coding } })

  t.equal((await put(gzipSync(item('gzip')), 'gzip')).status, 200)
  t.equal((await put(gzipSync(item('capitals')), 'GZIP')).status, 200)
  t.equal((await put(deflateSync(item('deflate')), 'deflate')).status, 200)
  const halves = [item('two').slice(0, 10), item('two').slice(10)].map((half) => gzipSync(half))
  t.equal((await put(Buffer.concat(halves), 'gzip')).status, 200)
  t.same(await Promise.all(['gzip', 'capitals', 'deflate', 'two'].map(stored)), [true, true, true, true])

  for (const [body, coding] of [
    [item('a'), 'gzip'], [item('a'), 'deflate'], ['', 'gzip'], [gzipSync(item('a')).subarray(0, -1), 'gzip'], [item('a'), 'garbage'],
  ] as const) {
    const answer = await put(body, coding)
    t.match(JSON.parse(answer.text), { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' })
    t.equal(answer.status, 500, `${coding} that is none`)
  }
  t.notOk(await stored('a'))

  const bomb = gzipSync(item('bomb') + ' '.repeat(64 * 1024 * 1024))
  t.ok(bomb.length < 100_000)
  t.equal((await put(bomb, 'gzip')).status, 413)
  t.equal((await call(emulator, 'ListTables', gzipSync('[]'), { headers: { 'content-encoding': 'gzip' } })).status, 400)
})

test(`answers of 4 KB and more are compressed for clients that accept it, errors never (${SCYLLA_TESTS})`, async (t) => {
  const emulator = await withItem(t)
  const get = (acceptEncoding: string, input: object = {}) =>
    call(emulator, 'GetItem', JSON.stringify({ TableName: 'things', Key: { id: { S: 'large' } }, ...input }), { headers: { 'accept-encoding': acceptEncoding } })
  for (const [coding, unpack] of [['gzip', gunzipSync], ['deflate', inflateSync]] as const) {
    const { headers, body } = await get(coding)
    t.equal(headers['content-encoding'], coding)
    t.match(JSON.parse(unpack(body).toString()), { Item: { id: { S: 'large' } } })
    t.equal(headers['x-amz-crc32'], String(crc32(body)), 'the checksum is that of the packed bytes')
    t.equal(headers['content-length'], String(body.length))
  }
  const { headers: firstCounts } = await call(emulator, 'GetItem', JSON.stringify({ TableName: 'things', Key: { id: { S: 'large' } } }), { headers: { 'accept-encoding': ['identity', 'gzip'] } })
  t.equal(firstCounts['content-encoding'], undefined, 'of two headers the first counts')
  const short = await get('gzip', { ProjectionExpression: 'id' })
  t.same([short.headers['content-encoding'], short.text], [undefined, '{"Item":{"id":{"S":"large"}}}'])
  const plain = await get('identity')
  t.equal(plain.headers['x-amz-crc32'], String(crc32(plain.body)))

  const failed = await call(emulator, 'PutItem', JSON.stringify({
    TableName: 'things', Item: { id: { S: 'large' } }, ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }), { headers: { 'accept-encoding': 'gzip' } })
  t.same([failed.status, failed.headers['content-encoding']], [400, undefined])
  t.match(JSON.parse(failed.text), { Item: { id: { S: 'large' } } })
})

test(`the coding of an answer is chosen by weight, then by order (${SCYLLA_TESTS})`, (t) => {
  const chosen: Record<string, string | undefined> = {
    '': undefined,
    identity: undefined,
    br: undefined,
    'x-gzip': undefined,
    'gzip, deflate': 'gzip',
    'br, identity, deflate, gzip': 'deflate',
    'GZIP, identity': 'gzip',
    'dog, gzip ,, cat': 'gzip',
    'gzip;q=0.8, deflate;q=0.5': 'gzip',
    'br, gzip;q=0, deflate; q = 0.5 , identity;q=0': 'deflate',
    '*': 'gzip',
    '*, deflate;q=0.5': 'gzip',
    '*, deflate': 'deflate',
    '*, gzip;q=0.5': 'deflate',
    'gzip ;q=0': undefined,
    '*;q=0': undefined,
    '*;q=0.5,identity': 'gzip',
    'br;q=0.8,identity;q=0.5,*;q=0': undefined,
    '"gzip"': undefined,
    'gzip br': undefined,
    'gzip:q=1': undefined,
    'gzip;q=31,deflate;q=51': 'gzip',
    'deflate;q=0.5, gzip;q=0.2': 'deflate',
    'deflate;q=0.5, gzip;q=1;q=0.2': 'gzip',
    'deflate;q=0.5,gzip;q=0.': 'deflate',
    'deflate;q=0.5,gzip;q=0.x': 'gzip',
    'deflate;q=-0.5,gzip;q=0.2': 'gzip',
    'gzip;nq=1;q=0 ': undefined,
    'gzip;q=0, gzip;q=1, gzip;q=0': 'gzip',
    'gzip;q =0;q=1': 'gzip',
    'br,identity;q=0.5,gzip;q=0.0001': 'gzip',
  }
  for (const [accepted, coding] of Object.entries(chosen)) t.equal(chooseCoding(accepted), coding, accepted || 'nothing')
  t.end()
})

test('a site of this machine may call DynamoDB and Rekognition from a browser; others may not', async (t) => {
  const emulator = await testEmulator(t, { allowedHosts: ['app.example'] })
  const preflight = (origin: string, asked = 'authorization,x-amz-target,x-amz-date') =>
    send(emulator, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked } })
  const { status, headers } = await preflight('http://localhost:5173')
  t.equal(status, 200)
  t.match(headers, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization,x-amz-target,x-amz-date',
    'access-control-max-age': '172800',
  })
  const allows = async (origin: string) => [
    (await preflight(origin)).headers['access-control-allow-origin'],
    (await call(emulator, 'ListTables', '{}', { headers: { origin } })).headers['access-control-allow-origin'],
    (await call(emulator, 'Nothing', '{}', { headers: { origin } })).headers['access-control-allow-origin'],
  ]
  t.same(await allows('https://app.example'), ['*', '*', '*'])
  t.same(await allows('https://evil.example'), [undefined, undefined, undefined])
  t.same(await allows('null'), [undefined, undefined, undefined])
  t.match((await call(emulator, 'ListTables', '{}', { headers: { origin: 'http://127.0.0.1:8080' } })).headers, { 'access-control-expose-headers': /x-amzn-RequestId/ })
  t.notOk(Object.keys((await call(emulator, 'ListTables', '{}')).headers).some((name) => name.startsWith('access-control-')))
})

test('an unsigned GET / gets DynamoDB\'s health answer, and no other path does', async (t) => {
  const emulator = await testEmulator(t, { region: 'eu-west-1' })
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const { status, body } = await send(emulator, { method: 'GET', path, headers })
    return [status, body.toString()]
  }
  t.same(await get('/'), [200, 'healthy: dynamodb.eu-west-1.amazonaws.com '])
  t.same(await get('/', SIGNED), [200, 'healthy: dynamodb.us-east-1.amazonaws.com '])
  t.same(await get('/health', SIGNED), [404, '<UnknownOperationException/>\n'])
  t.match(await get('/', { host: 'bucket.s3.localhost' }), [403, /<Code>AccessDenied/], 'a bucket\'s host is the bucket\'s')
  t.match(await get('/bucket'), [403, /<Code>AccessDenied/])
  t.match(await get('/?X-Amz-Algorithm=x'), [400, /<Code>AuthorizationQueryParametersError/])
})

test('only a POST of JSON is a call of DynamoDB', async (t) => {
  const emulator = await testEmulator(t)
  const answer = async (headers: Record<string, string>, rest: RawRequest = {}) => {
    const { status, text, headers: given } = await call(emulator, 'ListTables', '{}', { headers, ...rest })
    return [status, given['content-type'], text]
  }
  const json = '{"TableNames":[]}'
  t.same(await answer({}), [200, 'application/x-amz-json-1.0', json])
  t.same(await answer({ 'content-type': 'application/x-amz-json-1.0; charset=utf-8' }), [200, 'application/x-amz-json-1.0', json])
  t.same(await answer({ 'content-type': 'application/json' }), [200, 'application/json', json])
  for (const type of ['text/plain', 'application/x-amz-json-1.1', 'application/cbor', '']) {
    t.same(await answer({ 'content-type': type }), [404, undefined, '<UnknownOperationException/>\n'], type || 'no content type')
  }
  t.match(await answer({}, { path: '/things' }), [400, 'application/x-amz-json-1.0', /UnknownOperationException/])
  t.equal((await call(emulator, 'ListTables', '{}')).headers['server'], 'Server')
  t.same(await answer({}, { method: 'PUT' }), [404, undefined, '<UnknownOperationException/>\n'])
  t.match(await answer({ 'content-type': 'text/plain' }, { body: '' }), [400, 'application/json', /SerializationException/])
})

test('a presigned request is a call like any other', async (t) => {
  const emulator = await testEmulator(t)
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': '111111111111/20260301/eu-west-1/dynamodb/aws4_request', 'X-Amz-Signature': '0', 'X-Amz-SignedHeaders': 'host', 'X-Amz-Date': '20260301T120000Z',
  })
  const headers = { ...LISTING, 'content-type': 'application/x-amz-json-1.0' }
  t.equal((await send(emulator, { path: `/?${query.toString()}`, headers, body: '{}' })).status, 200)
  t.match(emulator.trace.query(), [{ account: '111111111111', region: 'eu-west-1', result: 'ok' }])
  query.delete('X-Amz-Signature')
  t.match((await send(emulator, { path: `/?${query.toString()}`, headers, body: '{}' })).body.toString(), /IncompleteSignatureException.*must include 'X-Amz-Signature'/)
})

test('a service that is not emulated is refused in the protocol of its clients', async (t) => {
  const emulator = await testEmulator(t)
  const refused = async (type: string) => {
    const { status, body } = await send(emulator, { headers: { ...SIGNED, authorization: authorization('sns'), 'content-type': type }, body: 'Action=ListTopics' })
    return [status, body.toString()]
  }
  t.match(await refused('application/x-www-form-urlencoded; charset=utf-8'), [400, /<Code>UnknownOperationException<.*does not emulate the service 'sns'/s])
  t.match(await refused('application/x-amz-json-1.1'), [400, /^{"__type":"UnknownOperationException","message":"Sandtable does not emulate/])
})

test('framing errors are answered with a message, and do not harm other connections', async (t) => {
  const emulator = await testEmulator(t)
  const head = `POST / HTTP/1.1\r\nhost: localhost\r\n${Object.entries({ ...SIGNED, ...LISTING }).map(([name, value]) => `${name}: ${value}\r\n`).join('')}connection: close\r\n`
  const first = async (bytes: string) => (await sendBytes(emulator, bytes)).toString().split('\r\n')[0]
  t.equal(await first(`${head}content-length: 2\r\n\r\n{}`), 'HTTP/1.1 200 OK')
  t.equal(await first(`${head}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`), 'HTTP/1.1 200 OK')
  t.equal(await first(`${head.replace('POST /', 'POST http://dynamodb.local/')}content-length: 2\r\n\r\n{}`), 'HTTP/1.1 200 OK', 'as to a proxy')
  t.equal(await first(`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`), 'HTTP/1.1 400 Bad Request')
  t.equal(await first(`${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`), 'HTTP/1.1 400 Bad Request')
  t.equal(await first(`${head}content-length: -1\r\n\r\n{}`), 'HTTP/1.1 400 Bad Request')
  t.equal(await first(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n`), 'HTTP/1.1 400 Bad Request')
  t.equal(await first(`${head}x: ${'x'.repeat(20_000)}\r\n\r\n`), 'HTTP/1.1 400 Bad Request')
  t.equal(await first(`${head}content-length: 100\r\n\r\n{`), 'HTTP/1.1 400 Bad Request')
  t.match((await sendBytes(emulator, 'nonsense\r\n\r\n')).toString(), /\r\n\r\nBad Request: \S/)
  t.match((await sendBytes(emulator, `${head}\r\n`)).toString(), /SerializationException/, 'no body at all')
  t.equal((await call(emulator, 'ListTables', '{}')).status, 200)
})

test('a custom account is in every ARN, and must have twelve digits', async (t) => {
  const emulator = await withItem(t, { accountId: '123456789012', region: 'eu-west-1' })
  t.match(emulator.trace.query({ operation: 'CreateTable' }), [{ account: '123456789012', region: 'eu-west-1' }])
  const { text } = await call(emulator, 'DescribeTable', '{"TableName":"things"}', { headers: { authorization: authorization('dynamodb', { region: 'eu-west-1' }) } })
  t.match(text, '"TableArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/things"')
  await t.rejects(startEmulator({ accountId: '12345', listen: false }), { message: 'An account id has twelve digits, not "12345"' })
})
