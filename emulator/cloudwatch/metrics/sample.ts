/** What was recorded of a metric in a span of time. */
export interface Sample {
  /** How many values. */
  n: number
  sum: number
  min: number
  max: number
  /** Each value with how often it came; none when only statistics are known, and so no percentile. */
  values?: [value: number, count: number][]
}

export function sampleOf (value: number, count = 1): Sample {
  return { n: count, sum: value * count, min: value, max: value, values: [[value, count]] }
}

/** Two samples as one. */
export function mergeSamples (one: Sample, other: Sample): Sample {
  const merged: Sample = { n: one.n + other.n, sum: one.sum + other.sum, min: Math.min(one.min, other.min), max: Math.max(one.max, other.max) }
  if (one.values && other.values) merged.values = mergeValues(one.values, other.values)
  return merged
}

function mergeValues (one: [number, number][], other: [number, number][]): [number, number][] {
  const counts = new Map(one)
  for (const [value, count] of other) counts.set(value, (counts.get(value) ?? 0) + count)
  return [...counts]
}

export const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
export type Statistic = typeof STATISTICS[number]

/** `p0` to `p100`, with up to ten decimals. */
const PERCENTILE = /^p(\d{1,2}(?:\.\d{0,10})?|100(?:\.0{0,10})?)$/

/** Statistics of AWS that are not computed here: trimmed and winsorized means, counts and ranks. */
const OTHER = /^(?:(?:tm|wm|tc|ts)\d{1,2}(?:\.\d{0,10})?|(?:TM|WM|TC|TS|PR)\(.*\)|IQM)$/

export type StatisticKind = 'simple' | 'percentile' | 'other' | 'unknown'

export function kindOf (statistic: string): StatisticKind {
  if ((STATISTICS as readonly string[]).includes(statistic)) return 'simple'
  if (PERCENTILE.test(statistic)) return 'percentile'
  return OTHER.test(statistic) ? 'other' : 'unknown'
}

/** A statistic of a sample; `undefined` for a percentile of a sample whose values are not known, or are negative. */
export function statisticOf (sample: Sample, statistic: string): number | undefined {
  switch (statistic) {
    case 'SampleCount': return sample.n
    case 'Average': return sample.n === 0 ? 0 : sample.sum / sample.n
    case 'Sum': return sample.sum
    case 'Minimum': return sample.min
    case 'Maximum': return sample.max
    default: return percentileOf(sample, Number(statistic.slice(1)))
  }
}

/** Linear between the ranks next to it: AWS's own method is not published. */
function percentileOf ({ values, min }: Sample, percent: number): number | undefined {
  if (!values || min < 0) return undefined
  const sorted = [...values].sort(([one], [other]) => one - other)
  const count = sorted.reduce((sum, [, count]) => sum + count, 0)
  const rank = percent / 100 * (count - 1)
  const below = valueAt(sorted, Math.floor(rank))
  const above = valueAt(sorted, Math.ceil(rank))
  return below + (above - below) * (rank - Math.floor(rank))
}

function valueAt (sorted: readonly [number, number][], rank: number): number {
  let passed = 0
  for (const [value, count] of sorted) {
    passed += count
    if (rank < passed) return value
  }
  return sorted.at(-1)?.[0] ?? 0
}
