import * as sdk from '@aws-sdk/client-dynamodb'
import {
  CreateTableCommand, DeleteTableCommand, DescribeEndpointsCommand, ListBulkOperationsCommand, DescribeLimitsCommand,
  DescribeTableCommand, DescribeTimeToLiveCommand, GetItemCommand, ListTablesCommand, ListTagsOfResourceCommand, PutItemCommand,
  ScanCommand, TagResourceCommand, UntagResourceCommand, UpdateTableCommand, UpdateTimeToLiveCommand,
  type CreateTableCommandInput, type GlobalSecondaryIndex, type LocalSecondaryIndex, type Tag
} from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { testEmulator } from '../../../test-support/emulator.ts'
import { operations } from '../../index.ts'
import { hasMember, type DynamodbOperation } from '../../operation.ts'
import type { Shape, Shapes } from '../../requests/shapes.ts'

const PREFIX = 'One or more parameter values were invalid: '
const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/things'

const defined = (...names: string[]) => names.map((name) => ({ AttributeName: name, AttributeType: 'S' as const }))
const keyed = (hash: string, range?: string) => [{ AttributeName: hash, KeyType: 'HASH' as const }, ...(range ? [{ AttributeName: range, KeyType: 'RANGE' as const }] : [])]
const units = (read: number, write = read) => ({ ReadCapacityUnits: read, WriteCapacityUnits: write })
const table = (more: Partial<CreateTableCommandInput> = {}): CreateTableCommandInput => ({
  TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: defined('pk', 'sk'), KeySchema: keyed('pk', 'sk'), ...more,
})
const global = (more: Partial<GlobalSecondaryIndex> = {}): GlobalSecondaryIndex => ({ IndexName: 'global', KeySchema: keyed('a'), Projection: { ProjectionType: 'ALL' }, ...more })
const local = (more: Partial<LocalSecondaryIndex> = {}): LocalSecondaryIndex => ({ IndexName: 'local', KeySchema: keyed('pk', 'a'), Projection: { ProjectionType: 'ALL' }, ...more })
const withA = (more: Partial<CreateTableCommandInput>) => table({ AttributeDefinitions: defined('pk', 'sk', 'a'), ...more })
const constraint = (value: string, place: string, rule: string) => `1 validation error detected: Value '${value}' at '${place}' failed to satisfy constraint: ${rule}`
const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))

