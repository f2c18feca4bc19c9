import { gzipSync } from 'node:zlib'
import {
  CreateTableCommand, DescribeTableCommand, PutItemCommand, ScanCommand, UpdateContinuousBackupsCommand, type DynamoDBClient
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import { testEmulator } from '../emulator/test-support/emulator.ts'
import type { EmulatorOptions } from '../emulator/index.ts'
import { run } from './run.ts'

const NOON = '2026-03-01T12:00:00.000Z'

/** An emulator with a table `orders`, whose changes can be undone, a bucket `lists`, and the command on both. */
async function setUp (t: Test, options: EmulatorOptions = {}) {
  const emulator = await testEmulator(t, options)
  const { dynamodb, s3 } = emulator.clients()

  async function sandtable (...args: string[]): Promise<{ status: number, out: string, err: string }> {
    const printed = { out: '', err: '' }
    const status = await run([...args, '--endpoint', emulator.url!], {
      stdout: { write (text) { printed.out += text } },
      stderr: { write (text) { printed.err += text } },
      on: () => undefined,
      exit: (code) => t.fail(`it ended the process with ${code}`),
    })
    return { status, ...printed }
  }
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'user', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{ IndexName: 'ByUser', KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
  await s3.send(new CreateBucketCommand({ Bucket: 'lists' }))
  return {
    emulator,
    dynamodb,
    sandtable,
    put: (id: string, state: string) => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, user: { S: 'ada' }, state: { S: state } } })),
    upload: (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: 'lists', Key, Body })),
    items: (table: string) => itemsOf(dynamodb, table),
  }
}

async function itemsOf (dynamodb: DynamoDBClient, TableName: string) {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }))
  return Items.map((item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, Object.values(value)[0] as unknown])))
}

/** The ARN at the end of what was printed. */
const arnIn = (out: string) => /arn:\S+/.exec(out)?.[0] ?? ''

test('backup: one is created, listed, restored and deleted', async (t) => {
  const { sandtable, put, items, dynamodb } = await setUp(t)
  await put('1', 'good')
  const created = await sandtable('backup', 'create', 'orders', '--name', 'before-deploy')
  t.match(created, { status: 0, err: '', out: /^before-deploy is AVAILABLE: \d+ bytes\narn:aws:dynamodb:us-east-1:000000000000:table\/orders\/backup\/\S+\n$/ })
  t.match(await sandtable('backup', 'create', 'orders'), { status: 0, out: /^backup-\d{8}-\d{6} is AVAILABLE/ }, 'named by the time')
  await put('1', 'bad')
  const arn = arnIn(created.out)
  const restored = await sandtable('restore', 'orders-restored', '--backup', arn)
  t.match(restored, { status: 0, err: '', out: /^orders-restored is ACTIVE: 1 items, with ByUser, as of 2026-03-01T12:00:00.000Z\nNot restored: expiry \(TTL\), streams/ })
  t.same(await items('orders-restored'), [{ id: '1', user: 'ada', state: 'good' }])
  t.match(await sandtable('restore', 'orders-bare', '--backup', arn, '--no-indexes', '--billing', 'on-demand'), { status: 0, out: /^orders-bare is ACTIVE: 1 items, as of/ })
  t.match((await dynamodb.send(new DescribeTableCommand({ TableName: 'orders-bare' }))).Table?.GlobalSecondaryIndexes, undefined)

  t.match(await sandtable('backup', 'list', 'orders'), { status: 0, out: /^table +name +status +type +bytes +created +ARN\norders +\S+ +AVAILABLE +USER +\d+ +2026-03-01T12:00:00.\d+Z +arn:/ })
  t.equal((JSON.parse((await sandtable('backup', 'list', '--json')).out) as unknown[]).length, 2)
  t.match(await sandtable('backup', 'delete', arn), { status: 0, out: 'Deleted before-deploy.\n' })
  t.match(await sandtable('backup', 'delete', arn), { status: 1, out: '', err: /^sandtable: BackupNotFoundException: [^\n]+\n$/ })
  t.match(await sandtable('backup', 'list', '--type', 'SYSTEM'), { status: 0, out: 'No backups.\n' })
  t.match(await sandtable('backup', 'create', 'missing'), { status: 1, err: /^sandtable: TableNotFoundException: / })
})

test('restore: a table as it was at a time, and as it is', async (t) => {
  const { sandtable, put, items, emulator } = await setUp(t)
  await put('1', 'good')
  await emulator.clock.advance(3_600_000)
  await put('1', 'bad')
  t.match(await sandtable('restore', 'at-noon', '--table', 'orders', '--to', NOON), { status: 0, err: '', out: /^at-noon is ACTIVE: 1 items, with ByUser, as of 2026-03-01T12:00:00.000Z\n/ })
  t.match(await sandtable('restore', 'now', '--table', 'orders', '--to', 'latest'), { status: 0, out: /as of 2026-03-01T13:00:00.000Z\n/ })
  t.match([await items('at-noon'), await items('now')], [[{ state: 'good' }], [{ state: 'bad' }]])
  t.match(await sandtable('restore', 'early', '--table', 'orders', '--to', '2026-02-01T00:00:00Z'), { status: 1, err: /^sandtable: InvalidRestoreTimeException: / })
  t.match(await sandtable('restore', 'now', '--table', 'orders', '--to', 'latest'), { status: 1, err: /^sandtable: TableAlreadyExistsException: / })
})

