import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type Test } from 'tap'
import type { Emulator } from './index.ts'
import { testEmulator } from './test-support/emulator.ts'

const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'

/** A connection whose answers are read one by one. */
class Client {
  readonly socket: Socket
  #text = ''

  constructor (t: Test, emulator: Emulator) {
    this.socket = connect(Number(new URL(emulator.url!).port), '127.0.0.1')
    this.socket.on('data', (chunk: Buffer) => { this.#text += chunk.toString('latin1') })
    this.socket.on('error', () => {})
    t.teardown(() => this.socket.destroy())
  }

  send (...parts: string[]): this {
    for (const part of parts) this.socket.write(part, 'latin1')
    return this
  }

  /** The next answer. Every one here has a length. */
  async answer () {
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n')
      const [first = '', ...lines] = this.#text.slice(0, end).split('\r\n')
      const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]))
      const length = Number(headers['content-length'] ?? 0)
      if (end >= 0 && this.#text.length >= end + 4 + length) {
        const body = this.#text.slice(end + 4, end + 4 + length)
        this.#text = this.#text.slice(end + 4 + length)
        return { status: Number(first.split(' ')[1]), headers, body }
      }
      if (this.socket.closed) return { status: 0, headers: {}, body: this.#text }
      await new Promise((resolve) => { for (const event of ['data', 'close']) this.socket.once(event, resolve) })
    }
  }
}

const head = (lines: readonly string[]) => ['POST / HTTP/1.1', 'Host: localhost', `Authorization: ${AUTHORIZATION}`, 'X-Amz-Date: 20260301T120000Z', 'Content-Type: application/x-amz-json-1.0', ...lines, '', ''].join('\r\n')

const call = (body = '{}', ...lines: string[]) => head(['X-Amz-Target: DynamoDB_20120810.ListTables', `Content-Length: ${Buffer.byteLength(body)}`, ...lines]) + body

const TABLES = '{"TableNames":[]}'

test('calls come one after the other, pipelined, in parts and half closed, and each has its answer', async (t) => {
  const emulator = await testEmulator(t)
  const client = new Client(t, emulator)
  for (let round = 0; round < 3; round++) t.match(await client.send(call()).answer(), { status: 200, body: TABLES })
  client.send(call(), call('{"Limit":0}') + call())
  t.same([(await client.answer()).status, (await client.answer()).status, (await client.answer()).status], [200, 400, 200])

  const text = call('{ }')
  for (let at = 0; at < text.length; at += 7) {
    client.send(text.slice(at, at + 7))
    await new Promise(setImmediate)
  }
  t.match(await client.answer(), { status: 200, body: TABLES })

  client.send(call())
  client.socket.end()
  t.match(await client.answer(), { status: 200, body: TABLES })
  await once(client.socket, 'close')
})

test('a call that is no short one is read by Node, on the same connection', async (t) => {
  const emulator = await testEmulator(t)
  const target = 'X-Amz-Target: DynamoDB_20120810.ListTables'
  const padded = `{${' '.repeat(2 * 1024 * 1024)}}`
  const others: Record<string, string> = {
    chunked: `${head([target, 'Transfer-Encoding: chunked'])}2\r\n{}\r\n0\r\n\r\n`,
    large: call(padded),
    'a header twice': call('{}', 'X-Request-Id: one', 'X-Request-Id: two'),
    'a header beyond ASCII': call('{}', 'X-Note: \xe9'),
    'another version': call().replace('HTTP/1.1', 'HTTP/1.0').replace('\r\nHost', '\r\nConnection: keep-alive\r\nHost'),
    'an absolute address': call().replace('POST /', 'POST http://localhost/'),
  }
  for (const [name, text] of Object.entries(others)) {
    const client = new Client(t, emulator)
    t.match(await client.send(call()).answer(), { status: 200, body: TABLES }, name)
    t.match(await client.send(text).answer(), { status: 200, body: TABLES }, name)
    t.match(await client.send(call()).answer(), { status: 200, body: TABLES }, name)
  }
  const waiting = new Client(t, emulator).send(call().slice(0, -2).replace('Host', 'Expect: 100-continue\r\nHost'))
  t.equal((await waiting.answer()).status, 100)
  t.match(await waiting.send('{}').answer(), { status: 200, body: TABLES })

  const front = new Client(t, emulator).send(call(), 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  t.match(await front.answer(), { body: TABLES })
  t.match(await front.answer(), { body: 'healthy: dynamodb.us-east-1.amazonaws.com ' })
  t.match(await new Client(t, emulator).send(call('{}', 'Connection: close')).answer(), { status: 200, headers: { connection: 'close' } })
})

test('what is malformed gets Node\'s answer', async (t) => {
  const emulator = await testEmulator(t)
  for (const text of [
    call().replace('\r\nHost', '\nHost'), call().replace('Host:', 'Ho st:'), call('{}', 'Content-Length: 5'), call('{}', 'X-Note: a\x00b'), call('{}', `X-Note: ${'n'.repeat(20_000)}`),
    call().replace('Content-Length: 2', 'Content-Length: 2e0'), call().replace('Content-Length: 2', 'Content-Length: -2'),
  ]) {
    const client = new Client(t, emulator).send(call(), text)
    t.equal((await client.answer()).status, 200)
    t.equal((await client.answer()).status, 400, JSON.stringify(text.slice(0, 200)))
  }
})

test('a short call\'s answer has the headers of Node\'s', async (t) => {
  const emulator = await testEmulator(t)
  const short = await new Client(t, emulator).send(call()).answer()
  const other = await new Client(t, emulator).send(call('{}', 'X-Note: \xe9')).answer()
  t.same(Object.keys(short.headers).sort(), Object.keys(other.headers).sort())
  for (const name of ['connection', 'keep-alive', 'content-type', 'server', 'x-amz-crc32', 'content-length']) t.equal(short.headers[name], other.headers[name], name)
  const [date] = [short, other].map(({ headers }) => Date.parse(headers['date']!))
  t.ok(Math.abs(date! - Date.parse(other.headers['date']!)) <= 5000)
})

test('an answer that cannot be sent closes its connection alone', async (t) => {
  const emulator = await testEmulator(t)
  await emulator.faults.add({ service: 'dynamodb', operation: 'ListTables', error: 'connection-reset', times: 1 })
  const reset = new Client(t, emulator).send(call())
  t.equal((await reset.answer()).status, 0)
  t.match(await new Client(t, emulator).send(call()).answer(), { status: 200 })
})

test('an incomplete call is left to Node, which waits for the rest', async (t) => {
  const emulator = await testEmulator(t)
  const client = new Client(t, emulator).send(call().slice(0, -1))
  await sleep(800)
  t.match(await client.send('}').answer(), { status: 200, body: TABLES })
  const gone = new Client(t, emulator).send(call().slice(0, -1))
  gone.socket.end()
  await once(gone.socket, 'close')
})

test('closing ends idle connections, and lets a call end', async (t) => {
  const emulator = await testEmulator(t)
  const idle = new Client(t, emulator)
  t.match(await idle.send(call()).answer(), { status: 200 })
  const ended = once(idle.socket, 'close')
  await emulator.close()
  await ended
})
