import { ApplicationAutoScalingClient, PutScalingPolicyCommand, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling'
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import {
  CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DescribeTimeToLiveCommand, ListTablesCommand, UpdateTableCommand, UpdateTimeToLiveCommand,
  type CreateTableCommandInput, type DynamoDBClient, type ReplicationGroupUpdate, type UpdateTableCommandInput
} from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams'
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, ScanCommand, TransactWriteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { Clients, Emulator, EmulatorOptions } from '../../index.ts'
import { testEmulator, TEST_TIME, wireClients } from '../../test-support/emulator.ts'

const HERE = 'us-east-1'
const THERE = 'eu-west-1'
const FAR = 'ap-south-1'
const TableName = 'orders'

const TABLE: CreateTableCommandInput = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [{ IndexName: 'kinds', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
}

const change = (dynamodb: DynamoDBClient, more: Partial<UpdateTableCommandInput>) => dynamodb.send(new UpdateTableCommand({ TableName, ...more }))
const replicas = (dynamodb: DynamoDBClient, ...ReplicaUpdates: ReplicationGroupUpdate[]) => change(dynamodb, { ReplicaUpdates })
const describe = async (dynamodb: DynamoDBClient, name = TableName) => (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table!
const put = (documents: DynamoDBDocumentClient, id: string, more: object = {}) => documents.send(new PutCommand({ TableName, Item: { id, ...more } }))
const get = async (documents: DynamoDBDocumentClient, id: string) => (await documents.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item

interface World { emulator: Emulator, here: Clients, there: Clients, far: Clients }

async function start (t: Test, options: EmulatorOptions = {}): Promise<World> {
  const emulator = await testEmulator(t, options)
  const [here, there, far] = [HERE, THERE, FAR].map((region) => emulator.clients({ region, maxAttempts: 1 }))
  return { emulator, here: here!, there: there!, far: far! }
}

/** A table with a replica in each of the other two regions, or in one. */
async function startGlobal (t: Test, options: EmulatorOptions & { regions?: string[], table?: Partial<CreateTableCommandInput> } = {}): Promise<World> {
  const { regions = [THERE, FAR], table, ...rest } = options
  const world = await start(t, rest)
  await world.here.dynamodb.send(new CreateTableCommand({ ...TABLE, ...table }))
  for (const RegionName of regions) await replicas(world.here.dynamodb, { Create: { RegionName } })
  return world
}

test('a replica is CREATING, then ACTIVE, by the clock, and each region shows the others', async (t) => {
  const { emulator, here, there } = await start(t, { dynamodb: { tableDelays: { replica: 30_000, update: 10_000, delete: 20_000 } } })
  await here.dynamodb.send(new CreateTableCommand(TABLE))
  const { TableDescription } = await replicas(here.dynamodb, { Create: { RegionName: THERE } })
  t.match(TableDescription, { TableStatus: 'UPDATING', GlobalTableVersion: '2019.11.21', Replicas: [{ RegionName: THERE, ReplicaStatus: 'CREATING' }] })
  await emulator.clock.advance(10_000)
  t.match(await describe(here.dynamodb), { TableStatus: 'ACTIVE', Replicas: [{ RegionName: THERE, ReplicaStatus: 'CREATING' }] })
  t.match(await describe(there.dynamodb), { TableStatus: 'CREATING', GlobalTableVersion: '2019.11.21', Replicas: [{ RegionName: HERE, ReplicaStatus: 'ACTIVE' }] })
  await t.rejects(get(there.documents, 'a'), { name: 'ResourceNotFoundException' })
  for (const more of [{ DeletionProtectionEnabled: true }, { ReplicaUpdates: [{ Delete: { RegionName: THERE } }] }]) {
    await t.rejects(change(here.dynamodb, more), { name: 'ResourceInUseException', message: 'The resource which you are attempting to change is in use.' })
  }
  await put(here.documents, 'a')
  await emulator.clock.advance(20_000)
  t.match(await get(there.documents, 'a'), { id: 'a' }, 'what was written in the meantime is there')
  t.match(await describe(here.dynamodb), {
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    Replicas: [{ RegionName: THERE, ReplicaStatus: 'ACTIVE', ReplicaArn: `arn:aws:dynamodb:${THERE}:000000000000:table/orders`, GlobalSecondaryIndexes: [{ IndexName: 'kinds' }] }],
  })
  t.match(await describe(there.dynamodb), {
    TableStatus: 'ACTIVE',
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    TableArn: `arn:aws:dynamodb:${THERE}:000000000000:table/orders`,
    ItemCount: 1,
    GlobalSecondaryIndexes: [{ IndexName: 'kinds', IndexArn: `arn:aws:dynamodb:${THERE}:000000000000:table/orders/index/kinds` }],
  })
  await replicas(here.dynamodb, { Delete: { RegionName: THERE } })
  t.match(await describe(here.dynamodb), { TableStatus: 'UPDATING', Replicas: [{ RegionName: THERE, ReplicaStatus: 'DELETING' }] })
  t.match(await describe(there.dynamodb), { TableStatus: 'DELETING', Replicas: undefined })
  await emulator.clock.advance(20_000)
  t.match(await describe(here.dynamodb), { TableStatus: 'ACTIVE', Replicas: undefined, GlobalTableVersion: undefined, ItemCount: 1 })
  await t.rejects(describe(there.dynamodb), { name: 'ResourceNotFoundException' })
})

test('writes in any region arrive in all others after the lag, in items and indexes', async (t) => {
  const { emulator, here, there, far } = await startGlobal(t, { replicationLag: '2s' })
  await put(there.documents, 'a', { kind: 'book', pages: 3 })
  await emulator.clock.advance(1999)
  t.notOk(await get(here.documents, 'a'))
  await emulator.clock.advance(1)
  for (const { documents } of [here, far]) {
    t.strictSame(await get(documents, 'a'), { id: 'a', kind: 'book', pages: 3 })
    const { Items } = await documents.send(new QueryCommand({ TableName, IndexName: 'kinds', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': 'book' } }))
    t.strictSame(Items, [{ id: 'a', kind: 'book', pages: 3 }])
  }
  await far.documents.send(new DeleteCommand({ TableName, Key: { id: 'a' } }))
  await emulator.clock.advance(2000)
  for (const { documents } of [here, there]) t.notOk(await get(documents, 'a'))
})

test('without a lag a write arrives soon, and settled() waits for it', async (t) => {
  const { emulator, here, there, far } = await startGlobal(t)
  const other = wireClients(t, emulator, { region: THERE })
  for (let item = 0; item < 60; item++) await put(item % 2 === 0 ? here.documents : other.documents, `i${item}`, { item })
  await emulator.settled()
  for (const { documents } of [here, there, far]) t.equal((await documents.send(new ScanCommand({ TableName }))).Count, 60)
})

test('the last writer wins, and what is written at the same time ends the same everywhere', async (t) => {
  const { emulator, here, there, far } = await startGlobal(t, { replicationLag: '5s' })
  const everywhere = (id: string) => Promise.all([here, there, far].map(({ documents }) => get(documents, id)))
  await put(here.documents, 'a', { by: 'here' })
  await emulator.clock.advance(1)
  await put(there.documents, 'a', { by: 'there' })
  await put(there.documents, 'b', { by: 'there' })
  await put(far.documents, 'b', { by: 'far' })
  await emulator.clock.advance(5000)
  t.match(await everywhere('a'), [{ by: 'there' }, { by: 'there' }, { by: 'there' }])
  t.match(await everywhere('b'), [{ by: 'there' }, { by: 'there' }, { by: 'there' }], 'by the name of the region: eu-west-1 is behind ap-south-1')
  // A deletion is the last write too.
  await put(here.documents, 'a', { by: 'here again' })
  await emulator.clock.advance(1)
  await far.documents.send(new DeleteCommand({ TableName, Key: { id: 'a' } }))
  await emulator.clock.advance(5000)
  t.strictSame(await everywhere('a'), [undefined, undefined, undefined])
  await put(here.documents, 'a', { by: 'here at last' })
  await emulator.clock.advance(5000)
  t.match(await everywhere('a'), [{ by: 'here at last' }, { by: 'here at last' }, { by: 'here at last' }])
  // A write that changes nothing where it is made is the last one nevertheless.
  await put(there.documents, 'a', { by: 'there' })
  await emulator.clock.advance(1)
  await put(here.documents, 'a', { by: 'here at last' })
  await emulator.clock.advance(5000)
  t.match(await everywhere('a'), [{ by: 'here at last' }, { by: 'here at last' }, { by: 'here at last' }])
})

test('a write to what has arrived replaces it, even when the clock stands still or was moved back', async (t) => {
  const { emulator, here, there } = await startGlobal(t, { regions: [THERE] })
  for (const back of [0, 60_000]) {
    await emulator.clock.set(TEST_TIME + 120_000)
    await put(here.documents, 'a', { step: 1 })
    await emulator.settled()
    if (back > 0) await emulator.clock.set(TEST_TIME + 120_000 - back)
    for (let step = 2; step < 6; step++) {
      const { documents } = step % 2 === 0 ? there : here
      await documents.send(new UpdateCommand({ TableName, Key: { id: 'a' }, UpdateExpression: 'ADD step :one', ConditionExpression: 'step = :before', ExpressionAttributeValues: { ':one': 1, ':before': step - 1 } }))
      await emulator.settled()
    }
    t.strictSame([await get(here.documents, 'a'), await get(there.documents, 'a')], [{ id: 'a', step: 5 }, { id: 'a', step: 5 }])
  }
})

test('conditions are evaluated where the write is made, and transactions are not atomic in other regions', async (t) => {
  const { emulator, here, there } = await startGlobal(t, { regions: [THERE], replicationLag: '10s' })
  const ConditionExpression = 'attribute_not_exists(id)'
  for (const { documents } of [here, there]) await documents.send(new PutCommand({ TableName, Item: { id: 'a' }, ConditionExpression }))
  await t.rejects(here.documents.send(new PutCommand({ TableName, Item: { id: 'a' }, ConditionExpression })), { name: 'ConditionalCheckFailedException' })
  await here.documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: 'x', by: 'here' } } }, { Put: { TableName, Item: { id: 'y', by: 'here' } } }] }))
  await emulator.clock.advance(1)
  await put(there.documents, 'x', { by: 'there' })
  await emulator.clock.advance(9999)
  t.match([await get(there.documents, 'x'), await get(there.documents, 'y')], [{ by: 'there' }, { by: 'here' }], 'of the transaction one write is older')
})

