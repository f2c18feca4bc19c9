import type { FromShape } from '../../../core/protocol/shape.ts'
import type { Alarm } from '../../alarms/alarm.ts'
import { describeAlarm } from '../../alarms/description.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { invalidCombination } from '../../errors.ts'
import { pageOf } from '../../paging.ts'
import { AlarmNameShape, AlarmNamesShape, AlarmTypesShape, NextTokenShape, STATES } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    AlarmNames: AlarmNamesShape,
    AlarmNamePrefix: AlarmNameShape,
    AlarmTypes: AlarmTypesShape,
    StateValue: { type: 'string', values: STATES },
    ActionPrefix: { type: 'string', min: 1, max: 1024 },
    MaxRecords: { type: 'integer', min: 1, max: 100 },
    NextToken: NextTokenShape,
  },
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html. Composite alarms come when they are asked for. */
export const describeAlarms: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  refuses: ['ChildrenOfAlarmName', 'ParentsOfAlarmName'],
  custom ({ AlarmNames: names, AlarmNamePrefix: prefix }) {
    if (names && prefix !== undefined) throw invalidCombination('The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.')
  },
  run (input, { store, limits, notes }) {
    const { AlarmNames: names, AlarmNamePrefix: prefix = '', AlarmTypes: kinds = ['MetricAlarm'], StateValue: state, ActionPrefix: action, MaxRecords: most = limits.alarmsPerPage } = input
    const fits = (alarm: Alarm) => kinds.includes(alarm.type) &&
      (names === undefined || names.length === 0 || names.includes(alarm.name)) &&
      alarm.name.startsWith(prefix) &&
      (state === undefined || alarm.state.value === state) &&
      (action === undefined || [...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions].some((one) => one.startsWith(action)))
    const { page, NextToken } = pageOf(store.alarms.list().filter(fits), most, input.NextToken)
    notes.items = page.length
    const described = (kind: Alarm['type']) => page.filter(({ type }) => type === kind).map((alarm) => describeAlarm(alarm, store))
    return { CompositeAlarms: described('CompositeAlarm'), MetricAlarms: described('MetricAlarm'), NextToken }
  },
}
