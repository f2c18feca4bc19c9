import { test } from 'tap'
import { alarmsFor, capacityFor } from './target-tracking.ts'

const BOUNDS = { MinCapacity: 5, MaxCapacity: 100 }

test('capacity follows use so that the target share of it is consumed, within the bounds', (t) => {
  const rows: [perMinute: number, target: number, expected: number][] = [
    [0, 70, 5],
    [210, 70, 5], // 3.5 a second are 70 % of 5
    [211, 70, 6],
    [2520, 70, 60], // 42 a second, not 61 by rounding up 60.000000000000007
    [4200, 70, 100],
    [60_000, 70, 100],
    [600, 50, 20],
    [600, 90, 12],
  ]
  for (const [perMinute, TargetValue, expected] of rows) t.equal(capacityFor(perMinute, { TargetValue }, BOUNDS), expected, `${perMinute} a minute at ${TargetValue} %`)
  t.end()
})

test('the alarms of a policy at 70 % of one unit have the thresholds that AWS shows', (t) => {
  const { AlarmHigh, AlarmLow, ProvisionedCapacityHigh } = alarmsFor({ table: 't', kind: 'Write' }, { TargetValue: 70 }, 1)
  t.match(AlarmHigh, { MetricName: 'ConsumedWriteCapacityUnits', Threshold: 42, EvaluationPeriods: 2, ComparisonOperator: 'GreaterThanThreshold' })
  t.match(AlarmLow, { Threshold: 30, EvaluationPeriods: 15, ComparisonOperator: 'LessThanThreshold' })
  t.match(ProvisionedCapacityHigh, { MetricName: 'ProvisionedWriteCapacityUnits', Threshold: 1, Period: 300, EvaluationPeriods: 3 })
  t.end()
})
