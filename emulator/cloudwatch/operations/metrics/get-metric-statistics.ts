import { AnswerMap } from '../../../core/protocol/answer-map.ts'
import type { FromShape } from '../../../core/protocol/shape.ts'
import { Timestamp } from '../../../core/protocol/timestamp.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { invalidCombination, invalidParameter, invalidValue, missingParameter } from '../../errors.ts'
import { checkPeriod, checkStatistic } from '../../metrics/checks.ts'
import { kindOf, statisticOf } from '../../metrics/sample.ts'
import { roundedStart } from '../../metrics/rounding.ts'
import { DimensionsShape, MetricNameShape, NamespaceShape, PeriodShape, StatisticShape, TimeShape, UnitShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    Namespace: NamespaceShape,
    MetricName: MetricNameShape,
    Dimensions: DimensionsShape,
    StartTime: TimeShape,
    EndTime: TimeShape,
    Period: PeriodShape,
    Statistics: { type: 'list', min: 1, max: 5, of: StatisticShape },
    ExtendedStatistics: { type: 'list', min: 1, max: 10, of: { type: 'string' } },
    Unit: UnitShape,
  },
  required: ['Namespace', 'MetricName', 'StartTime', 'EndTime', 'Period'],
} as const

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html. Datapoints come in the
 * order of their time, of which AWS promises none.
 */
export const getMetricStatistics: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  custom ({ StartTime: start, EndTime: end, Period: period, Statistics: statistics, ExtendedStatistics: extended }, { limits }) {
    if (!statistics && !extended) throw missingParameter('At least one of the parameters Statistics and ExtendedStatistics must be specified.')
    checkPeriod(period, 'Period')
    for (const statistic of extended ?? []) {
      if (kindOf(statistic) === 'simple') throw invalidParameter(statistic, 'ExtendedStatistics')
      checkStatistic(statistic, 'ExtendedStatistics')
    }
    if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
    const asked = Math.ceil((end - start) / (period * 1000))
    if (asked > limits.maxDatapoints) {
      throw invalidCombination(`You have requested up to ${asked.toLocaleString('en-US')} datapoints, which exceeds the limit of ${limits.maxDatapoints.toLocaleString('en-US')}. ` +
        'You may reduce the datapoints requested by increasing Period, or decreasing the time range.')
    }
  },
  run (input, { store, startedAt, notes }) {
    const { Namespace, MetricName, Dimensions = [], StartTime, EndTime: to, Period: period, Statistics: statistics = [], ExtendedStatistics: extended = [], Unit: unit } = input
    notes.resource = `${Namespace}/${MetricName}`
    const from = roundedStart(StartTime, startedAt)
    const points = store.metrics.read({ Namespace, MetricName, Dimensions }, { from, to, periodMs: period * 1000, unit }, startedAt)
    const Datapoints = points.map(({ at, unit, sample }) => {
      const percentiles = extended.flatMap((name) => {
        const value = statisticOf(sample, name)
        return value === undefined ? [] : [[name, value] as const]
      })
      return {
        Timestamp: new Timestamp(at),
        ...Object.fromEntries(statistics.map((name) => [name, statisticOf(sample, name)])),
        Unit: unit,
        ...(percentiles.length > 0 && { ExtendedStatistics: new AnswerMap(percentiles) }),
      }
    })
    return { Label: MetricName, Datapoints }
  },
}
