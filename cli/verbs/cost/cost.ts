import { readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import type { TracedCall } from '../../../emulator/index.ts'
import { loadScenarios, selectScenarios } from '../../../scenarios/kit/catalogue.ts'
import { costOfLoad, type CostLine, type LoadCost } from '../../../cost/load.ts'
import { costOfCalls, type OperationCost } from '../../../cost/calls.ts'
import { costOfAMillion, loadPriceBook, priceBookNames, type PriceBook } from '../../../cost/price-book.ts'
import { Failure, WRONG_USAGE } from '../../output/failure.ts'
import { columns, jsonOption, printData } from '../../output/output.ts'
import { control, emulatorOption } from '../../targets/control.ts'
import { runOn } from '../scenarios.ts'
import { monthly, parseRate, parseSize, type Rate } from './quantities.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable cost                                          what the calls in the trace of a running emulator cost in AWS
  $ npx sandtable cost --reads 10000/day --writes 10000/day --item 1KB --storage 300MB
  $ npx sandtable cost --reads 200/s --writes 50/s --item 2KB --storage 80GB --gsi 2 --recovery --provisioned
  $ npx sandtable cost --scenario face/create --requests 10000/day
  $ npx sandtable cost --reads 1M/month --prices seed-004       or a JSON file of your own

Prices are dated files of this package; they do not follow AWS by themselves. A month has 730 hours.
`

const DEFAULT_REQUESTS: Rate = { count: 10_000, per: 'day' }
const KILOBYTE = 1024
const WHOLE_TRACE = '10000'

interface Options {
  emulator: string
  prices: string
  reads?: Rate
  writes?: Rate
  item?: number
  storage?: number
  gsi?: number
  consistent?: boolean
  recovery?: boolean
  provisioned?: boolean
  scenario?: string
  requests?: Rate
}

/** `sandtable cost`: what DynamoDB charges for what was traced, for a scenario, or for a described load. */
export function costCommand (): Command {
  return new Command('cost')
    .description('Computes what DynamoDB charges: for the calls in the trace, for a scenario, or for a load that you describe.')
    .option('--reads <rate>', 'of a load: eventually consistent reads of one item, such as 10000/day', parseRate)
    .option('--writes <rate>', 'of a load: writes of one item, such as 5/s', parseRate)
    .option('--item <size>', 'of a load: the size of an item (default: 1KB)', parseSize)
    .option('--storage <size>', 'of a load: what is stored, such as 300MB', parseSize)
    .option('--gsi <number>', 'of a load: global secondary indexes that hold whole items', parseIndexes)
    .option('--consistent', 'of a load: its reads are strongly consistent')
    .option('--recovery', 'of a load: with point-in-time recovery')
    .option('--provisioned', 'of a load: show the lines of provisioned capacity, instead of on demand')
    .option('--scenario <name>', 'run this scenario, and use what its requests consume')
    .option('--requests <rate>', 'how often the requests of the scenario are made (default: 10000/day)', parseRate)
    .option('--prices <book>', 'a price book by name, or a JSON file', 'aws-2026-11')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options, command: Command) => {
      const isLoad = [options.reads, options.writes, options.storage].some((one) => one !== undefined)
      if (isLoad && options.scenario !== undefined) command.error('error: --scenario does not go with a described load')
      if (!isLoad && [options.item, options.gsi, options.consistent, options.recovery, options.provisioned].some((one) => one !== undefined)) {
        command.error('error: a load has --reads, --writes or --storage')
      }
      if (options.requests !== undefined && options.scenario === undefined) command.error('error: --requests goes with --scenario')
      const book = await readBook(options.prices)
      if (isLoad) return costLoad(command, book, options)
      if (options.scenario !== undefined) return costScenario(command, book, { text: options.scenario, requests: options.requests ?? DEFAULT_REQUESTS })
      const { calls } = await control<{ calls: TracedCall[] }>(options.emulator, { method: 'GET', path: '/trace', query: { service: 'dynamodb', limit: WHOLE_TRACE } })
      printData(command, costOfCalls(book, calls), (all) => all.length === 0 ? ['No calls of DynamoDB in the trace.'] : traceLines(all, book))
    })
}

async function readBook (name: string): Promise<PriceBook> {
  const names = await priceBookNames()
  if (names.includes(name)) return loadPriceBook(name)
  if (!name.endsWith('.json')) throw new Failure(`There is no price book ${name}; there are ${names.join(', ')}`, { status: WRONG_USAGE })
  const text = await readFile(name, 'utf8').catch((error: unknown) => {
    throw new Failure(`There is no file ${name}`, { status: WRONG_USAGE, cause: error })
  })
  return JSON.parse(text) as PriceBook // in the form of those in cost/price-books
}

function costLoad (command: Command, book: PriceBook, { reads, writes, item = KILOBYTE, storage = 0, gsi = 0, consistent = false, recovery = false, provisioned = false }: Options): void {
  const { hoursPerMonth } = book.dynamodb
  const rate = (one: Rate | undefined) => one === undefined ? 0 : monthly(one, hoursPerMonth)
  let cost: LoadCost
  try {
    cost = costOfLoad(book, { reads: rate(reads), writes: rate(writes), itemBytes: item, storedBytes: storage, consistent, indexes: gsi, recovery })
  } catch (error) {
    throw error instanceof RangeError ? new Failure(error.message, { cause: error }) : error
  }
  if (provisioned && !cost.provisioned) throw new Failure(`The price book ${book.name} has no prices of provisioned capacity`)
  printData(command, { prices: book.name, ...cost }, () => loadLines(cost, { book, provisioned }))
}

function loadLines ({ onDemand, provisioned, breakEven }: LoadCost, { book, provisioned: isProvisioned }: { book: PriceBook, provisioned: boolean }): string[] {
  const shown = isProvisioned && provisioned ? provisioned : onDemand
  const other = isProvisioned ? onDemand : provisioned
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return [
    ...columns([['a month', 'quantity', 'unit', 'price'], ...shown.lines.map(({ what, quantity, unit, price }: CostLine) => [what, quantityText(quantity), unit, dollars(price)])]),
    '',
    `${isProvisioned ? 'Provisioned' : 'On demand'}: ${dollars(shown.total)} a month.`,
    ...other ? [`${isProvisioned ? 'On demand' : 'Provisioned for a steady load, at 70 % of its capacity'}: ${dollars(other.total)} a month.`] : [],
    ...breakEven ? [`Beyond the free tier, provisioned capacity is cheaper when more than ${percent(breakEven.reads)} of the reads and ${percent(breakEven.writes)} of the writes that it allows are used on average.`] : [],
    source(book),
  ]
}

async function costScenario (command: Command, book: PriceBook, { text, requests }: { text: string, requests: Rate }): Promise<void> {
  const all = await loadScenarios()
  const exact = all.filter(({ name }) => name === text)
  const scenarios = exact.length > 0 ? exact : selectScenarios(all, [text])
  if (scenarios.length === 0) command.error(`error: no scenario matches ${text}; 'sandtable scenarios list' shows them all`)
  const results = await runOn(scenarios, { jobs: 1, seed: 1 })
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0) throw new Failure(`The scenario ${failed.map(({ name }) => name).join(', ')} failed, so that its cost says nothing`)
  const times = monthly(requests, book.dynamodb.hoursPerMonth)
  const costs = results.flatMap(({ name, usage }) => usage ? [{ name, readUnits: usage.readUnits, writeUnits: usage.writeUnits, month: costOfAMillion(book, usage) * times / 1e6 }] : [])
  printData(command, { prices: book.name, requestsPerMonth: times, scenarios: costs }, () => costs.length === 0
    ? ['These scenarios do not measure requests.']
    : [
        ...columns([['scenario', 'RCU', 'WCU', 'a month'], ...costs.map(({ name, readUnits, writeUnits, month }) => [name, readUnits, writeUnits, dollars(month)])]),
        '',
        `${requests.count} requests a ${requests.per}, on demand, without a free tier.`,
        source(book),
      ])
}

function traceLines (all: readonly OperationCost[], book: PriceBook): string[] {
  const total = all.reduce((sum, { price }) => sum + price, 0)
  return [
    ...columns([
      ['table or index', 'operation', 'calls', 'RCU', 'WCU', 'price', 'a million'],
      ...all.map(({ resource, operation, calls, readUnits, writeUnits, price }) => [resource, operation, calls, readUnits, writeUnits, `$${price.toFixed(6)}`, dollars(price / calls * 1e6)]),
    ]),
    '',
    `$${total.toFixed(6)} on demand, for the calls that the trace still has. A million: of calls like these, on average.`,
    source(book),
  ]
}

const source = ({ name, region, asOf, note }: PriceBook) => `Prices: ${name}, ${region}, as of ${asOf}.${note === undefined ? '' : ` ${note}`}`

const dollars = (price: number) => `$${price.toFixed(2)}`

const quantityText = (quantity: number) => String(Number(quantity.toFixed(2)))

function parseIndexes (text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > 20) throw new InvalidArgumentError('It takes a number from 0 to 20')
  return Number(text)
}