// Words and order as recorded from AWS by the public paritysuite/dynamodb-conformance and aws-controllers-k8s, 2026-06 to 2026-10.
test('an invalid table is refused with AWS\'s messages, in AWS\'s order', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  const wrong = (value: unknown) => value as never // what the SDK's types know to be wrong
  const cases: [input: CreateTableCommandInput, message: string, name?: string][] = [
    [table({ TableName: undefined }), 'The parameter \'TableName\' is required but was not present in the request'],
    [table({ TableName: 'ab' }), constraint('ab', 'tableName', 'Member must have length greater than or equal to 3')],
    [table({ TableName: 'a'.repeat(256) }), constraint('a'.repeat(256), 'tableName', 'Member must have length less than or equal to 255')],
    [table({ TableName: 'x!!' }), constraint('x!!', 'tableName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+')],
    [table({ BillingMode: wrong('FREE') }), constraint('FREE', 'billingMode', 'Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]')],
    [table({ KeySchema: [{ AttributeName: 'pk', KeyType: wrong('INVALID') }] }), constraint('INVALID', 'keySchema.1.member.keyType', 'Member must satisfy enum value set: [HASH, RANGE]')],
    [table({ AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: wrong('BOOL') }] }), constraint('BOOL', 'attributeDefinitions.1.member.attributeType', 'Member must satisfy enum value set: [B, N, S]')],
    [table({ LocalSecondaryIndexes: [local({ IndexName: 'l1' })], GlobalSecondaryIndexes: [global({ IndexName: 'g1' })] }), '2 validation errors detected: ' +
      'Value \'g1\' at \'globalSecondaryIndexes.1.member.indexName\' failed to satisfy constraint: Member must have length greater than or equal to 3; ' +
      'Value \'l1\' at \'localSecondaryIndexes.1.member.indexName\' failed to satisfy constraint: Member must have length greater than or equal to 3'],
    [table({ BillingMode: undefined }), `${PREFIX}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`],
    [table({ ProvisionedThroughput: units(1) }), `${PREFIX}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`],
    [table({ BillingMode: undefined, ProvisionedThroughput: units(0) }), '2 validation errors detected: ' +
      'Value \'0\' at \'provisionedThroughput.writeCapacityUnits\' failed to satisfy constraint: Member must have value greater than or equal to 1; ' +
      'Value \'0\' at \'provisionedThroughput.readCapacityUnits\' failed to satisfy constraint: Member must have value greater than or equal to 1'],
    [table({ BillingMode: undefined, ProvisionedThroughput: units(40_001, 1) }), 'The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. ' +
      'Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.', 'LimitExceededException'],
    [table({ AttributeDefinitions: defined('pk', 'sk', 'pk') }), 'Attribute Name is duplicated: pk'],
    [table({ AttributeDefinitions: defined('pk'), KeySchema: keyed('pk', 'pk') }), 'Invalid KeySchema: Some index key attribute have no definition'],
    [table({ KeySchema: keyed('pk', 'pk') }), 'Both the Hash Key and the Range Key element in the KeySchema have the same name'],
    [table({ KeySchema: keyed('pk', 'sk').reverse() }), 'Invalid KeySchema: The first KeySchemaElement is not a HASH key type'],
    [table({ KeySchema: [...keyed('pk'), ...keyed('sk')] }), 'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type'],
    [withA({}), `${PREFIX}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`],
    [table({ GlobalSecondaryIndexes: [global({ KeySchema: keyed('q') })] }), `${PREFIX}Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: [sk, pk]`],
    [table({ AttributeDefinitions: defined('pk', 'sk', 'a', 'b', 'c'), GlobalSecondaryIndexes: [global({ Projection: {} })] }),
      `${PREFIX}Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]`],
    [table({ GlobalSecondaryIndexes: [] }), `${PREFIX}List of GlobalSecondaryIndexes is empty`],
    [table({ LocalSecondaryIndexes: [] }), `${PREFIX}List of LocalSecondaryIndexes is empty`],
    [table({ AttributeDefinitions: defined('pk', 'a'), KeySchema: keyed('pk'), LocalSecondaryIndexes: [local()] }),
      `${PREFIX}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`],
    [withA({ LocalSecondaryIndexes: [local({ KeySchema: keyed('a', 'sk') })] }),
      `${PREFIX}Index KeySchema does not have the same leading hash key as table KeySchema for index: local. index hash key: a, table hash key: pk`],
    [table({ LocalSecondaryIndexes: [local({ KeySchema: keyed('pk') })] }), `${PREFIX}Index KeySchema does not have a range key for index: local`],
    [withA({ LocalSecondaryIndexes: [local({ IndexName: 'same' })], GlobalSecondaryIndexes: [global({ IndexName: 'same' })] }), `${PREFIX}Duplicate index name: same`],
    [withA({ LocalSecondaryIndexes: many(6, (n) => local({ IndexName: `local${n}` })) }), `${PREFIX}Number of LocalSecondaryIndexes exceeds per-table limit of 5`],
    [withA({ GlobalSecondaryIndexes: many(21, (n) => global({ IndexName: `global${n}` })) }), `${PREFIX}GlobalSecondaryIndex count exceeds the per-table limit of 20`],
    [withA({ GlobalSecondaryIndexes: [global({ Projection: undefined })] }),
      '1 validation error detected: Value null at \'globalSecondaryIndexes.1.member.projection\' failed to satisfy constraint: Member must not be null'],
    [withA({ GlobalSecondaryIndexes: [global({ Projection: {} })] }), `${PREFIX}Unknown ProjectionType: null`],
    [withA({ GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['x'] } })] }), `${PREFIX}ProjectionType is ALL, but NonKeyAttributes is specified`],
    [withA({ GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'INCLUDE' } })] }), `${PREFIX}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`],
    [withA({ GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'y', 'x'] } })] }), `${PREFIX}Duplicate element in NonKeyAttributes: x`],
    [withA({ GlobalSecondaryIndexes: [global({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [] } })] }),
      constraint('[]', 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes', 'Member must have length greater than or equal to 1')],
    [withA({ GlobalSecondaryIndexes: many(6, (n) => global({ IndexName: `global${n}`, Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: many(n === 5 ? 1 : 20, (m) => `x${m}`) } })) }),
      `${PREFIX}The total number of attributes projected into all secondary indexes exceeds the limit of 100`],
    [withA({ GlobalSecondaryIndexes: [global({ ProvisionedThroughput: units(1) })] }), `${PREFIX}ProvisionedThroughput should not be specified for index: global when BillingMode is PAY_PER_REQUEST`],
    [withA({ BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1), GlobalSecondaryIndexes: [global()] }), `${PREFIX}ProvisionedThroughput is not specified for index: global`],
    [table({ TableClass: wrong('CHEAP') }), 'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].'],
    [table({ SSESpecification: { Enabled: false, SSEType: 'KMS' } }), `${PREFIX}SSEType can not be specified if Enabled is false`],
    [table({ SSESpecification: { Enabled: true, KMSMasterKeyId: 'alias/x' } }), `${PREFIX}SSEType KMS is required if KMSMasterKeyId is specified`],
    [table({ SSESpecification: { Enabled: true, SSEType: 'AES256' } }), `${PREFIX}SSEType AES256 is not supported`],
    [table({ StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } }), `${PREFIX}Table is being created with a stream disabled, UpdateViewType should not be specified`],
    [table({ StreamSpecification: { StreamEnabled: true } }), `${PREFIX}Table is being created with a stream enabled, UpdateViewType is required`],
    [table({ Tags: [{ Key: 'aws:x', Value: '' }] }), 'Tag Key cannot be prefixed with aws:, Key: aws:x'],
    [table({ Tags: many(51, (n) => ({ Key: `${n}`, Value: '' })) }), 'Number of Tags exceed the current limit for the provided ResourceArn'],
  ]
  for (const [input, message, name = 'ValidationException'] of cases) await t.rejects(dynamodb.send(new CreateTableCommand(input)), { name, message }, message)
  t.same((await dynamodb.send(new ListTablesCommand({}))).TableNames, [], 'nothing was made')

  await dynamodb.send(new CreateTableCommand(table({ Tags: [], TableName: 'a'.repeat(255) })))
  await dynamodb.send(new CreateTableCommand(withA({ LocalSecondaryIndexes: [local()], GlobalSecondaryIndexes: many(20, (n) => global({ IndexName: `global${n}` })) })))
  await t.rejects(dynamodb.send(new CreateTableCommand(table())), { name: 'ResourceInUseException', message: 'Table already exists: things' })
  await t.rejects(dynamodb.send(new CreateTableCommand(table({ KeySchema: keyed('pk', 'pk') }))), { name: 'ValidationException' }, 'the checks of the input come first')
})

