import { QueryRun } from '../metrics/data-queries.ts'
import type { MetricStore } from '../metrics/metric-store.ts'
import { mergeSamples, statisticOf, type Sample } from '../metrics/sample.ts'
import { periodOf, type MetricAlarm } from './alarm.ts'
import { EXTRA_PERIODS, type Datapoint } from './judge.ts'

/** The periods that an alarm looks at, newest first: they slide with the time, so that the newest ends now. */
export function measure (alarm: MetricAlarm, store: MetricStore, now: number): (Datapoint | undefined)[] {
  const periodMs = periodOf(alarm) * 1000
  const count = alarm.evaluationPeriods + EXTRA_PERIODS
  const range = { from: now - count * periodMs, to: now, alignedTo: now }
  const points = new Map(pointsOf(alarm, store, { ...range, periodMs, now }).map((point) => [point.at, point]))
  return Array.from({ length: count }, (_, index) => points.get(now - (index + 1) * periodMs))
}

function pointsOf ({ metric, queries = [] }: MetricAlarm, store: MetricStore, range: { from: number, to: number, alignedTo: number, periodMs: number, now: number }): Datapoint[] {
  if (!metric) {
    const { Id } = queries.find(({ ReturnData = true }) => ReturnData)! // PutMetricAlarm sees to it
    const [series] = new QueryRun(queries, { ...range, store }).result(Id)
    return [...series?.values ?? []].map(([at, value]) => ({ at, value }))
  }
  const samples = new Map<number, Sample>()
  const { namespace: Namespace, name: MetricName, dimensions: Dimensions, unit, statistic } = metric
  for (const { at, sample } of store.read({ Namespace, MetricName, Dimensions }, { ...range, unit }, range.now)) {
    const known = samples.get(at)
    samples.set(at, known ? mergeSamples(known, sample) : sample)
  }
  return [...samples].flatMap(([at, sample]) => {
    const value = statisticOf(sample, statistic)
    return value === undefined ? [] : [{ at, value, samples: sample.n }]
  })
}

/** Whether a percentile has too few samples to mean anything: fewer than 10/(1-p), or 10/p below the median. */
export function hasFewSamples ({ metric, lowSamples }: MetricAlarm, newest: Datapoint | undefined): boolean {
  if (lowSamples !== 'ignore' || !metric?.statistic.startsWith('p') || !newest) return false
  const share = Number(metric.statistic.slice(1)) / 100
  return (newest.samples ?? 0) < 10 / (share >= 0.5 ? 1 - share : share)
}
