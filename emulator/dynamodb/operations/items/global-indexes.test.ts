import {
  CreateTableCommand, DeleteTableCommand, DescribeTableCommand, UpdateTableCommand, UpdateTimeToLiveCommand,
  type AttributeDefinition, type CreateGlobalSecondaryIndexAction, type DynamoDBClient, type GlobalSecondaryIndexUpdate, type UpdateTableCommandInput
} from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { overWays, testEmulator } from '../../../test-support/emulator.ts'
import type { DynamodbOptions } from '../../index.ts'

const table = { TableName: 'things', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }] }

const defined = (...names: string[]): AttributeDefinition[] => names.map((name) => ({ AttributeName: name, AttributeType: 'S' }))

const byKind: CreateGlobalSecondaryIndexAction = {
  IndexName: 'ByKind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' },
}

const createByKind = { AttributeDefinitions: defined('kind'), GlobalSecondaryIndexUpdates: [{ Create: byKind }] }

const update = (dynamodb: DynamoDBClient, input: Partial<UpdateTableCommandInput>) => dynamodb.send(new UpdateTableCommand({ TableName: 'things', ...input }))

const describe = async (dynamodb: DynamoDBClient) => (await dynamodb.send(new DescribeTableCommand({ TableName: 'things' }))).Table!

/** The statuses of the table and of its indexes, and whether these are being filled. */
const states = async (dynamodb: DynamoDBClient) => {
  const { TableStatus, GlobalSecondaryIndexes = [] } = await describe(dynamodb)
  return [TableStatus, ...GlobalSecondaryIndexes.map(({ IndexName, IndexStatus, Backfilling }) => [IndexName, IndexStatus, Backfilling])]
}

const ofKind = (documents: DynamoDBDocumentClient, kind: string) => documents.send(new QueryCommand({
  TableName: 'things', IndexName: 'ByKind', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': kind },
}))

async function start (t: Test, dynamodbOptions: DynamodbOptions = {}) {
  const emulator = await testEmulator(t, { dynamodb: dynamodbOptions })
  const clients = emulator.clients({ maxAttempts: 1 })
  await clients.dynamodb.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: defined('id') }))
  await emulator.clock.advance(dynamodbOptions.tableDelays?.create ?? 0)
  return { emulator, ...clients }
}

test('an added index has the existing items, and a deleted one is gone', (t) => {
  overWays(t, ['wire', 'in-process', 'fast path'], async (t, start) => {
    const { clients: { dynamodb, documents } } = await start()
    await dynamodb.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: defined('id') }))
    const puts = Array.from({ length: 300 }, (_, n) => new PutCommand({ TableName: 'things', Item: { id: `${n}`, ...(n % 3 > 0 && { kind: 'k' }) } }))
    await Promise.all(puts.map((put) => documents.send(put)))
    const { TableDescription } = await update(dynamodb, createByKind)
    t.match(TableDescription, {
      TableStatus: 'UPDATING',
      AttributeDefinitions: [{ AttributeName: 'id' }, { AttributeName: 'kind', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [{
        IndexName: 'ByKind',
        IndexStatus: 'CREATING',
        Backfilling: false,
        IndexArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/things/index/ByKind',
        ProvisionedThroughput: { ReadCapacityUnits: 0 },
      }],
    })
    const [added] = (await describe(dynamodb)).GlobalSecondaryIndexes!
    t.match(added, { IndexStatus: 'ACTIVE', ItemCount: 200, IndexSizeBytes: TableDescription!.GlobalSecondaryIndexes![0]!.IndexSizeBytes })
    t.equal(added!.Backfilling, undefined)
    t.equal((await ofKind(documents, 'k')).Count, 200)
    await documents.send(new UpdateCommand({ TableName: 'things', Key: { id: '1' }, UpdateExpression: 'SET kind = :n', ExpressionAttributeValues: { ':n': 'new' } }))
    await documents.send(new DeleteCommand({ TableName: 'things', Key: { id: '2' } }))
    t.equal((await ofKind(documents, 'k')).Count, 198)
    t.equal((await ofKind(documents, 'new')).Count, 1)

    const deleting = await update(dynamodb, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByKind' } }] })
    t.match(deleting.TableDescription, { TableStatus: 'UPDATING', GlobalSecondaryIndexes: [{ IndexName: 'ByKind', IndexStatus: 'DELETING' }] })
    const { GlobalSecondaryIndexes, AttributeDefinitions } = await describe(dynamodb)
    t.equal(GlobalSecondaryIndexes, undefined)
    t.same(AttributeDefinitions, defined('id'), 'and so is the definition of its key')
    await t.rejects(ofKind(documents, 'k'), { name: 'ValidationException', message: 'The table does not have the specified index: ByKind' })

    const number = await update(dynamodb, { AttributeDefinitions: [{ AttributeName: 'kind', AttributeType: 'N' }], GlobalSecondaryIndexUpdates: [{ Create: byKind }] })
    t.match(number.TableDescription?.GlobalSecondaryIndexes, [{ ItemCount: 0 }], 'nothing is left of it, and its attribute may have another type')
  })
  t.end()
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.ViolationDetection.html
test('items whose attributes do not match the key of a new index are left out of it', async (t) => {
  const { dynamodb, documents } = await start(t)
  const kinds: [id: string, kind: unknown][] = [['fits', 'k'], ['none', undefined], ['number', 5], ['empty', ''], ['list', ['k']], ['long', 'k'.repeat(2049)], ['wide', 'é'.repeat(1024)]]
  for (const [id, kind] of kinds) await documents.send(new PutCommand({ TableName: 'things', Item: { id, kind } }))
  await update(dynamodb, createByKind)
  t.same((await documents.send(new ScanCommand({ TableName: 'things', IndexName: 'ByKind' }))).Items!.map(({ id }) => id as string).sort(), ['fits', 'wide'])
  await t.rejects(documents.send(new PutCommand({ TableName: 'things', Item: { id: 'number', kind: 6 } })), {
    name: 'ValidationException', message: 'One or more parameter values were invalid: Type mismatch for Index Key kind Expected: S Actual: N IndexName: ByKind',
  })
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: 'number', kind: 'k' } }))
  await documents.send(new DeleteCommand({ TableName: 'things', Key: { id: 'list' } }))
  t.equal((await describe(dynamodb)).GlobalSecondaryIndexes?.[0]?.ItemCount, 3)
})

