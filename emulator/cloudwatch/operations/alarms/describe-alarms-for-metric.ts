import type { FromShape } from '../../../core/protocol/shape.ts'
import { describeAlarm } from '../../alarms/description.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { canonical } from '../../metrics/metric.ts'
import { DimensionsShape, MetricNameShape, NamespaceShape, PeriodShape, StatisticShape, UnitShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    MetricName: MetricNameShape,
    Namespace: NamespaceShape,
    Statistic: StatisticShape,
    ExtendedStatistic: { type: 'string' },
    Dimensions: DimensionsShape,
    Period: PeriodShape,
    Unit: UnitShape,
  },
  required: ['MetricName', 'Namespace'],
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html. Alarms on metric math are not among them. */
export const describeAlarmsForMetric: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  run (input, { store, notes }) {
    const { MetricName, Namespace, Dimensions = [], Statistic: statistic, ExtendedStatistic: extended, Period: period, Unit: unit } = input
    notes.resource = `${Namespace}/${MetricName}`
    const wanted = canonical({ Namespace, MetricName, Dimensions })
    const found = store.alarms.list().filter((alarm) => {
      if (alarm.type !== 'MetricAlarm' || !alarm.metric) return false
      const { namespace, name, dimensions, statistic: watched, periodS, unit: inUnit } = alarm.metric
      return canonical({ Namespace: namespace, MetricName: name, Dimensions: dimensions }) === wanted &&
        (statistic === undefined || statistic === watched) && (extended === undefined || extended === watched) &&
        (period === undefined || period === periodS) && (unit === undefined || unit === inUnit)
    })
    return { MetricAlarms: found.map((alarm) => describeAlarm(alarm, store)) }
  },
}