test('a new replica has all items, and what is in transit arrives there once', async (t) => {
  const { emulator, here, there, far } = await startGlobal(t, { regions: [], replicationLag: '5s' })
  for (let item = 0; item < 300; item++) await put(here.documents, `i${item}`, { kind: item % 2 === 0 ? 'even' : 'odd' })
  await replicas(here.dynamodb, { Create: { RegionName: THERE } })
  t.equal((await there.documents.send(new ScanCommand({ TableName }))).Count, 300)
  const { Count } = await there.documents.send(new QueryCommand({ TableName, IndexName: 'kinds', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': 'odd' } }))
  t.equal(Count, 150)
  await put(there.documents, 'new', { by: 'there' })
  await there.documents.send(new DeleteCommand({ TableName, Key: { id: 'i7' } }))
  await replicas(here.dynamodb, { Create: { RegionName: FAR } })
  t.equal((await far.documents.send(new ScanCommand({ TableName }))).Count, 300, 'as the region it was created from')
  await emulator.clock.advance(5000)
  for (const { documents } of [here, there, far]) t.equal((await documents.send(new ScanCommand({ TableName }))).Count, 300)
  t.match(await get(far.documents, 'new'), { by: 'there' })
  t.notOk(await get(far.documents, 'i7'))
  t.match((await describe(there.dynamodb)).Replicas!.map(({ RegionName }) => RegionName).sort(), [FAR, HERE])
  t.match((await describe(far.dynamodb)).Replicas!.map(({ RegionName }) => RegionName).sort(), [THERE, HERE])
})

async function streamOf ({ dynamodb, streams }: Clients) {
  const { LatestStreamArn: StreamArn } = await describe(dynamodb)
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId: StreamDescription!.Shards![0]!.ShardId, ShardIteratorType: 'TRIM_HORIZON' }))
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }))
  return Records!.map(({ eventName, awsRegion, userIdentity, dynamodb }) => ({ eventName, awsRegion, by: userIdentity?.PrincipalId, id: dynamodb!.Keys!.id!.S }))
}

