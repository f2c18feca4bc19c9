import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const THERE = 'eu-west-1'

type Item = Record<string, unknown>

export default scenario('operations: the reports table is replicated to another region, takes writes in both, and goes on there when the first is cut off', {
  seed: '003',
  pattern: 'global tables',
  // It moves the clock, changes a table, and sets the lag of all global tables.
  environment: {},
  async run ({ caller, emulator, check, tables: { reports: TableName } }) {
    const { api } = await caller()
    const created = await api.post('/api/reports', { title: 'Walk' })
    check.status(created, 201)
    await emulator.control('PUT', '/replication-lag', { lag: '2s' })
    const there = clientsIn(emulator, THERE)
    try {
      await emulator.dynamodb.send(new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName: THERE } }] }))
      const { Table } = await emulator.dynamodb.send(new DescribeTableCommand({ TableName }))
      check.equal(Table?.Replicas?.map(({ RegionName, ReplicaStatus }) => [RegionName, ReplicaStatus]), [[THERE, 'ACTIVE']], 'the table has a replica')
      check.equal(await itemsOf(there.documents, TableName), await itemsOf(emulator.documents, TableName), 'a new replica has the items that were there')

      const Key = await keyOf(emulator, TableName)
      check.status(await api.post('/api/reports', { title: 'Run' }), 201)
      check.ok(differ(await itemsOf(there.documents, TableName), await itemsOf(emulator.documents, TableName)), 'a write is not in the other region at once')
      await emulator.advance('2s')
      check.equal(await itemsOf(there.documents, TableName), await itemsOf(emulator.documents, TableName), 'it is when the lag is over')

      // Both regions change one item; the later writer wins in both.
      await note(emulator.documents, { TableName, Key, by: 'us-east-1' })
      await emulator.advance('1s')
      await note(there.documents, { TableName, Key, by: THERE })
      await emulator.advance('2s')
      const [here, other] = [await itemsOf(emulator.documents, TableName), await itemsOf(there.documents, TableName)]
      check.equal(other, here, 'both regions have the same items again')
      check.ok(here.some((item) => item.changedIn === THERE) && !here.some((item) => item.changedIn === 'us-east-1'), 'the last writer has won')

      // The region is lost to its users: they write in the other one, and nothing of it is lost when the first is back.
      await there.documents.send(new PutCommand({ TableName, Item: { ...other.find((item) => item.changedIn === THERE), changedIn: 'failover' } }))
      await emulator.advance('2s')
      check.ok((await itemsOf(emulator.documents, TableName)).some((item) => item.changedIn === 'failover'), 'what was written in the other region is in the first')
    } finally {
      there.dynamodb.destroy()
    }
  },
})

function clientsIn ({ url }: EmulatorAccess, region: string): { dynamodb: DynamoDBClient, documents: DynamoDBDocumentClient } {
  const dynamodb = new DynamoDBClient({ endpoint: url, region, credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  return { dynamodb, documents: DynamoDBDocumentClient.from(dynamodb) }
}

/** The key of any item. */
async function keyOf ({ dynamodb, documents }: EmulatorAccess, TableName: string): Promise<Item> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
  const [item = {}] = await itemsOf(documents, TableName)
  return Object.fromEntries(Table!.KeySchema!.map(({ AttributeName }) => [AttributeName!, item[AttributeName!]])) // a table has a key
}

/** All items, in an order that is the same in every region. */
async function itemsOf (documents: DynamoDBDocumentClient, TableName: string): Promise<Item[]> {
  const { Items = [] } = await documents.send(new ScanCommand({ TableName, ConsistentRead: true }))
  return Items.map((item): Item => Object.fromEntries(Object.entries(item).sort(([one], [other]) => one < other ? -1 : 1)))
    .sort((one, other) => JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)
}

async function note (documents: DynamoDBDocumentClient, { TableName, Key, by }: { TableName: string, Key: Item, by: string }): Promise<void> {
  await documents.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'SET changedIn = :by', ExpressionAttributeValues: { ':by': by } }))
}

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other)
