import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { invalidCombination, invalidParameter, missingParameter } from '../../errors.ts'
import type { Sample } from '../../metrics/sample.ts'
import { DimensionsShape, MetricNameShape, NamespaceShape, TimeShape, UnitShape } from '../../shapes.ts'

const DOUBLE = { type: 'float' } as const

const types = {
  type: 'structure',
  members: {
    Namespace: NamespaceShape,
    MetricData: {
      type: 'list',
      of: {
        type: 'structure',
        members: {
          MetricName: MetricNameShape,
          Dimensions: DimensionsShape,
          Timestamp: TimeShape,
          Value: DOUBLE,
          StatisticValues: {
            type: 'structure',
            members: { SampleCount: DOUBLE, Sum: DOUBLE, Minimum: DOUBLE, Maximum: DOUBLE },
            required: ['SampleCount', 'Sum', 'Minimum', 'Maximum'],
          },
          Values: { type: 'list', of: DOUBLE },
          Counts: { type: 'list', of: DOUBLE },
          Unit: UnitShape,
          StorageResolution: { type: 'integer', min: 1 },
        },
        required: ['MetricName'],
      },
    },
  },
  required: ['Namespace'],
} as const

type Input = FromShape<typeof types>
type MetricDatum = NonNullable<Input['MetricData']>[number]

const LARGEST = 2 ** 360
const OLDEST_MS = 14 * 24 * 3_600_000
const NEWEST_MS = 2 * 3_600_000

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html. EntityMetricData is refused. */
export const putMetricData: CloudwatchOperation<Input> = {
  types,
  refuses: ['EntityMetricData', 'StrictEntityValidation'],
  custom ({ Namespace, MetricData: data }, ctx) {
    if (Namespace.startsWith('AWS/')) throw invalidParameter('AWS/', 'Namespace')
    if (!data || data.length === 0) throw missingParameter('The parameter MetricData is required.')
    if (data.length > ctx.limits.maxMetricsPerPut) throw invalidParameter(data.length, 'MetricData')
    for (const [index, datum] of data.entries()) checkDatum(datum, `MetricData.member.${index + 1}`, ctx.startedAt, ctx.limits.maxValuesPerDatum)
  },
  async run ({ Namespace, MetricData: data = [] }, ctx) {
    ctx.notes.resource = Namespace
    ctx.notes.items = data.length
    for (const datum of data) {
      const { MetricName, Dimensions = [], Timestamp: at = ctx.startedAt, Unit: unit = 'None', StorageResolution: resolution } = datum
      ctx.store.metrics.record({ metric: { Namespace, MetricName, Dimensions }, unit, at, sample: sampleOf(datum), fine: resolution === 1 })
    }
    await ctx.store.metrics.flush()
    return undefined
  },
}

function checkDatum (datum: MetricDatum, at: string, now: number, mostValues: number): void {
  const { Value: value, Values: values, Counts: counts, StatisticValues: statistics, Timestamp: time = now, StorageResolution: resolution = 60 } = datum
  const exclusive = (one: string, other: string) => invalidCombination(`The parameters ${at}.${one} and ${at}.${other} are mutually exclusive and you have specified both.`)
  if (value !== undefined && values) throw exclusive('Value', 'Values')
  if (value !== undefined && statistics) throw exclusive('Value', 'StatisticValues')
  if (values && statistics) throw exclusive('Values', 'StatisticValues')
  if (value === undefined && !values && !statistics) throw missingParameter(`At least one of the parameters ${at}.Value, ${at}.Values or ${at}.StatisticValues must be specified.`)
  if (values && counts && values.length !== counts.length) throw invalidParameterSize(at)
  if (values && (values.length === 0 || values.length > mostValues)) throw invalidParameter(`[${values.length} values]`, `${at}.Values`)
  for (const [name, number] of [['Value', value] as const, ...Object.entries(statistics ?? {}), ...(values ?? []).map((one) => ['Values', one] as const), ...(counts ?? []).map((one) => ['Counts', one] as const)]) {
    if (number !== undefined && !(Math.abs(number) <= LARGEST)) throw invalidParameter(number, `${at}.${name}`)
  }
  if (counts?.some((count) => count <= 0)) throw invalidParameter(Math.min(...counts), `${at}.Counts`)
  if (statistics && (statistics.SampleCount <= 0 || statistics.Minimum > statistics.Maximum)) throw invalidParameter(statistics.SampleCount, `${at}.StatisticValues`)
  if (resolution !== 1 && resolution !== 60) throw invalidParameter(resolution, `${at}.StorageResolution`)
  if (time < now - OLDEST_MS || time > now + NEWEST_MS) throw invalidParameter(new Date(time).toISOString(), `${at}.Timestamp`)
}

const invalidParameterSize = (at: string) => invalidCombination(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`)

function sampleOf ({ Value: value, Values: values, Counts: counts, StatisticValues: statistics }: MetricDatum): Sample {
  if (statistics) {
    const { SampleCount: n, Sum: sum, Minimum: min, Maximum: max } = statistics
    return { n, sum, min, max, ...((n === 1 || min === max) && { values: [[min, n]] }) }
  }
  const all = values ?? [value!] // one of the three is there
  const counted = new Map<number, number>()
  for (const [index, one] of all.entries()) counted.set(one, (counted.get(one) ?? 0) + (counts?.[index] ?? 1))
  const entries = [...counted]
  return {
    n: entries.reduce((sum, [, count]) => sum + count, 0),
    sum: entries.reduce((sum, [one, count]) => sum + one * count, 0),
    min: Math.min(...all),
    max: Math.max(...all),
    values: entries,
  }
}