test('items written while an index is created are in it once', async (t) => {
  const { emulator, dynamodb, documents } = await start(t)
  const put = (n: number, round: string) => documents.send(new PutCommand({ TableName: 'things', Item: { id: `${n}`, kind: 'k', round } }))
  for (let n = 0; n < 1000; n++) await put(n, 'before')
  const written = emulator.trace.sequence
  const making = update(dynamodb, createByKind)
  const writes = Array.from({ length: 500 }, (_, n) => put(n * 3, 'during'))
  const deletes = Array.from({ length: 300 }, (_, n) => documents.send(new DeleteCommand({ TableName: 'things', Key: { id: `${n * 3 + 1}` } })))
  await Promise.all([making, ...writes, ...deletes])
  const inTable = (await documents.send(new ScanCommand({ TableName: 'things' }))).Items!
  const inIndex = (await documents.send(new ScanCommand({ TableName: 'things', IndexName: 'ByKind' }))).Items!
  const byId = (items: Record<string, unknown>[]) => items.sort((one, other) => Number(one.id) - Number(other.id))
  t.strictSame(byId(inIndex), byId(inTable))
  t.match((await describe(dynamodb)).GlobalSecondaryIndexes, [{ ItemCount: inTable.length }])
  const [traced] = emulator.trace.query({ after: written }).filter(({ operation }) => operation === 'UpdateTable')
  t.match(traced, { writeUnits: 0 }, 'nobody is charged for filling it')
})

// Phases, refusals and words: as observed on AWS in October 2026 (aws-controllers-k8s), where the guide is silent.
test('the states of an index follow the clock, and limit what can be done meanwhile', async (t) => {
  const { emulator, dynamodb, documents } = await start(t, { tableDelays: { update: 3000, backfill: 60_000 } })
  const inUse = (message: string) => ({ name: 'ResourceInUseException', message: `Attempt to change a resource which is still in use: ${message}` })
  const another = {
    AttributeDefinitions: defined('other'),
    GlobalSecondaryIndexUpdates: [{ Create: { ...byKind, IndexName: 'ByOther', KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' as const }] } }],
  }
  const one = { name: 'LimitExceededException', message: 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table' }
  const remove = { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByKind' } }] }
  const busy = inUse('Cannot delete table while indexes are being created, updated, or deleted.')
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: '1', kind: 'k' } }))

  await update(dynamodb, createByKind)
  t.same(await states(dynamodb), ['UPDATING', ['ByKind', 'CREATING', false]])
  await t.rejects(update(dynamodb, another), one)
  await t.rejects(update(dynamodb, remove), inUse('Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. Table: things Index: ByKind'))
  await t.rejects(update(dynamodb, { BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }),
    inUse('Can\'t change table IOPS when an index is being created. Table: things Indexes: [ByKind]'))
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), busy)
  t.equal((await update(dynamodb, { DeletionProtectionEnabled: false })).TableDescription?.TableStatus, 'UPDATING')
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'things', TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } }))

  await emulator.clock.advance(3000)
  t.same(await states(dynamodb), ['ACTIVE', ['ByKind', 'CREATING', true]])
  await t.rejects(ofKind(documents, 'k'), { name: 'ValidationException', message: 'Cannot read from backfilling global secondary index: ByKind' })
  await t.rejects(documents.send(new ScanCommand({ TableName: 'things', IndexName: 'ByKind' })), { message: 'Cannot read from backfilling global secondary index: ByKind' })
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: '2', kind: 'k' } }))
  await t.rejects(update(dynamodb, another), one)
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), busy)

  await emulator.clock.advance(60_000)
  t.same(await states(dynamodb), ['ACTIVE', ['ByKind', 'ACTIVE', undefined]])
  t.equal((await ofKind(documents, 'k')).Count, 2)

  await update(dynamodb, another)
  await emulator.clock.advance(3000)
  await update(dynamodb, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByOther' } }] })
  t.same(await states(dynamodb), ['UPDATING', ['ByKind', 'ACTIVE', undefined], ['ByOther', 'DELETING', undefined]], 'one that is being filled may be deleted')
  await t.rejects(update(dynamodb, another), inUse('Index is being deleted. Table: things Index: ByOther'))
  await t.rejects(update(dynamodb, remove), one)
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), busy)
  await t.rejects(update(dynamodb, { BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }),
    inUse('Can\'t change table IOPS when an index is being deleted. Table: things Indexes: [ByOther]'))
  await emulator.clock.advance(3000)
  t.same(await states(dynamodb), ['ACTIVE', ['ByKind', 'ACTIVE', undefined]])
  await dynamodb.send(new DeleteTableCommand({ TableName: 'things' }))
})

