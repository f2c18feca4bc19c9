import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { test, type Test } from 'tap'
import { startEmulator, type Emulator } from '../emulator/index.ts'
import { loadConfig } from '../server/config.ts'
import { loggerOptions } from '../server/core/logging.ts'
import { startServer } from '../server/server.ts'
import { testStore } from '../server/test-support/app.ts'

const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'
const CALL = { authorization: AUTHORIZATION, 'x-amz-date': '20260301T120000Z', 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' }
const S3 = { authorization: AUTHORIZATION.replace('dynamodb', 's3'), 'x-amz-date': '20260301T120000Z', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
const JSON_BODY = { 'content-type': 'application/json' }

async function api (t: Test, environment: Record<string, string> = {}, stalledBodyMs?: number) {
  const { aws, clock, emulator } = await testStore(t)
  const server = await startServer({ config: loadConfig({ PORT: '0', ...environment }), stalledBodyMs, aws, clock, localIssuer: emulator.tokens })
  t.teardown(() => server.close())
  return server
}

async function emulated (t: Test, stalledBodyMs?: number): Promise<Emulator & { url: string }> {
  const emulator = await startEmulator({ stalledBodyMs })
  t.teardown(() => emulator.close())
  return emulator as Emulator & { url: string } // it listens
}

interface Call { url: string, method?: string, headers: Record<string, string>, body?: Uint8Array | string }

async function send (agent: Agent, { url, method = 'POST', headers, body }: Call) {
  const outgoing = request(url, { agent, method, headers: { 'content-length': String(Buffer.byteLength(body ?? '')), ...headers } })
  outgoing.end(body)
  const [answer] = await once(outgoing, 'response') as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode
}

/** Writes bytes, and gives what came back when it fits the pattern, or at the end of the connection. */
async function exchange (url: string, bytes: string, until: RegExp = /$^/): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.on('error', () => {})
  socket.write(bytes)
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => { if (until.test(text += chunk.toString('latin1'))) resolve() })
    socket.on('close', () => resolve())
  })
  socket.destroy()
  return text
}

const head = (line: string, headers: Record<string, string>) => `${line} HTTP/1.1\r\nhost: localhost\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`

test('after an early answer to 17 MB or 50 MB the next request on a kept connection works', async (t) => {
  const emulator = await emulated(t)
  emulator.faults.add({ error: 'internal', service: 's3', operation: 'PutObject' })
  const open = await api(t)
  const closed = await api(t, { AUTH_MODE: 'jwt' })
  const bodies = [Buffer.alloc(17 * 1024 * 1024, 'x'), Buffer.alloc(50 * 1024 * 1024, 'x')]
  const good: [string, Call][] = [
    ['emulator', { url: emulator.url, headers: CALL, body: '{}' }],
    ['api', { url: `${open.url}/health`, method: 'GET', headers: {} }],
  ]
  const early: [string, number, Call][] = [
    ['emulator', 413, { url: emulator.url, headers: CALL }],
    ['emulator', 403, { url: emulator.url, headers: { ...CALL, origin: 'http://evil.example' } }],
    ['emulator', 500, { url: `${emulator.url}/bucket/key`, method: 'PUT', headers: S3 }],
    ['emulator', 403, { url: `${emulator.url}/_sandtable/reset`, headers: { origin: 'http://evil.example' } }],
    ['emulator', 413, { url: `${emulator.url}/_sandtable/reset`, headers: {} }],
    ['api', 413, { url: `${open.url}/api/events`, headers: JSON_BODY }],
    ['api', 415, { url: `${open.url}/api/events`, headers: { 'content-type': 'application/xml' } }],
    ['api', 403, { url: `${open.url}/api/events`, headers: { ...JSON_BODY, origin: 'http://evil.example' } }],
    ['api', 401, { url: `${closed.url}/api/events`, headers: JSON_BODY }],
  ]
  for (const [server, status, call] of early) {
    for (const body of bodies) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      t.equal(await send(agent, { ...call, body }), status, `${call.url} ${status}`)
      t.equal(await send(agent, good.find(([name]) => name === server)![1]), 200)
      agent.destroy()
    }
    t.equal((await fetch(call.url, { method: call.method ?? 'POST', headers: call.headers, body: bodies[0] })).status, status, 'by fetch')
  }
})

