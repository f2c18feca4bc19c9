import { Argument, Command, InvalidArgumentError } from 'commander'
import type { ClockState } from '../../emulator/index.ts'
import { control, emulatorOption } from '../targets/control.ts'
import { durationText } from '../settings/duration.ts'
import { jsonOption, printData } from '../output/output.ts'
import { refuseVerb } from '../refuse-verb.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable clock                            the time, and whether it runs
  $ npx sandtable clock advance 31d                a month later: what falls due on the way has happened when it answers
  $ npx sandtable clock advance PT90M
  $ npx sandtable clock set 2027-01-01T00:00:00Z
  $ npx sandtable clock freeze
  $ npx sandtable clock auto-advance 1s            a frozen clock goes on by that at each throttled call; 0s ends it
`

const checkDuration = durationText('31d, 12h, 90s, PT1H or P31D')

/** `sandtable clock`: every verb prints the state after it. */
export function clockCommand (): Command {
  const clock = new Command('clock')
    .description('Reads or moves the clock of a running emulator. The API follows it when both run in one process.')
    .addHelpText('after', EXAMPLES)

  clock.addCommand(verb('show', { method: 'GET', path: '' }).description('the time, and whether it runs').allowExcessArguments()
    .hook('preAction', (_, show) => refuseVerb(clock, show)), { isDefault: true })
  clock.addCommand(verb('set', { method: 'PUT', path: '', member: 'now' }).description('move it to a time, forward or back')
    .addArgument(new Argument('<time>', 'ISO 8601, or epoch milliseconds').argParser(parseTime)))
  clock.addCommand(verb('advance', { method: 'POST', path: '/advance', member: 'by' }).description('move it forward')
    .addArgument(new Argument('<duration>', 'such as 31d, 12h, 90s, or ISO 8601: PT1H, P31D').argParser(checkDuration)))
  clock.addCommand(verb('auto-advance', { method: 'PUT', path: '/auto-advance', member: 'by' }).description('advance a frozen clock at each throttled call')
    .addArgument(new Argument('<duration>', 'such as 1s; 0s turns this off').argParser(checkDuration)))
  clock.addCommand(verb('freeze', { method: 'POST', path: '/freeze' }).description('freeze it'))
  clock.addCommand(verb('resume', { method: 'POST', path: '/resume' }).description('let it run again'))
  return clock
}

/** A call of the control API as a command; its argument, if it has one, becomes a member of the body. */
function verb (name: string, { method, path, member }: { method: 'GET' | 'PUT' | 'POST', path: string, member?: string }): Command {
  return new Command(name)
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action(async (...given: unknown[]) => {
      const command = given.at(-1) as Command // commander passes the arguments, the options, and last the command
      const { emulator } = command.opts<{ emulator: string }>()
      const body = member === undefined ? undefined : { [member]: given[0] }
      printData(command, await control<ClockState>(emulator, { method, path: `/clock${path}`, body }),
        ({ now, frozen, autoAdvanceMs }) => [now + (frozen ? ' (frozen)' : '') + (autoAdvanceMs === undefined ? '' : ` (${autoAdvanceMs} ms at each throttled call)`)])
    })
}

function parseTime (text: string): string | number {
  const time = /^-?\d{5,}$/.test(text) ? Number(text) : text
  if (Number.isNaN(new Date(time).getTime())) throw new InvalidArgumentError('It takes a time such as 2027-01-01T00:00:00Z, or epoch milliseconds')
  return time
}
