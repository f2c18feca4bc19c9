import type { FromShape } from '../../../core/protocol/shape.ts'
import { alarmsIn, BadRule, parseRule } from '../../alarms/composite-rule.ts'
import { putAlarm } from '../../alarms/configure.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { validation } from '../../errors.ts'
import { ActionsShape, AlarmNameShape, TagsShape } from '../../shapes.ts'
import type { CloudwatchStore } from '../../store.ts'

const types = {
  type: 'structure',
  members: {
    AlarmName: AlarmNameShape,
    AlarmRule: { type: 'string', min: 1, max: 10_240 },
    AlarmDescription: { type: 'string', min: 0, max: 1024 },
    ActionsEnabled: { type: 'boolean' },
    OKActions: ActionsShape,
    AlarmActions: ActionsShape,
    InsufficientDataActions: ActionsShape,
    Tags: TagsShape,
  },
  required: ['AlarmName', 'AlarmRule'],
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html. Suppressors are refused. */
export const putCompositeAlarm: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  refuses: ['ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod'],
  custom ({ AlarmName: name, AlarmRule: rule }, { store }) {
    for (const alarm of namesIn(rule)) {
      if (alarm !== name && !store.alarms.get(alarm)) throw validation(`Could not save the composite alarm as alarms [${alarm}] in the alarm rule do not exist`)
      if (alarm === name || leadsTo(alarm, name, store)) throw validation(`The alarm rule of ${name} refers to the alarm itself, through ${alarm}`)
    }
  },
  async run (input, ctx) {
    await putAlarm(input, { type: 'CompositeAlarm', rule: input.AlarmRule }, ctx)
    return undefined
  },
}

function namesIn (rule: string): string[] {
  try {
    return alarmsIn(parseRule(rule))
  } catch (error) {
    throw error instanceof BadRule ? validation(`AlarmRule must not contain syntax errors: ${error.message}`) : error
  }
}

/** Whether the rule of an alarm depends on another alarm. There are no cycles among those that are stored. */
function leadsTo (from: string, to: string, store: CloudwatchStore): boolean {
  const alarm = store.alarms.get(from)
  return alarm?.type === 'CompositeAlarm' && namesIn(alarm.rule).some((name) => name === to || leadsTo(name, to, store))
}