test('a table is described as AWS describes it', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { tableDelays: { create: 1000, update: 1000 } } })
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const described = async (TableName = 'things') => (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table!
  const input = table({
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: units(5, 6),
    AttributeDefinitions: defined('z', 'sk', 'a', 'pk'),
    GlobalSecondaryIndexes: [
      global({ IndexName: 'by-z', KeySchema: keyed('z'), ProvisionedThroughput: units(1, 2), Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['y', 'b', 'pk'] } }),
      global({ IndexName: 'by-a', ProvisionedThroughput: units(3) }),
    ],
    LocalSecondaryIndexes: [local()],
    SSESpecification: { Enabled: true },
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    DeletionProtectionEnabled: true,
  })
  const { TableDescription: made } = await dynamodb.send(new CreateTableCommand(input))
  await t.rejects(dynamodb.send(new CreateTableCommand(input)), { name: 'ResourceInUseException', message: 'Attempt to change a resource which is still in use: Table is being created: things' })
  await t.rejects(dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: ARN })), { name: 'ResourceNotFoundException' }, 'it has no tags while it is made')
  await t.rejects(dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' })), {
    name: 'ValidationException', message: 'Cannot describe time to live while table is in CREATING state: Current table state is CREATING',
  })
  t.match((await described()).GlobalSecondaryIndexes, [{ IndexStatus: 'CREATING', Backfilling: undefined }, { IndexStatus: 'CREATING' }])
  await emulator.clock.advance(1000)
  const there = await described()
  t.strictSame(there, {
    AttributeDefinitions: defined('a', 'pk', 'sk', 'z'),
    CreationDateTime: made!.CreationDateTime,
    DeletionProtectionEnabled: true,
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-z',
        IndexArn: `${ARN}/index/by-z`,
        IndexStatus: 'ACTIVE',
        KeySchema: keyed('z'),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['b', 'pk', 'y'] },
        ProvisionedThroughput: { ...units(1, 2), NumberOfDecreasesToday: 0 },
        WarmThroughput: { ReadUnitsPerSecond: 1, WriteUnitsPerSecond: 2, Status: 'ACTIVE' },
        IndexSizeBytes: 0,
        ItemCount: 0,
      },
      {
        IndexName: 'by-a',
        IndexArn: `${ARN}/index/by-a`,
        IndexStatus: 'ACTIVE',
        KeySchema: keyed('a'),
        Projection: { ProjectionType: 'ALL' },
        ProvisionedThroughput: { ...units(3), NumberOfDecreasesToday: 0 },
        WarmThroughput: { ReadUnitsPerSecond: 3, WriteUnitsPerSecond: 3, Status: 'ACTIVE' },
        IndexSizeBytes: 0,
        ItemCount: 0,
      },
    ],
    ItemCount: 0,
    KeySchema: keyed('pk', 'sk'),
    LocalSecondaryIndexes: [{ IndexName: 'local', IndexArn: `${ARN}/index/local`, KeySchema: keyed('pk', 'a'), Projection: { ProjectionType: 'ALL' }, IndexSizeBytes: 0, ItemCount: 0 }],
    ProvisionedThroughput: { ...units(5, 6), NumberOfDecreasesToday: 0 },
    SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: 'arn:aws:kms:us-east-1:000000000000:alias/aws/dynamodb' },
    TableArn: ARN,
    TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
    TableId: made!.TableId,
    TableName: 'things',
    TableSizeBytes: 0,
    TableStatus: 'ACTIVE',
    WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 6, Status: 'ACTIVE' },
  })
  const { TableDescription } = await dynamodb.send(new UpdateTableCommand({ TableName: 'things', SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'alias/mine' } }))
  t.match(TableDescription, { TableStatus: 'ACTIVE', SSEDescription: { Status: 'UPDATING', KMSMasterKeyArn: 'arn:aws:kms:us-east-1:000000000000:alias/mine' } })
  await t.rejects(dynamodb.send(new UpdateTableCommand({ TableName: 'things', SSESpecification: { Enabled: false } })), {
    name: 'ResourceInUseException', message: 'Attempt to change a resource which is still in use: Server-Side Encryption is still being updated',
  })
  await emulator.clock.advance(1000)
  await dynamodb.send(new UpdateTableCommand({ TableName: 'things', SSESpecification: { Enabled: false } }))
  t.equal((await described()).SSEDescription, undefined)
  await emulator.clock.advance(1000)
  await t.rejects(dynamodb.send(new UpdateTableCommand({ TableName: 'things', SSESpecification: {} })), { message: `${PREFIX}Table is already encrypted by default` })
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
test('units can be decreased four times in a UTC day, and then once an hour', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(table({ BillingMode: 'PROVISIONED', ProvisionedThroughput: units(50) })))
  const set = (read: number, write = read) => dynamodb.send(new UpdateTableCommand({ TableName: 'things', ProvisionedThroughput: units(read, write) }))
  const count = async () => (await dynamodb.send(new DescribeTableCommand({ TableName: 'things' }))).Table!.ProvisionedThroughput!.NumberOfDecreasesToday
  for (const [read, write] of [[40, 40], [30, 60], [20, 20], [10, 10]] as const) await set(read, write)
  await t.rejects(set(9), {
    name: 'LimitExceededException',
    message: 'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease ' +
      'in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: 4. ' +
      'Last decrease at Sunday, March 1, 2026 at 12:00:00 PM Coordinated Universal Time. Next decrease can be made at Sunday, March 1, 2026 at 1:00:00 PM Coordinated Universal Time',
  })
  await set(12)
  await emulator.clock.advance(3_600_000)
  await set(9)
  t.equal(await count(), 5)
  await emulator.clock.advance(11 * 3_600_000)
  t.equal(await count(), 0, 'at midnight the count begins anew')
  await set(8)
  await t.rejects(dynamodb.send(new CreateTableCommand(table({ TableName: 'others', BillingMode: 'PROVISIONED', ProvisionedThroughput: units(40_000) }))).then(() =>
    dynamodb.send(new CreateTableCommand(table({ TableName: 'more', BillingMode: 'PROVISIONED', ProvisionedThroughput: units(40_000) })))), {
    name: 'LimitExceededException',
    message: /^This request would have caused the ReadCapacityUnits limit to be exceeded for the account in us-east-1\. Current ReadCapacityUnits reserved by the account: 40008\. Limit: 80000\. Requested: 40000/,
  })
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/switching.capacitymode.html
test('a table can be switched to on-demand mode four times in 24 hours', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(table({ BillingMode: 'PROVISIONED', ProvisionedThroughput: units(5) })))
  const provision = () => dynamodb.send(new UpdateTableCommand({ TableName: 'things', BillingMode: 'PROVISIONED', ProvisionedThroughput: units(5) }))
  const release = () => dynamodb.send(new UpdateTableCommand({ TableName: 'things', BillingMode: 'PAY_PER_REQUEST' }))
  for (let hour = 0; hour < 4; hour++) {
    await release()
    await provision()
    await emulator.clock.advance(3_600_000)
  }
  await t.rejects(release(), { name: 'LimitExceededException', message: /^Subscriber limit exceeded: .* limited to 4 times in 1 day\(s\)\..* Next update can be made at Monday, March 2, 2026 at 12:00:00 PM/ })
  await emulator.clock.advance(20 * 3_600_000)
  await release()
})

