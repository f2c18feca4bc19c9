import { Command } from 'commander'
import type { ThroughputReport } from '../../emulator/index.ts'
import { columns, jsonOption, printData } from '../output/output.ts'
import { refuseVerb } from '../refuse-verb.ts'
import { control, emulatorOption } from '../targets/control.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable throughput          what each table may use, has left, has used and was refused in the last minute
  $ npx sandtable throughput on       requests beyond a table's throughput are throttled, as AWS does
  $ npx sandtable throughput off

docs/capacity.md tells how capacity is planned.
`

/** `sandtable throughput`: shows the throughput of tables, and turns throttling on and off. */
export function throughputCommand (): Command {
  const throughput = new Command('throughput')
    .description('Shows the throughput of the tables of a running emulator, and turns throttling on and off.')
    .addHelpText('after', EXAMPLES)
  throughput.addCommand(showCommand(throughput), { isDefault: true })
  throughput.addCommand(switchCommand('on', true).description('throttle requests beyond a table\'s throughput; each table starts with a second\'s worth of units'))
  throughput.addCommand(switchCommand('off', false).description('throttle nothing'))
  return throughput
}

function showCommand (throughput: Command): Command {
  return new Command('show')
    .description('what each table may use, has left, has used and was refused')
    .allowExcessArguments()
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .hook('preAction', (_, show) => refuseVerb(throughput, show))
    .action(async (_options: object, command: Command) => {
      const { emulator } = command.opts<{ emulator: string }>()
      printData(command, await control<ThroughputReport>(emulator, { method: 'GET', path: '/throughput' }), linesOf)
    })
}

function switchCommand (name: string, throttling: boolean): Command {
  return new Command(name)
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action(async (_options: object, command: Command) => {
      const { emulator } = command.opts<{ emulator: string }>()
      printData(command, await control<{ throttling: boolean }>(emulator, { method: 'PUT', path: '/throughput', body: { throttling } }), (answer) => [stateOf(answer)])
    })
}

const stateOf = ({ throttling }: { throttling: boolean }): string => `throttling is ${throttling ? 'on' : 'off'}`

function linesOf (report: ThroughputReport): string[] {
  const rows = report.tables.flatMap(({ table, indexes, ...own }) => [{ name: table, ...own }, ...indexes.map(({ index, ...rest }) => ({ name: `${table}/${index}`, ...rest }))])
    .flatMap(({ name, read, write }) => [{ name, kind: 'read', side: read }, { name, kind: 'write', side: write }])
    .map(({ name, kind, side: { limits, used, refused } }) => {
      const lowest = limits.reduce((one, other) => other.rate < one.rate ? other : one) // there is one at least
      return [name, kind, lowest.rate, lowest.level, used, refused]
    })
  return [stateOf(report), ...(rows.length === 0 ? [] : columns([['table or index', '', 'units/s', 'left', 'used/min', 'refused/min'], ...rows]))]
}
