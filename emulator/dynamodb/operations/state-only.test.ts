import {
  BatchGetItemCommand, BatchWriteItemCommand, CreateGlobalTableCommand, CreateTableCommand, DeleteResourcePolicyCommand, DescribeContributorInsightsCommand, DescribeGlobalTableCommand, DescribeGlobalTableSettingsCommand,
  DescribeKinesisStreamingDestinationCommand, EnableKinesisStreamingDestinationCommand, GetResourcePolicyCommand, ListContributorInsightsCommand, ListGlobalTablesCommand, PutResourcePolicyCommand,
  TransactGetItemsCommand, TransactWriteItemsCommand, UpdateContributorInsightsCommand, UpdateKinesisStreamingDestinationCommand
} from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { EVERY_WAY, overWays } from '../../test-support/emulator.ts'
import { createSongs } from './partiql/test-support/songs.ts'

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/songs'
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'a' } })

test('Contributor Insights is a setting of a table and of each global index', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await createSongs(dynamodb)
    const describe = (IndexName?: string, TableName = 'songs') => dynamodb.send(new DescribeContributorInsightsCommand({ TableName, IndexName }))
    t.match(await describe(), { TableName: 'songs', ContributorInsightsStatus: 'DISABLED', ContributorInsightsRuleList: undefined, LastUpdateDateTime: undefined })
    t.match(await dynamodb.send(new UpdateContributorInsightsCommand({ TableName: 'songs', ContributorInsightsAction: 'ENABLE' })), { ContributorInsightsStatus: 'ENABLING', ContributorInsightsMode: 'ACCESSED_AND_THROTTLED_KEYS' })
    const { ContributorInsightsRuleList, ...described } = await describe()
    t.match(described, { ContributorInsightsStatus: 'ENABLED', LastUpdateDateTime: new Date('2026-03-01T12:00:00Z') })
    t.match(ContributorInsightsRuleList, ['PKC', 'PKT', 'SKC', 'SKT'].map((kind) => new RegExp(`^DynamoDBContributorInsights-${kind}-songs-\\d{13}$`)))
    await dynamodb.send(new UpdateContributorInsightsCommand({ TableName: 'songs', IndexName: 'genres', ContributorInsightsAction: 'ENABLE', ContributorInsightsMode: 'THROTTLED_KEYS' }))
    t.match((await describe('genres')).ContributorInsightsRuleList, [/^DynamoDBContributorInsights-PKT-songs-genres-/])
    const first = await dynamodb.send(new ListContributorInsightsCommand({ MaxResults: 1 }))
    t.match(first.ContributorInsightsSummaries, [{ TableName: 'songs', IndexName: undefined, ContributorInsightsStatus: 'ENABLED' }])
    t.match(await dynamodb.send(new ListContributorInsightsCommand({ NextToken: first.NextToken })), { NextToken: undefined, ContributorInsightsSummaries: [{ IndexName: 'genres' }] })
    t.match(await dynamodb.send(new UpdateContributorInsightsCommand({ TableName: 'songs', ContributorInsightsAction: 'DISABLE' })), { ContributorInsightsStatus: 'DISABLING' })
    t.match(await describe(), { ContributorInsightsStatus: 'DISABLED' })
    await t.rejects(describe(undefined, 'none'), { name: 'ResourceNotFoundException' })
    await t.rejects(describe('no-index'), { name: 'ResourceNotFoundException' })
    await t.rejects(dynamodb.send(new UpdateContributorInsightsCommand({ TableName: 'songs', ContributorInsightsAction: 'ON' as 'ENABLE' })), { name: 'ValidationException', message: /enum value set/ })
  })
  t.end()
})

test('CreateTable sets the policy of its table as PutResourcePolicy does', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    const create = (TableName: string, ResourcePolicy: string) => dynamodb.send(new CreateTableCommand({
      TableName, ResourcePolicy, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }))
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'dynamodb:GetItem', Resource: ARN }] })
    const { TableDescription } = await create('policed', Policy)
    t.notOk(TableDescription && 'ResourcePolicy' in TableDescription)
    const ResourceArn = ARN.replace('songs', 'policed')
    const { RevisionId, ...policy } = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }))
    t.match(policy, { Policy })
    await t.rejects(dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy: `${Policy} `, ExpectedRevisionId: 'NO_POLICY' })), { name: 'PolicyNotFoundException' })
    t.not((await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy: `${Policy} `, ExpectedRevisionId: RevisionId }))).RevisionId, RevisionId)
    await t.rejects(create('not-policed', 'no policy'), { name: 'ValidationException', message: 'Invalid policy document: This policy contains invalid Json' })
  })
  t.end()
})