test('tags are checked, merged, removed and listed', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(table({ Tags: [{ Key: 'made', Value: '' }] })))
  const tag = (Tags: Tag[], ResourceArn = ARN) => dynamodb.send(new TagResourceCommand({ ResourceArn, Tags }))
  const untag = (TagKeys: string[]) => dynamodb.send(new UntagResourceCommand({ ResourceArn: ARN, TagKeys }))
  const list = async () => Object.fromEntries((await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: ARN }))).Tags!.map(({ Key, Value }) => [Key!, Value!]))
  const good = { Key: 'good', Value: 'x' }
  const cases: [tags: Tag[], message: string][] = [
    [[], 'Atleast one Tag needs to be provided as Input.'],
    [[good, { Key: 'no-value' } as Tag], 'The Tag Value provided is invalid, Value: null'],
    [[good, { Value: 'no-key' } as Tag], 'The Tag Key provided is invalid, Key: null'],
    [[good, { Key: '', Value: '' }], 'The Tag Key provided is invalid, Key: '],
    [[good, { Key: 'k'.repeat(129), Value: '' }], `The Tag Key provided is invalid, Key: ${'k'.repeat(129)}`],
    [[good, { Key: 'k', Value: 'v'.repeat(257) }], `The Tag Value provided is invalid, Value: ${'v'.repeat(257)}`],
    [[good, { Key: 'k', Value: '100%' }], 'The Tag Value provided is invalid, Value: 100%'],
    [[good, { Key: 'aws:k', Value: '' }], 'Tag Key cannot be prefixed with aws:, Key: aws:k'],
    [[good, good], 'Duplicate Tag Keys provided as input: Duplicate Tag Key found good'],
  ]
  for (const [tags, message] of cases) await t.rejects(tag(tags), { name: 'ValidationException', message }, message)
  t.same(await list(), { made: '' }, 'one wrong tag keeps all of them out')
  const all = many(49, (n) => ({ Key: `ключ ${n}`, Value: 'a+b-c=d.e_f:g/h@i' }))
  await tag(all)
  t.equal(Object.keys(await list()).length, 50, 'more than any page, and no NextToken')
  await t.rejects(tag([{ Key: 'one more', Value: '' }]), { name: 'ValidationException', message: 'Number of Tags exceed the current limit for the provided ResourceArn' })
  await tag([{ Key: 'made', Value: 'anew' }])
  await untag([...all.map(({ Key }) => Key), 'never there'])
  t.same(await list(), { made: 'anew' })
  await t.rejects(untag([]), { message: 'Atleast one Tag Key needs to be provided as Input.' })
  await t.rejects(untag(many(51, String)), { message: 'Number of Tags exceed the current limit for the provided ResourceArn' })

  const arns: [arn: string, name: string, message: string | RegExp][] = [
    ['things', 'ValidationException', `${PREFIX}ARNs must start with 'arn:': things`],
    ['arn:aws:s3:::things', 'ValidationException', `${PREFIX}Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::things`],
    [`${ARN}/index/global`, 'ValidationException', `${PREFIX}Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${ARN}/index/global`],
    [ARN.replace('us-east-1', 'eu-west-1'), 'ValidationException', `Invalid TableArn: Invalid ResourceArn provided as input ${ARN.replace('us-east-1', 'eu-west-1')}`],
    [ARN.replace('000000000000', '111111111111'), 'AccessDeniedException', /is not authorized to perform: dynamodb:TagResource on resource: arn:aws:dynamodb:us-east-1:111111111111:table\/things/],
    [`${ARN}2`, 'ResourceNotFoundException', `Requested resource not found: ResourceArn: ${ARN}2 not found`],
  ]
  for (const [arn, name, message] of arns) await t.rejects(tag([good], arn), { name, message }, arn)
})

