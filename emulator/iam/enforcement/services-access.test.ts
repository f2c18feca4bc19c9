import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient, DeleteAlarmsCommand, GetDashboardCommand, ListMetricsCommand, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateUserCommand, GetUserCommand, ListUsersCommand, PutRolePermissionsBoundaryCommand, CreatePolicyCommand } from '@aws-sdk/client-iam'
import { CreateCollectionCommand, DetectFacesCommand } from '@aws-sdk/client-rekognition'
import { CopyObjectCommand, CreateBucketCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { test, type Test } from 'tap'
import { testEmulator } from '../../test-support/emulator.ts'
import { configOf, fromSts, policy } from '../test-support/clients.ts'
import { clientsOf, makeRole, makeUser } from './test-support/callers.ts'

const ANN = 'arn:aws:iam::000000000000:user/ann'
const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more })

async function start (t: Test, ...statements: object[]) {
  const emulator = await testEmulator(t, { iam: true })
  const root = clientsOf(t, emulator)
  await root.s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  for (const Key of ['ann/1.txt', 'bob/1.txt']) await root.s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: Key }))
  return { emulator, root, ann: clientsOf(t, emulator, await makeUser(t, emulator, 'ann', policy(...statements))) }
}

test('S3: actions on objects, buckets and the account', async (t) => {
  const { ann, root } = await start(t, allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], 'arn:aws:s3:::photos/ann/*'))
  const at = (Key: string) => ({ Bucket: 'photos', Key })
  const denied = (action: string, resource: string) => ({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
    message: `User: ${ANN} is not authorized to perform: s3:${action} on resource: "arn:aws:s3:::${resource}" because no identity-based policy allows the s3:${action} action`,
  })
  t.equal(await (await ann.s3.send(new GetObjectCommand(at('ann/1.txt')))).Body!.transformToString(), 'ann/1.txt')
  await ann.s3.send(new PutObjectCommand({ ...at('ann/2.txt'), Body: 'two' }))
  await t.rejects(ann.s3.send(new GetObjectCommand(at('bob/1.txt'))), denied('GetObject', 'photos/bob/1.txt'))
  await t.rejects(ann.s3.send(new HeadObjectCommand(at('bob/1.txt'))), { name: /./, $metadata: { httpStatusCode: 403 } })
  await t.rejects(ann.s3.send(new ListObjectsV2Command({ Bucket: 'photos' })), denied('ListBucket', 'photos'))
  await t.rejects(ann.s3.send(new GetObjectCommand(at('ann/none'))), denied('ListBucket', 'photos'), 'who may not list is not told that a key is missing')
  await t.rejects(root.s3.send(new GetObjectCommand(at('ann/none'))), { name: 'NoSuchKey' })
  await t.rejects(ann.s3.send(new CopyObjectCommand({ ...at('ann/3.txt'), CopySource: 'photos/bob/1.txt' })), denied('GetObject', 'photos/bob/1.txt'))
  await t.rejects(ann.s3.send(new ListBucketsCommand({})), { message: `User: ${ANN} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action` })
  t.match(await ann.s3.send(new DeleteObjectsCommand({ Bucket: 'photos', Delete: { Objects: [{ Key: 'ann/2.txt' }, { Key: 'bob/1.txt' }] } })),
    { Deleted: [{ Key: 'ann/2.txt' }], Errors: [{ Key: 'bob/1.txt', Code: 'AccessDenied', Message: denied('DeleteObject', 'photos/bob/1.txt').message }] })
})

test('S3: a prefix is a condition, and who does not sign has no access', async (t) => {
  const { ann, emulator } = await start(t, allow('s3:ListBucket', 'arn:aws:s3:::photos', { Condition: { StringLike: { 's3:prefix': 'ann/*' } } }))
  t.equal((await ann.s3.send(new ListObjectsV2Command({ Bucket: 'photos', Prefix: 'ann/' }))).KeyCount, 1)
  await t.rejects(ann.s3.send(new ListObjectsV2Command({ Bucket: 'photos' })), { name: 'AccessDenied' })
  const anonymous = await fetch(`${emulator.url}/photos/ann/1.txt`)
  t.equal(anonymous.status, 403)
  t.match(await anonymous.text(), /<Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/)
})

