/* eslint-disable no-template-curly-in-string -- variables of policies look like those of templates */
import {
  BatchGetItemCommand, BatchWriteItemCommand, CreateTableCommand, DescribeTableCommand, GetItemCommand, ListTablesCommand, PutItemCommand, QueryCommand, ScanCommand,
  TransactGetItemsCommand, TransactWriteItemsCommand, UpdateItemCommand
} from '@aws-sdk/client-dynamodb'
import { PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts'
import { test, type Test } from 'tap'
import { testEmulator } from '../../test-support/emulator.ts'
import { accessClients, fromSts, policy } from '../test-support/clients.ts'
import { clientsOf, makeRole, makeUser } from './test-support/callers.ts'

const TABLE = 'image-processing-metadata'
const ARN = `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}`
const S = (text: string) => ({ S: text })

async function start (t: Test) {
  const emulator = await testEmulator(t, { iam: true })
  const root = clientsOf(t, emulator)
  await root.dynamodb.send(new CreateTableCommand({
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['userId', 'imageId', 'status'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }, { AttributeName: 'imageId', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{ IndexName: 'StatusIndex', KeySchema: [{ AttributeName: 'status', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  for (const userId of ['ann', 'bob']) await root.dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: { userId: S(userId), imageId: S('1'), status: S('done'), secret: S('x') } }))
  return { emulator, root }
}

/** As DynamoDB words it. */
const denied = (arn: string, action: string, resource = ARN, why = `because no identity-based policy allows the dynamodb:${action} action`) => ({
  name: 'AccessDeniedException',
  $metadata: { httpStatusCode: 400 },
  message: `User: ${arn} is not authorized to perform: dynamodb:${action} on resource: ${resource} ${why}`,
})

test('the policy of seed 002: a user of an identity pool reads and writes its own items', async (t) => {
  const { emulator } = await start(t)
  const role = await makeRole(t, emulator, 'images', policy({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'cognito-identity.amazonaws.com' } }), policy({
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:ConditionCheckItem'],
    Resource: [ARN, `${ARN}/index/*`],
    Condition: { StringEquals: { 'dynamodb:LeadingKeys': ['${cognito-identity.amazonaws.com:sub}'] } },
  }))
  const { token } = await emulator.tokens.issue({ sub: 'ann' })
  const { Credentials } = await accessClients(t, emulator).sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: role, RoleSessionName: 'web', WebIdentityToken: token }))
  const { dynamodb } = clientsOf(t, emulator, fromSts(Credentials))
  const me = 'arn:aws:sts::000000000000:assumed-role/images/web'
  const key = (userId: string) => ({ userId: S(userId), imageId: S('1') })
  const query = (userId: string) => new QueryCommand({ TableName: TABLE, KeyConditionExpression: 'userId = :u', ExpressionAttributeValues: { ':u': S(userId) } })

  t.equal((await dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: key('ann') }))).Item?.secret?.S, 'x')
  t.equal((await dynamodb.send(query('ann'))).Count, 1)
  await dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [key('ann')] } } }))
  await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: [{ PutRequest: { Item: { ...key('ann'), imageId: S('2') } } }, { DeleteRequest: { Key: { ...key('ann'), imageId: S('2') } } }].slice(0, 1) } }))
  await dynamodb.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: TABLE, Key: key('ann') } }] }))

  await t.rejects(dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: key('bob') })), denied(me, 'GetItem'))
  await t.rejects(dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: key('bob') })), denied(me, 'PutItem'))
  await t.rejects(dynamodb.send(new UpdateItemCommand({ TableName: TABLE, Key: key('bob'), UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': S('1') } })), denied(me, 'UpdateItem'))
  await t.rejects(dynamodb.send(query('bob')), denied(me, 'Query'))
  await t.rejects(dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [key('ann'), key('bob')] } } })), denied(me, 'BatchGetItem'), 'one key of two is another\'s')
  await t.rejects(dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: [{ PutRequest: { Item: key('bob') } }] } })), denied(me, 'BatchWriteItem'))
  await t.rejects(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: TABLE, Item: key('ann') } }, { ConditionCheck: { TableName: TABLE, Key: key('bob'), ConditionExpression: 'attribute_exists(userId)' } }] })),
    denied(me, 'ConditionCheckItem'))
  await t.rejects(dynamodb.send(new ScanCommand({ TableName: TABLE })), denied(me, 'Scan'))
  await t.rejects(dynamodb.send(new QueryCommand({ TableName: TABLE, IndexName: 'StatusIndex', KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'status' }, ExpressionAttributeValues: { ':s': S('done') } })),
    denied(me, 'Query', `${ARN}/index/StatusIndex`), 'the leading key of an index is its own')
  await t.rejects(dynamodb.send(new ListTablesCommand({})), denied(me, 'ListTables', 'arn:aws:dynamodb:us-east-1:000000000000:table/*'))
})

