import { BatchExecuteStatementCommand, CreateTableCommand, DescribeTableCommand, ExecuteStatementCommand, ExecuteTransactionCommand, UpdateTableCommand, type CreateTableCommandInput, type OnDemandThroughput } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, GetCommand, PutCommand, QueryCommand, ScanCommand, TransactGetCommand, TransactWriteCommand,
  UpdateCommand, type DynamoDBDocumentClient
} from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { DynamodbOptions } from '../index.ts'
import { EVERY_WAY, overWays, testEmulator, TEST_TIME } from '../../test-support/emulator.ts'

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders'

/** A table of this key and throughput. */
function ordersTable (units: { read: number, write: number }, rest: Partial<CreateTableCommandInput> = {}): CreateTableCommand {
  return new CreateTableCommand({
    TableName: 'orders',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: units.read, WriteCapacityUnits: units.write },
    ...rest,
  })
}

const onDemand: Partial<CreateTableCommandInput> = { BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: undefined }

/** A table with a global index whose units are others. */
const indexed = (table: number, index: number) => ordersTable({ read: table, write: table }, {
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [{
    IndexName: 'by-kind',
    KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
    ProvisionedThroughput: { ReadCapacityUnits: index, WriteCapacityUnits: index },
  }],
})

/** Attributes that bring an item with this key to so many KB, and no byte more. */
const ofKilobytes = (pk: string, kilobytes: number) => ({ pk, a: 'x'.repeat(kilobytes * 1024 - 'pk'.length - pk.length - 'a'.length) })

/** An emulator with throttling, its clock frozen, and a table; the SDK does not retry. */
async function open (t: Test, table: CreateTableCommand, dynamodb: DynamodbOptions = {}) {
  const warnings: string[] = []
  const emulator = await testEmulator(t, { throttling: true, dynamodb, onWarning: (text) => { warnings.push(text) } })
  const { documents, dynamodb: client } = emulator.clients({ maxAttempts: 1 })
  await (client).send(table)
  return { emulator, documents, client, warnings }
}

/** How many of so many calls are let through, one after another. */
async function accepted (count: number, send: (index: number) => Promise<unknown>): Promise<number> {
  let done = 0
  for (let index = 0; index < count; index++) {
    try {
      await send(index)
      done++
    } catch (error) {
      if (!['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'].includes((error as Error).name)) throw error
    }
  }
  return done
}

const put = (documents: DynamoDBDocumentClient, Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName: 'orders', Item }))
const get = (documents: DynamoDBDocumentClient, pk: string, ConsistentRead = false) => documents.send(new GetCommand({ TableName: 'orders', Key: { pk }, ConsistentRead }))

test('a write beyond the provisioned units is refused with AWS\'s error', async (t) => overWays(t, EVERY_WAY, async (t, start) => {
  const { emulator, clients: { dynamodb, documents } } = await start({ throttling: true })
  await dynamodb.send(ordersTable({ read: 1, write: 1 }))
  await put(documents, { pk: 'a' })
  await t.rejects(put(documents, { pk: 'b' }), {
    name: 'ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    ThrottlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: ARN }],
  })
  t.match(emulator.trace.query({ limit: 1 }), [{
    result: 'ProvisionedThroughputExceededException', writeUnits: 0, items: 0, throttling: [{ resource: ARN, reason: 'TableWriteProvisionedThroughputExceeded' }],
  }], 'and the trace has the reason')
  t.equal(emulator.trace.query({ throttled: true }).length, 1)
  t.notOk(emulator.trace.query({ throttled: false }).some(({ throttling }) => throttling))
  t.notOk((await get(documents, 'b', true)).Item, 'nothing was written')
}))

test('nothing is throttled unless it is asked for', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(ordersTable({ read: 1, write: 1 }))
  t.equal(await accepted(20, (index) => put(documents, { pk: `${index}` })), 20)
  emulator.throughput.throttling = true
  t.equal(await accepted(20, (index) => put(documents, { pk: `${index}` })), 1, 'turned on, the table starts with a second\'s worth of units')
  emulator.throughput.throttling = false
  t.equal(await accepted(20, (index) => put(documents, { pk: `${index}` })), 20)
  emulator.throughput.throttling = true
  t.equal(await accepted(20, (index) => put(documents, { pk: `${index}` })), 1, 'and so it does when it is turned on again')
})