test('invalid changes of indexes are refused with AWS\'s messages', async (t) => {
  const { dynamodb } = await start(t)
  const PREFIX = 'One or more parameter values were invalid: '
  const keyed = (...KeySchema: [name: string, type: 'HASH' | 'RANGE'][]) => ({ ...byKind, KeySchema: KeySchema.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })) })
  const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
  const indexes = (...GlobalSecondaryIndexUpdates: GlobalSecondaryIndexUpdate[]) => ({ AttributeDefinitions: defined('kind', 'x'), GlobalSecondaryIndexUpdates })
  const cases: [input: Partial<UpdateTableCommandInput>, message: string, name?: string][] = [
    [{ GlobalSecondaryIndexUpdates: [] }, 'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ' +
      'ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required'],
    [{ GlobalSecondaryIndexUpdates: [], DeletionProtectionEnabled: true }, `${PREFIX}List of GlobalSecondaryIndexUpdates is empty`],
    [indexes({}), `${PREFIX}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null`],
    [indexes({ Create: byKind, Delete: { IndexName: 'ByKind' } }), `${PREFIX}Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`],
    [indexes({ Create: byKind }, { Delete: { IndexName: 'ByKind' } }), `${PREFIX}Only one global secondary index update per index is allowed simultaneously. Index: ByKind`],
    [indexes({ Create: byKind }, { Create: { ...byKind, IndexName: 'Other' } }), 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table', 'LimitExceededException'],
    [{ ...createByKind, AttributeDefinitions: undefined }, `${PREFIX}AttributeDefinitions is not specified for index: ByKind`],
    [indexes({ Create: keyed(['q', 'HASH']) }), `${PREFIX}Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: [id]`],
    [{ ...indexes({ Create: keyed(['id', 'HASH']) }), AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }] }, `${PREFIX}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. ` +
      'Existing schema: Schema:[SchemaElement: key{id:S:HASH}] New schema: Schema:[SchemaElement: key{id:N:HASH}]'],
    [indexes({ Create: keyed(['kind', 'RANGE'], ['x', 'HASH']) }), 'Invalid KeySchema: The first KeySchemaElement is not a HASH key type'],
    [indexes({ Create: { ...byKind, Projection: {} } }), `${PREFIX}Unknown ProjectionType: null`],
    [indexes({ Create: { ...byKind, ProvisionedThroughput: units } }), `${PREFIX}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ByKind when BillingMode is PAY_PER_REQUEST`],
    [indexes({ Delete: { IndexName: 'Missing' } }), 'Requested resource not found: Index Missing for table things', 'ResourceNotFoundException'],
    [indexes({ Update: { IndexName: 'Missing', ProvisionedThroughput: units } }), 'Requested resource not found: Index Missing for table things', 'ResourceNotFoundException'],
    [{ ...createByKind, DeletionProtectionEnabled: true }, `${PREFIX}DeletionProtection modification must be the only operation in the request`],
    [{ ...createByKind, TableClass: 'STANDARD' }, `${PREFIX}TableClass modification must be the only operation in the request`],
    [{ ...createByKind, SSESpecification: { Enabled: true } }, `${PREFIX}Server-Side Encryption modification must be the only operation in the request`],
    [{ ...createByKind, ProvisionedThroughput: units }, `${PREFIX}You cannot create or delete index while updating table IOPS`],
    [{ ...createByKind, TableName: 'missing' }, 'Requested resource not found: Table: missing not found', 'ResourceNotFoundException'],
  ]
  for (const [input, message, name = 'ValidationException'] of cases) await t.rejects(update(dynamodb, input), { name, message }, message)
  t.equal((await describe(dynamodb)).GlobalSecondaryIndexes, undefined, 'none of them has made an index')

  await update(dynamodb, createByKind)
  await t.rejects(update(dynamodb, createByKind), { name: 'ValidationException', message: 'Attempting to create an index which already exists' })
  await t.rejects(update(dynamodb, indexes({ Update: { IndexName: 'ByKind', ProvisionedThroughput: units } })), {
    message: `${PREFIX}The only Updates for index: ByKind when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput`,
  })
  await t.rejects(update(dynamodb, { BillingMode: 'PROVISIONED', ProvisionedThroughput: units }), { message: `${PREFIX}ProvisionedThroughput must be specified for index: ByKind` })
  for (let n = 1; n < 20; n++) await update(dynamodb, indexes({ Create: { ...byKind, IndexName: `Index${n}` } }))
  await t.rejects(update(dynamodb, indexes({ Create: { ...byKind, IndexName: 'TooMany' } })), {
    name: 'LimitExceededException', message: 'Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20',
  })
})

