import type { FromShape } from '../../../core/protocol/shape.ts'
import { Timestamp } from '../../../core/protocol/timestamp.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { pageOf } from '../../paging.ts'
import { AlarmNameShape, AlarmTypesShape, NextTokenShape, TimeShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    AlarmName: AlarmNameShape,
    AlarmTypes: AlarmTypesShape,
    HistoryItemType: { type: 'string', values: ['ConfigurationUpdate', 'StateUpdate', 'Action', 'AlarmContributorStateUpdate', 'AlarmContributorAction'] },
    StartDate: TimeShape,
    EndDate: TimeShape,
    MaxRecords: { type: 'integer', min: 1, max: 100 },
    NextToken: NextTokenShape,
    ScanBy: { type: 'string', values: ['TimestampDescending', 'TimestampAscending'] },
  },
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html. Metric alarms unless composite ones are asked for. */
export const describeAlarmHistory: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  refuses: ['AlarmContributorId'],
  async run (input, { store, startedAt, limits, notes }) {
    const { AlarmName: name, AlarmTypes: kinds = ['MetricAlarm'], HistoryItemType: type, StartDate: start = 0, EndDate: end = startedAt, MaxRecords: most = 100, ScanBy: order } = input
    if (name !== undefined) notes.resource = name
    const items = (await store.alarms.history(Math.max(start, startedAt - limits.alarmHistoryMs), end)).filter((item) =>
      (name === undefined || item.alarm === name) && kinds.includes(item.alarmType) && (type === undefined || item.type === type))
    const { page, NextToken } = pageOf(order === 'TimestampAscending' ? items : items.reverse(), most, input.NextToken)
    const AlarmHistoryItems = page.map(({ alarm, alarmType, at, type, summary, data }) => ({
      AlarmName: alarm, AlarmType: alarmType, Timestamp: new Timestamp(at), HistoryItemType: type, HistorySummary: summary, HistoryData: data,
    }))
    return { AlarmHistoryItems, NextToken }
  },
}