test('units come back with the clock, and what is not used is kept for 300 seconds', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 1, write: 5 }))
  const write = (index: number) => put(documents, { pk: `${index}` })
  t.equal(await accepted(20, write), 5)
  await emulator.clock.advance(200)
  t.equal(await accepted(5, write), 1, 'a fifth of a second brings a fifth of the units')
  await emulator.clock.advance(10_000)
  t.equal(await accepted(100, write), 50)
  await emulator.clock.advance(3_600_000)
  t.equal(await accepted(1600, write), 1500, 'an hour brings no more than 300 seconds\' worth')
})

test('reads cost by their consistency', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 10, write: 100 }))
  await put(documents, ofKilobytes('a', 6))
  const second = () => emulator.clock.advance(1000)
  t.equal(await accepted(20, () => get(documents, 'a', true)), 5, 'two units for 6 KB, strongly consistent')
  await second()
  t.equal(await accepted(20, () => get(documents, 'a')), 10, 'one, eventually consistent')
  await second()
  const transactGet = () => documents.send(new TransactGetCommand({ TransactItems: [{ Get: { TableName: 'orders', Key: { pk: 'a' } } }] }))
  t.equal(await accepted(2, transactGet), 2, 'four in a transaction')
  await t.rejects(transactGet(), { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ProvisionedThroughputExceeded' }] })
  t.equal(await accepted(20, () => get(documents, 'none')), 4, 'half a unit for an item that is not there')
  await second()
  t.equal(await accepted(20, () => documents.send(new QueryCommand({ TableName: 'orders', KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': 'a' } }))), 10)
  await second()
  t.equal(await accepted(20, () => documents.send(new ScanCommand({ TableName: 'orders', ConsistentRead: true }))), 5)
})

test('writes cost by the larger of the two items, and a failed condition costs too', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 100, write: 12 }))
  t.equal(await accepted(9, (index) => put(documents, ofKilobytes(`${index}`, 3))), 4, 'three units for 3 KB')
  await emulator.clock.advance(1000)
  t.equal(await accepted(9, () => documents.send(new UpdateCommand({ TableName: 'orders', Key: { pk: '0' }, UpdateExpression: 'SET b = :b', ExpressionAttributeValues: { ':b': 1 } }))), 3, 'four for a few bytes more')
  await emulator.clock.advance(1000)
  t.equal(await accepted(9, () => documents.send(new DeleteCommand({ TableName: 'orders', Key: { pk: 'none' } }))), 9, 'one to delete what is not there')
  await put(documents, ofKilobytes('1', 3))
  const failing = () => documents.send(new PutCommand({ TableName: 'orders', Item: { pk: '1' }, ConditionExpression: 'attribute_not_exists(pk)' }))
  await emulator.clock.advance(1000)
  for (let count = 0; count < 4; count++) await t.rejects(failing(), { name: 'ConditionalCheckFailedException' }, 'three to find that a condition fails')
  await t.rejects(failing(), { name: 'ProvisionedThroughputExceededException' })
})

test('a request larger than the bucket is let through when it is full, and leaves a debt', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 1, write: 1 }))
  const large = () => put(documents, ofKilobytes('large', 390))
  t.equal(await accepted(1, large), 0)
  await emulator.clock.advance(298_000)
  t.equal(await accepted(1, large), 0, 'a second too early')
  await emulator.clock.advance(1000)
  t.equal(await accepted(1, large), 1, 'the bucket holds 300 units')
  await emulator.clock.advance(90_999)
  t.equal(await accepted(1, () => put(documents, { pk: 'a' })), 0, '90 units were missing')
  await emulator.clock.advance(1)
  t.equal(await accepted(2, () => put(documents, { pk: 'a' })), 1)
})

