import { test } from 'tap'
import { durationMs, durationText, readDuration } from './duration.ts'

test('a duration is read with a unit, or without one in the unit of its option', async (t) => {
  t.strictSame(['240', '90s', '1.5', 'PT1M', '2h'].map((text) => readDuration(text, 's')), [240_000, 90_000, 1500, 60_000, 7_200_000])
  t.strictSame(['240', '2s'].map((text) => readDuration(text, 'ms')), [240, 2000])
  t.equal(durationMs('s', '90s')('240'), 240_000)
  t.strictSame(['90', '31d', 'PT1H', '0'].map(durationText('31d')), ['90s', '31d', 'PT1H', '0s'], 'the control API wants a unit')
})

test('anything else is refused, with examples and the unit', async (t) => {
  for (const wrong of ['', 'soon', '-5', '5y', '1e3', '5 s', 'Infinity', '0x10']) {
    t.equal(readDuration(wrong, 's'), undefined, JSON.stringify(wrong))
    t.throws(() => durationMs('ms', '50ms or 2s')(wrong), { message: 'It takes a duration such as 50ms or 2s; a number without a unit is in ms.' })
    t.throws(() => durationText('31d')(wrong), /such as 31d/)
  }
})
