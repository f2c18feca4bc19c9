import { test } from 'tap'
import { VirtualClock } from './clock.ts'
import { accountOf } from './context.ts'
import { readCredentials } from './credentials.ts'
import { Locks } from './storage/locks.ts'
import { Database } from './storage/database.ts'
import { Trace, type TraceFilter } from './trace.ts'
import type { CallRecord } from './traced-call.ts'
import { readBody } from './wire.ts'

const NOON = Date.parse('2026-03-01T12:00:00.000Z')

test('a frozen clock moves only when it is moved, and a running one runs', async (t) => {
  const clock = new VirtualClock({ frozenAt: NOON })
  t.same(clock.state(), { now: '2026-03-01T12:00:00.000Z', epochMs: NOON, frozen: true })
  await clock.advance(31 * 86_400_000)
  t.equal(clock.state().now, '2026-04-01T12:00:00.000Z')
  await clock.set(NOON)
  t.equal(clock.now(), NOON, 'set moves it back too')
  clock.resume()
  t.equal(clock.state().frozen, false)
  t.ok(clock.now() >= NOON && clock.now() < NOON + 10_000)
  clock.freeze()
  const stood = clock.now()
  await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(clock.now(), stood)
})

test('due tasks run in order, each at its own time, before advance resolves', async (t) => {
  const clock = new VirtualClock({ frozenAt: 0 })
  const done: [string, number][] = []
  const note = (name: string) => () => { done.push([name, clock.now()]) }
  clock.schedule(300, note('late'))
  clock.schedule(100, async () => {
    await Promise.resolve()
    note('early')()
    clock.schedule(200, note('planned on the way'))
  })
  clock.schedule(250, note('cancelled'))()
  clock.schedule(1001, note('not yet'))
  await clock.advance(1000)
  t.same(done, [['early', 100], ['planned on the way', 200], ['late', 300]])
  t.equal(clock.now(), 1000)
  await Promise.all([clock.advance(1), clock.advance(1)])
  t.equal(clock.now(), 1002, 'two moves at once are both made')
  t.equal(done.length, 4)
})

test('a running clock runs due tasks by itself, and reports failures', async (t) => {
  const failed = new Promise((resolve) => {
    const clock = new VirtualClock({ onError: resolve })
    clock.schedule(clock.now() + 1, () => { throw new Error('task') })
    t.teardown(() => clock.close())
    // The clock's timer does not keep a process alive; this one does until the task has run.
    const alive = setInterval(() => {}, 1000)
    t.teardown(() => clearInterval(alive))
  })
  t.match(await failed, { message: 'task' })
})

/** A call as the pipeline passes it to the trace. */
const traced = (operation: string, more: Partial<CallRecord> = {}): CallRecord => ({
  requestId: operation, service: 'dynamodb', operation, account: '000000000000', region: 'us-east-1', startedAt: 0, durationMs: 1, result: 'ok', notes: {}, ...more,
})

test('the trace keeps the newest calls and filters them', (t) => {
  const trace = new Trace(3)
  for (const name of ['a', 'b', 'c', 'd']) trace.add(traced(name, name === 'c' ? { causedBy: 'request' } : {}))
  const names = (filter?: TraceFilter) => trace.query(filter).map(({ operation }) => operation).join('')
  t.same(trace.query().map(({ operation, sequence }) => [operation, sequence]), [['b', 2], ['c', 3], ['d', 4]])
  t.same([names({ causedBy: 'request' }), names({ after: 2, limit: 1 }), names({ after: 1, limit: 2 }), names({ limit: 0 })], ['c', 'd', 'cd', ''])
  t.same([trace.clear(), trace.query(), trace.sequence], [3, [], 4])
  trace.add(traced('e'))
  t.same([names(), trace.clear()], ['e', 1])
  t.end()
})

test('calls are found by resource, time and duration', (t) => {
  const trace = new Trace()
  trace.add(traced('a', { notes: { resource: 'one,two', keys: [{ id: { S: 'x' }, n: { N: '5' } }], index: 'ByN', capacity: [{ resource: 'one', readUnits: 1, writeUnits: 2 }, { resource: 'two', readUnits: 0.5, writeUnits: 0 }] } }))
  trace.add(traced('b', { service: 's3', notes: { resource: 'photos', keys: ['a/1.jpg'] }, startedAt: 1000, durationMs: 30, account: '111122223333' }))
  trace.add(traced('c', { service: 'rekognition', region: 'eu-west-1', notes: { resource: 'faces', keys: [{ Bucket: 'photos', Name: 'a/1.jpg' }] }, startedAt: 2000, result: 'InternalServerError' }))
  const found = (filter: TraceFilter) => trace.query(filter).map(({ operation }) => operation).join('')
  t.match(trace.query()[0], { readUnits: 1.5, writeUnits: 2 })
  t.same(['one', 'two', 't*', 'on', '*', 'one,two'].map((resource) => found({ resource })), ['a', 'a', 'a', '', 'abc', ''])
  t.same(['x', '5', 'a/*', 'photos', 'S', '6'].map((key) => found({ key })), ['a', 'a', 'bc', 'c', '', ''])
  t.same([{ id: 'x' }, { id: 'x', n: 5 }, { id: { S: 'x' } }, { id: 'y' }, { n: '5' }].map((key) => found({ key })), ['a', 'a', 'a', '', ''])
  t.same([found({ index: 'ByN' }), found({ since: 1000 }), found({ minDurationMs: 30 }), found({ account: '111122223333' }), found({ region: 'eu-west-1' }), found({ requestId: 'b' })],
    ['a', 'bc', 'b', 'b', 'c', 'b'])
  t.same([found({ service: 's3', since: 2000 }), found({ result: 'InternalServerError' }), found({ causedBy: undefined })], ['', 'c', 'abc'])
  t.end()
})