test('a write that a global index cannot take is refused on the table, with the index as the reason', async (t) => {
  const { emulator, documents } = await open(t, indexed(10, 2))
  t.equal(await accepted(5, (index) => put(documents, { pk: `${index}`, kind: 'x' })), 2)
  await t.rejects(put(documents, { pk: '9', kind: 'x' }), {
    name: 'ProvisionedThroughputExceededException',
    message: /for one or more global secondary indexes of the table was exceeded/,
    ThrottlingReasons: [{ reason: 'IndexWriteProvisionedThroughputExceeded', resource: `${ARN}/index/by-kind` }],
  })
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders' }))).Count, 2, 'what is refused is neither in the table')
  t.equal((await documents.send(new QueryCommand({ TableName: 'orders', IndexName: 'by-kind', KeyConditionExpression: 'kind = :x', ExpressionAttributeValues: { ':x': 'x' } }))).Count, 2, 'nor in the index')
  t.equal(await accepted(10, (index) => put(documents, { pk: `plain ${index}` })), 8, 'a write that the index has no part in needs the table\'s units alone')
  await t.rejects(put(documents, { pk: '9', kind: 'x' }), {
    name: 'ProvisionedThroughputExceededException',
    ThrottlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: ARN }, { reason: 'IndexWriteProvisionedThroughputExceeded', resource: `${ARN}/index/by-kind` }],
  }, 'both are named when both are too busy')
  await emulator.clock.advance(1000)
  t.equal(await accepted(5, () => documents.send(new UpdateCommand({ TableName: 'orders', Key: { pk: '0' }, UpdateExpression: 'SET kind = :y', ExpressionAttributeValues: { ':y': 'y' } }))), 5, 'a move in the index costs it two units, and what does not change it costs nothing')
  t.equal(await accepted(9, () => documents.send(new QueryCommand({ TableName: 'orders', IndexName: 'by-kind', KeyConditionExpression: 'kind = :x', ExpressionAttributeValues: { ':x': 'x' } }))), 7, 'reads of the index use its own units')
  await t.rejects(documents.send(new QueryCommand({ TableName: 'orders', IndexName: 'by-kind', KeyConditionExpression: 'kind = :x', ExpressionAttributeValues: { ':x': 'x' } })), {
    name: 'ProvisionedThroughputExceededException',
    ThrottlingReasons: [{ reason: 'IndexReadProvisionedThroughputExceeded', resource: `${ARN}/index/by-kind` }],
  })
})

test('a partition key gives 1,000 write units and 3,000 read units a second, whatever the table has', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 20_000, write: 20_000 }))
  const hot = (index: number) => put(documents, ofKilobytes('hot', 100 + index % 2))
  t.equal(await accepted(20, () => put(documents, ofKilobytes('hot', 100))), 10)
  await t.rejects(hot(0), {
    name: 'ProvisionedThroughputExceededException', ThrottlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded', resource: ARN }],
  })
  t.equal(await accepted(3, () => put(documents, ofKilobytes('other', 100))), 3, 'another key has its own')
  t.equal(await accepted(200, () => get(documents, 'hot', true)), 120, '3,000 units are 120 reads of 100 KB')
  await emulator.clock.advance(500)
  t.equal(await accepted(20, () => put(documents, ofKilobytes('hot', 100))), 5)
  await emulator.clock.advance(60_000)
  t.equal(await accepted(20, () => put(documents, ofKilobytes('hot', 100))), 10, 'a partition keeps nothing for later')
})

test('a table on demand takes 4,000 writes and 12,000 reads a second', async (t) => {
  const { documents } = await open(t, ordersTable({ read: 0, write: 0 }, onDemand))
  t.equal(await accepted(12, (index) => put(documents, ofKilobytes(`${index}`, 399))), 10)
  await t.rejects(put(documents, ofKilobytes('more', 399)), {
    name: 'ThrottlingException',
    message: /^Throughput exceeds the current capacity of your table or index\. DynamoDB is automatically scaling/,
    throttlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded', resource: ARN }],
  })
  t.equal(await accepted(200, (index) => get(documents, `${index % 10}`, true)), 120, '12,000 units are 120 reads of 399 KB')
})

test('a table on demand grows to twice the rate that it has kept up for 30 minutes', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 0, write: 0 }, onDemand), { limits: { onDemandWriteUnits: 4 } })
  const write = (index: number) => put(documents, { pk: `${index}` })
  const rate = async () => (await emulator.throughput.report()).tables[0]!.write.limits.find(({ limit }) => limit === 'KeyRangeThroughputExceeded')!.rate
  t.equal(await accepted(10, write), 4)
  // 4 units a second for 30 minutes.
  await emulator.clock.set(TEST_TIME + 60 * 60_000)
  const load = async (minutes: number) => {
    for (let second = 0; second < minutes * 60; second++) {
      await put(documents, ofKilobytes('a', 4))
      await emulator.clock.advance(1000)
    }
  }
  await load(15)
  t.equal(await rate(), 4, 'after half of it, no more than before')
  await load(10)
  t.equal(Math.round(await rate() * 100) / 100, 6.67)
  await load(5)
  t.equal(await rate(), 8)
  await emulator.clock.advance(1000)
  t.equal(await accepted(20, write), 8, 'twice the previous peak')
  await emulator.clock.advance(24 * 3_600_000)
  t.equal(await accepted(20, write), 8, 'and it stays')
})

