import type { ScaledUnits } from '../resource.ts'

/** What a policy tracks: units consumed as a share of those provisioned. */
export interface Tracking { TargetValue: number }

export interface Bounds { MinCapacity: number, MaxCapacity: number }

/** Scale-in begins this many percentage points below the target. */
const SCALE_IN_GAP = 20

/**
 * The capacity at which the given use is the target share of it, within the bounds.
 *
 * The algorithm of AWS is not published; this is the formula of its documentation.
 * @param perMinute  units consumed in a minute
 */
export function capacityFor (perMinute: number, { TargetValue }: Tracking, bounds: Bounds): number {
  // Rounded first: 42 units a second at 70 % are 60, and not 61 for the sake of 60.000000000000007.
  return withinBounds(Math.ceil(Number((perMinute / 60 / (TargetValue / 100)).toFixed(6))), bounds)
}

export const withinBounds = (capacity: number, { MinCapacity, MaxCapacity }: Bounds): number => Math.min(MaxCapacity, Math.max(MinCapacity, capacity))

/** An alarm of a policy, as PutMetricAlarm takes it, without its names. */
export interface TrackingAlarm {
  MetricName: string
  Statistic: 'Sum' | 'Average'
  Period: number
  EvaluationPeriods: number
  Threshold: number
  ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold'
}

/** The alarms of a policy, by the last part of their names. The first two act; the others notice changes that were made by hand. */
export const ALARM_KINDS = ['AlarmHigh', 'AlarmLow', 'ProvisionedCapacityHigh', 'ProvisionedCapacityLow'] as const

export type AlarmKind = typeof ALARM_KINDS[number]

/** @param capacity  provisioned units a second */
export function alarmsFor ({ kind }: ScaledUnits, { TargetValue }: Tracking, capacity: number): Record<AlarmKind, TrackingAlarm> {
  const consumed = { MetricName: `Consumed${kind}CapacityUnits`, Statistic: 'Sum', Period: 60 } as const
  const provisioned = { MetricName: `Provisioned${kind}CapacityUnits`, Statistic: 'Average', Period: 300, EvaluationPeriods: 3, Threshold: capacity } as const
  const threshold = (percent: number) => Number((percent / 100 * capacity * 60).toFixed(6))
  return {
    AlarmHigh: { ...consumed, EvaluationPeriods: 2, Threshold: threshold(TargetValue), ComparisonOperator: 'GreaterThanThreshold' },
    AlarmLow: { ...consumed, EvaluationPeriods: 15, Threshold: threshold(TargetValue - SCALE_IN_GAP), ComparisonOperator: 'LessThanThreshold' },
    ProvisionedCapacityHigh: { ...provisioned, ComparisonOperator: 'GreaterThanThreshold' },
    ProvisionedCapacityLow: { ...provisioned, ComparisonOperator: 'LessThanThreshold' },
  }
}