test('the new value of TTL is checked before the time since the last change', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { tableDelays: { timeToLive: 3_600_000, create: 1000, delete: 1000 } } })
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const set = (Enabled: boolean, AttributeName = 'expires') => dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'things', TimeToLiveSpecification: { Enabled, AttributeName } }))
  await dynamodb.send(new CreateTableCommand(table()))
  await t.rejects(set(true), { name: 'ResourceInUseException', message: 'Attempt to change a resource which is still in use: Table things is being created' })
  await emulator.clock.advance(1000)
  await t.rejects(set(true, ''), { name: 'ValidationException', message: constraint('', 'timeToLiveSpecification.attributeName', 'Member must have length greater than or equal to 1') })
  t.same((await set(true)).TimeToLiveSpecification, { Enabled: true, AttributeName: 'expires' })
  await t.rejects(set(true), { name: 'ValidationException', message: 'TimeToLive is already enabled' })
  await t.rejects(set(false, 'other'), { message: 'TimeToLive is active on a different AttributeName: current AttributeName is expires' })
  await t.rejects(set(false), { message: 'Time to live has been modified multiple times within a fixed interval' })
  await emulator.clock.advance(3_600_000)
  await set(false)
  await emulator.clock.advance(3_600_000)
  t.same((await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))).TimeToLiveDescription, { TimeToLiveStatus: 'DISABLED' })
  await dynamodb.send(new DeleteTableCommand({ TableName: 'things' }))
  await t.rejects(dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' })), { message: /while table is in DELETING state: Current table state is DELETING/ })
  await t.rejects(dynamodb.send(new DeleteTableCommand({ TableName: 'things' })), { name: 'ResourceInUseException', message: /Table is being deleted: things$/ })
})

