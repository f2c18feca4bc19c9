import { Command } from 'commander'
import type { TracedCall } from '../../emulator/index.ts'
import { Failure } from '../output/failure.ts'
import { columns, jsonOption, print, printData } from '../output/output.ts'
import { refuseVerb } from '../refuse-verb.ts'
import { control, emulatorOption } from '../targets/control.ts'

const EXAMPLES = `
Examples:
  $ EMULATOR_IAM=audit npx sandtable start        nothing is refused; the trace notes what each call asks for
  $ npx sandtable iam policy > policy.json        the smallest policy for the calls of the trace
  $ npx sandtable iam policy --api                only for what the API called, not for what you did
  $ npx sandtable iam denied                      the calls that were refused, or would be, with the action and the reason
`

interface Options { emulator: string, service?: string, account?: string, causedBy?: string, api?: boolean, after?: string }

/** `sandtable iam`: what the trace of a running emulator says of access. */
export function iamCommand (): Command {
  const iam = new Command('iam')
    .description('Shows what the calls to a running emulator need of IAM.')
    .addHelpText('after', EXAMPLES)
  iam.addCommand(policyCommand(iam))
  iam.addCommand(deniedCommand())
  return iam
}

interface Answer { mode: 'off' | 'audit' | 'on', calls: number, policy: object }

function policyCommand (iam: Command): Command {
  return new Command('policy')
    .description('prints the smallest policy that allows the calls of the trace')
    .option('--service <name>', 'only calls to this service')
    .option('--account <id>', 'only this account, twelve digits')
    .option('--caused-by <id>', 'only calls of this API request')
    .option('--api', 'only calls of API requests')
    .option('--after <sequence>', 'only calls after this one')
    .addOption(emulatorOption())
    .allowExcessArguments()
    .hook('preAction', (_, policy) => refuseVerb(iam, policy))
    .action(async ({ emulator, api, causedBy = api ? '*' : undefined, ...query }: Options, command: Command) => {
      const { mode, calls, policy } = await control<Answer>(emulator, { method: 'GET', path: '/iam/policy', query: { ...query, causedBy } })
      if (mode === 'off') throw new Failure('The emulator runs without IAM, and its trace does not say what calls ask for. Start it with EMULATOR_IAM=audit.')
      if (calls === 0) throw new Failure('The trace has no such call.')
      print(command, JSON.stringify(policy, null, 2))
    })
}

function deniedCommand (): Command {
  return new Command('denied')
    .description('shows the calls that policies refused, or in audit mode would have')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action(async ({ emulator }: Options, command: Command) => {
      const { calls } = await control<{ calls: TracedCall[] }>(emulator, { method: 'GET', path: '/trace' })
      const denied = calls.flatMap((call) => (call.access ?? []).filter(({ decision }) => decision !== 'allowed').map((note) => ({ ...note, call })))
      printData(command, denied, (all) => all.length === 0
        ? ['No call was refused.']
        : columns([['time', 'action', 'resource', 'decision', 'statement', 'result'], ...all.map(({ action, resource, decision, by = '', call }) =>
          [new Date(call.startedAt).toISOString(), action, resource, decision, by, call.result])]))
    })
}
