import { Command, InvalidArgumentError } from 'commander'
import { control, emulatorOption } from '../targets/control.ts'
import { jsonOption, printData } from '../output/output.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable reset                              everything
  $ npx sandtable reset --service s3                 every bucket
  $ npx sandtable reset --account 111122223333       what was made with this access key
`

/** What was deleted; `all`, or a name. */
interface Done { reset: string, account: string }

/** `sandtable reset`: deletes the state of a running emulator. */
export function resetCommand (): Command {
  return new Command('reset')
    .description('Deletes the state of a running emulator: all of it, or that of one service or one account.')
    .option('--service <name>', 'only this service: dynamodb, rekognition or s3')
    .option('--account <id>', 'only this account, twelve digits', parseAccount)
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ emulator, service, account }: { emulator: string, service?: string, account?: string }, command: Command) => {
      const done = await control<Done>(emulator, { method: 'POST', path: '/reset', body: { service, account } })
      printData(command, done, () => [resetLine(done), ...needed(done, emulator)])
    })
}

function resetLine ({ reset, account }: Done): string {
  return `Deleted ${reset === 'all' ? 'all state' : `all of ${reset}`}${account === 'all' ? '' : ` in account ${account}`}.`
}

/** `sandtable start` creates its own again; an API elsewhere does not learn of the reset. */
function needed ({ reset }: Done, emulator: string): string[] {
  if (reset === 'rekognition') return []
  return [`An API in another process needs its tables and bucket again: npx sandtable tables create --bucket --endpoint ${emulator}`]
}

function parseAccount (text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('It takes twelve digits.')
  return text
}
