import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { TEST_TIME, testEmulator } from '../../emulator/test-support/emulator.ts'
import { loadConfig } from '../config.ts'
import { systemClock } from '../core/clock.ts'
import { openStore } from '../store.ts'
import { RemoteClock } from './remote-clock.ts'

const HOUR = 3_600_000

test('a store on a remote emulator follows its clock: advanced, set back, frozen and running', async (t) => {
  const emulator = await testEmulator(t)
  const store = await openStore(loadConfig({ STORE: 'dynamodb', AWS_ENDPOINT_URL: emulator.url, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }))
  t.teardown(() => store.close())
  const { clock } = store
  const remote = clock as RemoteClock
  t.equal(clock.now(), TEST_TIME)
  await emulator.clock.advance(25 * HOUR)
  await remote.refresh()
  t.equal(clock.now(), TEST_TIME + 25 * HOUR)
  emulator.clock.set(TEST_TIME)
  await remote.refresh()
  t.equal(clock.now(), TEST_TIME)
  emulator.clock.resume()
  await remote.refresh()
  const drift = clock.now() - emulator.clock.now()
  t.ok(Math.abs(drift) < 1_000, `it runs on (${drift} ms apart)`)
})

test('an unreadable clock continues from its last time, and is followed again later', async (t) => {
  let body: string | undefined = JSON.stringify({ epochMs: TEST_TIME, frozen: true })
  const server = createServer((_request, response) => body === undefined ? response.destroy() : response.end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  const reports: string[] = []
  const clock = new RemoteClock({ endpoint: `http://127.0.0.1:${port}`, report: (text) => reports.push(text) })
  t.teardown(() => clock.close())
  await clock.refresh()
  t.equal(clock.now(), TEST_TIME)
  body = undefined
  await clock.refresh()
  await clock.refresh()
  t.equal(clock.now(), TEST_TIME)
  t.equal(reports.length, 1, 'one report for an outage')
  t.match(reports[0], /cannot be read; the clock continues from its last time/)
  body = JSON.stringify({ epochMs: TEST_TIME + HOUR, frozen: true })
  await clock.refresh()
  t.equal(clock.now(), TEST_TIME + HOUR)
  t.match(reports[1], /readable again/)
})

test('an endpoint without a clock leaves the machine\'s, unless following is required', async (t) => {
  const server = createServer((_request, response) => response.writeHead(404).end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => server.close(resolve)))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const reports: string[] = []
  for (const required of [false, true]) {
    const clock = new RemoteClock({ endpoint, required, report: (text) => reports.push(text) })
    await clock.start()
    t.notOk(clock.isFollowing)
    t.ok(Math.abs(clock.now() - systemClock.now()) < 1_000)
    await clock.close()
  }
  t.strictSame(reports.map((text) => /machine's clock is used/.test(text)), [true])
  const store = await openStore(loadConfig({ STORE: 'dynamodb', CLOCK: 'system', AWS_ENDPOINT_URL: endpoint }))
  t.equal(store.clock, systemClock)
  await store.close()
})
