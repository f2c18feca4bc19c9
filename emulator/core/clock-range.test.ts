import { test } from 'tap'
import { testEmulator } from '../test-support/emulator.ts'
import { VirtualClock } from './clock.ts'

const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

test('The clock cannot be moved past the year 9999', async (t) => {
  const clock = new VirtualClock({ frozenAt: 0 })
  await t.rejects(clock.advance(9e15), { name: 'ClockOutOfRange' })
  await t.rejects(clock.set(LATEST + 1), { name: 'ClockOutOfRange' })
  await t.rejects(clock.advance(Infinity), { name: 'ClockOutOfRange' })
  t.equal(clock.now(), 0, 'it stands where it was')
  await clock.set(LATEST)
  t.equal(clock.state().now, '9999-12-31T23:59:59.999Z')
})

test('A stored clock past the year 9999 continues at the end of its range', async (t) => {
  t.equal(new VirtualClock({ kept: { frozenAt: 9e15, offset: 0 } }).now(), LATEST)
  t.ok(new VirtualClock({ kept: { offset: 9e15 } }).state().now)
})

test('The control API answers 400', async (t) => {
  const { url } = await testEmulator(t, { listen: {} })
  for (const [method, path, body] of [['POST', '/clock/advance', { by: '99999999d' }], ['PUT', '/clock', { now: LATEST + 1 }]] as const) {
    const response = await fetch(`${url}/_sandtable${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    t.equal(response.status, 400)
    t.match(await response.json(), { message: /year 9999/ })
  }
})
