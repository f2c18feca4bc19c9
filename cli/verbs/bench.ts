import { writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { benchReport, failures } from '../../bench/report.ts'
import { NothingSelected, PARTS, runBench, type Part } from '../../bench/run.ts'
import { loadConfig } from '../../server/config.ts'
import { tableNames } from '../../server/tables.ts'
import { readDuration } from '../settings/duration.ts'
import { Failure } from '../output/failure.ts'
import { print } from '../output/output.ts'
import { reportSteps } from '../output/steps.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable bench                                all, in about five minutes
  $ npx sandtable bench --duration 10m                 the same, with steadier numbers
  $ npx sandtable bench --only throughput "get one"    the throughput of one route
  $ npx sandtable bench --store dynamodb               the API calls the emulator over HTTP
  $ npx sandtable bench --json bench.json
`

const DEFAULT_SECONDS = 240
const LEAST_SECONDS = 5

interface Options {
  duration: number
  only?: string[]
  store: string
  json?: string
}

/** `sandtable bench`: whether the latency targets are met, and the maximum throughput. */
export function benchCommand (): Command {
  return new Command('bench')
    .description('Measures an API with its own emulator: latency at a steady rate, compared with the targets, and maximum throughput.')
    .addOption(new Option('--duration <time>', `how long to measure, such as 90s or 10m, or a number of seconds; at least ${LEAST_SECONDS}s`)
      .default(DEFAULT_SECONDS, `${DEFAULT_SECONDS}s`).argParser(parseSeconds))
    .option('--only <name...>', `a part (${PARTS.join(', ')}), or a text in the names of routes`)
    .addOption(new Option('--store <store>', 'how the API reaches its tables').choices(['embedded', 'dynamodb']).default('embedded'))
    .option('--json <file>', 'write all numbers to a file as well')
    .addHelpText('after', EXAMPLES)
    .action(async ({ duration: seconds, only = [], store, json }: Options, command: Command) => {
      const isPart = (name: string): name is Part => PARTS.some((part) => part === name)
      const parts = only.filter(isPart)
      const routes = only.filter((name) => !isPart(name))
      const settings = { ...ownSettings(), STORE: store }
      const tables = tableNames(loadConfig(settings))
      const steps = reportSteps()
      const result = await runBench({
        seconds,
        parts: parts.length > 0 ? parts : PARTS,
        routes: routes.length > 0 ? routes : undefined,
        settings,
        tables,
        onProgress: steps.step,
      }).catch((error: unknown) => {
        if (error instanceof NothingSelected) command.error(`error: ${error.message}`)
        throw error
      }).finally(steps.end)
      print(command, benchReport(result))
      if (json !== undefined) await writeFile(json, `${JSON.stringify({ store, seconds, ...result }, null, 2)}\n`)
      const missed = failures(result)
      if (missed.length > 0) throw new Failure(`${missed.length} targets are missed`)
    })
}

/** Ports that the system chooses on loopback, no log, and no settings of this machine: a benchmark should be repeatable. */
function ownSettings (): Record<string, string> {
  return { HOST: '127.0.0.1', PORT: '0', EMULATOR_HOST: '127.0.0.1', EMULATOR_PORT: '0' }
}

function parseSeconds (text: string): number {
  const seconds = (readDuration(text, 's') ?? NaN) / 1000
  if (!(seconds >= LEAST_SECONDS)) throw new InvalidArgumentError(`It takes a duration such as 90s or 10m, or a number of seconds, at least ${LEAST_SECONDS}s.`)
  return seconds
}
