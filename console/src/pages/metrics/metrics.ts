import { GetMetricDataCommand, paginateListMetrics, type CloudWatchClient, type Metric } from '@aws-sdk/client-cloudwatch'
import { useQuery } from '@tanstack/react-query'
import { useCloudwatch } from '../../access/cloudwatch.ts'
import { useScope } from '../../access/scope.tsx'
import { useClock } from '../../live/clock.ts'

/** Values that a statistic can be asked for. */
export const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p90', 'p99'] as const

/** The length of a period, seconds. */
export const PERIODS: Readonly<Record<string, string>> = { 60: '1 minute', 300: '5 minutes', 3600: '1 hour', 86400: '1 day' }

/** How far back, seconds. */
export const RANGES: Readonly<Record<string, string>> = { 3600: '1 hour', 10800: '3 hours', 43200: '12 hours', 86400: '1 day', 604800: '7 days', 2592000: '30 days' }

/** A metric as text, and back: its namespace, its name, and its dimensions. */
export const idOf = ({ Namespace = '', MetricName = '', Dimensions = [] }: Metric): string =>
  JSON.stringify([Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => [Name, Value])])

/** @returns `undefined` for other text: an address may have been typed */
export function metricOf (id: string): Metric | undefined {
  try {
    const [Namespace, MetricName, ...dimensions] = JSON.parse(id) as [string, string, ...[string, string][]] // checked below
    const isMetric = typeof Namespace === 'string' && typeof MetricName === 'string' && dimensions.every((pair) => Array.isArray(pair) && pair.every((part) => typeof part === 'string'))
    return isMetric ? { Namespace, MetricName, Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })) } : undefined
  } catch {
    return undefined
  }
}

/** `TableName=orders Operation=GetItem` */
export const dimensionsOf = ({ Dimensions = [] }: Metric): string => Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(' ')

/** Every metric of the account. */
export function useMetrics () {
  const { account, region } = useScope()
  const client = useCloudwatch()
  return useQuery({
    queryKey: ['metrics', account, region],
    refetchInterval: 10_000,
    async queryFn () {
      const all: Metric[] = []
      for await (const { Metrics = [] } of paginateListMetrics({ client }, {})) all.push(...Metrics)
      return all
    },
  })
}

export interface Wanted {
  metrics: readonly Metric[]
  statistic: string
  /** Seconds. */
  period: number
  /** How far back, seconds. */
  last: number
}

export interface Points {
  /** Seconds since the Unix epoch. */
  times: number[]
  /** Of each metric, in their order; `null` where there is no datapoint. */
  values: (number | null)[][]
}

/** The datapoints of metrics, up to the emulator's present. */
export function usePoints (wanted: Wanted) {
  const { account, region } = useScope()
  const client = useCloudwatch()
  const clock = useClock()
  const { metrics, statistic, period, last } = wanted
  const end = clock === undefined ? undefined : (Math.floor(clock.now / 1000 / period) + 1) * period
  return useQuery({
    queryKey: ['points', account, region, metrics.map(idOf), statistic, period, last, end],
    enabled: end !== undefined && metrics.length > 0,
    placeholderData: (before) => before,
    refetchInterval: 5000,
    queryFn: () => readPoints(client, wanted, end!),
  })
}

async function readPoints (client: CloudWatchClient, { metrics, statistic, period, last }: Wanted, end: number): Promise<Points> {
  const start = Math.floor((end - last) / period) * period
  const found = metrics.map(() => new Map<number, number>())
  let NextToken: string | undefined
  do {
    const page = await client.send(new GetMetricDataCommand({
      StartTime: new Date(start * 1000),
      EndTime: new Date(end * 1000),
      NextToken,
      MetricDataQueries: metrics.map((Metric, place) => ({ Id: `m${place}`, MetricStat: { Metric, Period: period, Stat: statistic } })),
    }))
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      for (const [place, time] of Timestamps.entries()) found[Number(Id.slice(1))]?.set(time.getTime() / 1000, Values[place] ?? 0)
    }
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  const times = Array.from({ length: Math.round((end - start) / period) }, (_, step) => start + step * period)
  return { times, values: found.map((points) => times.map((time) => points.get(time) ?? null)) }
}
