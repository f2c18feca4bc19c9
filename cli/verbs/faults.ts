import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { ActiveFault, FaultRule } from '../../emulator/index.ts'
import { control, emulatorOption, type Call } from '../targets/control.ts'
import { readDuration } from '../settings/duration.ts'
import { Failure, WRONG_USAGE } from '../output/failure.ts'
import { columns, jsonOption, printData } from '../output/output.ts'
import { refuseVerb } from '../refuse-verb.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable faults add --error throttle --share 0.3 --service dynamodb     three calls in ten
  $ npx sandtable faults add --error internal --operation PutItem --resource orders --times 2
  $ npx sandtable faults add --error throttle --key '{"id":"a"}'                 only this item
  $ npx sandtable faults add --latency p50=20,p99=400 --service s3 --seed 7      the same delays again
  $ npx sandtable faults add --error answer-lost --operation TransactWriteItems  all is done, nothing is answered
  $ npx sandtable faults add '{"error":"throttle","share":0.3}' --id busy         as JSON; options go before it
  $ npx sandtable faults                                                         what is set, and what it has hit
  $ npx sandtable faults delete busy
  $ npx sandtable faults clear

Errors: throttle, internal, access-denied, connection-reset, answer-lost, or any error's code.
`

/** Kinds of errors; anything else is an error's code. */
const KINDS = ['throttle', 'internal', 'access-denied', 'connection-reset', 'answer-lost'] as const

interface AddOptions {
  emulator: string
  json?: boolean
  id?: string
  service?: string
  operation?: string
  resource?: string
  key?: FaultRule['key']
  account?: string
  error?: string
  status?: number
  message?: string
  latency?: FaultRule['latency']
  share?: number
  skip?: number
  every?: number
  times?: number
  seed?: number
}

/** `sandtable faults`: rules that make calls fail or wait. */
export function faultsCommand (): Command {
  const faults = new Command('faults')
    .description('Makes calls to a running emulator fail or wait. A rule applies to the calls that match all of its conditions.')
    .addHelpText('after', EXAMPLES)
  faults.addCommand(listCommand(faults), { isDefault: true })
  faults.addCommand(addCommand())
  faults.addCommand(deleteCommand())
  faults.addCommand(clearCommand())
  return faults
}

function listCommand (faults: Command): Command {
  return new Command('list')
    .description('list the rules and their hits')
    .allowExcessArguments()
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .hook('preAction', (_, list) => refuseVerb(faults, list))
    .action(async ({ emulator }: { emulator: string }, command: Command) => {
      const { faults } = await control<{ faults: ActiveFault[] }>(emulator, { method: 'GET', path: '/faults' })
      printData(command, faults, (all) => all.length === 0
        ? ['No fault rules.']
        : columns([['id', 'calls', 'what', 'seen', 'hits'], ...all.map((fault) => [fault.id, callsOf(fault), whatOf(fault), fault.seen, fault.hits])]))
    })
}

function addCommand (): Command {
  return new Command('add')
    .description('add a rule, or replace the one with the same id')
    .addArgument(new Argument('[rule]', 'as JSON; options have precedence over its members').argParser(parseRule))
    .option('--error <kind>', 'how the calls fail')
    .option('--status <number>', 'HTTP status, if --error is an AWS error code; default 400', number)
    .option('--message <text>', 'message, if --error is an AWS error code')
    .option('--latency <time>', 'how long they wait: 200ms, min=50,max=200, mean=100,deviation=20 or p50=20,p99=200', parseLatency)
    .option('--service <name>', 'only calls to dynamodb, rekognition or s3')
    .option('--operation <name>', 'only this operation, such as GetItem')
    .option('--resource <name>', 'only this table, bucket or collection; * stands for any characters')
    .option('--key <key>', 'only this key: an object\'s, with * as wildcard, or an item\'s, as JSON', parseKey)
    .option('--account <id>', 'only this account, twelve digits')
    .option('--share <number>', 'a share of the calls, from 0 to 1, at random', number)
    .option('--every <number>', 'every nth call', number)
    .option('--skip <number>', 'skip this many calls first', number)
    .option('--times <number>', 'apply to this many calls, then stop', number)
    .option('--seed <number>', 'seed of the random choices, to repeat a run', number)
    .addOption(new Option('--id <id>', 'name of the rule; by default fault-1, fault-2 ...'))
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action(async (given: object | undefined, { emulator, error, status, message, ...rest }: AddOptions, command: Command) => {
      const { json: _, ...options } = rest
      const body = { ...given, ...options, ...error !== undefined && { error: errorOf(error, { status, message }) } }
      const added = await control<ActiveFault>(emulator, { method: 'POST', path: '/faults', body })
      printData(command, added, (fault) => [`${fault.id}: ${callsOf(fault)}: ${whatOf(fault)}`])
    })
}

function deleteCommand (): Command {
  return new Command('delete')
    .description('delete one rule')
    .argument('<id>', 'of the rule')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action((id: string, { emulator }: { emulator: string }, command: Command) => end(command, emulator, { path: `/faults/${encodeURIComponent(id)}` }))
}

function clearCommand (): Command {
  return new Command('clear')
    .description('delete all rules, or those of one service or account')
    .option('--service <name>', 'only rules for this service')
    .option('--account <id>', 'only rules for this account')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action(({ emulator, service, account }: { emulator: string, service?: string, account?: string }, command: Command) =>
      end(command, emulator, { path: '/faults', query: { service, account } }))
}

async function end (command: Command, emulator: string, which: Pick<Call, 'path' | 'query'>): Promise<void> {
  printData(command, await control<{ cleared: number }>(emulator, { method: 'DELETE', ...which }),
    ({ cleared }) => [`Deleted ${cleared} ${cleared === 1 ? 'rule' : 'rules'}.`])
}

function errorOf (error: string, { status, message }: Pick<AddOptions, 'status' | 'message'>): FaultRule['error'] {
  const kind = KINDS.find((one) => one === error)
  if (kind) return kind
  // Error codes begin with a capital letter: AWS has no others.
  if (/^[a-z]/.test(error)) throw new Failure(`There is no kind of error ${error}; did you mean ${nearest(error, KINDS)}? The kinds are ${KINDS.join(', ')}, and AWS error codes such as ThrottlingException`, { status: WRONG_USAGE })
  return { code: error, status, message }
}

function callsOf ({ service, operation, resource, key, account }: FaultRule): string {
  const parts = [service, operation, resource, key !== undefined && `key ${JSON.stringify(key)}`, account !== undefined && `account ${account}`]
  return parts.filter(Boolean).join(' ') || 'all calls'
}

const nearest = (text: string, names: readonly string[]): string => names.toSorted((a, b) => distance(text, a) - distance(text, b))[0]!

/** How many letters have to be changed, added or left out (Levenshtein). */
function distance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row.at(-1)!
}

function whatOf ({ error, latency, share, skip, every, times, seed }: FaultRule): string {
  return [
    typeof error === 'object' ? error.code : error,
    latency !== undefined && `latency ${typeof latency === 'number' ? latency : Object.entries(latency).map(([name, ms]) => `${name}=${ms}`).join(',')} ms`,
    share !== undefined && `share ${share}`,
    every !== undefined && `every ${every}`,
    skip !== undefined && `after ${skip}`,
    times !== undefined && `${times} ${times === 1 ? 'time' : 'times'}`,
    `seed ${seed}`,
  ].filter(Boolean).join(', ')
}

/** The emulator says which numbers it takes. */
function number (text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It takes a number.')
  return value
}

function parseLatency (text: string): FaultRule['latency'] {
  const parts = text.split(',').map((part) => /^(\w+)=(.+)$/.exec(part)?.slice(1) as [string, string] | undefined) // both groups are there
  const read = (duration: string) => readDuration(duration, 'ms')
  const whole = parts.every((part) => part !== undefined)
    ? Object.fromEntries(parts.map(([name, duration]) => [name, read(duration)]))
    : read(text)
  if (whole === undefined || (typeof whole === 'object' && Object.values(whole).includes(undefined))) {
    throw new InvalidArgumentError('It takes a duration such as 200ms or 2s, or min=50,max=200, mean=100,deviation=20 or p50=20,p99=200')
  }
  return whole as FaultRule['latency'] // the emulator says which names it takes
}

function parseKey (text: string): FaultRule['key'] {
  return text.startsWith('{') ? parseObject(text, 'the key of an object, or of an item as JSON such as {"id":"a"}') : text
}

const parseRule = (text: string) => parseObject(text, 'a rule in JSON such as {"error":"throttle","share":0.3}')

function parseObject (text: string, takes: string): Record<string, unknown> {
  try {
    if (text.startsWith('{')) return JSON.parse(text) as Record<string, unknown> // what begins so is an object, or no JSON
  } catch {}
  throw new InvalidArgumentError(`It takes ${takes}`)
}