test('OnDemandThroughput is the most that a table or an index on demand may use', async (t) => {
  const index = { IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' as const }], Projection: { ProjectionType: 'ALL' as const } }
  const table = (OnDemandThroughput: OnDemandThroughput, ofIndex: OnDemandThroughput) => ordersTable({ read: 0, write: 0 }, {
    ...onDemand,
    OnDemandThroughput,
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [{ ...index, OnDemandThroughput: ofIndex }],
  })
  const { emulator, documents, client } = await open(t, table({ MaxReadRequestUnits: 2, MaxWriteRequestUnits: 5 }, { MaxWriteRequestUnits: 3 }))
  t.match((await client.send(new DescribeTableCommand({ TableName: 'orders' }))).Table, {
    OnDemandThroughput: { MaxReadRequestUnits: 2, MaxWriteRequestUnits: 5 }, GlobalSecondaryIndexes: [{ OnDemandThroughput: { MaxWriteRequestUnits: 3 } }],
  })
  t.equal(await accepted(9, (at) => put(documents, { pk: `${at}`, kind: 'x' })), 3)
  await t.rejects(put(documents, { pk: 'a', kind: 'x' }), {
    name: 'ThrottlingException',
    message: 'Throughput exceeds the maximum OnDemandThroughput configured on table or index',
    throttlingReasons: [{ reason: 'IndexWriteMaxOnDemandThroughputExceeded', resource: `${ARN}/index/by-kind` }],
  })
  t.equal(await accepted(9, (at) => put(documents, { pk: `plain ${at}` })), 2)
  t.equal(await accepted(9, () => get(documents, '0', true)), 2)
  await client.send(new UpdateTableCommand({ TableName: 'orders', OnDemandThroughput: { MaxWriteRequestUnits: -1, MaxReadRequestUnits: 4 }, GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-kind', OnDemandThroughput: { MaxWriteRequestUnits: 6 } } }] }))
  await emulator.clock.advance(1000)
  t.equal(await accepted(9, (at) => put(documents, { pk: `plain ${at}` })), 9, '-1 removes a maximum')
  t.equal(await accepted(9, () => get(documents, '0', true)), 4)
  t.equal(await accepted(9, (at) => put(documents, { pk: `new ${at}`, kind: 'x' })), 6)
  await client.send(new UpdateTableCommand({ TableName: 'orders', BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }, GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-kind', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } } }] }))
  t.notOk((await client.send(new DescribeTableCommand({ TableName: 'orders' }))).Table!.OnDemandThroughput, 'it ends with on-demand mode')
  const PREFIX = 'One or more parameter values were invalid: '
  for (const [input, message] of [
    [table({ MaxReadRequestUnits: 0 }, {}), `${PREFIX}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range`],
    [table({}, { MaxWriteRequestUnits: -1 }), `${PREFIX}Requested MaxWriteRequestUnits for OnDemandThroughput for index : by-kind is outside of valid range`],
    [ordersTable({ read: 1, write: 1 }, { OnDemandThroughput: { MaxReadRequestUnits: 1 } }), `${PREFIX}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`],
  ] as const) await t.rejects(client.send(input), { name: 'ValidationException', message })
})

test('the account\'s quota for a table on demand', async (t) => {
  const { documents } = await open(t, ordersTable({ read: 0, write: 0 }, onDemand), { limits: { tableUnits: 3 } })
  t.equal(await accepted(9, (index) => put(documents, { pk: `${index}` })), 3)
  await t.rejects(put(documents, { pk: 'a' }), {
    name: 'RequestLimitExceeded', message: /^Throughput exceeds the current throughput limit for your account/, ThrottlingReasons: [{ reason: 'TableWriteAccountLimitExceeded', resource: ARN }],
  })
})

test('a batch gives back the items that do not fit, and fails when none does', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 2, write: 3 }))
  const batch = (...pks: string[]) => documents.send(new BatchWriteCommand({ RequestItems: { orders: pks.map((pk) => ({ PutRequest: { Item: { pk } } })) } }))
  t.same((await batch('a', 'b', 'c', 'd', 'e')).UnprocessedItems, { orders: [{ PutRequest: { Item: { pk: 'd' } } }, { PutRequest: { Item: { pk: 'e' } } }] })
  t.match(emulator.trace.query({ limit: 1 }), [{
    result: 'ok',
    items: 3,
    unprocessed: 2,
    writeUnits: 3,
    throttling: [{ resource: ARN, reason: 'TableWriteProvisionedThroughputExceeded' }, { resource: ARN, reason: 'TableWriteProvisionedThroughputExceeded' }],
  }])
  await t.rejects(batch('d', 'e'), { name: 'ProvisionedThroughputExceededException' })
  t.match(emulator.trace.query({ limit: 1 }), [{ writeUnits: 0, items: 0 }])
  const read = (...pks: string[]) => documents.send(new BatchGetCommand({ RequestItems: { orders: { Keys: pks.map((pk) => ({ pk })), ConsistentRead: true, ProjectionExpression: 'pk' } } }))
  const first = await read('a', 'b', 'd')
  t.same(first.Responses, { orders: [{ pk: 'a' }, { pk: 'b' }] })
  t.same(first.UnprocessedKeys, { orders: { Keys: [{ pk: 'd' }], ConsistentRead: true, ProjectionExpression: 'pk' } })
  await t.rejects(read('a', 'd'), { name: 'ProvisionedThroughputExceededException', ThrottlingReasons: [{ reason: 'TableReadProvisionedThroughputExceeded' }, {}] })
  await emulator.clock.advance(1000)
  t.same((await read('d', 'e')).Responses, { orders: [] }, 'what was refused was not written')
})

test('a batch that is refused in part changes no more of an index than of the table', async (t) => {
  const { emulator, documents } = await open(t, indexed(100, 2))
  const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems: { orders: ['a', 'b', 'c'].map((pk) => ({ PutRequest: { Item: { pk, kind: 'x' } } })) } }))
  t.equal(UnprocessedItems!.orders!.length, 1)
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders', IndexName: 'by-kind' }))).Count, 2)
  await emulator.clock.advance(1000)
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders' }))).Count, 2)
})

