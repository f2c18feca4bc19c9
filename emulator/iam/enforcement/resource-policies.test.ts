import { BatchGetItemCommand, CreateTableCommand, GetItemCommand, PutItemCommand, PutResourcePolicyCommand, DeleteResourcePolicyCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import {
  CopyObjectCommand, CreateBucketCommand, DeleteBucketPolicyCommand, DeleteObjectsCommand, GetBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command, PutBucketPolicyCommand, PutObjectCommand,
} from '@aws-sdk/client-s3'
import { test } from 'tap'
import { testEmulator } from '../../test-support/emulator.ts'
import { policy } from '../test-support/clients.ts'
import { clientsOf, makeUser } from './test-support/callers.ts'

const Bucket = 'photos'
const BUCKET = `arn:aws:s3:::${Bucket}`
const OBJECTS = `${BUCKET}/*`
const ANN = 'arn:aws:iam::000000000000:user/ann'

test('the policy of a bucket allows and denies, together with those of the caller', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const { s3 } = clientsOf(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Key of ['a', 'secret/b', 'public/c']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  const ann = clientsOf(t, emulator, await makeUser(t, emulator, 'ann')).s3
  const bob = clientsOf(t, emulator, await makeUser(t, emulator, 'bob', policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }))).s3
  const get = (client: typeof s3, Key: string) => client.send(new GetObjectCommand({ Bucket, Key }))
  const anonymous = async (Key: string) => (await fetch(`${emulator.url}/${Bucket}/${Key}`)).status

  await t.rejects(get(ann, 'a'), { name: 'AccessDenied', message: /because no identity-based policy allows the s3:GetObject action$/ })
  t.equal(await anonymous('public/c'), 403)
  await get(bob, 'secret/b')
  const text = policy(
    { Sid: 'Ann', Effect: 'Allow', Principal: { AWS: ANN }, Action: ['s3:GetObject', 's3:PutObject'], Resource: OBJECTS },
    { Sid: 'List', Effect: 'Allow', Principal: { AWS: ANN }, Action: 's3:ListBucket', Resource: BUCKET, Condition: { StringLike: { 's3:prefix': 'public/*' } } },
    { Sid: 'Public', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/public/*` },
    { Sid: 'Secret', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `${BUCKET}/secret/*` }
  )
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: text }))
  t.equal((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy, text)
  await get(ann, 'a')
  await ann.send(new PutObjectCommand({ Bucket, Key: 'd', Body: 'x' }))
  await ann.send(new ListObjectsV2Command({ Bucket, Prefix: 'public/' }))
  await t.rejects(ann.send(new ListObjectsV2Command({ Bucket })), { name: 'AccessDenied' })
  t.equal(await anonymous('public/c'), 200)
  t.equal(await anonymous('a'), 403)
  const explicit = { name: 'AccessDenied', message: /with an explicit deny in a resource-based policy$/ }
  for (const client of [ann, bob]) await t.rejects(get(client, 'secret/b'), explicit)
  await t.rejects(bob.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/secret/b` })), explicit, 'as the source of a copy')
  const { Deleted, Errors } = await bob.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'd' }, { Key: 'secret/b' }] } }))
  t.match([Deleted, Errors], [[{ Key: 'd' }], [{ Key: 'secret/b', Code: 'AccessDenied' }]])
  await get(s3, 'secret/b')
  t.match(emulator.trace.query({ operation: 'GetObject' }).find(({ keys }) => keys?.[0] === 'public/c')?.access, [{ decision: 'allowed', by: 'bucket policy#Public' }])

  await s3.send(new DeleteBucketPolicyCommand({ Bucket }))
  await t.rejects(get(ann, 'a'), { name: 'AccessDenied' })
  t.equal(await anonymous('public/c'), 403)
  await t.rejects(s3.send(new GetBucketPolicyCommand({ Bucket })), { name: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist' })
  await t.rejects(ann.send(new PutBucketPolicyCommand({ Bucket, Policy: text })), { name: 'AccessDenied', message: /s3:PutBucketPolicy on resource: "arn:aws:s3:::photos"/ })
})

test('a bucket policy that S3 does not accept is refused', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = clientsOf(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const put = (Policy: string) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const allow = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: OBJECTS }
  for (const [text, message] of [
    ['', /^Policies must be valid JSON and the first byte must be '\{'$/],
    ['{', /^Policies must be valid JSON/],
    ['[]', /^Policies must be valid JSON/],
    ['{}', /^Syntax errors/],
    [policy({ ...allow, Action: 'dynamodb:GetItem' }), /^Policy has invalid action$/],
    [policy({ ...allow, Resource: 'arn:aws:s3:::other/*' }), /^Policy has invalid resource$/],
    [policy({ ...allow, Resource: '*' }), /^Policy has invalid resource$/],
    [policy({ ...allow, Principal: undefined }), /./],
  ] as const) await t.rejects(put(text), { name: 'MalformedPolicy', message }, text)
  await t.rejects(put(policy({ ...allow, Sid: 'x'.repeat(21_000) })), { name: 'PolicyTooLarge' })
  await put(policy(allow))
})

test('the policy of a table holds for its indexes, batches and PartiQL, and a denial wins', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const { dynamodb } = clientsOf(t, emulator)
  const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders'
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'state'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{ IndexName: 'byState', KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '1' }, state: { S: 'new' } } }))
  const ann = clientsOf(t, emulator, await makeUser(t, emulator, 'ann')).dynamodb
  const bob = clientsOf(t, emulator, await makeUser(t, emulator, 'bob', policy({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }))).dynamodb
  const get = (client: typeof dynamodb) => client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1' } } }))
  const query = (client: typeof dynamodb) => client.send(new QueryCommand({ TableName: 'orders', IndexName: 'byState', KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'state' }, ExpressionAttributeValues: { ':s': { S: 'new' } } }))
  await t.rejects(get(ann), { name: 'AccessDeniedException', message: /because no identity-based policy allows/ })
  const put = (...statements: object[]) => dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy: policy(...statements) }))
  await put({ Effect: 'Allow', Principal: { AWS: ANN }, Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'], Resource: [ARN, `${ARN}/index/*`] },
    { Effect: 'Deny', Principal: '*', Action: 'dynamodb:PutItem', Resource: ARN })
  t.equal((await get(ann)).Item?.state?.S, 'new')
  t.equal((await query(ann)).Count, 1)
  await ann.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys: [{ id: { S: '1' } }] } } }))
  await t.rejects(bob.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '2' } } })), { name: 'AccessDeniedException', message: /with an explicit deny in a resource-based policy$/ })
  await put({ Effect: 'Deny', Principal: { AWS: ANN }, Action: 'dynamodb:*', Resource: `${ARN}/index/byState` }, { Effect: 'Allow', Principal: { AWS: ANN }, Action: 'dynamodb:*', Resource: [ARN, `${ARN}/*`] })
  await get(ann)
  await t.rejects(query(ann), { name: 'AccessDeniedException', message: /explicit deny/ })
  await dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: ARN }))
  await t.rejects(get(ann), { name: 'AccessDeniedException' })
  await t.rejects(dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: ARN, Policy: '{"Statement": [{"Effect": "Maybe"}]}' })), { name: 'ValidationException', message: /^Invalid policy document: / })
})
