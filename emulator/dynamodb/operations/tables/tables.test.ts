import {
  CreateTableCommand, DeleteTableCommand, DescribeLimitsCommand, DescribeTableCommand, DescribeTimeToLiveCommand, ListTablesCommand,
  ListTagsOfResourceCommand, TagResourceCommand, UntagResourceCommand, UpdateTableCommand, UpdateTimeToLiveCommand, type DynamoDBClient
} from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { overAllWays, testEmulator, TEST_TIME } from '../../../test-support/emulator.ts'

const definition = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
})

const status = async (client: DynamoDBClient, TableName = 'things') =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus

test('a table is created, described, listed and deleted', (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { dynamodb, documents } } = await start()
    const { TableDescription } = await dynamodb.send(new CreateTableCommand(definition('things')))
    t.match(TableDescription, {
      TableStatus: 'CREATING',
      TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/things',
      CreationDateTime: new Date(TEST_TIME),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ItemCount: 0,
    })
    t.equal(await status(dynamodb), 'ACTIVE')
    await t.rejects(dynamodb.send(new CreateTableCommand(definition('things'))), { name: 'ResourceInUseException', message: 'Table already exists: things' })
    await documents.send(new PutCommand({ TableName: 'things', Item: { id: 'one' } }))
    t.match((await dynamodb.send(new DescribeTableCommand({ TableName: 'things' }))).Table, { ItemCount: 1, TableSizeBytes: 5 })
    t.match((await dynamodb.send(new DeleteTableCommand({ TableName: 'things' }))).TableDescription, { TableStatus: 'DELETING' })
    await t.rejects(dynamodb.send(new DescribeTableCommand({ TableName: 'things' })), {
      name: 'ResourceNotFoundException', message: 'Requested resource not found: Table: things not found',
    })
    await dynamodb.send(new CreateTableCommand(definition('things')))
    t.equal((await documents.send(new ScanCommand({ TableName: 'things' }))).Count, 0, 'a new table of the same name is empty')
  })
  t.end()
})

test('a table\'s states follow the clock', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { tableDelays: { create: 5000, update: 3000, delete: 2000 } } })
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(definition('things')))
  t.equal(await status(dynamodb), 'CREATING')
  await t.rejects(documents.send(new GetCommand({ TableName: 'things', Key: { id: '1' } })), { name: 'ResourceNotFoundException' })
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), {
    name: 'ResourceInUseException', message: 'Attempt to change a resource which is still in use: Table is being created: things',
  })
  await emulator.clock.advance(4999)
  t.equal(await status(dynamodb), 'CREATING')
  await emulator.clock.advance(1)
  t.equal(await status(dynamodb), 'ACTIVE')
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', DeletionProtectionEnabled: true }))
  t.equal(await status(dynamodb), 'ACTIVE', 'deletion protection takes no time')
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), { name: 'ValidationException', message: /protected against deletion/ })
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', DeletionProtectionEnabled: false }))
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', TableClass: 'STANDARD_INFREQUENT_ACCESS' }))
  t.equal(await status(dynamodb), 'UPDATING')
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), {
    name: 'ResourceInUseException', message: 'Attempt to change a resource which is still in use: Table: things is in the process of being updated.',
  })
  await emulator.clock.advance(3000)
  await dynamodb.send(new DeleteTableCommand({ TableName: 'things' }))
  t.equal(await status(dynamodb), 'DELETING')
  t.same((await dynamodb.send(new ListTablesCommand({}))).TableNames, ['things'])
  await emulator.clock.advance(2000)
  t.same((await dynamodb.send(new ListTablesCommand({}))).TableNames, [])
})

test('changes that took no time stay when the clock is set back', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  for (const TableName of ['things', 'gone']) await dynamodb.send(new CreateTableCommand(definition(TableName)))
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: 'one' } }))
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'things', TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } }))
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', TableClass: 'STANDARD_INFREQUENT_ACCESS' }))
  await dynamodb.send(new DeleteTableCommand({ TableName: 'gone' }))

  await emulator.clock.set(TEST_TIME - 86_400_000)
  t.equal(await status(dynamodb), 'ACTIVE')
  t.strictSame((await documents.send(new GetCommand({ TableName: 'things', Key: { id: 'one' } }))).Item, { id: 'one' })
  t.match((await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))).TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED' })
  t.strictSame((await dynamodb.send(new ListTablesCommand({}))).TableNames, ['things'])
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', TableClass: 'STANDARD' }))
})

test('throughput and billing mode change, and an update that changes nothing is refused', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const units = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
  await dynamodb.send(new CreateTableCommand({ ...definition('things'), BillingMode: undefined, ProvisionedThroughput: units }))
  await t.rejects(dynamodb.send(new UpdateTableCommand({ TableName: 'things', ProvisionedThroughput: units })), {
    name: 'ValidationException', message: /The provisioned throughput for the table will not change/,
  })
  const { TableDescription } = await dynamodb.send(new UpdateTableCommand({ TableName: 'things', ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 2 } }))
  t.match(TableDescription?.ProvisionedThroughput, { ReadCapacityUnits: 7, WriteCapacityUnits: 2, NumberOfDecreasesToday: 1 })
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', BillingMode: 'PAY_PER_REQUEST' }))
  t.match((await dynamodb.send(new DescribeTableCommand({ TableName: 'things' }))).Table, {
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' }, ProvisionedThroughput: { ReadCapacityUnits: 0 },
  })
  t.match(await dynamodb.send(new DescribeLimitsCommand({})), { TableMaxReadCapacityUnits: 40_000 })
})

