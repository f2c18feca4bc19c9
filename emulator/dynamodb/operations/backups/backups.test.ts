import {
  CreateBackupCommand, CreateTableCommand, DeleteBackupCommand, DeleteItemCommand, DeleteTableCommand, DescribeBackupCommand, DescribeContinuousBackupsCommand,
  DescribeTableCommand, DescribeTimeToLiveCommand, ListBackupsCommand, ListTagsOfResourceCommand, PutItemCommand, QueryCommand, RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand, ScanCommand, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput, type DynamoDBClient
} from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import { TEST_TIME, overAllWays, testEmulator, wireClients } from '../../../test-support/emulator.ts'

const MINUTE = 60_000
const DAY = 86_400_000

const table = {
  TableName: 'orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'state', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8 },
  GlobalSecondaryIndexes: [{
    IndexName: 'byState',
    KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
    ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
  }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  Tags: [{ Key: 'team', Value: 'a' }],
} satisfies CreateTableCommandInput

const put = (client: DynamoDBClient, id: string, state: string) =>
  client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, state: { S: state } } }))
const recovery = (client: DynamoDBClient, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean, RecoveryPeriodInDays?: number }, TableName = 'orders') =>
  client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }))
const scan = async (client: DynamoDBClient, TableName: string) =>
  Object.fromEntries(((await client.send(new ScanCommand({ TableName }))).Items ?? []).map(({ id, state }) => [id!.S!, state!.S!]))

async function withTable (t: Test) {
  const emulator = await testEmulator(t)
  const { dynamodb } = wireClients(t, emulator)
  await dynamodb.send(new CreateTableCommand(table))
  return { emulator, dynamodb }
}

test('a backup keeps the table as it was until it is deleted, even without the table', (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { dynamodb } } = await start()
    await dynamodb.send(new CreateTableCommand(table))
    await put(dynamodb, 'a', 'new')
    await put(dynamodb, 'b', 'new')
    const { BackupDetails: details } = await dynamodb.send(new CreateBackupCommand({ TableName: 'orders', BackupName: 'daily' }))
    t.match(details, { BackupName: 'daily', BackupStatus: 'CREATING', BackupType: 'USER', BackupArn: /^arn:aws:dynamodb:us-east-1:000000000000:table\/orders\/backup\/\d{14}-[0-9a-f]{8}$/ })
    const BackupArn = details!.BackupArn!
    await put(dynamodb, 'a', 'paid')
    await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'b' } } }))
    t.match((await dynamodb.send(new DescribeBackupCommand({ BackupArn }))).BackupDescription, {
      BackupDetails: { BackupStatus: 'AVAILABLE', BackupSizeBytes: 22 },
      SourceTableDetails: { TableName: 'orders', ItemCount: 2, BillingMode: 'PROVISIONED' },
      SourceTableFeatureDetails: { GlobalSecondaryIndexes: [{ IndexName: 'byState' }], StreamDescription: { StreamViewType: 'KEYS_ONLY' } },
    })
    await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
    await emulator.clock.advance(DAY)
    const restored = await dynamodb.send(new RestoreTableFromBackupCommand({ TargetTableName: 'again', BackupArn }))
    t.match(restored.TableDescription, { TableStatus: 'CREATING', RestoreSummary: { SourceBackupArn: BackupArn, RestoreInProgress: true, RestoreDateTime: new Date(TEST_TIME) } })
    t.strictSame(await scan(dynamodb, 'again'), { a: 'new', b: 'new' })
    const described = (await dynamodb.send(new DescribeTableCommand({ TableName: 'again' }))).Table!
    t.match(described, { TableStatus: 'ACTIVE', ItemCount: 2, ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 8 }, RestoreSummary: { RestoreInProgress: false } })
    t.match(described.GlobalSecondaryIndexes, [{ IndexName: 'byState', ItemCount: 2, ProvisionedThroughput: { ReadCapacityUnits: 3 } }])
    t.notOk(described.LatestStreamArn, 'no stream is restored')
    t.strictSame((await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: described.TableArn }))).Tags ?? [], [])
    const found = await dynamodb.send(new QueryCommand({
      TableName: 'again', IndexName: 'byState', KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'state' }, ExpressionAttributeValues: { ':s': { S: 'new' } },
    }))
    t.equal(found.Count, 2)
    t.match((await dynamodb.send(new DeleteBackupCommand({ BackupArn }))).BackupDescription, { BackupDetails: { BackupStatus: 'DELETED' } })
    await t.rejects(dynamodb.send(new DescribeBackupCommand({ BackupArn })), { name: 'BackupNotFoundException' })
  })
  t.end()
})