test('each region has its own stream records; an expired item is deleted in one region, and the deletion is replicated', async (t) => {
  const { emulator, here, there } = await startGlobal(t, { regions: [THERE], replicationLag: '1s' })
  await here.dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } }))
  t.match(await there.dynamodb.send(new DescribeTimeToLiveCommand({ TableName })), { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'until' } })
  await put(here.documents, 'a', { until: TEST_TIME / 1000 + 60 })
  await put(here.documents, 'a', { until: TEST_TIME / 1000 + 60 })
  await emulator.clock.advance(60_000)
  t.ok(await get(there.documents, 'a'))
  await emulator.clock.advance(1)
  t.notOk(await get(here.documents, 'a'))
  t.ok(await get(there.documents, 'a'), 'it is deleted where it was written last')
  await emulator.clock.advance(1000)
  t.notOk(await get(there.documents, 'a'))
  t.strictSame(await streamOf(here), [
    { eventName: 'INSERT', awsRegion: HERE, by: undefined, id: 'a' },
    { eventName: 'REMOVE', awsRegion: HERE, by: 'dynamodb.amazonaws.com', id: 'a' },
  ])
  t.strictSame(await streamOf(there), [
    { eventName: 'INSERT', awsRegion: THERE, by: undefined, id: 'a' },
    { eventName: 'REMOVE', awsRegion: THERE, by: undefined, id: 'a' },
  ])
})

