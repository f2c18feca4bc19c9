import { Command } from 'commander'
import { startEmulator } from '../../emulator/index.ts'
import { readConfig } from '../../server/main.ts'
import { runUntilStopped, type ProcessLike } from '../../server/process.ts'
import { reachable } from '../targets/addresses.ts'
import { namingVariables } from '../output/listening.ts'
import { print } from '../output/output.ts'
import { addSettings, givenSettings } from '../settings/setting-options.ts'
import { awsCli, consoleLine } from '../output/try-first.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable emulator                       on port 4566
  $ npx sandtable emulator --data ./data         keeps its state in a directory
  $ npx sandtable emulator --seed ./seed         begins with what a folder holds
  $ npx sandtable emulator --port 8000 --host 0.0.0.0
  $ npx sandtable emulator --port 0              on a port of the system's choice
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 python my_backend.py
`

/** `sandtable emulator`: AWS without the API, until a signal ends it. */
export function emulatorCommand (on: ProcessLike): Command {
  return addSettings(new Command('emulator'), 'emulator')
    .description('Starts only the emulator, for any AWS SDK in any language.')
    .addHelpText('after', EXAMPLES)
    .action((_options: object, command: Command) => runUntilStopped(async () => {
      const config = readConfig(givenSettings(command, 'emulator'))
      const { region } = config.aws
      const emulator = await namingVariables({ EMULATOR_PORT: config.emulator.listen },
        () => startEmulator({ ...config.emulator, dataPath: config.dataPath, ...(config.seedPath !== undefined && { seed: { folder: config.seedPath } }) }))
      const url = emulator.url! // it listens
      print(command, `Sandtable is ready: emulator ${url} (${emulator.serviceNames.join(', ')})`)
      print(command, ...readyLines(reachable(url), region))
      return emulator
    }, on))
}

const readyLines = (url: string, region: string): string[] => [
  '',
  consoleLine(url),
  '',
  'What to try first:',
  '',
  ...awsCli(url, region)('s3 mb s3://my-bucket').map((line) => `  ${line}`),
  '',
  `Your own code needs AWS_ENDPOINT_URL=${url}, a region and any keys.`,
  '',
]
