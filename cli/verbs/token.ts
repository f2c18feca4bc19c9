import { Command, InvalidArgumentError, Option } from 'commander'
import type { IssuedToken } from '../../emulator/index.ts'
import { control, emulatorOption } from '../targets/control.ts'
import { durationText } from '../settings/duration.ts'
import { jsonOption, printData } from '../output/output.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable token --sub ada                              good for an hour
  $ npx sandtable token --sub grace --group admin --ttl 31d
  $ npx sandtable token --sub ada --use id --claim email=ada@example.org
  $ curl -H "authorization: Bearer $(npx sandtable token --sub ada)" http://127.0.0.1:3000/api/registrations/ada/face
`

const checkDuration = durationText('15m, 1h, 31d or PT1H')

interface Options {
  emulator: string
  sub: string
  group?: string[]
  ttl?: string
  use?: string
  client?: string
  claim?: Record<string, unknown>
}

/** `sandtable token`: a token of a running emulator's issuer. */
export function tokenCommand (): Command {
  return new Command('token')
    .description('Prints a token for any user and groups, with the claims of a Cognito user pool, signed by a running emulator.')
    .requiredOption('--sub <id>', 'the user: the claim sub')
    .option('--group <name...>', 'groups of the user, such as admin')
    .option('--ttl <duration>', 'how long it is valid, such as 15m or PT1H; by default an hour', checkDuration)
    .addOption(new Option('--use <kind>', 'an access token names the app client in client_id, an ID token in aud').choices(['access', 'id']))
    .option('--client <id>', 'app client; by default sandtable')
    .option('--claim <name=value>', 'another claim, may be repeated; a value may be JSON', collectClaim)
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ emulator, sub, group: groups, ttl, use, client: clientId, claim: claims }: Options, command: Command) => {
      const issued = await control<IssuedToken>(emulator, { method: 'POST', path: '/tokens', body: { sub, groups, ttl, use, clientId, claims } })
      printData(command, issued, ({ token }) => [token])
    })
}

function collectClaim (text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const mark = text.indexOf('=')
  if (mark < 1) throw new InvalidArgumentError('It takes a name and a value, such as email=ada@example.org')
  return { ...before, [text.slice(0, mark)]: asJson(text.slice(mark + 1)) }
}

function asJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