test('attributes, and what may be returned', async (t) => {
  const { emulator } = await start(t)
  const dynamodb = clientsOf(t, emulator, await makeUser(t, emulator, 'reader', policy({
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:UpdateItem', 'dynamodb:BatchGetItem'],
    Resource: [ARN, `${ARN}/index/*`],
    Condition: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['userId', 'imageId', 'status'] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES', 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
    },
  }))).dynamodb
  const Key = { userId: S('ann'), imageId: S('1') }
  const names = { ExpressionAttributeNames: { '#s': 'status' } }
  t.same((await dynamodb.send(new GetItemCommand({ TableName: TABLE, Key, ProjectionExpression: '#s', ...names }))).Item, { status: S('done') })
  await t.rejects(dynamodb.send(new GetItemCommand({ TableName: TABLE, Key })), { name: 'AccessDeniedException' }, 'all attributes')
  await t.rejects(dynamodb.send(new GetItemCommand({ TableName: TABLE, Key, ProjectionExpression: 'secret' })), { name: 'AccessDeniedException' })
  await t.rejects(dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [Key], AttributesToGet: ['secret'] } } })), { name: 'AccessDeniedException' })
  await dynamodb.send(new ScanCommand({ TableName: TABLE, ProjectionExpression: 'userId' }))
  await t.rejects(dynamodb.send(new ScanCommand({ TableName: TABLE, ProjectionExpression: 'userId', FilterExpression: 'secret = :x', ExpressionAttributeValues: { ':x': S('x') } })), { name: 'AccessDeniedException' }, 'in a filter')
  const update = (UpdateExpression: string, more = {}) => dynamodb.send(new UpdateItemCommand({ TableName: TABLE, Key, UpdateExpression, ...names, ...more }))
  await update('SET #s = :s', { ExpressionAttributeValues: { ':s': S('done') }, ReturnValues: 'UPDATED_NEW' })
  await t.rejects(update('SET #s = :s', { ExpressionAttributeValues: { ':s': S('done') }, ReturnValues: 'ALL_OLD' }), { name: 'AccessDeniedException' })
  await t.rejects(update('SET #s = secret'), { name: 'AccessDeniedException' }, 'read by an update')
  await t.rejects(update('REMOVE secret, #s'), { name: 'AccessDeniedException' })
})

test('only within a transaction', async (t) => {
  const { emulator } = await start(t)
  const { dynamodb } = clientsOf(t, emulator, await makeUser(t, emulator, 'mover', policy({
    Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: ARN, Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
  })))
  const put = { TableName: TABLE, Item: { userId: S('z'), imageId: S('1') } }
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] }))
  await t.rejects(dynamodb.send(new PutItemCommand(put)), denied('arn:aws:iam::000000000000:user/mover', 'PutItem'))
})

test('explicit denial, and a change of a policy, are in force at once', async (t) => {
  const { emulator, root } = await start(t)
  const { dynamodb } = clientsOf(t, emulator, await makeUser(t, emulator, 'ann', undefined, 'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess'))
  const me = 'arn:aws:iam::000000000000:user/ann'
  const read = () => dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: { userId: S('ann'), imageId: S('1') } }))
  await read()
  await root.iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'stop', PolicyDocument: policy({ Sid: 'Stop', Effect: 'Deny', Action: 'dynamodb:Get*', Resource: '*' }) }))
  await t.rejects(read(), denied(me, 'GetItem', ARN, 'with an explicit deny in an identity-based policy'))
  t.match(emulator.trace.query().at(-1), { result: 'AccessDeniedException', access: [{ action: 'dynamodb:GetItem', resource: ARN, decision: 'explicitDeny', by: 'stop#Stop' }] })
  await t.rejects(dynamodb.send(new DescribeTableCommand({ TableName: 'none' })), { name: 'ResourceNotFoundException' }, 'who may look learns that it is not there')
  await t.rejects(dynamodb.send(new PutItemCommand({ TableName: 'none', Item: {} })), denied(me, 'PutItem', ARN.replace(TABLE, 'none')), 'who may not does not')
})

test('in audit mode nothing is refused, and the trace says what would be', async (t) => {
  const emulator = await testEmulator(t, { iam: 'audit' })
  const { dynamodb } = clientsOf(t, emulator, await makeUser(t, emulator, 'ann', policy({ Effect: 'Allow', Action: 'dynamodb:DescribeTable', Resource: '*' })))
  await dynamodb.send(new ListTablesCommand({}))
  t.match(emulator.trace.query().at(-1), {
    result: 'ok',
    wouldDeny: 'User: arn:aws:iam::000000000000:user/ann is not authorized to perform: dynamodb:ListTables on resource: arn:aws:dynamodb:us-east-1:000000000000:table/* because no identity-based policy allows the dynamodb:ListTables action',
    access: [{ action: 'dynamodb:ListTables', decision: 'implicitDeny' }],
  })
  const wrong = clientsOf(t, emulator, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wrong' })
  await wrong.dynamodb.send(new ListTablesCommand({}))
})

test('in-process clients are root, and without IAM nothing is noted', async (t) => {
  const { emulator } = await start(t)
  const { dynamodb, documents } = emulator.clients()
  await dynamodb.send(new ListTablesCommand({}))
  t.match(emulator.trace.query().at(-1), { access: [{ action: 'dynamodb:ListTables', decision: 'allowed' }] })
  const { GetCommand } = await import('@aws-sdk/lib-dynamodb')
  await documents.send(new GetCommand({ TableName: TABLE, Key: { userId: 'ann', imageId: '1' } }))
  t.match(emulator.trace.query().at(-1), { access: [{ action: 'dynamodb:GetItem', resource: ARN }] })
  const plain = await testEmulator(t)
  await plain.clients().dynamodb.send(new ListTablesCommand({}))
  t.notOk('access' in plain.trace.query().at(-1)!)
})
