import type { FromShape } from '../../../core/protocol/shape.ts'
import { historyItem } from '../../alarms/configure.ts'
import { describeAlarm } from '../../alarms/description.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { AlarmNamesShape } from '../../shapes.ts'

const types = { type: 'structure', members: { AlarmNames: AlarmNamesShape }, required: ['AlarmNames'] } as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html. Names without an alarm are ignored. */
export const deleteAlarms: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  async run ({ AlarmNames: names }, ctx) {
    const { store } = ctx
    ctx.notes.resource = names.join(',')
    const found = names.flatMap((name) => store.alarms.get(name) ?? [])
    await store.alarms.delete(found.map(({ name }) => name), found.map((alarm) => historyItem(alarm, ctx, 'ConfigurationUpdate', `Alarm "${alarm.name}" deleted`,
      { version: '1.0', type: 'Delete', deletedAlarm: describeAlarm(alarm, store) })))
    return undefined
  },
}
