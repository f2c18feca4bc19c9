import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { openSandtable } from '../../sandtable.ts'
import { loadOwnScenarios, loadScenarios, selectScenarios, type NamedScenario } from '../../scenarios/kit/catalogue.ts'
import { loadPriceBook } from '../../cost/price-book.ts'
import { REPORT_FILES, reporters, type ReporterName } from '../../scenarios/kit/reporters/index.ts'
import { runScenarios, type Kit, type ScenarioResult } from '../../scenarios/kit/runner.ts'
import { loadConfig } from '../../server/config.ts'
import { tableNames } from '../../server/tables.ts'
import { parseUrl } from '../targets/control.ts'
import { Failure, WRONG_USAGE } from '../output/failure.ts'
import { columns, jsonOption, print, printData, progress } from '../output/output.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable scenarios                            all, on a kit that is started for it
  $ npx sandtable scenarios create race --jobs 4       those with "create" or "race" in name, title or access pattern
  $ npx sandtable scenarios --seed 7 --report json     the same ids and pictures as the last time with seed 7
  $ npx sandtable scenarios --report junit html --output reports    reports/scenarios.xml and reports/scenarios.html
  $ npx sandtable scenarios --target http://127.0.0.1:3000 --emulator http://127.0.0.1:4566
                                                       what runs already, its calls and their cost from the trace
  $ npx sandtable scenarios --dir ./my-scenarios --target http://127.0.0.1:8080 --emulator http://127.0.0.1:4566
                                                       your own, of your own API (docs/ci.md)
  $ npx sandtable scenarios list
