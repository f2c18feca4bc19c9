// The change log and the items are never apart, whatever a kill interrupts. More often by hand:
// SANDTABLE_KILL_ROUNDS=50 TAP_TIMEOUT=600 npx tsx emulator/change-log-kills.slow.test.ts
import {
  BatchWriteItemCommand, CreateTableCommand, DescribeTableCommand, ResourceNotFoundException, RestoreTableToPointInTimeCommand, UpdateContinuousBackupsCommand,
  type DynamoDBClient, type TableDescription
} from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, type _Record } from '@aws-sdk/client-dynamodb-streams'
import { DeleteCommand, PutCommand, TransactWriteCommand, UpdateCommand, paginateScan, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { stopwatch } from './core/clock.ts'
import { wireClients } from './test-support/emulator.ts'
import { SpawnedEmulator } from './test-support/spawn-emulator.ts'

const KILL_ROUNDS = Number(process.env.SANDTABLE_KILL_ROUNDS ?? 1)
const ROUND_MS = 400
const WRITERS = 8
const NAMES = 40
const STATIC_ITEMS = 500

async function createTable (dynamodb: DynamoDBClient, TableName: string): Promise<TableDescription> {
  const { TableDescription } = await dynamodb.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  }))
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
  return TableDescription!
}

/** One client's writes, until the emulator is killed under it. */
async function write (documents: DynamoDBDocumentClient, { writer, round }: { writer: number, round: number }): Promise<never> {
  for (let step = 0; ; step++) {
    const value = `${round}.${writer}.${step}`
    const id = `${(writer * 7 + step) % NAMES}`
    const other = `${(writer * 7 + step + 1) % NAMES}`
    const Key = { id }
    if (step % 4 === 0) await documents.send(new PutCommand({ TableName: 'live', Item: { id, value } }))
    else if (step % 4 === 1) await documents.send(new UpdateCommand({ TableName: 'live', Key, UpdateExpression: 'SET #v = :v', ExpressionAttributeNames: { '#v': 'value' }, ExpressionAttributeValues: { ':v': value } }))
    else if (step % 4 === 2) await documents.send(new DeleteCommand({ TableName: 'live', Key }))
    else {
      await documents.send(new TransactWriteCommand({
        TransactItems: [{ Put: { TableName: 'live', Item: { id, value } } }, { Put: { TableName: 'live', Item: { id: other, value } } }],
      })).catch((error: unknown) => { if (!(error instanceof Error && error.name === 'TransactionCanceledException')) throw error })
    }
  }
}

async function itemsOf (documents: DynamoDBDocumentClient, TableName: string): Promise<Map<string, string>> {
  const items = new Map<string, string>()
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName, ConsistentRead: true })) {
    for (const { id, value } of Items) items.set(id as string, value as string) // as they were written
  }
  return items
}

async function readStream (streams: DynamoDBStreamsClient, StreamArn: string): Promise<_Record[]> {
  const records: _Record[] = []
  for (const { ShardId } of (await streams.send(new DescribeStreamCommand({ StreamArn }))).StreamDescription!.Shards!) {
    let next = (await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))).ShardIterator
    while (next !== undefined) {
      const page: { Records?: _Record[], NextShardIterator?: string } = await streams.send(new GetRecordsCommand({ ShardIterator: next }))
      records.push(...page.Records!)
      if (page.Records!.length === 0) break
      next = page.NextShardIterator
    }
  }
  return records
}

/** What the items must be by their change records, and what is wrong with these. */
function replay (records: readonly _Record[]): { items: Map<string, string>, faults: string[] } {
  const items = new Map<string, string>()
  const faults: string[] = []
  let last = ''
  for (const { eventName, dynamodb } of records) {
    const id = dynamodb!.Keys!.id!.S!
    const before = dynamodb!.OldImage?.value?.S
    const after = dynamodb!.NewImage?.value?.S
    if (dynamodb!.SequenceNumber! <= last) faults.push(`${dynamodb!.SequenceNumber} is not behind ${last}`)
    last = dynamodb!.SequenceNumber!
    if (items.get(id) !== before) faults.push(`${eventName} of ${id} was of ${before}, and the record before it left ${items.get(id)}`)
    if (after === undefined) items.delete(id)
    else items.set(id, after)
  }
  return { items, faults }
}

const sorted = (items: ReadonlyMap<string, string>) => [...items].sort(([one], [other]) => one < other ? -1 : 1)

function clientsOf (t: Test, emulator: SpawnedEmulator) {
  const streams = new DynamoDBStreamsClient({ region: 'us-east-1', endpoint: emulator.url, credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }, maxAttempts: 1 })
  t.teardown(() => streams.destroy())
  return { ...wireClients(t, emulator), streams }
}

test('after a kill every item has exactly one change record, and a restore is complete or absent', { timeout: 600_000 }, async (t) => {
  const dataPath = t.testdir({})
  let emulator = await SpawnedEmulator.start(t, dataPath)
  let clients = clientsOf(t, emulator)
  const { LatestStreamArn: arn } = await createTable(clients.dynamodb, 'live')
  await createTable(clients.dynamodb, 'static')
  for (let start = 0; start < STATIC_ITEMS; start += 25) {
    const puts = Array.from({ length: 25 }, (_, index) => ({ PutRequest: { Item: { id: { S: `${start + index}` }, value: { S: 'v' } } } }))
    await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { static: puts } }))
  }
  let seen = 0
  let restored = 0
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const { documents, dynamodb } = clients
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(documents, { writer, round }).catch(() => {}))
    const started = stopwatch()
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS - 20))
    const restore = dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName: 'static', TargetTableName: `copy-${round}`, UseLatestRestorableTime: true })).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ROUND_MS + round % 60 - (stopwatch() - started))))
    await emulator.kill()
    await Promise.all([...writers, restore])
    emulator = await SpawnedEmulator.start(t, dataPath)
    clients = clientsOf(t, emulator)
    const records = await readStream(clients.streams, arn!)
    const { items, faults } = replay(records)
    t.strictSame(faults, [], `round ${round}: each record continues the one before it`)
    t.equal(new Set(records.map(({ eventID }) => eventID)).size, records.length, 'no record comes twice')
    t.ok(records.length > seen, `${records.length - seen} changes were made`)
    seen = records.length
    t.strictSame(sorted(items), sorted(await itemsOf(clients.documents, 'live')), 'the records give the items')
    const copy = await clients.dynamodb.send(new DescribeTableCommand({ TableName: `copy-${round}` })).catch((error: unknown) => error as Error)
    if (copy instanceof Error) t.ok(copy instanceof ResourceNotFoundException, 'the restore left nothing')
    else {
      restored++
      t.equal((await itemsOf(clients.documents, `copy-${round}`)).size, STATIC_ITEMS, 'the restore is whole')
    }
  }
  await clients.dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName: 'live', TargetTableName: 'live-copy', UseLatestRestorableTime: true }))
  t.strictSame(sorted(await itemsOf(clients.documents, 'live-copy')), sorted(await itemsOf(clients.documents, 'live')), 'a restore gives the items')
  t.comment(`${KILL_ROUNDS} kills, ${seen} changes, ${restored} restores done, ${KILL_ROUNDS - restored} absent`)
  await emulator.kill()
})
