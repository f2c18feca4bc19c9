import { Command } from 'commander'
import { processLogger, readConfig } from '../../server/main.ts'
import { runUntilStopped, type ProcessLike } from '../../server/process.ts'
import { startServer } from '../../server/server.ts'
import { useLocalCredentials } from '../targets/credentials.ts'
import { namingVariables } from '../output/listening.ts'
import { print } from '../output/output.ts'
import { addSettings, givenSettings } from '../settings/setting-options.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable server --store dynamodb        on the account that the SDK's settings name
  $ npx sandtable server --store dynamodb --aws-endpoint-url http://127.0.0.1:4566
                                                 on an emulator that runs already
  $ npx sandtable server --port 8080             on a store in this process, which nothing else sees

With STORE=dynamodb the tables are yours to make: npx sandtable tables create --bucket
`

/** `sandtable server`: only the API, until a signal ends it. */
export function serverCommand (on: ProcessLike): Command {
  return addSettings(new Command('server'), 'server')
    .description('Starts only the API, on the store that STORE names.')
    .addHelpText('after', EXAMPLES)
    .action((_options: object, command: Command) => runUntilStopped(async () => {
      const config = readConfig(givenSettings(command, 'server'))
      useLocalCredentials(process.env, config.aws.endpoints)
      const server = await namingVariables({ PORT: config.http }, async () => startServer({ config, logger: await processLogger(config) }))
      print(command, `Sandtable is ready: API ${server.url}, docs ${server.url}/docs, store ${config.store}`)
      return server
    }, on))
}
