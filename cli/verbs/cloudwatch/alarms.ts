import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand, SetAlarmStateCommand, type AlarmHistoryItem, type CompositeAlarm, type MetricAlarm, type StateValue } from '@aws-sdk/client-cloudwatch'
import { Argument, Command } from 'commander'
import { columns, jsonOption, printData } from '../../output/output.ts'
import { refuseVerb } from '../../refuse-verb.ts'
import { emulatorOption } from '../../targets/control.ts'
import { onCloudwatch, regionOption, type CloudwatchOptions } from './client.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable alarms                              every alarm, with its state
  $ npx sandtable alarms --state ALARM
  $ npx sandtable alarms history read-throttles
  $ npx sandtable alarms set read-throttles ALARM     until the next evaluation, at the next minute of the clock
`

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const

/** `sandtable alarms`: the alarms of a running emulator's CloudWatch. */
export function alarmsCommand (): Command {
  const alarms = new Command('alarms')
    .description('Shows the CloudWatch alarms of a running emulator, and sets their states.')
    .addHelpText('after', EXAMPLES)
  alarms.addCommand(listCommand(alarms), { isDefault: true })
  alarms.addCommand(verb('history')
    .description('what happened to an alarm, the newest first')
    .argument('<name>', 'the alarm\'s name')
    .action((AlarmName: string, options: CloudwatchOptions, command: Command) => onCloudwatch(options, async (cloudwatch) => {
      const { AlarmHistoryItems = [] } = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName }))
      printData(command, AlarmHistoryItems, (all) => all.length === 0 ? ['No history.'] : columns([['time', 'type', 'what'], ...all.map(historyRow)]))
    })))
  alarms.addCommand(verb('set')
    .description('set the state of an alarm, as SetAlarmState does')
    .argument('<name>', 'the alarm\'s name')
    .addArgument(new Argument('<state>', 'the new state').choices(STATES))
    .option('--reason <text>', 'why', 'set by sandtable alarms')
    .action((AlarmName: string, StateValue: StateValue, options: CloudwatchOptions & { reason: string }, command: Command) => onCloudwatch(options, async (cloudwatch) => {
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: options.reason }))
      printData(command, { alarm: AlarmName, state: StateValue }, ({ alarm, state }) => [`${alarm} is ${state}.`])
    })))
  return alarms
}

function listCommand (alarms: Command): Command {
  return verb('list')
    .description('list alarms and their states')
    .allowExcessArguments()
    .option('--state <state>', `only alarms in this state: ${STATES.join(', ')}`)
    .hook('preAction', (_, list) => refuseVerb(alarms, list))
    .action((options: CloudwatchOptions & { state?: StateValue }, command: Command) => onCloudwatch(options, async (cloudwatch) => {
      const all: (MetricAlarm | CompositeAlarm)[] = []
      let NextToken: string | undefined
      do {
        const page = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], StateValue: options.state, NextToken }))
        all.push(...page.MetricAlarms ?? [], ...page.CompositeAlarms ?? [])
        NextToken = page.NextToken
      } while (NextToken !== undefined)
      printData(command, all, (found) => found.length === 0 ? ['No alarms.'] : columns([['alarm', 'state', 'since', 'reason'], ...found.map(alarmRow)]))
    }))
}

const verb = (name: string) => new Command(name).addOption(emulatorOption()).addOption(regionOption()).addOption(jsonOption())

const alarmRow = ({ AlarmName = '', StateValue, StateUpdatedTimestamp: since, StateReason = '' }: MetricAlarm | CompositeAlarm) =>
  [AlarmName, String(StateValue), since?.toISOString() ?? '', StateReason]

const historyRow = ({ Timestamp: at, HistoryItemType, HistorySummary = '' }: AlarmHistoryItem) => [at?.toISOString() ?? '', String(HistoryItemType), HistorySummary]