/** Scales the write units of the table. */
async function scaleWrites (t: Test, { url }: Emulator): Promise<void> {
  const scaling = new ApplicationAutoScalingClient({ region: HERE, endpoint: url!, credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  t.teardown(() => scaling.destroy())
  const target = { ServiceNamespace: 'dynamodb', ResourceId: `table/${TableName}`, ScalableDimension: 'dynamodb:table:WriteCapacityUnits' } as const
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 5, MaxCapacity: 50 }))
  await scaling.send(new PutScalingPolicyCommand({
    ...target, PolicyName: 'writes', PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' } },
  }))
}

test('settings that all replicas share are changed in all, from any region', async (t) => {
  const { emulator, here, there } = await startGlobal(t, { regions: [], table: { BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }, GlobalSecondaryIndexes: undefined, AttributeDefinitions: [TABLE.AttributeDefinitions![0]!] } })
  await t.rejects(replicas(here.dynamodb, { Create: { RegionName: THERE } }), { name: 'ValidationException', message: 'Table write capacity should either be Pay-Per-Request or AutoScaled.' })
  await scaleWrites(t, emulator)
  await replicas(here.dynamodb, { Create: { RegionName: THERE } })
  await replicas(here.dynamodb, { Update: { RegionName: THERE, ProvisionedThroughputOverride: { ReadCapacityUnits: 7 } } })
  t.match(await describe(here.dynamodb), { Replicas: [{ ProvisionedThroughputOverride: { ReadCapacityUnits: 7 } }], ProvisionedThroughput: { ReadCapacityUnits: 5 } })
  t.match(await describe(there.dynamodb), { ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 5 } })
  await change(here.dynamodb, { ProvisionedThroughput: { ReadCapacityUnits: 6, WriteCapacityUnits: 9 } })
  t.match(await describe(there.dynamodb), { ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 9 } })
  await put(there.documents, 'a', { kind: 'book' })
  await change(there.dynamodb, {
    AttributeDefinitions: TABLE.AttributeDefinitions,
    GlobalSecondaryIndexUpdates: [{ Create: { ...TABLE.GlobalSecondaryIndexes![0]!, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } } }],
  })
  t.match(await describe(here.dynamodb), { GlobalSecondaryIndexes: [{ IndexName: 'kinds', IndexStatus: 'ACTIVE' }] })
  await change(there.dynamodb, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'kinds' } }] })
  t.notOk((await describe(here.dynamodb)).GlobalSecondaryIndexes)
  await change(here.dynamodb, { BillingMode: 'PAY_PER_REQUEST' })
  t.match(await describe(there.dynamodb), { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } })
  await change(here.dynamodb, { DeletionProtectionEnabled: true })
  t.match(await describe(there.dynamodb), { DeletionProtectionEnabled: false }, 'which belongs to a region')
  await t.rejects(change(there.dynamodb, { StreamSpecification: { StreamEnabled: false } }), { name: 'ValidationException', message: 'Disabling Stream is not allowed for a Global Table replica.' })
})

