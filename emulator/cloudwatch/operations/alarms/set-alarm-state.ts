import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { alarmNotFound, invalidFormat } from '../../errors.ts'
import type { STATES } from '../../shapes.ts'
import { AlarmNameShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    AlarmName: AlarmNameShape,
    StateValue: { type: 'string', values: ['INSUFFICIENT_DATA', 'ALARM', 'OK'] satisfies (typeof STATES[number])[] },
    StateReason: { type: 'string', min: 0, max: 1023 },
    StateReasonData: { type: 'string', min: 0, max: 4000 },
  },
  required: ['AlarmName', 'StateValue', 'StateReason'],
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html: until the next evaluation. */
export const setAlarmState: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  async run ({ AlarmName: name, StateValue: value, StateReason: reason, StateReasonData: reasonData }, ctx) {
    ctx.notes.resource = name
    const alarm = ctx.store.alarms.get(name)
    if (!alarm) throw alarmNotFound()
    if (reasonData !== undefined && !isJson(reasonData)) throw invalidFormat('StateReasonData was not properly formatted JSON')
    await ctx.alarms.setState(ctx.store, alarm, { value, reason, reasonData }, ctx.startedAt)
    return undefined
  },
}

function isJson (text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
