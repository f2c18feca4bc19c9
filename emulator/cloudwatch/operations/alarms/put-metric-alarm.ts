import type { FromShape } from '../../../core/protocol/shape.ts'
import { COMPARISONS, periodOf, TREATMENTS, type Watched } from '../../alarms/alarm.ts'
import { putAlarm } from '../../alarms/configure.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { invalidCombination, invalidParameter, missingParameter, notEmulated, validation } from '../../errors.ts'
import { checkPeriod, checkStatistic } from '../../metrics/checks.ts'
import { checkQueries } from '../../metrics/data-queries.ts'
import { kindOf } from '../../metrics/sample.ts'
import {
  ActionsShape, AlarmNameShape, DimensionsShape, MetricDataQueriesShape, MetricNameShape, NamespaceShape, PeriodShape, StatisticShape, TagsShape, UnitShape
} from '../../shapes.ts'

const BAND_COMPARISONS = ['LessThanLowerOrGreaterThanUpperThreshold', 'LessThanLowerThreshold', 'GreaterThanUpperThreshold'] as const

const types = {
  type: 'structure',
  members: {
    AlarmName: AlarmNameShape,
    AlarmDescription: { type: 'string', min: 0, max: 1024 },
    ActionsEnabled: { type: 'boolean' },
    OKActions: ActionsShape,
    AlarmActions: ActionsShape,
    InsufficientDataActions: ActionsShape,
    MetricName: MetricNameShape,
    Namespace: NamespaceShape,
    Statistic: StatisticShape,
    ExtendedStatistic: { type: 'string' },
    Dimensions: DimensionsShape,
    Period: PeriodShape,
    Unit: UnitShape,
    EvaluationPeriods: { type: 'integer', min: 1 },
    DatapointsToAlarm: { type: 'integer', min: 1 },
    Threshold: { type: 'float' },
    ComparisonOperator: { type: 'string', values: [...COMPARISONS, ...BAND_COMPARISONS] },
    TreatMissingData: { type: 'string', min: 1, max: 255 },
    EvaluateLowSampleCountPercentile: { type: 'string', min: 1, max: 255 },
    Metrics: MetricDataQueriesShape,
    Tags: TagsShape,
  },
  required: ['AlarmName', 'EvaluationPeriods', 'ComparisonOperator'],
} as const

type Input = FromShape<typeof types>

const DAY_S = 86_400
const LOW_SAMPLES = ['evaluate', 'ignore'] as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html. Anomaly bands and PromQL are refused. */
export const putMetricAlarm: CloudwatchOperation<Input> = {
  types,
  refuses: ['ThresholdMetricId', 'EvaluationCriteria', 'EvaluationInterval'],
  custom (input) {
    const { ComparisonOperator: comparison, Threshold: threshold, TreatMissingData: missing, EvaluateLowSampleCountPercentile: low } = input
    if ((BAND_COMPARISONS as readonly string[]).includes(comparison)) throw notEmulated(`the comparison ${comparison}, which needs an anomaly band`)
    checkWatched(input)
    if (threshold === undefined) throw missingParameter('The parameter Threshold is required.')
    if (missing !== undefined && !(TREATMENTS as readonly string[]).includes(missing)) throw invalidParameter(missing, 'TreatMissingData')
    if (low !== undefined && !(LOW_SAMPLES as readonly string[]).includes(low)) throw invalidParameter(low, 'EvaluateLowSampleCountPercentile')
    const { EvaluationPeriods: periods, DatapointsToAlarm: toAlarm = periods } = input
    if (toAlarm > periods) throw validation('DatapointsToAlarm must be less than or equal to EvaluationPeriods')
    const period = periodOf(watchedBy(input))
    if (periods * period > (period >= 3600 ? 7 * DAY_S : DAY_S)) {
      throw validation(`Metrics cannot be checked across more than ${period >= 3600 ? 'seven days' : 'a day'} (EvaluationPeriods * Period must be <= ${period >= 3600 ? 7 * DAY_S : DAY_S}).`)
    }
  },
  async run (input, ctx) {
    await putAlarm(input, {
      type: 'MetricAlarm',
      ...watchedBy(input),
      evaluationPeriods: input.EvaluationPeriods,
      datapointsToAlarm: input.DatapointsToAlarm,
      threshold: input.Threshold!, // `custom` has seen to it
      comparison: input.ComparisonOperator as typeof COMPARISONS[number], // as above, and the next two
      treatMissingData: input.TreatMissingData as typeof TREATMENTS[number] | undefined,
      lowSamples: input.EvaluateLowSampleCountPercentile as typeof LOW_SAMPLES[number] | undefined,
    }, ctx)
    return undefined
  },
}

function checkWatched ({ Metrics: queries, MetricName: name, Namespace: namespace, Statistic: statistic, ExtendedStatistic: extended, Period: period, Dimensions: dimensions }: Input): void {
  if (queries) {
    if ([name, namespace, statistic, extended, period, dimensions].some((one) => one !== undefined)) {
      throw invalidCombination('The parameters MetricName and Metrics are mutually exclusive and you have specified both.')
    }
    if (queries.length === 0) throw missingParameter('The parameter Metrics is required.')
    checkQueries(queries)
    if (queries.filter(({ ReturnData = true }) => ReturnData).length !== 1) throw validation('Exactly one element of the metrics list should return data.')
    return
  }
  if (name === undefined) throw missingParameter('The parameter MetricName is required.')
  if (namespace === undefined) throw missingParameter('The parameter Namespace is required.')
  if (period === undefined) throw missingParameter('The parameter Period is required.')
  if (statistic !== undefined && extended !== undefined) throw invalidCombination('The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.')
  if (statistic === undefined && extended === undefined) throw missingParameter('Either the parameter Statistic or ExtendedStatistic must be specified.')
  checkPeriod(period, 'Period')
  if (period === 1 || period === 5) throw invalidParameter(period, 'Period')
  if (extended === undefined) return
  checkStatistic(extended, 'ExtendedStatistic')
  if (kindOf(extended) === 'simple') throw invalidParameter(extended, 'ExtendedStatistic')
}

function watchedBy ({ Metrics: queries, MetricName: name, Namespace: namespace, Statistic: statistic, ExtendedStatistic: extended, Period: periodS, Dimensions: dimensions = [], Unit: unit }: Input): Watched {
  if (queries || name === undefined || namespace === undefined || periodS === undefined) return { queries }
  return { metric: { namespace, name, dimensions, statistic: statistic ?? extended ?? '', periodS, unit } }
}
