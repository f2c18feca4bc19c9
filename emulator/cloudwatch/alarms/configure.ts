import type { CloudwatchContext } from '../context.ts'
import { limitExceeded } from '../errors.ts'
import type { Alarm, MetricAlarm, CompositeAlarm } from './alarm.ts'
import { describeAlarm } from './description.ts'
import type { HistoryItem, HistoryType } from './alarm-book.ts'

/** Members that alarms of both kinds are put with. */
export interface CommonInput {
  AlarmName: string
  AlarmDescription?: string
  ActionsEnabled?: boolean
  OKActions?: string[]
  AlarmActions?: string[]
  InsufficientDataActions?: string[]
  Tags?: { Key: string, Value: string }[]
}

type Own<A extends Alarm> = Omit<A, 'name' | 'description' | 'actionsEnabled' | 'okActions' | 'alarmActions' | 'insufficientDataActions' | 'configuredAt' | 'state' | 'tags'>

/** Makes an alarm, or takes the place of the one of that name, whose state and tags stay. */
export async function putAlarm (input: CommonInput, own: Own<MetricAlarm> | Own<CompositeAlarm>, ctx: CloudwatchContext): Promise<void> {
  const { store, startedAt: now, limits, alarms } = ctx
  const known = store.alarms.get(input.AlarmName)
  if (!known && store.alarms.size >= limits.alarms) throw limitExceeded(`You have reached the limit of ${limits.alarms} alarms`)
  const initial = { value: 'INSUFFICIENT_DATA' as const, reason: 'Unchecked: Initial alarm creation', updatedAt: now, transitionedAt: now }
  const alarm: Alarm = {
    name: input.AlarmName,
    description: input.AlarmDescription,
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: input.OKActions ?? [],
    alarmActions: input.AlarmActions ?? [],
    insufficientDataActions: input.InsufficientDataActions ?? [],
    configuredAt: now,
    state: known?.type === own.type ? known.state : initial,
    tags: known?.tags ?? Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    ...own,
  }
  ctx.notes.resource = alarm.name
  await store.alarms.put([alarm], [historyItem(alarm, ctx, 'ConfigurationUpdate', `Alarm "${alarm.name}" ${known ? 'updated' : 'created'}`,
    { version: '1.0', type: known ? 'Update' : 'Create', [known ? 'updatedAlarm' : 'createdAlarm']: describeAlarm(alarm, store) })])
  alarms.plan()
}

/** History takes 4,095 characters of data. */
const MOST_DATA = 4095

export function historyItem (alarm: Alarm, { startedAt: at }: CloudwatchContext, type: HistoryType, summary: string, data: object): HistoryItem {
  return { alarm: alarm.name, alarmType: alarm.type, at, type, summary: summary.slice(0, 255), data: JSON.stringify(data).slice(0, MOST_DATA) }
}
