import assert from 'node:assert'
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { CreateTableCommand, ListTablesCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { startEmulator } from '../emulator/index.ts'
import { testEmulator } from '../emulator/test-support/emulator.ts'
import { loadConfig } from '../server/config.ts'
import type { FaceDemo } from '../server/features/face/demo.ts'
import { faceTables, recordTable } from '../server/features/face/tables.ts'
import { namingVariables } from './output/listening.ts'
import { run } from './run.ts'
import { tryFirst } from './output/try-first.ts'

// As this file is: built, or TypeScript that has to be loaded.
const ENDING = extname(import.meta.filename)
const NODE_ARGS = ENDING === '.ts' ? [`--import=${import.meta.resolve('tsx')}`] : []
const CLI = join(import.meta.dirname, `index${ENDING}`)
const DAY_MS = 86_400_000

/** The URLs of the line that says it is ready, by what they are of. */
function readyUrls (out: string): Record<string, string> | undefined {
  const [, line] = /^Sandtable is ready: (.*)\n/m.exec(out) ?? []
  const urls = line?.matchAll(/(\w+) (http:\S+?)(?=,| \(|$)/g)
  return urls && Object.fromEntries([...urls].map(([, what, url]): [string, string] => [what!, url!]))
}

/** A command line in this process, which thinks it has one to itself. */
class Hosted {
  out = ''
  err = ''
  readonly status: Promise<number>
  readonly #events = new EventEmitter()
  readonly #exit = once(this.#events, 'exit')

  constructor (args: string[]) {
    this.status = run(args, {
      stdout: { write: (text) => { this.out += text; this.#events.emit('print') } },
      stderr: { write: (text) => { this.err += text } },
      on: (event, listener) => this.#events.on(event, listener),
      exit: (code) => { this.#events.emit('exit', code) },
    })
  }

  /** What it is ready with, as {@link readyUrls} has it. */
  async ready (): Promise<Record<string, string>> {
    await this.status
    return readyUrls(this.out) ?? assert.fail(`It never was ready: ${this.err}`)
  }

  async exit (): Promise<unknown> {
    const [code] = await this.#exit as [number]
    return code
  }

  /** Waits until it has printed a number of lines. */
  async lines (count: number): Promise<void> {
    while (this.out.split('\n').length <= count) await once(this.#events, 'print')
  }

  stop (signal: NodeJS.Signals): Promise<unknown> {
    this.#events.emit(signal)
    return this.exit()
  }
}

/** Runs a command line that ends by itself, in this process. */
async function sandtable (...args: string[]): Promise<{ status: number, out: string, err: string }> {
  const hosted = new Hosted(args)
  return { status: await hosted.status, out: hosted.out, err: hosted.err }
}

/** Sets variables of this process until the test ends, with those that the command sets itself. */
function setVariables (t: Test, variables: Record<string, string>): void {
  const before = { ...process.env }
  Object.assign(process.env, variables)
  t.teardown(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  })
}

test('wrong usage is reported on standard error, with status 2', async (t) => {
  for (const [args, says] of [
    [[], /Usage: sandtable/],
    [['strat'], /unknown command 'strat'\n.*start/],
    [['start', '--nothing'], /unknown option '--nothing'/],
    [['start', 'here'], /too many arguments/],
    [['clock', 'advance'], /missing required argument 'duration'/],
    [['clock', 'advance', '5y'], /'5y' is invalid .*31d.*PT1H/],
    [['clock', 'adavnce', '31d'], /unknown command 'adavnce'; the commands are show, set, advance, auto-advance/],
    [['clock', 'set', 'tomorrow'], /takes a time such as/],
    [['clock', '--emulator', 'localhost'], /takes a URL/],
    [['reset', '--account', '12'], /twelve digits/],
    [['token'], /required option '--sub <id>'/],
    [['token', '--sub', 'ada', '--ttl', '5y'], /duration such as/],
    [['token', '--sub', 'ada', '--use', 'refresh'], /Allowed choices are access, id/],
    [['token', '--sub', 'ada', '--claim', 'email'], /a name and a value/],
    [['tables'], /Usage: sandtable tables/],
    [['tables', 'drop'], /unknown command 'drop'/],
    [['tables', 'create', '--endpoint', 'localhost:8000'], /takes a URL/],
    [['migrate-faces', '--endpoint', 'localhost:8000'], /takes a URL/],
    [['migrate-faces', '--restore', 'backup.jsonl', '--dry-run'], /--restore does not go with --dry-run/],
  ] as const) {
    t.test(args.join(' ') || 'nothing', async (t) => {
      t.match(await sandtable(...args), { status: 2, out: '', err: says })
    })
  }
})

test('--help lists all verbs, with examples', async (t) => {
  const { status, out } = await sandtable('--help')
  t.equal(status, 0)
  const verbs = [...out.matchAll(/^ {2}([a-z-]+) .*[a-z]/gm)].map(([, verb]) => verb!).filter((verb) => verb !== 'help')
  t.same(verbs, ['start', 'emulator', 'server', 'tables', 'data', 'backup', 'restore', 'export', 'import', 'migrate-faces', 'clock', 'throughput', 'snapshot', 'seed', 'reset', 'faults', 'trace', 'metrics', 'alarms', 'iam', 'token', 'scenarios', 'cost', 'bench'])
  for (const verb of verbs) {
    t.match(await sandtable(verb, '--help'), { status: 0, err: '', out: /^Usage: sandtable [^]*Examples:/ }, verb)
    t.equal((await sandtable('help', verb)).out, (await sandtable(verb, '--help')).out, `help ${verb}`)
  }
  t.match(await sandtable('--version'), { status: 0, out: /^\d+\.\d+\.\d+\n$/ })
})

test('commands control a running emulator', async (t) => {
  const emulator = await testEmulator(t)
  const at = (...args: string[]) => sandtable(...args, '--emulator', emulator.url!)

  t.test('its clock is shown, advanced, set, resumed and frozen', async (t) => {
    t.match(await at('clock'), { status: 0, out: '2026-03-01T12:00:00.000Z (frozen)\n', err: '' })
    t.match(await at('clock', 'advance', '31d'), { status: 0, out: '2026-04-01T12:00:00.000Z (frozen)\n' })
    t.match(await at('clock', 'advance', 'PT90M'), { out: '2026-04-01T13:30:00.000Z (frozen)\n' })
    t.match(await at('clock', 'set', '2026-03-02'), { out: '2026-03-02T00:00:00.000Z (frozen)\n' })
    t.match(await at('clock', 'set', '1772366400000'), { out: '2026-03-01T12:00:00.000Z (frozen)\n' })
    t.match(await at('clock', 'auto-advance', '1s'), { out: '2026-03-01T12:00:00.000Z (frozen) (1000 ms at each throttled call)\n' })
    t.match(await at('clock', 'auto-advance', '0s'), { out: '2026-03-01T12:00:00.000Z (frozen)\n' })
    t.match(await at('clock', 'resume'), { out: /^2026-03-01T12:00:0\S+Z\n$/ })
    t.match(await at('clock', 'freeze'), { out: /\(frozen\)\n$/ })
    t.same(JSON.parse((await at('clock', 'show', '--json')).out), emulator.clock.state())
  })

  t.test('throttling is turned on and off, and the throughput of its tables is shown', async (t) => {
    t.match(await at('throughput'), { status: 0, out: 'throttling is off\n', err: '' })
    t.match(await at('throughput', 'on'), { status: 0, out: 'throttling is on\n' })
    await emulator.clients().dynamodb.send(new CreateTableCommand({
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 5 },
    }))
    t.match(await at('throughput'), { out: /^throttling is on\ntable or index +units\/s +left +used\/min +refused\/min\norders +read +7 +\d+ +0 +0\norders +write +5 +\d+ +0 +0\n$/ })
    t.match(JSON.parse((await at('throughput', '--json')).out), { throttling: true, tables: [{ table: 'orders', write: { limits: [{ rate: 5 }] } }] })
    t.match(await at('throughput', 'off', '--json'), { out: /"throttling": false/ })
    t.match(await at('throughput', 'of'), { status: 2, err: /unknown command 'of'; the commands are show, on, off/ })
    await at('reset')
  })

  t.test('its state is saved and restored', async (t) => {
    const file = join(t.testdir(), 'saved.jsonl.gz')
    await at('clock', 'set', '2026-03-01T12:00:00Z')
    await at('clock', 'freeze')
    t.match(await at('snapshot', 'save', 'before'), { status: 0, err: '', out: /^Saved before: \d+ bytes, 2026-03-01T12:00:00\.\d+Z \(frozen\)\.\n$/ })
    await at('clock', 'advance', '1d')
    t.match(await at('snapshot', 'download', 'before', file), { status: 0, out: `Wrote before to ${file}.\n` })
    t.match(await at('snapshot', 'upload', 'copy', file), { status: 0, out: /^Uploaded copy: / })
    t.match(await at('snapshot', 'list'), { status: 0, out: /^name +bytes +time\nbefore +\d+ +2026-03-01.*\ncopy / })
    t.match(await at('snapshot', 'restore', 'copy'), { status: 0, out: /^Restored copy: / })
    t.match((await at('clock')).out, /^2026-03-01T12:00/)
    t.match(JSON.parse((await at('snapshot', 'delete', 'copy', '--json')).out), { deleted: 'copy' })
    t.match(await at('snapshot', 'restore', 'copy'), { status: 1, out: '', err: 'sandtable: There is no snapshot "copy"\n' })
    t.match(await at('snapshot', 'save', '../x'), { status: 2, err: /A snapshot's name is/ })
    t.match(await at('snapshot', 'upload', 'bad', import.meta.filename), { status: 2, err: /not gzip, or damaged/ })
    t.match(await at('snapshot', 'upload', 'bad', `${file}.missing`), { status: 1, err: /ENOENT/ })
  })

  t.test('its state is reset, all of it or a part', async (t) => {
    t.match(await at('reset'), { status: 0, out: /^Deleted all state\.\nAn API .*tables create --bucket --endpoint http/ })
    t.match(await at('reset', '--service', 's3', '--account', '111122223333'), { out: /^Deleted all of s3 in account 111122223333\./ })
    t.same(JSON.parse((await at('reset', '--json')).out), { reset: 'all', account: 'all' })
    t.match(await at('reset', '--service', 'sqs'), { status: 2, err: /"service" takes dynamodb, .* not "sqs"/ })
  })

  t.test('its calls fail by a fault rule, and are shown', async (t) => {
    const { dynamodb } = emulator.clients({ maxAttempts: 1, causedBy: () => 'request-1' })
    t.match(await at('faults', 'add', '--error', 'throttle', '--operation', 'ListTables', '--times', '1', '--seed', '5'),
      { status: 0, out: 'fault-1: ListTables: throttle, 1 time, seed 5\n', err: '' })
    t.match(await at('faults', 'add', '--id', 'slow', '--service', 's3', '--resource', 'photos', '--key', 'a/*', '--latency', 'p50=20,p99=200', '--share', '0.3', '--skip', '2', '--every', '3', '--seed', '7'),
      { out: 'slow: s3 photos key "a/*": latency p50=20,p99=200 ms, share 0.3, every 3, after 2, seed 7\n' })
    const named = await at('faults', 'add', '--account', '111122223333', '--key', '{"id":"a"}', '--error', 'LimitExceededException', '--status', '429', '--message', 'Full', '--latency', '250ms', '--json')
    t.match(JSON.parse(named.out), { account: '111122223333', key: { id: 'a' }, error: { code: 'LimitExceededException', status: 429, message: 'Full' }, latency: 250 })
    const after = emulator.trace.sequence
    await t.rejects(dynamodb.send(new ListTablesCommand({})), { name: 'ThrottlingException' })
    t.match(await at('faults'), { status: 0, out: /^id +calls +what +seen +hits\nfault-1 +ListTables +throttle, 1 time, seed 5 +1 +1\nslow / })
    t.equal((JSON.parse((await at('faults', 'list', '--json')).out) as unknown[]).length, 3)
    t.match(await at('faults', 'delete', 'slow'), { status: 0, out: 'Deleted 1 rule.\n' })
    t.match(await at('faults', 'delete', 'slow'), { status: 1, err: 'sandtable: There is no fault rule slow\n' })
    t.match(await at('faults', 'clear', '--account', '111122223333'), { out: 'Deleted 1 rule.\n' })
    t.match(await at('faults', 'add', '{"error":"internal","share":0.3,"seed":1}', '--share', '0.5'), { out: 'fault-3: all calls: internal, share 0.5, seed 1\n' })
    t.match(await at('faults', 'clear'), { out: 'Deleted 2 rules.\n' })
    t.match(await at('faults'), { out: 'No fault rules.\n' })
    t.match(await at('faults', 'add'), { status: 2, err: /needs "error" or "latency"/ })
    t.match(await at('faults', 'add', '--error', 'throttle', '--share', '30'), { status: 2, err: /"share" takes a number from 0 to 1/ })
    t.match(await at('faults', 'add', '--error', 'throttle', '--service', 'sqs'), { status: 2, err: /"service" takes dynamodb, .* not "sqs"/ })
    t.match(await at('faults', 'add', '--latency', 'soon'), { status: 2, err: /It takes a duration/ })
    t.match(await at('faults', 'add', 'throttle'), { status: 2, err: /It takes a rule in JSON such as/ })
    t.match(await at('faults', 'cleer'), { status: 2, err: /unknown command 'cleer'; the commands are list, add, delete, clear/ })

    t.match(await at('trace', '--after', String(after)), { status: 0, out: /^time +call +resource +key +units +ms +result +caused by\n2026-\S+ +dynamodb ListTables .* ThrottlingException +request-1\n$/ })
    t.match(JSON.parse((await at('trace', '--result', 'ThrottlingException', '--caused-by', 'request-1', '--limit', '1', '--json')).out), [{ operation: 'ListTables' }])
    t.same(JSON.parse((await at('trace', '--slower-than', '10m', '--json')).out), [])
    t.match(await at('trace', '--service', 's3', '--key', 'none'), { out: 'No calls.\n' })
    t.match(await at('trace', '--since', 'soon'), { status: 2, err: /"since" takes a time/ })
    t.match(await at('trace', 'clear'), { status: 0, out: /^Deleted \d+ calls?\.\n$/ })
    t.match(await at('trace'), { out: 'No calls.\n' })
  })

  t.test('it issues tokens', async (t) => {
    const { status, out } = await at('token', '--sub', 'ada', '--group', 'admin', '--group', 'staff', '--ttl', '31d', '--claim', 'email=ada@example.org', '--claim', 'level=5')
    t.equal(status, 0)
    const payload = JSON.parse(Buffer.from(out.split('.')[1]!, 'base64url').toString()) as { exp: number, iat: number }
    t.match(out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    t.match(payload, { sub: 'ada', 'cognito:groups': ['admin', 'staff'], iss: emulator.tokens.issuer, client_id: 'sandtable', email: 'ada@example.org', level: 5 })
    t.equal(payload.exp - payload.iat, 31 * DAY_MS / 1000)
    t.match(JSON.parse((await at('token', '--sub', 'ada', '--use', 'id', '--client', 'app', '--json')).out), { claims: { aud: 'app', token_use: 'id' } })
    t.match(await at('token', '--sub', 'ada', '--ttl', '400d'), { status: 2, out: '', err: /"ttl" takes a duration from 1s to 366d/ })
  })

  t.test('the tables of the API are created, described and deleted', async (t) => {
    const tables = (verb: string, ...args: string[]) => sandtable('tables', verb, '--endpoint', emulator.url!, ...args)
    t.match(await tables('describe'), { status: 0, out: /face-verifications +MISSING/ })
    t.match(await tables('create', '--bucket'), { status: 0, err: '', out: /face-verifications +created +enabled/ })
    t.match(await tables('create', '--bucket'), { status: 0, out: /face-verifications +there already +already enabled/ })
    t.match(JSON.parse((await tables('describe', '--json')).out), [{ name: 'face-verifications', status: 'ACTIVE', items: 0 }, { indexes: ['EventIndex', 'UserIndex'] }, {}])
    t.match(await tables('delete'), { status: 2, err: /deletes face-verifications.*at http.*confirm with --yes/ })
    t.match(await tables('describe'), { out: /face-verifications +ACTIVE/ }, 'nothing is deleted without --yes')
    t.match(await tables('delete', '--yes'), { status: 0, out: /face-verifications: deleted/ })
    t.match(await tables('delete', '--yes'), { status: 0, out: /face-verifications: did not exist/ })
  })
})

test('face verifications are migrated from one design to the other', async (t) => {
  const emulator = await testEmulator(t)
  const migrate = (...args: string[]) => sandtable('migrate-faces', '--endpoint', emulator.url!, ...args)
  t.match(await migrate(), { status: 1, out: '', err: 'sandtable: There is no table face-verifications-history to migrate from, or to restore to\n' })
  const { face } = loadConfig({ FACE_DESIGN: 'history' })
  const { dynamodb, documents } = emulator.clients()
  for (const { input } of [...faceTables(face), recordTable(face.tables)]) await dynamodb.send(new CreateTableCommand(input))
  const item = { registrationId: 'reg1', confidence: 95, timestamp: '2026-02-28T12:00:00Z' }
  for (const userId of ['ada', 'bob\u0001b']) await documents.send(new PutCommand({ TableName: face.tables.history, Item: { ...item, userId } }))

  const { status, out, err } = await migrate('--dry-run')
  t.equal(status, 1)
  t.equal(out, 'users read  2\nto migrate  1 (1 named by their id)\nskipped     0\nwould fail  1\n2 validations read; nothing was written.\n')
  t.match(err, /^bob\p{Cc}b: userId must match pattern .*\nsandtable: 1 of 2 users could not be migrated\n$/u)
  t.match(JSON.parse((await migrate('--dry-run', '--json')).out), { dryRun: true, users: { read: 2, migrated: 1, skipped: 0, failed: 1 }, validations: 2, backup: null })
  t.match(await migrate('--restore', 'no-such-file'), { status: 1, err: 'sandtable: There is no file no-such-file\n' })
})

test('the calls are followed until the emulator closes', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new ListTablesCommand({}))
  const follow = (...args: string[]) => new Hosted(['trace', '--follow', '--after', '0', '--emulator', emulator.url!, ...args])
  const [lines, json] = [follow(), follow('--operation', 'ListTables', '--json')]
  await Promise.all([lines.lines(1), json.lines(1)])
  await dynamodb.send(new ListTablesCommand({}))
  await Promise.all([lines.lines(2), json.lines(2)])
  await emulator.close()
  t.match([await lines.status, lines.err], [0, ''])
  t.match(lines.out, /^2026-\S+ +dynamodb ListTables +.*ok\n2026-\S+ +dynamodb ListTables .*ok\n$/)
  t.match(json.out.trim().split('\n').map((line) => JSON.parse(line) as object), [{ sequence: 1 }, { sequence: 2 }])
})

test('an unreachable server is reported in one line, with advice, and status 1', async (t) => {
  t.match(await sandtable('clock', '--emulator', 'http://127.0.0.1:1'),
    { status: 1, out: '', err: 'sandtable: No emulator answers at http://127.0.0.1:1. Start one with: npx sandtable start\n' })
  t.match(await sandtable('tables', 'describe', '--endpoint', 'http://127.0.0.1:1'), { status: 1, out: '', err: /^sandtable: Nothing answers at http:\/\/127\.0\.0\.1:1\. .*\n$/ })

  const other = createServer((_request, response) => { response.writeHead(404).end('<html>') }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}` // it listens on a port
  t.match(await sandtable('clock', '--emulator', url), { status: 1, err: `sandtable: What answers at ${url} is not the emulator (status 404)\n` })
})

test('a wrong setting is reported in one line, with status 2', async (t) => {
  setVariables(t, { S3_BUCKET: 'My Bucket' })
  t.match(await sandtable('tables', 'describe'), { status: 2, out: '', err: /^sandtable: S3_BUCKET is "My Bucket"; it takes a bucket name.*\n$/ })
})

test('an address that cannot be listened on is reported with the variable that changes it', async (t) => {
  const emulator = await testEmulator(t)
  const taken = { host: '127.0.0.1', port: Number(new URL(emulator.url!).port) }
  const listen = (address: { host: string, port: number }) =>
    namingVariables({ PORT: { host: '127.0.0.1', port: 0 }, EMULATOR_PORT: address }, () => startEmulator({ listen: address }))
  await t.rejects(listen(taken), {
    name: 'Failure',
    message: `Port ${taken.port} on 127.0.0.1 is in use. Set EMULATOR_PORT to another port, or to 0 to let the system choose.`,
    stack: undefined, // so that a process that prints it prints one line
  })
  // 192.0.2.0/24 is for documentation, no machine's own (RFC 5737).
  await t.rejects(listen({ host: '192.0.2.1', port: 0 }), { message: /does not have the address 192\.0\.2\.1\. Set EMULATOR_HOST/ })
  await t.rejects(listen({ host: 'no-such-host.invalid', port: 0 }), { message: /The host no-such-host\.invalid does not exist\. Set EMULATOR_HOST/ })
  await t.rejects(namingVariables({}, async () => { throw new Error('else') }), { message: 'else' }, 'anything else stays as it is')
})

test('the example commands have a token where one is needed', async (t) => {
  const url = 'http://127.0.0.1:1'
  const demo: FaceDemo = { eventId: 'e', registrationId: 'r', userId: 'ada', storedFaceKey: 's.jpg', sameFaceKey: 'a.jpg', otherFaceKey: 'o.jpg' }
  const lines = (settings: Record<string, string>, empty = false) =>
    tryFirst({ apiUrl: url, emulatorUrl: url, endpoints: { dynamodb: url, s3: url }, demo: empty ? undefined : demo, config: loadConfig(settings) }).map((line) => line.trim())
  const first = (settings: Record<string, string>, empty?: boolean) => lines({ AUTH_MODE: 'jwt', ...settings }, empty).find((line) => line.startsWith('token='))
  t.equal(lines({}).filter((line) => /token/i.test(line)).length, 0)
  t.equal(first({}), `token="authorization: Bearer $(npx sandtable token --sub ada --emulator ${url})"`)
  t.equal(first({ AUTH_AUDIENCE: 'app-1,app-2' }, true), `token="authorization: Bearer $(npx sandtable token --sub grace --group admin --client app-1 --emulator ${url})"`)
  t.equal(first({ AUTH_ISSUER: 'https://pool.example.org', AUTH_AUDIENCE: 'app-1' }), 'token="authorization: Bearer ..."')
  t.ok(lines({ AUTH_MODE: 'jwt' }).filter((line) => line.includes('curl ')).every((line) => line.startsWith('curl -H "$token" ')))
})

test('start runs as a process and prints one line when it is ready', async (t) => {
  const cwd = t.testdir({ '.env': 'PORT=0\nEMULATOR_PORT=0\nFACE_MATCH_THRESHOLD=100\n' })
  // With nothing of this one's environment.
  const started = spawn(process.execPath, [...NODE_ARGS, CLI, 'start'], { cwd, env: { PATH: process.env.PATH, LOG_LEVEL: 'silent' }, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => started.kill('SIGKILL'))
  const said = { out: '', err: '' }
  started.stderr.on('data', (chunk) => { said.err += String(chunk) })
  const closed = once(started, 'close')
  for await (const chunk of started.stdout.iterator({ destroyOnReturn: false })) {
    said.out += String(chunk)
    if (readyUrls(said.out)) break
  }
  started.stdout.on('data', (chunk) => { said.out += String(chunk) })
  const { API, docs, emulator } = readyUrls(said.out) ?? assert.fail(`It never was ready: ${said.err}`)

  t.match(await (await fetch(`${API}/api/registrations/demo-ada`)).json(), { status: 'success', data: { userId: 'ada' } }, 'with demo data')
  t.equal((await fetch(docs!)).status, 200)
  const validate = await fetch(`${API}/api/registrations/demo-ada/validate-face-image`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"faceImageKey":"demo/ada-again.jpg"}',
  })
  t.match(await validate.json(), { data: { success: false } }, 'by the setting in .env: a copy is not quite the same as the original')
  const time = async (...args: string[]) => Date.parse((await sandtable('clock', ...args, '--emulator', emulator!)).out.trim())
  const before = await time()
  t.ok(await time('advance', '31d') - before >= 31 * DAY_MS, 'its clock is moved from outside')

  started.kill('SIGTERM')
  t.strictSame(await closed, [0, null], 'SIGTERM ends it with 0')
  t.equal(said.err, '')
  t.equal(said.out.match(/is ready/g)?.length, 1)
  t.match(said.out, `curl -X POST ${API}/api/registrations/demo-ada/validate-face-image`, 'and what to try first')
})

test('emulator starts only the emulator, and locks its directory', async (t) => {
  setVariables(t, { EMULATOR_PORT: '0' })
  const data = join(t.testdir(), 'data')
  const alone = new Hosted(['emulator', '--data', data])
  const { emulator } = await alone.ready()
  t.match(alone.out, /\(dynamodb, dynamodbstreams, rekognition, s3, .*\)\n[^]*aws --endpoint-url http/)
  setVariables(t, { SANDTABLE_DATA: data })
  const second = new Hosted(['emulator'])
  t.equal(await second.exit(), 1, 'a second one is refused')
  t.equal(second.err, `${data} is in use by another emulator. Stop it, or name another directory\n`)
  t.match(await sandtable('clock', '--emulator', emulator!), { status: 0 })
  t.equal(await alone.stop('SIGINT'), 0, 'SIGINT ends it with 0')
})

test('server starts only the API, on the chosen store; an endpoint on this machine needs no credentials', async (t) => {
  const emulator = await testEmulator(t)
  t.match(await sandtable('tables', 'create', '--bucket', '--endpoint', emulator.url!), { status: 0 })
  setVariables(t, { PORT: '0', STORE: 'dynamodb', AWS_ENDPOINT_URL: emulator.url!, LOG_LEVEL: 'silent', AUTH_MODE: 'jwt', AUTH_ISSUER: emulator.tokens.issuer, AUTH_AUDIENCE: 'sandtable' })
  const server = new Hosted(['server'])
  const { API } = await server.ready()
  t.match(await (await fetch(`${API}/ready`)).json(), { data: { store: 'dynamodb', tables: [{ status: 'ACTIVE' }, {}, {}] } })

  await emulator.clock.set(Date.now()) // a server on its own goes by the machine's clock
  const { token } = await emulator.tokens.issue({ sub: 'ada' })
  const statusWith = async (headers: Record<string, string>) => (await fetch(`${API}/api/registrations/ada/face/exists`, { headers })).status
  t.strictSame([await statusWith({}), await statusWith({ authorization: `Bearer ${token}` })], [401, 200], 'and checks the tokens of an issuer that it reaches over HTTP')
  t.equal(await server.stop('SIGTERM'), 0)
})

test('a failed start prints one line with the reason', async (t) => {
  const cases: [variables: Record<string, string>, line: RegExp][] = [
    [{ SANDTABLE_SEED: '/no/such/folder' }, /^The seed folder \/no\/such\/folder cannot be read.*\n$/],
    [{ SANDTABLE_DATA: '/proc/foo' }, /^.*\/proc\/foo.*\n$/],
  ]
  for (const [variables, line] of cases) {
    const restore = { ...process.env }
    Object.assign(process.env, { EMULATOR_PORT: '0', ...variables })
    const started = new Hosted(['emulator'])
    t.equal(await started.exit(), 1)
    t.match(started.err, line)
    t.notMatch(started.err, /\n.*at .*\(/, 'no stack')
    for (const name of Object.keys(process.env)) if (!(name in restore)) delete process.env[name]
    Object.assign(process.env, restore)
  }
})

test('an unknown fault is refused with the nearest known one', async (t) => {
  const emulator = await testEmulator(t)
  setVariables(t, { EMULATOR_PORT: new URL(emulator.url!).port })
  t.match(await sandtable('faults', 'add', '--error', 'trottle'), { status: 2, err: /did you mean throttle\?/ })
  t.match(await sandtable('clock', 'advance', '9000000d'), { status: 2, err: /9999/ })
})

test('tables whose settings are refused are reported by the exit status', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: 'face-verifications',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
  }))
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'face-verifications', TimeToLiveSpecification: { Enabled: true, AttributeName: 'other' } }))
  t.match(await sandtable('tables', 'create', '--endpoint', emulator.url!), { status: 1, out: /refused: items already expire by other/, err: /The settings of face-verifications were refused/ })
})