test('replica updates that AWS refuses are refused with its words', async (t) => {
  const { here, there, far } = await start(t)
  await here.dynamodb.send(new CreateTableCommand(TABLE))
  await far.dynamodb.send(new CreateTableCommand(TABLE))
  await replicas(here.dynamodb, { Create: { RegionName: THERE } })
  const refused = async (message: string | RegExp, ...updates: ReplicationGroupUpdate[]) => t.rejects(replicas(here.dynamodb, ...updates), { name: 'ValidationException', message })
  await refused('Failed to create a the new replica of table with name: ‘orders’ because one or more replicas already existed as tables.', { Create: { RegionName: THERE } })
  await refused('Failed to create a the new replica of table with name: ‘orders’ because one or more replicas already existed as tables.', { Create: { RegionName: FAR } })
  await refused('Update global table operation failed because one or more replicas were not part of the global table. Please retry the request without these replicas: [ap-south-1].', { Delete: { RegionName: FAR } })
  await refused('Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.', { Create: { RegionName: HERE } })
  await refused(/^Region us-fake-1 is not supported\. The latest version of global tables are only supported in the following regions: \[af-south-1, /, { Create: { RegionName: 'us-fake-1' } })
  await refused('There are no actions specified in the Replica Update Action of the request.', {})
  await refused('There are no actions specified in the Replica Update Action of the request.', { Update: { RegionName: THERE } })
  await refused('Update table operation with more than one create or delete replica actions not allowed.', { Create: { RegionName: 'us-west-1' } }, { Create: { RegionName: 'us-west-2' } })
  await refused('Update table operation with more than one type of replica actions not allowed.', { Create: { RegionName: 'us-west-1' }, Delete: { RegionName: THERE } })
  await t.rejects(change(here.dynamodb, { DeletionProtectionEnabled: true, ReplicaUpdates: [{ Delete: { RegionName: THERE } }] }),
    { message: 'One or more parameter values were invalid: Replica modification must be the only operation in the request' })
  await t.rejects(replicas(here.dynamodb, { Create: {} } as ReplicationGroupUpdate), { name: 'ValidationException', message: /replicaUpdates\.1\.member\.create\.regionName/ })
  await change(there.dynamodb, { DeletionProtectionEnabled: true })
  await refused('Cannot delete table orders in region eu-west-1 because it has deletion protection enabled. Disable deletion protection first.', { Delete: { RegionName: THERE } })
})

test('a region that a replica was created from can be deleted once that replica is gone, or after a day', async (t) => {
  const { emulator, here, there, far } = await startGlobal(t, { replicationLag: '1m' })
  const remove = ({ dynamodb }: Clients) => dynamodb.send(new DeleteTableCommand({ TableName }))
  await t.rejects(remove(here), { message: 'Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.' })
  await put(there.documents, 'a')
  await remove(there)
  t.ok(await get(here.documents, 'a'), 'what was written there is not lost')
  t.match((await describe(here.dynamodb)).Replicas, [{ RegionName: FAR }])
  await emulator.clock.advance(24 * 3_600_000)
  await put(here.documents, 'b')
  await remove(here)
  t.match(await describe(far.dynamodb), { Replicas: undefined, ItemCount: 2 })
  t.strictSame((await here.dynamodb.send(new ListTablesCommand({}))).TableNames, [])
})

test('metrics have the latency of replication where a write was made, and its units where it arrived', async (t) => {
  const { emulator, here, there } = await startGlobal(t, { regions: [THERE], replicationLag: '3s' })
  await put(here.documents, 'a', { kind: 'book', text: 'x'.repeat(1500) })
  await emulator.clock.advance(120_000)
  const read = async ({ cloudwatch }: Clients, MetricName: string, ...more: { Name: string, Value: string }[]) => (await cloudwatch.send(new GetMetricStatisticsCommand({
    Namespace: 'AWS/DynamoDB', MetricName, Dimensions: [{ Name: 'TableName', Value: TableName }, ...more], StartTime: new Date(TEST_TIME), EndTime: new Date(TEST_TIME + 120_000), Period: 120, Statistics: ['Sum', 'Average'],
  }))).Datapoints!.map(({ Sum, Average }) => ({ Sum, Average }))
  t.match(await read(here, 'ReplicationLatency', { Name: 'ReceivingRegion', Value: THERE }), [{ Average: 3000 }])
  t.match(await read(there, 'ConsumedWriteCapacityUnits'), [{ Sum: 2 }])
  t.match(await read(there, 'ConsumedWriteCapacityUnits', { Name: 'GlobalSecondaryIndexName', Value: 'kinds' }), [{ Sum: 2 }])
})
