import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, ScanCommand, TransactGetCommand, UpdateCommand, DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import type { EmulatorOptions } from '../../index.ts'
import { EVERY_WAY, overWays, testEmulator } from '../../test-support/emulator.ts'

const TableName = 'orders'

const createOrders = new CreateTableCommand({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'kind', 'at'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  LocalSecondaryIndexes: [{ IndexName: 'by-at', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'at', KeyType: 'RANGE' }], Projection: { ProjectionType: 'KEYS_ONLY' } }],
  GlobalSecondaryIndexes: [{ IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
})

async function open (t: Test, options: EmulatorOptions = { consistencyLag: '2s' }) {
  const emulator = await testEmulator(t, options)
  const { dynamodb, documents } = emulator.clients()
  await dynamodb.send(createOrders)
  return { emulator, dynamodb, documents }
}

const put = (documents: DynamoDBDocumentClient, sk: string, rest: object = {}) => documents.send(new PutCommand({ TableName, Item: { pk: 'a', sk, ...rest } }))
const get = async (documents: DynamoDBDocumentClient, sk: string, ConsistentRead = false) =>
  (await documents.send(new GetCommand({ TableName, Key: { pk: 'a', sk }, ConsistentRead }))).Item

const query = async (documents: DynamoDBDocumentClient, rest: object = {}) =>
  (await documents.send(new QueryCommand({ TableName, KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': 'a' }, ...rest }))).Items!.map(({ sk }) => sk as string)

const queryKind = async (documents: DynamoDBDocumentClient, kind: string) =>
  (await documents.send(new QueryCommand({ TableName, IndexName: 'by-kind', KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues: { ':kind': kind } }))).Items!.map(({ sk }) => sk as string)

test('a read that is not strongly consistent sees a write when the lag has passed, to the millisecond', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { emulator, clients: { dynamodb, documents } } = await start({ consistencyLag: '2s' })
    await dynamodb.send(createOrders)
    await put(documents, '1', { version: 1 })
    t.notOk(await get(documents, '1'))
    t.same(await get(documents, '1', true), { pk: 'a', sk: '1', version: 1 }, 'a strongly consistent read sees it at once')
    t.same((await documents.send(new TransactGetCommand({ TransactItems: [{ Get: { TableName, Key: { pk: 'a', sk: '1' } } }] }))).Responses, [{ Item: { pk: 'a', sk: '1', version: 1 } }], 'and so does a transaction')
    await emulator.clock.advance(1000)
    await documents.send(new UpdateCommand({ TableName, Key: { pk: 'a', sk: '1' }, UpdateExpression: 'ADD version :one', ExpressionAttributeValues: { ':one': 1 } }))
    await emulator.clock.advance(999)
    t.notOk(await get(documents, '1'))
    await emulator.clock.advance(1)
    t.match(await get(documents, '1'), { version: 1 })
    await emulator.clock.advance(1000)
    t.match(await get(documents, '1'), { version: 2 })
    await documents.send(new DeleteCommand({ TableName, Key: { pk: 'a', sk: '1' } }))
    t.match(await get(documents, '1'), { version: 2 }, 'a deletion is seen as late')
    await emulator.clock.advance(2000)
    t.notOk(await get(documents, '1'))
  })
  t.end()
})

test('Query, Scan, BatchGetItem and indexes lag too', async (t) => {
  const { emulator, documents } = await open(t)
  for (const sk of ['1', '2', '3', '4', '5']) await put(documents, sk, { kind: 'old', at: sk })
  await emulator.clock.advance(2000)
  // What changes now: 1 moves in both indexes, 2 goes, 6 comes, 0 comes at the start.
  await put(documents, '1', { kind: 'new', at: '9' })
  await documents.send(new DeleteCommand({ TableName, Key: { pk: 'a', sk: '2' } }))
  await put(documents, '6', { kind: 'old', at: '6' })
  await put(documents, '0', { kind: 'new', at: '0' })
  const all = ['1', '2', '3', '4', '5']
  t.same(await query(documents), all)
  t.same(await query(documents, { ConsistentRead: true }), ['0', '1', '3', '4', '5', '6'])
  t.same(await query(documents, { ScanIndexForward: false }), [...all].reverse())
  t.same(await query(documents, { IndexName: 'by-at' }), all, 'a local index')
  t.same(await query(documents, { IndexName: 'by-at', ConsistentRead: true }), ['0', '3', '4', '5', '6', '1'])
  t.match(await documents.send(new QueryCommand({ TableName, IndexName: 'by-at', KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': 'a' }, Select: 'ALL_ATTRIBUTES' })), { Items: all.map((sk) => ({ sk, kind: 'old' })) }, 'with what it fetches from the table')
  t.same((await queryKind(documents, 'old')).sort(), all)
  t.same(await queryKind(documents, 'new'), [])
  t.same((await documents.send(new ScanCommand({ TableName }))).Items!.map(({ sk }) => sk as string), all)
  t.equal((await documents.send(new ScanCommand({ TableName, IndexName: 'by-kind' }))).Count, 5)
  const { Responses } = await documents.send(new BatchGetCommand({ RequestItems: { orders: { Keys: ['0', '1', '2'].map((sk) => ({ pk: 'a', sk })) } } }))
  t.same(Responses!.orders, [{ pk: 'a', sk: '1', kind: 'old', at: '1' }, { pk: 'a', sk: '2', kind: 'old', at: '2' }])
  await emulator.clock.advance(2000)
  t.same(await query(documents), ['0', '1', '3', '4', '5', '6'])
  t.same(await queryKind(documents, 'new').then((found) => found.sort()), ['0', '1'])
})

test('pages of a lagging read fit together', async (t) => {
  const { emulator, documents } = await open(t)
  const sks = Array.from({ length: 40 }, (_, index) => String(index).padStart(2, '0'))
  for (const sk of sks) await put(documents, sk)
  await emulator.clock.advance(2000)
  for (const sk of sks) if (Number(sk) % 3 === 0) await documents.send(new DeleteCommand({ TableName, Key: { pk: 'a', sk } }))
  for (const ScanIndexForward of [true, false]) {
    const found: string[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await documents.send(new QueryCommand({ TableName, KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': 'a' }, Limit: 7, ScanIndexForward, ExclusiveStartKey }))
      found.push(...page.Items!.map(({ sk }) => sk as string))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    t.same(found, ScanIndexForward ? sks : [...sks].reverse())
  }
})

test('a lag is set for one table or all, and a change of it never takes reads back', async (t) => {
  const { emulator, documents } = await open(t, {})
  await put(documents, '1')
  t.ok(await get(documents, '1'), 'there is no lag at first')
  await emulator.throughput.setConsistencyLag({ orders: 2000, others: 60_000 })
  t.ok(await get(documents, '1'), 'what has been seen stays')
  await put(documents, '2')
  t.notOk(await get(documents, '2'))
  await emulator.clock.advance(2000)
  t.ok(await get(documents, '2'))
  await emulator.throughput.setConsistencyLag(3_600_000)
  t.ok(await get(documents, '2'))
  await emulator.throughput.setConsistencyLag({ others: 1000 })
  await put(documents, '3')
  t.ok(await get(documents, '3'), 'another table\'s lag is not its own')
})

test('the change log of a lag is trimmed to it, and survives a restart', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { consistencyLag: '2s', dataPath })
  await first.clients().dynamodb.send(createOrders)
  await put(first.clients().documents, '1')
  await first.close()
  const second = await testEmulator(t, { consistencyLag: { orders: '2s' }, dataPath })
  const { documents, dynamodb } = second.clients()
  t.notOk(await get(documents, '1'))
  await second.clock.advance(2000)
  t.ok(await get(documents, '1'))
  await dynamodb.send(new DeleteTableCommand({ TableName }))
  await dynamodb.send(createOrders)
  t.notOk(await get(documents, '1'), 'a table of the same name has a log of its own')
  await t.rejects(testEmulator(t, { consistencyLag: '2 seconds' }), { message: 'consistencyLag takes a duration such as "2s", unlike "2 seconds"' })
})

test('a program that reads its own write without ConsistentRead is wrong with a lag, and looks right without', async (t) => {
  // The mistake: a counter that is read and written back.
  async function visit (documents: DynamoDBDocumentClient): Promise<void> {
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { pk: 'a', sk: 'visits' } }))
    await put(documents, 'visits', { count: (Item?.count as number | undefined ?? 0) + 1 })
  }
  for (const [consistencyLag, count] of [['0s', 3], ['2s', 1]] as const) {
    const { documents } = await open(t, { consistencyLag })
    for (let visits = 0; visits < 3; visits++) await visit(documents)
    t.match(await get(documents, 'visits', true), { count }, `a lag of ${consistencyLag}`)
  }
})