test('tables are listed in pages, and tagged', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  for (const name of ['ccc', 'aaa', 'bbb']) await dynamodb.send(new CreateTableCommand({ ...definition(name), Tags: [{ Key: 'name', Value: name }] }))
  t.match(await dynamodb.send(new ListTablesCommand({ Limit: 2 })), { TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' })
  t.match(await dynamodb.send(new ListTablesCommand({ ExclusiveStartTableName: 'bbb' })), { TableNames: ['ccc'], LastEvaluatedTableName: undefined })
  const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/aaa'
  await dynamodb.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'faces' }] }))
  await dynamodb.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['name'] }))
  t.same((await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags, [{ Key: 'team', Value: 'faces' }])
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
test('an expired item is deleted from table and indexes when its time has passed, and not before', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({
    ...definition('things'),
    AttributeDefinitions: [...definition('things').AttributeDefinitions, { AttributeName: 'kind', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [{ IndexName: 'ByKind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  const now = TEST_TIME / 1000
  const day = 86_400
  const put = (id: string, expiresAt: unknown) => documents.send(new PutCommand({ TableName: 'things', Item: { id, kind: 'k', expiresAt } }))
  const ids = async () => (await documents.send(new ScanCommand({ TableName: 'things' }))).Items!.map(({ id }) => id as string).sort()
  const indexed = async () => (await documents.send(new QueryCommand({
    TableName: 'things', IndexName: 'ByKind', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': 'k' },
  }))).Count

  await put('before', now + 31 * day)
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'things', TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } }))
  t.same((await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))).TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' })
  await put('month', now + 31 * day)
  await put('rescued', now + 31 * day)
  await put('never', undefined)
  await put('text', `${now + day}`)
  await put('ancient', now - 6 * 365 * day)

  await emulator.clock.advance(15 * day * 1000)
  t.same(await ids(), ['ancient', 'before', 'month', 'never', 'rescued', 'text'])
  await documents.send(new UpdateCommand({ TableName: 'things', Key: { id: 'rescued' }, UpdateExpression: 'SET expiresAt = :t', ExpressionAttributeValues: { ':t': now + 60 * day } }))
  await emulator.clock.advance(16 * day * 1000)
  t.same(await ids(), ['ancient', 'before', 'month', 'never', 'rescued', 'text'], 'at its very second an item is still there')
  await emulator.clock.advance(1)
  t.same(await ids(), ['ancient', 'never', 'rescued', 'text'], 'also what was there before TTL was enabled')
  t.equal(await indexed(), 4)
  await emulator.clock.advance(31 * day * 1000)
  t.same(await ids(), ['ancient', 'never', 'text'])
})

test('an item that is already expired is deleted soon after it is written, on a running clock', async (t) => {
  const emulator = await testEmulator(t, { frozenAt: undefined })
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(definition('things')))
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'things', TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } }))
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: '1', expiresAt: Math.floor(emulator.clock.now() / 1000) - 10 } }))
  const gone = async () => (await documents.send(new ScanCommand({ TableName: 'things' }))).Count === 0
  for (let tries = 0; tries < 200 && !await gone(); tries++) await new Promise((resolve) => setImmediate(resolve))
  t.ok(await gone())
})

test('deletion lags behind expiry by the configured time', async (t) => {
  const hour = 3_600_000
  const emulator = await testEmulator(t, { dynamodb: { ttlLagMs: 48 * hour } })
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(definition('things')))
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'things', TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } }))
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: '1', expiresAt: TEST_TIME / 1000 } }))
  const count = async () => (await documents.send(new ScanCommand({ TableName: 'things' }))).Count
  await emulator.clock.advance(48 * hour)
  t.equal(await count(), 1)
  await emulator.clock.advance(1)
  t.equal(await count(), 0)
})

test('TTL is refused with AWS\'s messages', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { tableDelays: { timeToLive: 3_600_000 } } })
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const ttl = (Enabled: boolean, AttributeName = 'expiresAt', TableName = 'things') =>
    dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } }))
  const state = async () => (await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))).TimeToLiveDescription?.TimeToLiveStatus
  await dynamodb.send(new CreateTableCommand(definition('things')))
  await t.rejects(ttl(true, 'expiresAt', 'missing'), { name: 'ResourceNotFoundException' })
  await t.rejects(ttl(false), { name: 'ValidationException', message: 'TimeToLive is already disabled' })
  t.equal(await state(), 'DISABLED')
  await ttl(true)
  t.equal(await state(), 'ENABLING')
  await t.rejects(ttl(false), { message: 'Time to live has been modified multiple times within a fixed interval' })
  await emulator.clock.advance(3_600_000)
  t.equal(await state(), 'ENABLED')
  await t.rejects(ttl(true), { message: 'TimeToLive is already enabled' })
  await t.rejects(ttl(true, 'other'), { message: 'TimeToLive is active on a different AttributeName: current AttributeName is expiresAt' })
  await ttl(false)
  t.equal(await state(), 'DISABLING')
})

test('accounts and regions share nothing', async (t) => {
  const emulator = await testEmulator(t)
  await emulator.clients({ accessKeyId: '111111111111' }).dynamodb.send(new CreateTableCommand(definition('things')))
  const names = async (options: { accessKeyId?: string, region?: string }) =>
    (await emulator.clients(options).dynamodb.send(new ListTablesCommand({}))).TableNames
  t.same(await names({ accessKeyId: '111111111111' }), ['things'])
  t.same(await names({ accessKeyId: '222222222222' }), [])
  t.same(await names({ accessKeyId: '111111111111', region: 'eu-west-1' }), [])
  await emulator.reset({ account: '222222222222' })
  t.same(await names({ accessKeyId: '111111111111' }), ['things'])
  await emulator.reset()
  t.same(await names({ accessKeyId: '111111111111' }), [])
})
