import { Agent } from 'node:http'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import tap, { test } from 'tap'
import { startEmulator, type Emulator } from './index.ts'
import { anyRequest, type AnyRequest } from './test-support/any-request.ts'
import { prepare } from './test-support/converse.ts'
import { TEST_TIME } from './test-support/emulator.ts'
import { send, sendBytes } from './test-support/raw-http.ts'

/** How many requests; a long run is asked for by `FUZZ_REQUESTS=1000000 npx tsx emulator/gateway-fuzz.slow.test.ts`. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2000)
const SEED = Number(process.env.FUZZ_SEED ?? 1)

/** Requests on their way at a time. */
const TOGETHER = 20

/** What a request may take, on a machine that does other things besides. */
const LONGEST_MS = 5000

/** What a long run may take. */
const LONGEST_RUN_MS = 3_600_000

/** The status of an answer; 0 where bytes that were no request got none, and the connection ended. */
async function statusOf (emulator: Emulator, sent: AnyRequest, agent: Agent): Promise<number> {
  if (!(sent instanceof Uint8Array)) return (await send(emulator, sent, agent)).status
  // Who expects a 100 gets that before the answer.
  const answer = (await sendBytes(emulator, sent)).toString('latin1').replace('HTTP/1.1 100 Continue\r\n\r\n', '')
  return answer === '' ? 0 : Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
}

/** 501 is S3's word for what is not emulated; 500 is DynamoDB's for a body that is not in its `Content-Encoding`. */
function isRight (status: number, sent: AnyRequest): boolean {
  if (status === 500) return sent instanceof Uint8Array || sent.headers?.['content-encoding'] !== undefined
  return status === 501 || (status >= 200 && status < 500) || (status === 0 && sent instanceof Uint8Array)
}

// A file that is run by itself ends after half a minute otherwise.
if (REQUESTS > 2000) tap.setTimeout(LONGEST_RUN_MS)

test('whatever its port receives is answered or disconnected, and the emulator stays up', { timeout: LONGEST_RUN_MS }, async (t) => {
  const faults: unknown[] = []
  const emulator = await startEmulator({ frozenAt: TEST_TIME, onError: (event) => faults.push(event) })
  const agent = new Agent({ keepAlive: true, maxSockets: TOGETHER })
  t.teardown(async () => {
    agent.destroy()
    await emulator.close()
  })
  const statuses = new Map<number, number>()
  let count = 0
  let slowest = 0

  const check = async (sent: AnyRequest): Promise<void> => {
    const began = performance.now()
    const status = await statusOf(emulator, sent, agent)
    slowest = Math.max(slowest, performance.now() - began)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (!isRight(status, sent)) throw new Error(`The status is ${status}`)
  }

  const begin = async (): Promise<void> => {
    await emulator.reset()
    await prepare(emulator)
    await emulator.clients().s3.send(new CreateBucketCommand({ Bucket: 'letters' }))
    await emulator.clients().s3.send(new PutObjectCommand({ Bucket: 'letters', Key: 'a', Body: 'Dear Bob' }))
    await send(emulator, { method: 'POST', path: '/_sandtable/clock/freeze' })
  }

  await fc.assert(fc.asyncProperty(fc.array(anyRequest, { minLength: TOGETHER, maxLength: TOGETHER }), async (requests) => {
    if (count % (TOGETHER * 100) === 0) await begin()
    count += requests.length
    await Promise.all(requests.map(check))
    if (faults.length > 0) throw new Error('The emulator is at fault', { cause: faults.splice(0) })
    if (count % 50_000 === 0) t.comment(told(count, slowest))
  }), { numRuns: Math.ceil(REQUESTS / TOGETHER), seed: SEED, interruptAfterTimeLimit: LONGEST_RUN_MS - 100_000 })

  t.comment(told(count, slowest), Object.fromEntries([...statuses].sort()))
  t.ok(slowest < LONGEST_MS, `the slowest answer took ${Math.round(slowest)} ms`)
  t.equal((await send(emulator, { method: 'GET', path: '/_sandtable/health' })).status, 200)
  t.ok((statuses.get(200) ?? 0) > count / 20, 'some of it made sense')
})

function told (count: number, slowest: number): string {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return `${count} requests, the slowest ${Math.round(slowest)} ms, heap ${Math.round(heapUsed / 1e6)} MB, resident ${Math.round(rss / 1e6)} MB`
}