test('tables are listed by the bytes of their names, at most 100, after any name', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await Promise.all(['bbb', 'Bbb', 'aaa', ...many(100, (n) => `tab${n}`)].map((TableName) => dynamodb.send(new CreateTableCommand(table({ TableName })))))
  const first = await dynamodb.send(new ListTablesCommand({}))
  t.same([first.TableNames?.length, first.TableNames?.slice(0, 3)], [100, ['Bbb', 'aaa', 'bbb']])
  const rest = await dynamodb.send(new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName }))
  t.same([rest.TableNames?.length, rest.LastEvaluatedTableName], [3, undefined])
  t.match(await dynamodb.send(new ListTablesCommand({ Limit: 1, ExclusiveStartTableName: 'aab' })), { TableNames: ['bbb'], LastEvaluatedTableName: 'bbb' })
  for (const Limit of [0, 101]) await t.rejects(dynamodb.send(new ListTablesCommand({ Limit })), { name: 'ValidationException', message: new RegExp(`Value '${Limit}' at 'limit' failed`) })
  await t.rejects(dynamodb.send(new ListTablesCommand({ ExclusiveStartTableName: ARN })), { name: 'ValidationException' })
})

// "You can also provide the Amazon Resource Name (ARN) of the table in this parameter", API reference of every operation on a table
test('a table may be named by its ARN', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(table({ AttributeDefinitions: defined('pk'), KeySchema: keyed('pk') })))
  t.equal((await dynamodb.send(new DescribeTableCommand({ TableName: ARN }))).Table?.TableName, 'things')
  await dynamodb.send(new PutItemCommand({ TableName: ARN, Item: { pk: { S: '1' } } }))
  t.same((await dynamodb.send(new GetItemCommand({ TableName: ARN, Key: { pk: { S: '1' } } }))).Item, { pk: { S: '1' } })
  const describe = (TableName: string) => dynamodb.send(new DescribeTableCommand({ TableName }))
  await t.rejects(describe(`${ARN}2`), { name: 'ResourceNotFoundException', message: 'Requested resource not found: Table: things2 not found' })
  await t.rejects(describe(ARN.replace('us-east-1', 'eu-west-1')), { name: 'ValidationException', message: /^1 validation error detected: Invalid AWS region in 'arn:/ })
  await t.rejects(describe(`${ARN}/index/x`), { name: 'ValidationException', message: /Valid ARN format is/ })
  await t.rejects(describe(ARN.replace(':table/', ':backup/')), { name: 'ValidationException', message: /Invalid resource type/ })
  await t.rejects(describe(ARN.replace('000000000000', '111111111111')), { name: 'AccessDeniedException', message: /not authorized to perform: dynamodb:DescribeTable on resource/ })
})