test('backups are listed by table, time and type, in pages', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  for (const BackupName of ['one', 'two', 'three']) {
    await dynamodb.send(new CreateBackupCommand({ TableName: 'orders', BackupName }))
    await emulator.clock.advance(MINUTE)
  }
  const names = async (input: object) => ((await dynamodb.send(new ListBackupsCommand(input))).BackupSummaries ?? []).map(({ BackupName }) => BackupName)
  t.strictSame(await names({}), ['one', 'two', 'three'])
  t.strictSame(await names({ TableName: 'others' }), [])
  t.strictSame(await names({ BackupType: 'SYSTEM' }), [])
  t.strictSame(await names({ TimeRangeLowerBound: new Date(TEST_TIME + MINUTE), TimeRangeUpperBound: new Date(TEST_TIME + 2 * MINUTE) }), ['two'])
  const page = await dynamodb.send(new ListBackupsCommand({ Limit: 2 }))
  t.equal(page.BackupSummaries!.length, 2)
  t.strictSame(await names({ ExclusiveStartBackupArn: page.LastEvaluatedBackupArn }), ['three'])
  await t.rejects(dynamodb.send(new ListBackupsCommand({ TimeRangeLowerBound: new Date(TEST_TIME), TimeRangeUpperBound: new Date(0) })), {
    message: 'One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound',
  })
})

test('a table is restored to a time, without TTL, stream, tags and recovery', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  t.match((await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'orders' }))).ContinuousBackupsDescription, {
    ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
  })
  await put(dynamodb, 'before', 'there')
  const enabled = await recovery(dynamodb, { PointInTimeRecoveryEnabled: true })
  t.match(enabled.ContinuousBackupsDescription!.PointInTimeRecoveryDescription, {
    PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35, EarliestRestorableDateTime: new Date(TEST_TIME), LatestRestorableDateTime: new Date(TEST_TIME),
  })
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } }))
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'short' }, state: { S: 'x' }, ttl: { N: String(TEST_TIME / 1000 + 90) } } }))
  await emulator.clock.advance(MINUTE)
  await put(dynamodb, 'before', 'changed')
  await put(dynamodb, 'after', 'new')
  await emulator.clock.advance(MINUTE)
  t.strictSame(await scan(dynamodb, 'orders'), { before: 'changed', after: 'new' })
  const restore = (TargetTableName: string, more: object) => dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName: 'orders', TargetTableName, ...more }))
  await restore('first', { RestoreDateTime: new Date(TEST_TIME) })
  t.strictSame(await scan(dynamodb, 'first'), { before: 'there', short: 'x' })
  await restore('second', { RestoreDateTime: new Date(TEST_TIME + MINUTE) })
  t.strictSame(await scan(dynamodb, 'second'), { before: 'changed', after: 'new', short: 'x' })
  const latest = await restore('latest', { UseLatestRestorableTime: true })
  t.match(latest.TableDescription!.RestoreSummary, { SourceTableArn: /table\/orders$/, RestoreInProgress: true })
  t.strictSame(await scan(dynamodb, 'latest'), { before: 'changed', after: 'new' })
  t.match((await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'first' }))).TimeToLiveDescription, { TimeToLiveStatus: 'DISABLED' })
  t.match((await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'first' }))).ContinuousBackupsDescription, { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } })
  await restore('byArn', { SourceTableName: undefined, SourceTableArn: latest.TableDescription!.RestoreSummary!.SourceTableArn, UseLatestRestorableTime: true, BillingModeOverride: 'PAY_PER_REQUEST', GlobalSecondaryIndexOverride: [] })
  const onDemand = (await dynamodb.send(new DescribeTableCommand({ TableName: 'byArn' }))).Table!
  t.match(onDemand, { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' }, ProvisionedThroughput: { ReadCapacityUnits: 0 } })
  t.notOk(onDemand.GlobalSecondaryIndexes)
})

