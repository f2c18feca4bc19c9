import { createHash } from 'node:crypto'

export interface Dimension { Name: string, Value: string }

/** What a metric is known by; its dimensions are a set. */
export interface Metric {
  Namespace: string
  MetricName: string
  Dimensions: readonly Dimension[]
}

/** One text for each metric, whatever the order of its dimensions. */
export function canonical ({ Namespace, MetricName, Dimensions }: Metric): string {
  const dimensions = Dimensions.map(({ Name, Value }) => [Name, Value]).sort(([one = ''], [other = '']) => one < other ? -1 : 1)
  return JSON.stringify([Namespace, MetricName, dimensions])
}

/** A metric's name in keys of the store. */
export const metricId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

export const UNITS = [
  'Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits', 'Kilobits', 'Megabits',
  'Gigabits', 'Terabits', 'Percent', 'Count', 'Bytes/Second', 'Kilobytes/Second', 'Megabytes/Second', 'Gigabytes/Second', 'Terabytes/Second',
  'Bits/Second', 'Kilobits/Second', 'Megabits/Second', 'Gigabits/Second', 'Terabits/Second', 'Count/Second', 'None',
] as const

export type Unit = typeof UNITS[number]
