// Replication loses no write and repeats none, whatever a kill interrupts. More often by hand:
// SANDTABLE_KILL_ROUNDS=30 TAP_TIMEOUT=600 npx tsx emulator/dynamodb/replication/replication-kills.slow.test.ts
import { CreateTableCommand, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams'
import { PutCommand, ScanCommand, paginateScan, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { Clients } from '../../index.ts'
import { wireClients } from '../../test-support/emulator.ts'
import { SpawnedEmulator } from '../../test-support/spawn-emulator.ts'

const KILL_ROUNDS = Number(process.env.SANDTABLE_KILL_ROUNDS ?? 2)
const ROUND_MS = 500
const WRITERS = 3
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-south-1']
const TableName = 'orders'

/** One client's writes, until the emulator is killed under it; those that were answered are noted. */
async function write (documents: DynamoDBDocumentClient, prefix: string, answered: Set<string>): Promise<never> {
  for (let step = 0; ; step++) {
    await documents.send(new PutCommand({ TableName, Item: { id: `${prefix}.${step}`, value: step } }))
    answered.add(`${prefix}.${step}`)
    // All regions write this one.
    await documents.send(new PutCommand({ TableName, Item: { id: 'contended', value: `${prefix}.${step}` } }))
  }
}

async function itemsOf (documents: DynamoDBDocumentClient): Promise<Map<string, unknown>> {
  const items = new Map<string, unknown>()
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName, ConsistentRead: true })) for (const { id, value } of Items) items.set(id as string, value) // as it was written
  return items
}

/** How often each item was inserted, by the region's stream. */
async function insertsOf ({ dynamodb, streams }: Clients): Promise<Map<string, number>> {
  const StreamArn = (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table!.LatestStreamArn
  const inserts = new Map<string, number>()
  const [shard] = (await streams.send(new DescribeStreamCommand({ StreamArn }))).StreamDescription!.Shards!
  let next = (await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId: shard!.ShardId, ShardIteratorType: 'TRIM_HORIZON' }))).ShardIterator
  while (next !== undefined) {
    const { Records = [], NextShardIterator }: { Records?: { eventName?: string, dynamodb?: { Keys?: Record<string, { S?: string }> } }[], NextShardIterator?: string } = await streams.send(new GetRecordsCommand({ ShardIterator: next }))
    if (Records.length === 0) break
    for (const { eventName, dynamodb } of Records) {
      const id = dynamodb!.Keys!.id!.S!
      if (eventName === 'INSERT') inserts.set(id, (inserts.get(id) ?? 0) + 1)
    }
    next = NextShardIterator
  }
  return inserts
}

const clientsOf = (t: Test, emulator: SpawnedEmulator) => REGIONS.map((region) => wireClients(t, emulator, { region }))

test('after a kill all regions have every write that was answered, each once', { timeout: 600_000 }, async (t) => {
  const dataPath = t.testdir({})
  let emulator = await SpawnedEmulator.start(t, dataPath)
  let clients = clientsOf(t, emulator)
  await clients[0]!.dynamodb.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }))
  for (const RegionName of REGIONS.slice(1)) await clients[0]!.dynamodb.send(new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName } }] }))
  const answered = new Set<string>()
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const writers = clients.flatMap(({ documents }, region) => Array.from({ length: WRITERS }, (_, writer) => write(documents, `${round}.${REGIONS[region]}.${writer}`, answered).catch(() => {})))
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS + round % 60))
    await emulator.kill()
    await Promise.all(writers)
    emulator = await SpawnedEmulator.start(t, dataPath)
    clients = clientsOf(t, emulator)
    await fetch(`${emulator.url}/_sandtable/settled`, { method: 'POST' })
    const [first, ...others] = await Promise.all(clients.map(({ documents }) => itemsOf(documents)))
    t.ok(answered.size > 0 && [...answered].every((id) => first!.has(id)), `round ${round}: ${answered.size} writes are there`)
    for (const [index, items] of others.entries()) t.strictSame([...items].sort(), [...first!].sort(), `round ${round}: ${REGIONS[index + 1]} has the same items`)
  }
  for (const [index, one] of clients.entries()) {
    const inserts = await insertsOf(one)
    const { Count } = await one.documents.send(new ScanCommand({ TableName, Select: 'COUNT' }))
    t.equal(inserts.size, Count, `${REGIONS[index]}: every item has a record`)
    t.strictSame([...inserts].filter(([, times]) => times !== 1), [], 'and one only')
  }
})