test('a resource policy is kept by revision until it is deleted', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await createSongs(dynamodb)
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'dynamodb:GetItem', Resource: ARN }] })
    const put = (more = {}) => dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy, ...more }))
    const get = (ResourceArn = ARN) => dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }))
    await t.rejects(get(), { name: 'PolicyNotFoundException' })
    const { RevisionId } = await put({ ExpectedRevisionId: 'NO_POLICY' })
    t.match(await get(), { Policy, RevisionId })
    t.equal((await put()).RevisionId, RevisionId)
    await t.rejects(put({ ExpectedRevisionId: 'NO_POLICY' }), { name: 'PolicyNotFoundException' })
    const next = await put({ Policy: `${Policy} `, ExpectedRevisionId: RevisionId })
    t.not(next.RevisionId, RevisionId)
    await t.rejects(dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: ARN, ExpectedRevisionId: RevisionId })), { name: 'PolicyNotFoundException' })
    t.equal((await dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: ARN }))).RevisionId, next.RevisionId)
    t.notOk((await dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: ARN }))).RevisionId)
    await t.rejects(get(), { name: 'PolicyNotFoundException' })
    await t.rejects(put({ Policy: 'no policy' }), { name: 'ValidationException' })
    await t.rejects(put({ Policy: JSON.stringify({ Statement: ['x'.repeat(20_480)] }) }), { name: 'ValidationException' })
    await t.rejects(get(`${ARN}s`), { name: 'ResourceNotFoundException' })
    await t.rejects(get(`${ARN}/stream/2026-03-01T12:00:00.000`), { name: 'ResourceNotFoundException' })
  })
  t.end()
})

test('global tables of 2017 and Kinesis streams are answered as to an account that has none', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await createSongs(dynamodb)
    t.match(await dynamodb.send(new ListGlobalTablesCommand({})), { GlobalTables: [] })
    for (const command of [new DescribeGlobalTableCommand({ GlobalTableName: 'songs' }), new DescribeGlobalTableSettingsCommand({ GlobalTableName: 'songs' })]) {
      await t.rejects(dynamodb.send(command), { name: 'GlobalTableNotFoundException' })
    }
    await t.rejects(dynamodb.send(new CreateGlobalTableCommand({ GlobalTableName: 'songs', ReplicationGroup: [] })), { name: 'ValidationException', message: /CreateGlobalTable is not supported by this emulator/ })
    const StreamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/songs'
    t.match(await dynamodb.send(new DescribeKinesisStreamingDestinationCommand({ TableName: 'songs' })), { TableName: 'songs', KinesisDataStreamDestinations: [] })
    await t.rejects(dynamodb.send(new DescribeKinesisStreamingDestinationCommand({ TableName: 'none' })), { name: 'ResourceNotFoundException' })
    await t.rejects(dynamodb.send(new EnableKinesisStreamingDestinationCommand({ TableName: 'songs', StreamArn })), { name: 'ValidationException', message: 'User does not have a permission to use kinesis stream' })
    await t.rejects(dynamodb.send(new UpdateKinesisStreamingDestinationCommand({ TableName: 'songs', StreamArn })), { name: 'ValidationException', message: /cannot be null or contain only null values$/ })
  })
  t.end()
})

test('batches and transactions may name tables by their ARN, and a batch answers with it', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await createSongs(dynamodb)
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [ARN]: [{ PutRequest: { Item: key('ada') } }] } }))
    t.match(await dynamodb.send(new BatchGetItemCommand({ RequestItems: { [ARN]: { Keys: [key('ada')] } } })), { Responses: { [ARN]: [key('ada')] }, UnprocessedKeys: {} })
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: ARN, Item: key('bob') } }] }))
    t.match(await dynamodb.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: ARN, Key: key('bob') } }] })), { Responses: [{ Item: key('bob') }] })
    await t.rejects(dynamodb.send(new BatchGetItemCommand({ RequestItems: { [ARN.replace('000000000000', '111111111111')]: { Keys: [key('ada')] } } })), { name: 'AccessDeniedException' })
    await t.rejects(dynamodb.send(new BatchGetItemCommand({ RequestItems: { [ARN]: { Keys: [key('ada')] }, songs: { Keys: [key('ada')] } } })), { name: 'ValidationException' })
  })
  t.end()
})