test('export and import: all items, what has changed, and lists of other formats', async (t) => {
  const { sandtable, put, items, upload, emulator } = await setUp(t)
  await Promise.all(['1', '2', '3'].map((id) => put(id, 'new')))
  for (const format of ['json', 'ion']) {
    const done = await sandtable('export', 'orders', `s3://lists/${format}`, '--format', format)
    t.match(done, { status: 0, err: '', out: /^The export of orders is COMPLETED: 3 items, \d+ bytes billed\ns3:\/\/lists\/(json|ion)\/AWSDynamoDB\/\S+\/manifest-summary.json\narn:/ })
    const data = /s3:\S+\//.exec(done.out)![0] + 'data/'
    const imported = await sandtable('import', `from-${format}`, data, '--key', 'id:S', '--format', format, '--compression', 'gzip', '--index', 'ByUser=user:S,id:S')
    t.match(imported, { status: 0, err: '', out: new RegExp(`^The import of from-${format} is COMPLETED: 3 items read, 3 imported, 0 errors\narn:`) })
    t.same(await items(`from-${format}`), await items('orders'))
  }

  await emulator.clock.advance(3_600_000)
  await put('2', 'sent')
  await emulator.clock.advance(60_000)
  t.match(await sandtable('export', 'orders', 's3://lists', '--from', '2026-03-01T12:30:00Z', '--view', 'new'), { status: 0, out: /COMPLETED: 1 items/ })

  await upload('prices.csv', gzipSync('sku;since;price\na;1;10\na;2;12\nb;x;9\n'))
  const csv = await sandtable('import', 'prices', 's3://lists/prices.csv', '--format', 'csv', '--key', 'sku:S', '--sort-key', 'since:N', '--delimiter', ';', '--compression', 'gzip')
  t.match(csv, { status: 1, out: /^The import of prices is FAILED: 3 items read, 2 imported, 1 errors\n/, err: /^sandtable: The import failed: ItemValidationError: Some of the items/ })
  t.same(await items('prices'), [{ sku: 'a', since: '1', price: '10' }, { sku: 'a', since: '2', price: '12' }], 'the good items are there')
  await upload('bare.csv', 'a\tAda\n')
  t.match(await sandtable('import', 'bare', 's3://lists/bare.csv', '--format', 'csv', '--key', 'id:S', '--delimiter', 'tab', '--header', 'id,name', '--json'), { status: 0, out: /"ImportStatus": "COMPLETED"/ })
  t.same(await items('bare'), [{ id: 'a', name: 'Ada' }])

  t.match(await sandtable('export', 'prices', 's3://lists'), { status: 1, err: /^sandtable: PointInTimeRecoveryUnavailableException: / })
  t.match(await sandtable('export', 'orders', 's3://no-such-bucket'), { status: 1, err: /^sandtable: [^\n]+\n$/ })
})

test('what takes long is waited for, or not', async (t) => {
  const { sandtable, put, emulator } = await setUp(t, { dynamodb: { tableDelays: { backup: 60_000, restore: 60_000, export: 60_000, import: 60_000 } } })
  await put('1', 'new')
  t.match(await sandtable('backup', 'create', 'orders', '--no-wait'), { status: 0, out: /is CREATING/ })
  t.match(await sandtable('restore', 'later', '--table', 'orders', '--to', 'latest', '--no-wait'), { status: 0, out: /^later is CREATING/ })
  t.match(await sandtable('export', 'orders', 's3://lists', '--timeout', '50ms'), { status: 1, out: '', err: /^sandtable: The export is still IN_PROGRESS after \d+ s; it continues without this command\n$/ })
  const waiting = sandtable('export', 'orders', 's3://lists/again')
  while (emulator.trace.query({ operation: 'ExportTableToPointInTime' }).length < 2) await new Promise(setImmediate)
  await emulator.clock.advance(60_000)
  t.match(await waiting, { status: 0, out: /^The export of orders is COMPLETED/ })
})

test('wrong usage of the verbs of recovery is status 2', async (t) => {
  const { sandtable } = await setUp(t)
  for (const [args, says] of [
    [['backup', 'create', 'orders', '--name', 'a b'], /3 to 255 of/],
    [['backup', 'delete'], /missing required argument 'arn'/],
    [['restore', 'new', '--table', 'orders'], /it takes --table and --to, or --backup/],
    [['restore', 'new', '--table', 'orders', '--to', 'soon'], /"latest", or a time such as/],
    [['restore', 'new', '--to', 'latest', '--backup', 'arn:x'], /cannot be used with/],
    [['export', 'orders', 'lists/daily'], /a place such as s3:/],
    [['export', 'orders', 's3://lists', '--until', NOON], /--until and --view go with --from/],
    [['export', 'orders', 's3://lists', '--at', NOON, '--from', NOON], /cannot be used with/],
    [['import', 'new', 's3://lists'], /required option '--key/],
    [['import', 'new', 's3://lists', '--key', 'id:X'], /an attribute and its type/],
    [['import', 'new', 's3://lists', '--key', 'id:S', '--index', 'by=a:S,b:S,c:S'], /a name and one or two attributes/],
    [['import', 'new', 's3://lists', '--key', 'id:S', '--header', 'a,b'], /go with --format csv/],
  ] as const) t.match(await sandtable(...args), { status: 2, out: '', err: says }, args.join(' '))
})
