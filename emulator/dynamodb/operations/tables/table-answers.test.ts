import { CreateTableCommand, DeleteTableCommand, ListTagsOfResourceCommand, PutItemCommand, QueryCommand, TagResourceCommand, UntagResourceCommand, UpdateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { EVERY_WAY, overAllWays, overWays } from '../../../test-support/emulator.ts'
import { sendRaw } from '../../../test-support/raw-call.ts'

/* Answers and refusals of operations on tables. Source: answers of AWS in public test suites and bug reports, 2023 to 2026. */

const hash = (name: string) => ({ AttributeName: name, KeyType: 'HASH' as const })
const range = (name: string) => ({ AttributeName: name, KeyType: 'RANGE' as const })
const defined = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
const Projection = { ProjectionType: 'ALL' as const }
const table = (more: Partial<CreateTableCommandInput> = {}): CreateTableCommandInput =>
  ({ TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: defined('pk'), KeySchema: [hash('pk')], ...more })
const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/things'

test('a deleted table is described without keys, indexes and settings', (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await dynamodb.send(new CreateTableCommand(table({
      AttributeDefinitions: defined('pk', 'sk', 'g'),
      KeySchema: [hash('pk'), range('sk')],
      GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: [hash('g')], Projection }],
      LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: [hash('pk'), range('g')], Projection }],
    })))
    const { TableDescription } = await dynamodb.send(new DeleteTableCommand({ TableName: 'things' }))
    t.same(Object.keys(TableDescription ?? {}).sort(),
      ['BillingModeSummary', 'ItemCount', 'ProvisionedThroughput', 'TableArn', 'TableId', 'TableName', 'TableSizeBytes', 'TableStatus'])
    t.match(TableDescription, { TableName: 'things', TableStatus: 'DELETING', ItemCount: 0, TableSizeBytes: 0 })
  })
  t.end()
})

test('changes of tags have an empty answer, and another account\'s tags are refused', (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await dynamodb.send(new CreateTableCommand(table()))
    const inputs: [string, object][] = [['TagResource', { Tags: [{ Key: 'a', Value: 'b' }] }], ['UntagResource', { TagKeys: ['a'] }]]
    for (const [operation, input] of inputs) {
      const { status, read } = await sendRaw(dynamodb, operation, JSON.stringify({ ResourceArn: ARN, ...input }))
      t.same([status, await read()], [200, ''])
    }
    await dynamodb.send(new TagResourceCommand({ ResourceArn: ARN, Tags: [{ Key: 'c', Value: 'd' }] }))
    t.match((await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: ARN }))).Tags, [{ Key: 'c', Value: 'd' }])
    await dynamodb.send(new UntagResourceCommand({ ResourceArn: ARN, TagKeys: ['c'] }))
    for (const name of ['things', 'missing']) {
      const ResourceArn = `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`
      await t.rejects(dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn })), { name: 'AccessDeniedException' })
      await t.rejects(dynamodb.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] })), { name: 'AccessDeniedException' })
      await t.rejects(dynamodb.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] })), { name: 'AccessDeniedException' })
    }
  })
  t.end()
})

test('a key attribute cannot be redefined with another type, nor named twice in one key', (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await dynamodb.send(new CreateTableCommand(table({
      AttributeDefinitions: defined('pk', 'xyz'), GlobalSecondaryIndexes: [{ IndexName: 'first', KeySchema: [hash('xyz')], Projection }],
    })))
    await t.rejects(dynamodb.send(new UpdateTableCommand({
      TableName: 'things',
      AttributeDefinitions: [{ AttributeName: 'xyz', AttributeType: 'N' }],
      GlobalSecondaryIndexUpdates: [{ Create: { IndexName: 'second', KeySchema: [hash('xyz')], Projection } }],
    })), {
      name: 'ValidationException',
      message: 'One or more parameter values were invalid: Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. ' +
        'Existing schema: Schema:[SchemaElement: key{xyz:S:HASH}] New schema: Schema:[SchemaElement: key{xyz:N:HASH}]',
    })
    for (const key of [[hash('a'), hash('a'), range('b')], [hash('a'), range('b'), range('b')], [hash('a'), hash('b'), range('a')]]) {
      const indexed = { AttributeDefinitions: defined('pk', 'a', 'b', 'c'), GlobalSecondaryIndexes: [{ IndexName: 'many', KeySchema: key, Projection }] }
      await t.rejects(dynamodb.send(new CreateTableCommand(table({ TableName: 'other', ...indexed }))), { name: 'ValidationException', message: /same name/ })
      await t.rejects(dynamodb.send(new UpdateTableCommand({
        TableName: 'things', AttributeDefinitions: indexed.AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: indexed.GlobalSecondaryIndexes[0]! }],
      })), { name: 'ValidationException', message: /same name/ })
    }
  })
  t.end()
})

test('a query of a table without a sort key cannot be resumed; one of an index can', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await dynamodb.send(new CreateTableCommand(table({
      AttributeDefinitions: defined('pk', 'g'), GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: [hash('g')], Projection }],
    })))
    for (const S of ['x', 'y']) await dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { pk: { S }, g: { S: 'g' } } }))
    const query = { TableName: 'things', KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: { ':v': { S: 'x' } } }
    const message = 'The provided exclusive start key is invalid: ExclusiveStartKey: {pk=AttributeValue: {S:x}}'
    const ExclusiveStartKey = { pk: { S: 'x' } }
    await t.rejects(dynamodb.send(new QueryCommand({ ...query, ExclusiveStartKey })), { name: 'ValidationException', message })
    await t.rejects(dynamodb.send(new QueryCommand({ ...query, ExclusiveStartKey, ScanIndexForward: false })), { name: 'ValidationException', message })
    t.equal((await dynamodb.send(new QueryCommand({ ...query, Limit: 1 }))).LastEvaluatedKey, undefined, 'there is nothing to resume')
    const inIndex = { ...query, IndexName: 'global', KeyConditionExpression: 'g = :v', ExpressionAttributeValues: { ':v': { S: 'g' } }, Limit: 1 }
    const page = await dynamodb.send(new QueryCommand(inIndex))
    t.equal((await dynamodb.send(new QueryCommand({ ...inIndex, ExclusiveStartKey: page.LastEvaluatedKey }))).Count, 1)
  })
  t.end()
})