test('updates of global indexes do not change a local one', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: defined('id', 'at', 'kind'),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'at', KeyType: 'RANGE' }],
    LocalSecondaryIndexes: [{ IndexName: 'Local', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'kind', KeyType: 'RANGE' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  const message = 'Cannot delete an index that is not a GlobalSecondaryIndex: Local'
  await t.rejects(update(dynamodb, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'Local' } }] }), { name: 'ValidationException', message })
  await t.rejects(update(dynamodb, { ...createByKind, GlobalSecondaryIndexUpdates: [{ Create: { ...byKind, IndexName: 'Local' } }] }), { message: 'Attempting to create an index which already exists' })
})

test('a provisioned table\'s new index has its own units, and the billing mode may change with it', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { tableDelays: { update: 1000 } } })
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const units = (read: number, write = read) => ({ ReadCapacityUnits: read, WriteCapacityUnits: write })
  await dynamodb.send(new CreateTableCommand({ ...table, AttributeDefinitions: defined('id'), ProvisionedThroughput: units(5) }))
  await t.rejects(update(dynamodb, createByKind), { message: 'One or more parameter values were invalid: Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ByKind' })
  await t.rejects(update(dynamodb, { ...createByKind, GlobalSecondaryIndexUpdates: [{ Create: { ...byKind, ProvisionedThroughput: units(40_001) } }] }), {
    name: 'LimitExceededException', message: /^The requested ReadCapacityUnits for index ByKind, 40001, is above the per index maximum for the account in us-east-1/,
  })
  await update(dynamodb, { ...createByKind, GlobalSecondaryIndexUpdates: [{ Create: { ...byKind, ProvisionedThroughput: units(3) } }] })
  await emulator.clock.advance(1000)
  const change = (read: number) => update(dynamodb, { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'ByKind', ProvisionedThroughput: units(read) } }] })
  await change(4)
  t.same(await states(dynamodb), ['ACTIVE', ['ByKind', 'UPDATING', undefined]], 'only the index is being updated')
  await t.rejects(change(5), { name: 'ResourceInUseException', message: 'Attempt to change a resource which is still in use: Index is being updated. Table: things Index: ByKind' })
  await emulator.clock.advance(1000)
  await t.rejects(change(4), { name: 'ValidationException', message: /^The provisioned throughput for the index ByKind will not change\..*provisioned for index ByKind: 4\./ })
  t.match((await describe(dynamodb)).GlobalSecondaryIndexes, [{ IndexStatus: 'ACTIVE', ProvisionedThroughput: { ReadCapacityUnits: 4, NumberOfDecreasesToday: 0 } }])

  const create = { AttributeDefinitions: defined('x'), GlobalSecondaryIndexUpdates: [{ Create: { ...byKind, IndexName: 'ByX', KeySchema: [{ AttributeName: 'x', KeyType: 'HASH' as const }] } }] }
  await update(dynamodb, { ...create, BillingMode: 'PAY_PER_REQUEST' })
  t.same(await states(dynamodb), ['UPDATING', ['ByKind', 'UPDATING', undefined], ['ByX', 'CREATING', false]])
  t.match((await describe(dynamodb)).GlobalSecondaryIndexes, [{ ProvisionedThroughput: { ReadCapacityUnits: 0 } }, { ProvisionedThroughput: { ReadCapacityUnits: 0 } }])
})
