import type { MetricDataQuery, StateValue } from '../shapes.ts'
import type { Dimension, Unit } from '../metrics/metric.ts'

export interface AlarmState {
  value: StateValue
  reason: string
  /** JSON. */
  reasonData?: string
  /** Epoch ms at which it was set, and at which its value changed. */
  updatedAt: number
  transitionedAt: number
}

interface AlarmCommon {
  name: string
  description?: string
  actionsEnabled: boolean
  okActions: string[]
  alarmActions: string[]
  insufficientDataActions: string[]
  /** Epoch ms. */
  configuredAt: number
  state: AlarmState
  tags: Record<string, string>
}

export const COMPARISONS = ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold'] as const
export type Comparison = typeof COMPARISONS[number]

export const TREATMENTS = ['breaching', 'notBreaching', 'ignore', 'missing'] as const
export type Treatment = typeof TREATMENTS[number]

/** What a metric alarm watches: one metric, or queries of which one gives its data. */
export interface Watched {
  metric?: { namespace: string, name: string, dimensions: Dimension[], statistic: string, periodS: number, unit?: Unit }
  queries?: MetricDataQuery[]
}

export interface MetricAlarm extends AlarmCommon, Watched {
  type: 'MetricAlarm'
  evaluationPeriods: number
  datapointsToAlarm?: number
  threshold: number
  comparison: Comparison
  treatMissingData?: Treatment
  lowSamples?: 'evaluate' | 'ignore'
}

export interface CompositeAlarm extends AlarmCommon {
  type: 'CompositeAlarm'
  rule: string
}

export type Alarm = MetricAlarm | CompositeAlarm

export const alarmArn = ({ account, region }: { account: string, region: string }, name: string): string => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`

/** The actions of an alarm in a state. */
export function actionsFor (alarm: AlarmCommon, state: StateValue): string[] {
  return { OK: alarm.okActions, ALARM: alarm.alarmActions, INSUFFICIENT_DATA: alarm.insufficientDataActions }[state]
}

/** Seconds of a period: of queries, that of the query which gives the data, or else the longest. */
export function periodOf ({ metric, queries = [] }: Watched): number {
  if (metric) return metric.periodS
  const returned = queries.find(({ ReturnData = true }) => ReturnData)
  return returned?.MetricStat?.Period ?? returned?.Period ?? Math.max(60, ...queries.map(({ MetricStat }) => MetricStat?.Period ?? 0))
}
