import { mock } from 'node:test'
import { test } from 'tap'
import { reportSteps } from './steps.ts'

test('on a terminal each step is a line', async (t) => {
  const lines: string[] = []
  const steps = reportSteps({ isTTY: true, write: (text) => lines.push(text) })
  for (const what of ['one', 'two']) steps.step(what)
  steps.end()
  t.strictSame(lines, ['one\n', 'two\n'])
})

test('elsewhere a line is printed every ten seconds, and at the end', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => { mock.timers.reset() })
  const lines: string[] = []
  const steps = reportSteps({ write: (text) => lines.push(text) })
  mock.timers.tick(10_000)
  steps.step('latency of get one')
  steps.step('latency of list')
  mock.timers.tick(9_999)
  t.strictSame(lines, ['10s: starting\n'])
  mock.timers.tick(10_001)
  steps.end()
  mock.timers.tick(60_000)
  t.strictSame(lines, ['10s: starting\n', '20s: latency of list\n', '30s: latency of list\n'])
})