test('a transaction is all or nothing, with the reasons in the order of its actions', async (t) => {
  const { emulator, documents } = await open(t, ordersTable({ read: 10, write: 5 }))
  const actions = (...pks: string[]) => pks.map((pk) => ({ Put: { TableName: 'orders', Item: pk === 'large' ? ofKilobytes(pk, 3) : { pk } } }))
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: actions('a', 'large', 'b') })), {
    name: 'TransactionCanceledException',
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ProvisionedThroughputExceeded, None]',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ProvisionedThroughputExceeded', Message: /^The level of configured provisioned throughput for the table was exceeded/ }, { Code: 'None' }],
  })
  t.match(emulator.trace.query({ limit: 1 }), [{ writeUnits: 0, items: 0, throttling: [{ resource: ARN, reason: 'TableWriteProvisionedThroughputExceeded' }] }])
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders' }))).Count, 0)
  await documents.send(new TransactWriteCommand({ TransactItems: actions('a', 'b') }))
  t.equal(await accepted(5, () => put(documents, { pk: 'c' })), 1, 'the units of the one that was cancelled had not been taken')
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: actions('a', 'b') })), { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ProvisionedThroughputExceeded' }, { Code: 'ProvisionedThroughputExceeded' }] })
})

test('a transaction on a table on demand is cancelled with ThrottlingError', async (t) => {
  const { documents } = await open(t, ordersTable({ read: 0, write: 0 }, onDemand), { limits: { onDemandWriteUnits: 5 } })
  for (const pk of ['x', 'y']) await put(documents, { pk })
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: ['a', 'b'].map((pk) => ({ Put: { TableName: 'orders', Item: { pk } } })) })), {
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError', Message: /^Throughput exceeds the current capacity of your table or index/ }],
  })
})

