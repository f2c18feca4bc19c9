import type { FromShape } from '../../../core/protocol/shape.ts'
import { historyItem } from '../../alarms/configure.ts'
import { describeAlarm } from '../../alarms/description.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { AlarmNamesShape } from '../../shapes.ts'

const types = { type: 'structure', members: { AlarmNames: AlarmNamesShape }, required: ['AlarmNames'] } as const

/** Lets alarms execute their actions, or not; names without an alarm are ignored. */
function switchActions (actionsEnabled: boolean): CloudwatchOperation<FromShape<typeof types>> {
  return {
    types,
    async run ({ AlarmNames: names }, ctx) {
      const { store } = ctx
      ctx.notes.resource = names.join(',')
      const changed = names.flatMap((name) => store.alarms.get(name) ?? []).filter((alarm) => alarm.actionsEnabled !== actionsEnabled)
        .map((alarm) => ({ ...alarm, actionsEnabled, configuredAt: ctx.startedAt }))
      await store.alarms.put(changed, changed.map((alarm) => historyItem(alarm, ctx, 'ConfigurationUpdate', `Alarm "${alarm.name}" updated`,
        { version: '1.0', type: 'Update', updatedAlarm: describeAlarm(alarm, store) })))
      return undefined
    },
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html */
export const enableAlarmActions = switchActions(true)

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html */
export const disableAlarmActions = switchActions(false)
