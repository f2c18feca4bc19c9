import { test } from 'tap'
import { TREATMENTS } from './alarm.ts'
import { judge, type Datapoint } from './judge.ts'
import { alarmsIn, holds, parseRule } from './composite-rule.ts'

/** Periods as the user guide draws them, newest right: `0` does not breach, `X` does, `-` is missing. */
const drawn = (row: string): (Datapoint | undefined)[] =>
  row.split(' ').reverse().map((sign, age) => sign === '-' ? undefined : { at: -age, value: sign === 'X' ? 1 : 0 })

// The rows are those of "Configuring how CloudWatch alarms treat missing data", CloudWatch user guide; N = 3.
test('missing data is treated as AWS\'s user guide shows', async (t) => {
  const rows: [toAlarm: number, row: string, missing: string, ignore: string, breaching: string, notBreaching: string][] = [
    [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    [3, '0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    [3, '- - - - -', 'INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK'],
    [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [3, '- - X - -', 'ALARM', 'keep', 'ALARM', 'OK'],
    [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    [2, '- - - X -', 'ALARM', 'keep', 'ALARM', 'OK'],
  ]
  for (const [toAlarm, row, missing, ignore, breaching, notBreaching] of rows) {
    const wanted = { missing, ignore, breaching, notBreaching }
    for (const treatment of TREATMENTS) {
      const { state = 'keep' } = judge(drawn(row), { periods: 3, toAlarm, threshold: 0, comparison: 'GreaterThanThreshold', missing: treatment })
      t.equal(state, wanted[treatment], `${row}, ${toAlarm} of 3, ${treatment}`)
    }
  }
})

test('too few datapoints do not alarm before they are old enough', async (t) => {
  for (const [row, state] of [['- - - - X', 'OK'], ['- - - X -', 'OK'], ['- - X - -', 'ALARM'], ['- - X - X', 'ALARM'], ['- - X - 0', 'OK']] as const) {
    t.equal(judge(drawn(row), { periods: 3, toAlarm: 3, threshold: 0, comparison: 'GreaterThanThreshold', missing: 'missing' }).state, state, row)
  }
})

test('each comparison is with the threshold as it says', async (t) => {
  const alarms = (comparison: Parameters<typeof judge>[1]['comparison']) => [1, 2, 3].map((value) =>
    judge([{ at: 0, value }], { periods: 1, toAlarm: 1, threshold: 2, comparison, missing: 'missing' }).state === 'ALARM')
  t.same(alarms('GreaterThanThreshold'), [false, false, true])
  t.same(alarms('GreaterThanOrEqualToThreshold'), [false, true, true])
  t.same(alarms('LessThanThreshold'), [true, false, false])
  t.same(alarms('LessThanOrEqualToThreshold'), [true, true, false])
})

test('rules of composite alarms', async (t) => {
  const states = new Map(Object.entries({ a: 'ALARM', b: 'OK', 'c d': 'INSUFFICIENT_DATA' } as const))
  const value = (rule: string) => holds(parseRule(rule), (name) => states.get(name))
  for (const [rule, wanted] of [
    ['ALARM(a)', true], ['ALARM("a")', true], ['ALARM(\'b\')', false], ['OK(b)', true], ['INSUFFICIENT_DATA("c d")', true],
    ['ALARM(arn:aws:cloudwatch:us-east-1:000000000000:alarm:a)', true], ['NOT ALARM(a)', false], ['TRUE AND NOT FALSE', true],
    ['ALARM(b) OR ALARM(a) AND OK(b)', true], ['(ALARM(a) OR ALARM(b)) AND ALARM(b)', false], ['NOT (ALARM(a) AND ALARM(b))', true], ['ALARM(none)', false],
  ] as const) t.equal(value(rule), wanted, rule)
  t.same(alarmsIn(parseRule('ALARM(a) AND (OK("b") OR NOT TRUE)')), ['a', 'b'])
  for (const rule of ['', 'ALARM', 'ALARM(a', 'ALARM(a) ALARM(b)', 'ALERT(a)', 'ALARM(a) AND', 'ALARM("a)', `${'('.repeat(200)}TRUE`]) t.throws(() => parseRule(rule), { message: /./ }, rule)
})