test('limits and endpoints are described; missing operations get the service\'s own refusal', async (t) => {
  const { dynamodb } = (await testEmulator(t, { dynamodb: { limits: { tableUnits: 100 } } })).clients({ maxAttempts: 1, region: 'eu-west-1' })
  t.match(await dynamodb.send(new DescribeLimitsCommand({})), {
    AccountMaxReadCapacityUnits: 80_000, AccountMaxWriteCapacityUnits: 80_000, TableMaxReadCapacityUnits: 100, TableMaxWriteCapacityUnits: 100,
  })
  t.same((await dynamodb.send(new DescribeEndpointsCommand({}))).Endpoints, [{ Address: 'dynamodb.eu-west-1.amazonaws.com', CachePeriodInMinutes: 1440 }])
  await t.rejects(dynamodb.send(new ListBulkOperationsCommand({})), { name: 'UnknownOperationException' })
})

test('a Scan may be consistent, and costs accordingly', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(withA({ GlobalSecondaryIndexes: [global()] })))
  const scan = (ConsistentRead: boolean, IndexName?: string) => dynamodb.send(new ScanCommand({ TableName: 'things', IndexName, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' }))
  t.equal((await scan(false)).ConsumedCapacity?.CapacityUnits, 0.5)
  t.equal((await scan(true)).ConsumedCapacity?.CapacityUnits, 1)
  await t.rejects(scan(true, 'global'), { name: 'ValidationException', message: 'Consistent reads are not supported on global secondary indexes' })
})

/** A schema in the SDK's model: a structure (3), a list (1), a map (2), or a simple type (0, or a number alone). */
type Schema = number | [kind: 0, ...unknown[]] | [kind: 3, namespace: string, name: string, traits: unknown, names: string[], members: LazySchema[]] |
  [kind: 1, namespace: string, name: string, traits: unknown, element: LazySchema] |
  [kind: 2, namespace: string, name: string, traits: unknown, key: LazySchema, value: LazySchema]
type LazySchema = Schema | (() => Schema)

/** The paths of all members of an input, as `refuses` writes them, with whether the operation's shape has them. */
function membersOf (schema: LazySchema, shape: Shape | undefined, path: string[] = []): { path: string, known: boolean }[] {
  const model = typeof schema === 'function' ? schema() : schema
  // A value may hold values; a simple type may have traits beside it.
  if (typeof model === 'number' || (model as unknown[]).length === 2 || model[0] === 0 || model[2] === 'AttributeValue') return []
  const children = typeof shape === 'object' ? shape.children : undefined
  if (model[0] === 1) return membersOf(model[4], children as Shape | undefined, path) // a list's shape has one for its elements
  if (model[0] === 2) return membersOf(model[5], children as Shape | undefined, path) // and a map's for its values
  return model[4].flatMap((name, at) => {
    const member = (children as Shapes | undefined)?.[name] // a structure's shape has one for each member
    return [{ path: [...path, name].join('.'), known: member !== undefined }, ...membersOf(model[5][at]!, member, [...path, name])]
  })
}

/** Operations that refuse every input: there are no global tables. */
const REFUSING = ['CreateGlobalTable', 'UpdateGlobalTable', 'UpdateGlobalTableSettings', 'UpdateTableReplicaAutoScaling']

test('every member that the SDK has for an operation is honoured or refused by name', async (t) => {
  const emulator = await testEmulator(t)
  for (const [name, operation] of Object.entries(operations) as [string, DynamodbOperation][]) {
    if (REFUSING.includes(name)) continue
    const [, , , , input] = (sdk as unknown as Record<string, [number, string, string, unknown, LazySchema]>)[`${name}$`]! // exported so, with the input's schema in fifth place
    const refuses = operation.refuses ?? []
    const members = membersOf(input, { type: 'FieldStruct<Input>', children: operation.types })
    const refused = (path: string) => refuses.some((one) => path === one || path.startsWith(`${one}.`))
    t.same(members.filter(({ path, known }) => !known && !refused(path)), [], name)
    const paths = new Set(members.map(({ path }) => path))
    t.same(refuses.filter((path) => !paths.has(path)), [], `${name} refuses nothing that is not there`)
    for (const path of refuses) {
      const given = path.split('.').reduceRight<unknown>((value, member) => ({ [member]: member.startsWith('GlobalSecondaryIndex') ? [value] : value }), 'x') as object
      t.ok(hasMember(given, path))
      const answer = await fetch(emulator.url!, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${name}`, 'x-amz-date': '20260301T120000Z', authorization: 'AWS4-HMAC-SHA256 Credential=x/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x' },
        body: JSON.stringify(given),
      })
      t.match(await answer.json(), { message: `${PREFIX}${path} is not supported by this emulator` }, `${name} ${path}`)
    }
  }
})
