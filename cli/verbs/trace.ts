import type { Readable } from 'node:stream'
import { Command } from 'commander'
import type { TracedCall } from '../../emulator/index.ts'
import { control, download, emulatorOption } from '../targets/control.ts'
import { durationMs } from '../settings/duration.ts'
import { readEvents } from '../targets/event-stream.ts'
import { Failure } from '../output/failure.ts'
import { columns, jsonOption, print, printData } from '../output/output.ts'
import { refuseVerb } from '../refuse-verb.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable trace                                     the last twenty calls
  $ npx sandtable trace --follow                            each as it is made, until ctrl-c
  $ npx sandtable trace --service dynamodb --resource orders --key user-1
  $ npx sandtable trace --caused-by 0b5c...                 what one API request did, by its x-request-id
  $ npx sandtable trace --result ThrottlingException --json
  $ npx sandtable trace clear
`

interface Options {
  emulator: string
  json?: boolean
  follow?: boolean
  service?: string
  operation?: string
  resource?: string
  index?: string
  key?: string
  account?: string
  result?: string
  causedBy?: string
  since?: string
  slowerThan?: number
  after?: string
  limit: string
}

/** `sandtable trace`: the AWS calls of a running emulator. */
export function traceCommand (): Command {
  const trace = new Command('trace')
    .description('Shows the AWS calls of a running emulator, with the API request that caused each.')
    .addHelpText('after', EXAMPLES)
  trace.addCommand(showCommand(trace), { isDefault: true })
  trace.addCommand(clearCommand())
  return trace
}

function showCommand (trace: Command): Command {
  return new Command('show')
    .description('show the last calls, or with --follow the next ones')
    .option('--follow', 'show calls as they are made')
    .option('--service <name>', 'only calls to dynamodb, rekognition or s3')
    .option('--operation <name>', 'only this operation, such as GetItem')
    .option('--resource <name>', 'only this table, bucket or collection; * stands for any characters')
    .option('--index <name>', 'only this index')
    .option('--key <key>', 'only calls with this key, or this value in a key; or JSON such as {"id":"a"}')
    .option('--account <id>', 'only this account, twelve digits')
    .option('--result <code>', 'only calls with this result: ok, or an error\'s code')
    .option('--caused-by <id>', 'only calls of this API request')
    .option('--since <time>', 'only calls from this time on, by the emulator\'s clock')
    .option('--slower-than <duration>', 'only calls that took at least this long, such as 50ms', durationMs('ms', '50ms or 2s'))
    .option('--after <sequence>', 'only calls after this one')
    .option('--limit <number>', 'at most this many, the newest', '20')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .allowExcessArguments()
    .hook('preAction', (_, show) => refuseVerb(trace, show))
    .action(async ({ emulator, follow = false, json = false, limit, slowerThan: minDurationMs, ...rest }: Options, command: Command) => {
      const query = { ...rest, minDurationMs }
      if (follow) return followCalls(await download(emulator, { method: 'GET', path: '/trace/stream', query }), { command, json })
      const { calls } = await control<{ calls: TracedCall[] }>(emulator, { method: 'GET', path: '/trace', query: { ...query, limit } })
      printData(command, calls, (all) => all.length === 0 ? ['No calls.'] : columns([HEADING, ...all.map(row)]))
    })
}

async function followCalls (stream: Readable, { command, json }: { command: Command, json: boolean }): Promise<void> {
  for await (const { event, data } of readEvents(untilGone(stream))) {
    if (event === 'lost') command.configureOutput().writeErr?.(`sandtable: ${(JSON.parse(data) as { calls: number }).calls} calls came too fast to be shown\n`)
    else print(command, json ? data : line(JSON.parse(data) as TracedCall)) // the stream's own
  }
}

/** A closing emulator ends the stream; a killed one breaks it. */
async function * untilGone (stream: Readable): AsyncGenerator<string> {
  try {
    for await (const text of stream.setEncoding('utf8')) yield String(text)
  } catch (error) {
    throw new Failure('The connection to the emulator broke.', { cause: error })
  }
}

function clearCommand (): Command {
  return new Command('clear')
    .description('delete the recorded calls')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .action(async ({ emulator }: { emulator: string }, command: Command) => {
      printData(command, await control<{ cleared: number }>(emulator, { method: 'DELETE', path: '/trace' }),
        ({ cleared }) => [`Deleted ${cleared} ${cleared === 1 ? 'call' : 'calls'}.`])
    })
}

const HEADING = ['time', 'call', 'resource', 'key', 'units', 'ms', 'result', 'caused by']

function row ({ startedAt, service, operation, resource = '', index, keys = [], readUnits, writeUnits, durationMs, result, attempt, unprocessed, causedBy = '' }: TracedCall): string[] {
  const units = [readUnits > 0 && `${readUnits} r`, writeUnits > 0 && `${writeUnits} w`].filter(Boolean).join(' ')
  const outcome = [result, attempt !== undefined && `(attempt ${attempt})`, unprocessed !== undefined && `(${unprocessed} unprocessed)`].filter(Boolean).join(' ')
  return [
    new Date(startedAt).toISOString(),
    `${service} ${operation}`,
    index === undefined ? resource : `${resource}/${index}`,
    shortened(keys.map(keyText).join(' ')),
    units,
    durationMs.toFixed(2),
    outcome,
    causedBy,
  ]
}

/** A call on a line of its own: the width of later calls is not known. */
const line = (call: TracedCall): string => row(call).filter((cell) => cell !== '').join('  ')

/** An item's key by its values, an object's as it is. */
function keyText (key: unknown): string {
  if (typeof key !== 'object' || key === null) return String(key)
  return Object.values(key).map((value: unknown) => typeof value === 'object' && value !== null ? String(Object.values(value)[0]) : String(value)).join('/')
}

const LONGEST_KEYS = 48

const shortened = (text: string): string => text.length > LONGEST_KEYS ? `${text.slice(0, LONGEST_KEYS - 3)}...` : text