test('after an upload that fails in the middle of its body the next request on the connection works', async (t) => {
  const emulator = await emulated(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  t.equal(await send(agent, { url: `${emulator.url}/bucket`, method: 'PUT', headers: S3 }), 200)
  const framed = { ...S3, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': '1000000' }
  const body = Buffer.concat([Buffer.from('a\r\n0123456789\r\nno size\r\n'), Buffer.alloc(1024 * 1024)])
  t.equal(await send(agent, { url: `${emulator.url}/bucket/key`, method: 'PUT', headers: framed, body }), 400)
  t.equal(await send(agent, { url: emulator.url, headers: CALL, body: '{}' }), 200)
})

test('an early answer comes before the body does', async (t) => {
  const [emulator, open] = [await emulated(t), await api(t)]
  const length = { 'content-length': String(17 * 1024 * 1024) }
  t.match(await exchange(emulator.url, head('POST /', { ...CALL, ...length }), /\r\n\r\n/), /^HTTP\/1.1 413/)
  t.match(await exchange(open.url, head('POST /api/events', { ...JSON_BODY, ...length }), /\r\n\r\n/), /^HTTP\/1.1 413/)
  const endless = { 'content-length': String(5 * 1024 ** 3) }
  t.match(await exchange(emulator.url, head('POST /', { ...CALL, ...endless }), /\r\n\r\n/), /^HTTP\/1.1 413[^]*\r\nConnection: close/)
})

test('Expect: 100-continue is answered with the error that the headers cause, or when the body is read', async (t) => {
  const [emulator, open] = [await emulated(t), await api(t)]
  const expects = { expect: '100-continue', 'content-length': '2000000' }
  t.match(await exchange(emulator.url, head('PUT /missing/key', { ...S3, ...expects })), /^HTTP\/1.1 404 [^]*NoSuchBucket/)
  t.match(await exchange(emulator.url, head('POST /', { ...CALL, ...expects, 'content-length': '20000000' })), /^HTTP\/1.1 413 /)
  t.match(await exchange(open.url, head('POST /api/events', { ...JSON_BODY, ...expects })), /^HTTP\/1.1 413 /)
  const small = { ...expects, 'content-length': '2' }
  t.match(await exchange(emulator.url, head('POST /', { ...CALL, ...small }), /\r\n\r\n/), /^HTTP\/1.1 100 Continue\r\n\r\n$/)
  t.match(await exchange(open.url, head('POST /api/events', { ...JSON_BODY, ...small }), /\r\n\r\n/), /^HTTP\/1.1 100 Continue\r\n\r\n$/)
})

test('a body that stops arriving ends the connection, and a slow answer does not', async (t) => {
  const [emulator, open] = [await emulated(t, 300), await api(t, {}, 300)]
  const half = { 'content-length': '100' }
  t.match(await exchange(emulator.url, head('POST /', { ...CALL, ...half }) + '{"a'), /^HTTP\/1.1 408 /)
  t.match(await exchange(open.url, head('POST /api/events', { ...JSON_BODY, ...half }) + '{"a'), /^HTTP\/1.1 408 [^]*REQUEST_TIMEOUT/)
  t.equal(await exchange(emulator.url, head('POST /', { ...CALL, 'content-length': '20000000' }) + 'x', /^$/).then((text) => text.split('\r\n')[0]), 'HTTP/1.1 413 Payload Too Large', 'also after the answer')
  emulator.faults.add({ latency: { p50: 700, p99: 700 } })
  t.match(await exchange(emulator.url, head('POST /', { ...CALL, 'content-length': '2' }) + '{}', /TableNames/), /^HTTP\/1.1 200/, 'an answer that takes longer')
})

test('while a server shuts down it answers with Connection: close', async (t) => {
  const [emulator, open] = [await emulated(t), await api(t)]
  const call = head('POST /', { ...CALL, 'content-length': '2' }) + '{}'
  for (const [server, bytes] of [[emulator, call], [open, head('GET /health', {})]] as const) {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => { text += chunk.toString() })
    socket.write(bytes)
    await once(socket, 'data')
    t.notMatch(text, /Connection: close/i)
    text = ''
    const closed = server.close()
    socket.write(bytes)
    await once(socket, 'close')
    t.match(text, /^HTTP\/1.1 200 [^]*Connection: close/i)
    await closed
  }
})

test('the API answers preflight requests of this machine and of CORS_ORIGINS', async (t) => {
  const { url } = await api(t, { CORS_ORIGINS: 'https://app.example', API_ALLOWED_HOSTS: 'api.example' })
  const from = async (origin: string, method = 'OPTIONS') => {
    const answer = await fetch(`${url}/nowhere`, { method, headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type' } })
    return [answer.status, answer.headers.get('access-control-allow-origin')]
  }
  t.same(await from('http://localhost:5173'), [204, 'http://localhost:5173'])
  t.same(await from('https://app.example'), [204, 'https://app.example'])
  t.same(await from('http://localhost:5173', 'GET'), [404, 'http://localhost:5173'], 'errors can be read, too')
  for (const origin of ['https://evil.example', 'null', 'http://203.0.113.5']) t.same(await from(origin), [403, null], origin)
  t.equal((await fetch(`${url}/health`)).headers.get('access-control-allow-origin'), null)
  t.match(await exchange(url, 'GET /health HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n'), /^HTTP\/1.1 403 [^]*FOREIGN_SITE/)
  t.match(await exchange(url, 'GET /health HTTP/1.1\r\nhost: api.example\r\nconnection: close\r\n\r\n'), /^HTTP\/1.1 200/)
})

test('an open API that other machines can reach logs one warning', async (t) => {
  const { aws, clock } = await testStore(t)
  const lines = async (environment: Record<string, string>) => {
    const written: string[] = []
    const logger = loggerOptions({ level: 'warn', stream: { write: (line: string) => { written.push(line) } } })
    await (await startServer({ config: loadConfig({ PORT: '0', ...environment }), aws, clock, logger, features: [] })).close()
    return written
  }
  t.match(await lines({ HOST: '0.0.0.0' }), [/HOST=0\.0\.0\.0 with AUTH_MODE=open/])
  t.same(await lines({}), [])
  t.same(await lines({ HOST: '0.0.0.0', AUTH_MODE: 'jwt', AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'a' }), [])
})