test('a follower of the trace gets each call once, learns of lost calls, and ends with the trace', async (t) => {
  const trace = new Trace(3)
  trace.add(traced('before'))
  const lost: number[] = []
  const next = trace.follow({ service: 'dynamodb' }, { onLost: (count) => lost.push(count) })
  const whole = trace.follow({ after: 0 })
  t.match(await whole.next(), { value: { operation: 'before', sequence: 1 } })
  const waiting = next.next()
  const call = traced('a')
  trace.add(traced('other', { service: 's3' }))
  trace.add(call)
  call.notes.bytes = 5 // the answer is written after the call was added
  t.match(await waiting, { value: { operation: 'a', sequence: 3, bytes: 5 } })
  for (const name of ['b', 'c', 'd', 'e', 'f']) trace.add(traced(name))
  t.match([await next.next(), await next.next(), await next.next()], [{ value: { operation: 'd' } }, { value: { operation: 'e' } }, { value: { operation: 'f' } }])
  t.same(lost, [2], 'b and c had left the ring')

  const leaving = new AbortController()
  const aborted = trace.follow({}, { signal: leaving.signal }).next()
  leaving.abort()
  t.match(await aborted, { done: true })
  const last = next.next()
  trace.close()
  t.match([await last, await trace.follow().next()], [{ done: true }, { done: true }])
})

test('a lock is shared or exclusive, and granted in order of request', async (t) => {
  const locks = new Locks()
  const order: string[] = []
  t.equal(locks.acquire('x', 'shared'), undefined)
  t.equal(locks.acquire('x', 'shared'), undefined)
  const writer = locks.acquire('x', 'exclusive')!.then(() => order.push('writer'))
  const readers = ['r1', 'r2'].map((name) => locks.acquire('x', 'shared')!.then(() => order.push(name)))
  locks.release('x')
  await Promise.resolve()
  t.same(order, [], 'one reader is left')
  locks.release('x')
  await writer
  t.same(order, ['writer'], 'later readers wait behind the writer')
  locks.release('x')
  await Promise.all(readers)
  t.same(order, ['writer', 'r1', 'r2'])
  locks.release('x')
  locks.release('x')
  t.equal(locks.acquire('x', 'exclusive'), undefined, 'and it is free again')
})

test('the store returns immutable values in key order, and writes all or nothing', async (t) => {
  const database = Database.openInMemory()
  const value = { list: [1] }
  await database.commit([{ key: 'b', value }, { key: 'a', value: 1 }, { key: 'c', value: 'x' }])
  t.same(database.get('b'), { list: [1] })
  t.throws(() => value.list.push(2), 'what was stored can no longer be changed')
  t.throws(() => (database.get('b') as typeof value).list.push(2))
  t.same(await database.keys({ gte: 'a', lt: 'c' }), ['a', 'b'])
  await t.rejects(database.commit([{ key: 'a', value: 2 }, { key: null as unknown as string, value: 3 }]))
  t.equal(database.get('a'), 1)
  const chunks: unknown[] = []
  for await (const chunk of database.chunks({ reverse: true }, 2)) chunks.push(chunk.map(([key]) => key))
  t.same(chunks, [['c', 'b'], ['a']])
  await database.commit([{ key: 'a' }])
  t.equal(database.get('a'), undefined)
})

test('credentials are read from the header or the query; unreadable ones get AWS\'s messages', (t) => {
  const scope = 'AKID/20260301/eu-west-1/dynamodb/aws4_request'
  const header = (authorization?: string, more = {}) => readCredentials({ headers: { authorization, 'x-amz-date': '20260301T120000Z', ...more }, query: new URLSearchParams() })
  t.same(header(`AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=abc`), { accessKeyId: 'AKID', region: 'eu-west-1', service: 'dynamodb' })
  t.match(header(), { code: 'MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' })
  t.match(header('Bearer x'), { code: 'MissingAuthenticationTokenException' })
  t.match(header(`AWS4-HMAC-SHA256 Credential=${scope}`), { code: 'IncompleteSignatureException', message: /requires 'Signature' parameter. Authorization header requires 'SignedHeaders'/ })
  t.match(header('AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=abc'), { message: /must have exactly 5 slash-delimited elements/ })
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': scope, 'X-Amz-Signature': 'a', 'X-Amz-SignedHeaders': 'host', 'X-Amz-Date': 'd',
  })
  t.match(readCredentials({ headers: {}, query }), { accessKeyId: 'AKID', service: 'dynamodb' })
  t.match(readCredentials({ headers: { authorization: 'x' }, query }), { code: 'InvalidSignatureException' })
  query.delete('X-Amz-Date')
  t.match(readCredentials({ headers: {}, query }), { message: /must include 'X-Amz-Date'/ })
  t.same([accountOf('123456789012', '0'), accountOf('AKIA', '0'), accountOf(undefined, '0')], ['123456789012', '0', '0'])
  t.end()
})

test('a body over its limit is rejected, and reading it stops', async (t) => {
  let given = 0
  async function * endless () {
    for (;;) {
      given++
      yield Buffer.alloc(10)
    }
  }
  await t.rejects(async () => readBody(endless(), 25), { message: 'The body is larger than 25 bytes' })
  t.equal(given, 3)
})