test('PartiQL statements use the same units', async (t) => {
  const { emulator, documents, client } = await open(t, ordersTable({ read: 2, write: 2 }))
  const execute = (Statement: string) => client.send(new ExecuteStatementCommand({ Statement, ConsistentRead: Statement.startsWith('SELECT') }))
  t.equal(await accepted(5, (index) => execute(`INSERT INTO "orders" VALUE {'pk': '${index}'}`)), 2)
  await t.rejects(execute('INSERT INTO "orders" VALUE {\'pk\': \'9\'}'), { name: 'ProvisionedThroughputExceededException' })
  t.match(emulator.trace.query({ limit: 1 }), [{ writeUnits: 0, items: 0 }])
  t.equal(await accepted(5, () => execute('SELECT * FROM "orders" WHERE pk = \'0\'')), 2)
  await emulator.clock.advance(1000)
  const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements: ['7', '8', '9'].map((pk) => ({ Statement: `INSERT INTO "orders" VALUE {'pk': '${pk}'}` })) }))
  t.match(Responses, [{ TableName: 'orders' }, { TableName: 'orders' }, { Error: { Code: 'ProvisionedThroughputExceeded' }, TableName: 'orders' }])
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders' }))).Count, 4)
  await emulator.clock.advance(500)
  await t.rejects(client.send(new ExecuteTransactionCommand({ TransactStatements: [{ Statement: 'DELETE FROM "orders" WHERE pk = \'7\'' }] })), {
    name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ProvisionedThroughputExceeded' }],
  })
})

test('the report shows rates, levels, use, refusals and the hottest keys', async (t) => {
  const { emulator, documents, warnings } = await open(t, indexed(100, 10))
  for (let count = 0; count < 12; count++) await put(documents, { pk: 'hot', note: count })
  await accepted(12, (index) => put(documents, { pk: `${index}`, kind: 'x' }))
  const report = await emulator.throughput.report()
  t.match(report, {
    throttling: true,
    tables: [{
      table: 'orders',
      billingMode: 'PROVISIONED',
      write: { limits: [{ limit: 'ProvisionedThroughputExceeded', rate: 100, level: 78, size: 30_000 }], used: 22, refused: 0 },
      read: { limits: [{ rate: 100, level: 100 }], used: 0, refused: 0 },
      indexes: [{ index: 'by-kind', write: { limits: [{ rate: 10, level: 0 }], used: 10, refused: 2 }, hottestKeys: [{ key: { kind: { S: 'x' } }, units: 10 }] }],
    }],
  })
  t.same(await emulator.throughput.report({ table: 'orders' }), report)
  t.same(await emulator.throughput.report({ table: 'other' }), { throttling: true, tables: [] })
  t.equal(report.tables[0]!.hottestKeys.length, 10)
  t.same(report.tables[0]!.hottestKeys[0], { key: { pk: { S: 'hot' } }, units: 12 })
  await emulator.clock.advance(61_000)
  t.match((await emulator.throughput.report()).tables[0]!.write, { used: 0, refused: 0 })
  t.same(warnings, [], 'no key had more than 80 % of the traffic')
})

test('a key with more than 80 % of a table\'s traffic in a minute is warned of, once', async (t) => {
  const { emulator, documents, warnings } = await open(t, ordersTable({ read: 1000, write: 1000 }))
  const minute = async () => {
    for (let count = 0; count < 90; count++) await put(documents, { pk: 'hot' })
    for (let count = 0; count < 10; count++) await put(documents, { pk: `${count}` })
    await emulator.clock.advance(60_000)
  }
  await minute()
  await minute()
  t.same(warnings, ['hotKeys: 90 % of the traffic of table orders in the last minute was for one partition key, {"pk":{"S":"hot"}}'])
})

test('levels and peaks survive a restart, and go with snapshots', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { throttling: true, dataPath })
  await first.clients().dynamodb.send(ordersTable({ read: 1, write: 5 }))
  const write = (documents: DynamoDBDocumentClient) => (index: number) => put(documents, { pk: `${index}` })
  await accepted(4, write(first.clients({ maxAttempts: 1 }).documents))
  await first.snapshots.save('used')
  await first.close()
  const second = await testEmulator(t, { throttling: true, dataPath })
  const { documents } = second.clients({ maxAttempts: 1 })
  t.equal(await accepted(4, write(documents)), 1, 'one of five units was left')
  await second.clock.advance(10_000)
  t.equal(await accepted(60, write(documents)), 50)
  await second.snapshots.restore('used')
  t.equal(await accepted(4, write(documents)), 1, 'as it was when the snapshot was saved')
  await second.reset()
  await second.clients().dynamodb.send(ordersTable({ read: 1, write: 5 }))
  t.equal(await accepted(9, write(documents)), 5, 'a reset leaves nothing of it')
})