`

const MOST_JOBS = 64
const MOST_SEED = 2 ** 32 - 1

interface Options {
  target?: string
  emulator?: string
  token?: string
  jobs: number
  seed?: number
  report?: ReporterName[]
  output?: string
  dir?: string
  record?: boolean
}

const REPORTER_NAMES = Object.keys(reporters) as ReporterName[] // its own keys

/** `sandtable scenarios`: every access pattern, replayed over HTTP, with its cost. */
export function scenariosCommand (): Command {
  return new Command('scenarios')
    .description('Replays the access patterns over HTTP, and checks their AWS calls and costs.')
    .argument('[pattern...]', 'only scenarios whose name, title or access pattern contains one of these')
    .option('--target <url>', 'URL of a running API; by default one is started, with an emulator', parseUrl)
    .option('--dir <folder>', 'run the scenarios of this folder of yours; with --target')
    .option('--record', 'write the AWS calls of these scenarios to files beside them, instead of comparing')
    .option('--emulator <url>', 'the emulator under the target; without it, calls and cost are not checked', parseUrl)
    .option('--token <jwt>', 'an admin\'s token, for an API that needs one; for an emulator: npx sandtable token --sub scenarios --group admin --ttl 31d')
    .option('--jobs <number>', 'how many run in parallel', whole(1, MOST_JOBS), 1)
    .option('--seed <number>', 'seed of ids, names and pictures, to repeat a run on a new store', whole(0, MOST_SEED))
    .option('--report <kinds...>', `formats of the report: ${REPORTER_NAMES.join(', ')}; several go with --output (default: table)`, parseReports)
    .option('--output <dir>', 'write the reports to files of this folder, and print the table')
    .addHelpText('after', EXAMPLES)
    .addCommand(listCommand())
    .action(async (texts: string[], options: Options, command: Command) => {
      if (options.emulator !== undefined && options.target === undefined) command.error('error: --emulator needs --target')
      const { report = ['table'], output } = options
      if (options.dir !== undefined && options.target === undefined) command.error('error: --dir needs --target')
      if (options.record && (options.dir === undefined || options.emulator === undefined)) command.error('error: --record needs --dir and --emulator')
      if (output === undefined && report.length > 1) command.error('error: several reports need --output')
      const scenarios = selectScenarios(await (options.dir === undefined ? loadScenarios() : loadOwn(options.dir)), texts)
      if (scenarios.length === 0) command.error(`error: no scenario matches ${texts.join(' or ')}; 'sandtable scenarios list' shows them all`)

      const seed = options.seed ?? Math.floor(Math.random() * (MOST_SEED + 1))
      const results = await runOn(scenarios, { ...options, seed })
      const context = { seed, priceBook: await loadPriceBook() }
      if (output !== undefined) {
        await mkdir(output, { recursive: true })
        await Promise.all(report.map((name) => writeFile(join(output, REPORT_FILES[name]), reporters[name](results, context))))
      }
      print(command, reporters[output === undefined ? report[0]! : 'table'](results, context))
      const failed = results.filter(({ outcome }) => outcome === 'failed').length
      if (failed > 0) throw new Failure(`${failed} of ${results.length} scenarios failed`)
    })
}

/** Takes one name, or several with commas between, and adds them to those before. */
function parseReports (text: string, before: readonly ReporterName[] = []): ReporterName[] {
  const names = text.split(',').map((name) => REPORTER_NAMES.find((one) => one === name))
  if (names.includes(undefined)) throw new InvalidArgumentError(`Allowed choices are ${REPORTER_NAMES.join(', ')}.`)
  return [...new Set([...before, ...names.filter((name) => name !== undefined)])]
}

function listCommand (): Command {
  return new Command('list')
    .description('show all scenarios')
    .addOption(jsonOption())
    .action(async (_options: object, command: Command) => {
      const scenarios = (await loadScenarios()).map(({ name, title, seed, pattern }) => ({ name, seed, pattern, title }))
      printData(command, scenarios, (all) =>
        columns([['scenario', 'seed', 'access pattern', 'title'], ...all.map(({ name, seed, pattern, title }) => [name, seed, pattern, title])]))
    })
}

/** Runs scenarios at the target, or on a kit of their own. */
export async function runOn (scenarios: readonly NamedScenario[], { target: apiUrl, emulator, token, jobs, seed, dir, record }: Pick<Options, 'target' | 'emulator' | 'token' | 'jobs' | 'dir' | 'record'> & { seed: number }): Promise<ScenarioResult[]> {
  const config = loadConfig(process.env)
  const common = { scenarios, tables: tableNames(config), clientId: config.auth.audience[0], jobs, seed, record, onEnd: reportProgress }
  if (apiUrl !== undefined) {
    await (dir === undefined ? requireHealthy(apiUrl) : requireReachable(apiUrl))
    return runScenarios({ ...common, target: { apiUrl, emulatorUrl: emulator, token } })
  }
  const startOwn: typeof startKit = async (environment) => {
    const kit = await startKit(environment)
    return { ...kit, token: token ?? kit.token }
  }
  const kit = await startOwn({})
  try {
    return await runScenarios({ ...common, target: kit, startKit: startOwn })
  } finally {
    await kit.close()
  }
}

/**
 * An API and emulator on their own ports, in memory, with this process's settings and the given ones. The default is the one-record
 * design.
 */
async function startKit (environment: Readonly<Record<string, string>>): Promise<Kit> {
  const config = loadConfig({ ...process.env, FACE_DESIGN: 'single', ...environment, HOST: '', EMULATOR_HOST: '', PORT: '0', EMULATOR_PORT: '0', SANDTABLE_DATA: '', SANDTABLE_SEED: '' })
  const sandtable = await openSandtable({ config })
  // With tables elsewhere there is no trace, and no clock that could be moved.
  const isElsewhere = config.store === 'dynamodb' && config.aws.endpoints.dynamodb !== undefined
  // Valid for as long as a scenario may move the clock.
  const ownToken = async () => (await sandtable.tokens.issue({ sub: 'scenarios', groups: ['admin'], clientId: config.auth.audience[0], ttl: '366d' })).token
  return {
    apiUrl: sandtable.apiUrl,
    emulatorUrl: isElsewhere ? undefined : sandtable.emulatorUrl,
    token: config.auth.mode === 'jwt' && config.auth.issuer === undefined ? await ownToken() : undefined,
    close: () => sandtable.close(),
  }
}

async function requireHealthy (apiUrl: string): Promise<void> {
  const response = await fetch(`${apiUrl}/health`).catch((error: unknown) => {
    throw new Failure(`No API answers at ${apiUrl}. Start one with: npx sandtable start`, { cause: error })
  })
  if (!response.ok) throw new Failure(`The API at ${apiUrl} is not healthy: ${apiUrl}/health answers ${response.status}`)
}

async function requireReachable (apiUrl: string): Promise<void> {
  await fetch(apiUrl).catch((error: unknown) => {
    throw new Failure(`Nothing answers at ${apiUrl}`, { cause: error })
  })
}

function loadOwn (dir: string): Promise<NamedScenario[]> {
  return loadOwnScenarios(dir).catch((error: unknown) => {
    throw new Failure(error instanceof Error ? error.message : String(error), { status: WRONG_USAGE, cause: error })
  })
}

function reportProgress ({ name, outcome, title }: ScenarioResult): void {
  progress(`${outcome.padEnd('skipped'.length)}  ${name}  ${title}`)
}

function whole (least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
    return value
  }
}