test('invalid restores are refused, and leave nothing behind', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  const restore = (more: object) => dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName: 'orders', TargetTableName: 'target', UseLatestRestorableTime: true, ...more }))
  await t.rejects(restore({}), { name: 'PointInTimeRecoveryUnavailableException' })
  await recovery(dynamodb, { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 2 })
  await emulator.clock.advance(3 * DAY)
  const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
  const cases: [object, string][] = [
    [{ RestoreDateTime: new Date(TEST_TIME) }, 'Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both'],
    [{ UseLatestRestorableTime: undefined }, 'Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both'],
    [{ UseLatestRestorableTime: undefined, RestoreDateTime: new Date(TEST_TIME) }, 'InvalidRestoreTimeException'],
    [{ UseLatestRestorableTime: undefined, RestoreDateTime: new Date(TEST_TIME + 4 * DAY) }, 'InvalidRestoreTimeException'],
    [{ SourceTableName: undefined }, 'Must provide exactly one of: sourceTableArn, sourceTableName'],
    [{ SourceTableName: 'missing' }, 'TableNotFoundException'],
    [{ TargetTableName: 'orders' }, 'TableAlreadyExistsException'],
    [{ BillingModeOverride: 'PAY_PER_REQUEST', ProvisionedThroughputOverride: units }, 'Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST'],
    [{ BillingModeOverride: 'PROVISIONED' }, 'Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED'],
    [{ GlobalSecondaryIndexOverride: [{ IndexName: 'other', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }] },
      'Invalid Request: Index other does not match a secondary index that existed in the source table and cannot be created during the restore operation'],
  ]
  for (const [input, refusal] of cases) {
    const error = await restore(input).then(() => ({ name: 'none', message: 'none' }), (error: Error) => error)
    t.ok([error.name, error.message].includes(refusal), refusal)
  }
  await t.rejects(recovery(dynamodb, { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 36 }), { name: 'ValidationException', message: /^1 validation error detected/ })
  await t.rejects(recovery(dynamodb, { PointInTimeRecoveryEnabled: false, RecoveryPeriodInDays: 5 }), { message: 'Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.' })
  await t.rejects(dynamodb.send(new DescribeTableCommand({ TableName: 'target' })), { name: 'ResourceNotFoundException' })
  const { LatestRestorableDateTime, EarliestRestorableDateTime } = (await recovery(dynamodb, { PointInTimeRecoveryEnabled: true })).ContinuousBackupsDescription!.PointInTimeRecoveryDescription!
  t.same([EarliestRestorableDateTime, LatestRestorableDateTime], [new Date(TEST_TIME + DAY), new Date(TEST_TIME + 3 * DAY)], 'the period stays as it was')
})

test('deleting a table with point-in-time recovery leaves a system backup for 35 days', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  await recovery(dynamodb, { PointInTimeRecoveryEnabled: true })
  await put(dynamodb, 'a', 'kept')
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  const [backup] = (await dynamodb.send(new ListBackupsCommand({ BackupType: 'SYSTEM' }))).BackupSummaries!
  t.match(backup, { BackupName: 'orders$DeletedTableBackup', BackupType: 'SYSTEM', BackupExpiryDateTime: new Date(TEST_TIME + 35 * DAY) })
  const BackupArn = backup!.BackupArn!
  await t.rejects(dynamodb.send(new DeleteBackupCommand({ BackupArn })), {
    message: `Invalid Request: User is not allowed to delete the system backup with arn ${BackupArn}. It will automatically expire on ${new Date(TEST_TIME + 35 * DAY).toISOString()}`,
  })
  await dynamodb.send(new RestoreTableFromBackupCommand({ TargetTableName: 'orders', BackupArn }))
  t.strictSame(await scan(dynamodb, 'orders'), { a: 'kept' })
  await emulator.clock.advance(35 * DAY)
  await t.rejects(dynamodb.send(new DescribeBackupCommand({ BackupArn })), { name: 'BackupNotFoundException' })
})

test('backups and restores take as long as their delays say', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { tableDelays: { backup: MINUTE, restore: MINUTE } } })
  const { dynamodb } = wireClients(t, emulator)
  await dynamodb.send(new CreateTableCommand(table))
  const { BackupArn } = (await dynamodb.send(new CreateBackupCommand({ TableName: 'orders', BackupName: 'slow' }))).BackupDetails!
  const restore = () => dynamodb.send(new RestoreTableFromBackupCommand({ TargetTableName: 'again', BackupArn }))
  await t.rejects(restore(), { name: 'BackupInUseException' })
  await t.rejects(dynamodb.send(new DeleteBackupCommand({ BackupArn })), { name: 'BackupInUseException' })
  await emulator.clock.advance(MINUTE)
  await restore()
  const status = async () => (await dynamodb.send(new DescribeTableCommand({ TableName: 'again' }))).Table
  t.match(await status(), { TableStatus: 'CREATING', RestoreSummary: { RestoreInProgress: true } })
  await t.rejects(scan(dynamodb, 'again'), { name: 'ResourceNotFoundException' })
  await emulator.clock.advance(MINUTE)
  t.match(await status(), { TableStatus: 'ACTIVE', RestoreSummary: { RestoreInProgress: false } })
})
