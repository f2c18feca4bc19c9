import { Command } from 'commander'
import { endpointsOf, openSandtable } from '../../sandtable.ts'
import { processLogger, readConfig } from '../../server/main.ts'
import { runUntilStopped, type ProcessLike } from '../../server/process.ts'
import { namingVariables } from '../output/listening.ts'
import { print } from '../output/output.ts'
import { addSettings, givenSettings } from '../settings/setting-options.ts'
import { tryFirst } from '../output/try-first.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable start                                the API on port 3000, the emulator on 4566
  $ npx sandtable start --port 0 --emulator-port 0     on ports of the system's choice
  $ npx sandtable start --empty                        tables and bucket, but nothing in them
  $ npx sandtable start --data ./data                  keeps its state in a directory
  $ npx sandtable start --seed ./seed                  begins with what a folder holds
  $ npx sandtable start --store dynamodb               the API calls the emulator over HTTP
  $ STORE=dynamodb AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 npx sandtable start
                                                       its tables are somewhere else, the rest in the emulator
`

/** `sandtable start`: everything in this process, until a signal ends it. */
export function startCommand (on: ProcessLike): Command {
  return addSettings(new Command('start'), 'start')
    .description('Starts the API and the emulator in one process, and creates tables, bucket and demo data.')
    .option('--empty', 'no demo data')
    .addHelpText('after', EXAMPLES)
    .action(({ empty = false }: { empty?: boolean }, command: Command) => runUntilStopped(async () => {
      const config = readConfig(givenSettings(command, 'start'))
      const sandtable = await namingVariables({ PORT: config.http, EMULATOR_PORT: config.emulator.listen },
        async () => openSandtable({ config, logger: await processLogger(config), demo: !empty }))
      const { apiUrl, emulatorUrl, demo } = sandtable
      print(command, `Sandtable is ready: API ${apiUrl}, docs ${apiUrl}/docs, emulator ${emulatorUrl}`)
      print(command, ...tryFirst({ apiUrl, endpoints: endpointsOf(config, emulatorUrl), emulatorUrl, config, demo }))
      return sandtable
    }, on))
}