test('Rekognition reads pictures with the rights of its caller', async (t) => {
  const { ann } = await start(t, allow('rekognition:DetectFaces', '*'))
  await t.rejects(ann.rekognition.send(new DetectFacesCommand({ Image: { S3Object: { Bucket: 'photos', Name: 'ann/1.txt' } } })), { name: 'InvalidS3ObjectException' })
  await t.rejects(ann.rekognition.send(new CreateCollectionCommand({ CollectionId: 'people' })), {
    name: 'AccessDeniedException',
    message: `User: ${ANN} is not authorized to perform: rekognition:CreateCollection on resource: arn:aws:rekognition:us-east-1:000000000000:collection/people because no identity-based policy allows the rekognition:CreateCollection action`,
  })
})

test('a role: trust, session policy, boundary', async (t) => {
  const { emulator, root, ann } = await start(t, allow('sts:AssumeRole', 'arn:aws:iam::000000000000:role/worker'))
  const role = await makeRole(t, emulator, 'worker', policy({ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } }), policy(allow('s3:*', '*')))
  const assume = (input: object) => ann.sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'night', ExternalId: 'secret', ...input }))
  await t.rejects(assume({ ExternalId: 'other' }), { name: 'AccessDenied', message: `User: ${ANN} is not authorized to perform: sts:AssumeRole on resource: ${role}` })
  await t.rejects(assume({ RoleArn: `${role}2` }), { name: 'AccessDenied', message: `User: ${ANN} is not authorized to perform: sts:AssumeRole on resource: ${role}2` }, 'a role that is not there')
  const session = clientsOf(t, emulator, fromSts((await assume({})).Credentials))
  t.match(await session.sts.send(new GetCallerIdentityCommand()), { Arn: 'arn:aws:sts::000000000000:assumed-role/worker/night' })
  await session.s3.send(new ListBucketsCommand({}))
  const narrow = clientsOf(t, emulator, fromSts((await assume({ Policy: policy(allow('s3:GetObject', 'arn:aws:s3:::photos/ann/*')) })).Credentials))
  await narrow.s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'ann/1.txt' }))
  await t.rejects(narrow.s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'bob/1.txt' })), { message: /because no session policy allows the s3:GetObject action$/ })
  const { Policy: limit } = await root.iam.send(new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: policy(allow('s3:ListAllMyBuckets', '*')) }))
  await root.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'worker', PermissionsBoundary: limit!.Arn }))
  await session.s3.send(new ListBucketsCommand({}))
  await t.rejects(session.s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'ann/1.txt' })), { message: /because no permissions boundary allows the s3:GetObject action$/ })
})

test('IAM itself', async (t) => {
  const { ann } = await start(t, allow('iam:GetUser', 'arn:aws:iam::000000000000:user/ann'))
  t.equal((await ann.iam.send(new GetUserCommand())).User!.UserName, 'ann')
  await t.rejects(ann.iam.send(new GetUserCommand({ UserName: 'bob' })), { name: 'AccessDenied', message: `User: ${ANN} is not authorized to perform: iam:GetUser on resource: user bob because no identity-based policy allows the iam:GetUser action` })
  await t.rejects(ann.iam.send(new CreateUserCommand({ UserName: 'bob' })), { message: /perform: iam:CreateUser on resource: user bob because/ })
  await t.rejects(ann.iam.send(new ListUsersCommand()), { message: /perform: iam:ListUsers on resource: arn:aws:iam::000000000000:user\/ because/ })
})

