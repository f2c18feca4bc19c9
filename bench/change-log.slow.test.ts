import { test } from 'tap'
import { benchChangeLog } from './change-log.ts'

test('the bench of the change log restores every item, and reports speed and memory', async (t) => {
  const steps: string[] = []
  const result = await benchChangeLog({ changes: 500, items: 100, rounds: 2, writes: 100 }, (what) => steps.push(what))
  t.equal(result.restoredItems, 100)
  for (const figure of [result.ratio, result.writesPerSecond.plain, result.writesPerSecond.logged, result.restoreSeconds]) t.ok(figure > 0 && Number.isFinite(figure))
  t.ok(Number.isInteger(result.bytesPerChange))
  t.equal(steps.at(-1), 'restoring to a second in the middle')
})