test('CloudWatch: alarms and dashboards by name, data by namespace', async (t) => {
  const alarms = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm'
  const { emulator, credentials } = await startWith(t,
    allow(['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'], `${alarms}:own-*`),
    allow('cloudwatch:PutMetricData', '*', { Condition: { StringEquals: { 'cloudwatch:namespace': 'Own' } } }))
  const ann = new CloudWatchClient(configOf(emulator, credentials))
  t.teardown(() => ann.destroy())
  const alarm = { MetricName: 'M', Namespace: 'Own', Statistic: 'Sum' as const, Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' as const }
  await ann.send(new PutMetricAlarmCommand({ AlarmName: 'own-alarm', ...alarm }))
  const denied = (action: string, on: string) => ({
    name: /AccessDenied/, message: `User: ${ANN} is not authorized to perform: cloudwatch:${action}${on} because no identity-based policy allows the cloudwatch:${action} action`,
  })
  await t.rejects(ann.send(new PutMetricAlarmCommand({ AlarmName: 'foreign', ...alarm })), denied('PutMetricAlarm', ` on resource: ${alarms}:foreign`))
  await t.rejects(ann.send(new PutMetricAlarmCommand({ AlarmName: 'own-tagged', ...alarm, Tags: [{ Key: 'team', Value: 'images' }] })), denied('TagResource', ` on resource: ${alarms}:own-tagged`))
  await t.rejects(ann.send(new DeleteAlarmsCommand({ AlarmNames: ['own-alarm', 'foreign'] })), denied('DeleteAlarms', ` on resource: ${alarms}:foreign`), 'one that is not allowed denies all')
  await t.rejects(ann.send(new GetDashboardCommand({ DashboardName: 'load' })), denied('GetDashboard', ' on resource: arn:aws:cloudwatch::000000000000:dashboard/load'))
  await t.rejects(ann.send(new ListMetricsCommand({})), denied('ListMetrics', ''))
  await ann.send(new PutMetricDataCommand({ Namespace: 'Own', MetricData: [{ MetricName: 'M', Value: 1 }] }))
  await t.rejects(ann.send(new PutMetricDataCommand({ Namespace: 'Foreign', MetricData: [{ MetricName: 'M', Value: 1 }] })), denied('PutMetricData', ''))
  await ann.send(new DeleteAlarmsCommand({ AlarmNames: ['own-alarm'] }))
})

test('Application Auto Scaling: targets by dimension', async (t) => {
  const { emulator, root, credentials } = await startWith(t,
    allow('application-autoscaling:RegisterScalableTarget', '*', { Condition: { StringEquals: { 'application-autoscaling:scalable-dimension': 'dynamodb:table:ReadCapacityUnits' } } }))
  const ann = new ApplicationAutoScalingClient(configOf(emulator, credentials))
  t.teardown(() => ann.destroy())
  await root.dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  }))
  const target = { ServiceNamespace: 'dynamodb' as const, ResourceId: 'table/orders', MinCapacity: 5, MaxCapacity: 10 }
  const { ScalableTargetARN: arn } = await ann.send(new RegisterScalableTargetCommand({ ...target, ScalableDimension: 'dynamodb:table:ReadCapacityUnits' }))
  const any = 'arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/*'
  await t.rejects(ann.send(new RegisterScalableTargetCommand({ ...target, ScalableDimension: 'dynamodb:table:WriteCapacityUnits' })),
    { name: 'AccessDeniedException', message: `User: ${ANN} is not authorized to perform: application-autoscaling:RegisterScalableTarget on resource: ${any} because no identity-based policy allows the application-autoscaling:RegisterScalableTarget action` })
  await t.rejects(ann.send(new RegisterScalableTargetCommand({ ...target, ScalableDimension: 'dynamodb:table:ReadCapacityUnits', Tags: { team: 'images' } })), { message: new RegExp(`TagResource on resource: ${arn}`) })
  await t.rejects(ann.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb' })),
    { message: `User: ${ANN} is not authorized to perform: application-autoscaling:DescribeScalableTargets because no identity-based policy allows the application-autoscaling:DescribeScalableTargets action` })
})

/** A user with a policy, and the root's clients. */
async function startWith (t: Test, ...statements: object[]) {
  const emulator = await testEmulator(t, { iam: true })
  return { emulator, root: clientsOf(t, emulator), credentials: await makeUser(t, emulator, 'ann', policy(...statements)) }
}
