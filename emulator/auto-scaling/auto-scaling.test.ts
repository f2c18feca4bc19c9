import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ApplicationAutoScalingClient, DeleteScalingPolicyCommand, DeleteScheduledActionCommand, DeregisterScalableTargetCommand, DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand, DescribeScalingPoliciesCommand, DescribeScheduledActionsCommand, ListTagsForResourceCommand, PutScalingPolicyCommand,
  PutScheduledActionCommand, RegisterScalableTargetCommand, TagResourceCommand, UntagResourceCommand, type PutScalingPolicyCommandInput
} from '@aws-sdk/client-application-auto-scaling'
import { DescribeAlarmsCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CreateTableCommand, DescribeTableCommand, UpdateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, TransactGetCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { startEmulator, type Emulator } from '../index.ts'
import { testEmulator, TEST_TIME, wireClients } from '../test-support/emulator.ts'

const TABLE = { ServiceNamespace: 'dynamodb', ResourceId: 'table/image_metadata', ScalableDimension: 'dynamodb:table:ReadCapacityUnits' } as const
const INDEX = { ServiceNamespace: 'dynamodb', ResourceId: 'table/image_metadata/index/by-owner', ScalableDimension: 'dynamodb:index:WriteCapacityUnits' } as const
const POLICY = {
  ...TABLE,
  PolicyName: 'DynamoDBReadCapacityUtilization',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' } },
} satisfies PutScalingPolicyCommandInput

interface Kit { emulator: Emulator, scaling: ApplicationAutoScalingClient, dynamodb: DynamoDBClient, cloudwatch: CloudWatchClient }

/** An emulator with seed 002's table: 5 units of each kind, for it and an index. */
async function kit (t: Test): Promise<Kit> {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch } = wireClients(t, emulator)
  const units = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
  await dynamodb.send(new CreateTableCommand({
    TableName: 'image_metadata',
    AttributeDefinitions: [{ AttributeName: 'imageId', AttributeType: 'S' }, { AttributeName: 'owner', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'imageId', KeyType: 'HASH' }],
    ProvisionedThroughput: units,
    GlobalSecondaryIndexes: [{ IndexName: 'by-owner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' }, ProvisionedThroughput: units }],
  }))
  return { emulator, scaling: scalingClient(t, emulator), dynamodb, cloudwatch }
}

function scalingClient (t: Test, emulator: Emulator): ApplicationAutoScalingClient {
  const client = new ApplicationAutoScalingClient({ region: 'us-east-1', endpoint: emulator.url!, credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }, maxAttempts: 1 })
  t.teardown(() => client.destroy())
  return client
}

const capacityOf = async (dynamodb: DynamoDBClient) => (await dynamodb.send(new DescribeTableCommand({ TableName: 'image_metadata' }))).Table!

test('a target is registered, changed, described and deregistered', async (t) => {
  const { scaling } = await kit(t)
  const { ScalableTargetARN } = await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 100, Tags: { team: 'images' } }))
  t.match(ScalableTargetARN, /^arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target\/\w+$/)
  const changed = await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MaxCapacity: 50, SuspendedState: { DynamicScalingInSuspended: true } }))
  t.equal(changed.ScalableTargetARN, ScalableTargetARN)
  await scaling.send(new RegisterScalableTargetCommand({ ...INDEX, MinCapacity: 5, MaxCapacity: 10 }))
  const { ScalableTargets } = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', ResourceIds: [TABLE.ResourceId] }))
  t.same(ScalableTargets, [{
    ...TABLE,
    MinCapacity: 5,
    MaxCapacity: 50,
    RoleARN: 'arn:aws:iam::000000000000:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
    CreationTime: new Date(TEST_TIME),
    SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false },
    ScalableTargetARN,
  }])
  const first = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', MaxResults: 1 }))
  t.equal(first.ScalableTargets!.length, 1)
  const second = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', MaxResults: 1, NextToken: first.NextToken }))
  t.match(second, { ScalableTargets: [{ ResourceId: INDEX.ResourceId }], NextToken: undefined })
  await t.rejects(scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', NextToken: 'x' })), { name: 'InvalidNextTokenException' })

  await scaling.send(new TagResourceCommand({ ResourceARN: ScalableTargetARN, Tags: { stage: 'test' } }))
  await scaling.send(new UntagResourceCommand({ ResourceARN: ScalableTargetARN, TagKeys: ['team'] }))
  t.same((await scaling.send(new ListTagsForResourceCommand({ ResourceARN: ScalableTargetARN }))).Tags, { stage: 'test' })
  await t.rejects(scaling.send(new ListTagsForResourceCommand({ ResourceARN: `${ScalableTargetARN}x` })), { name: 'ResourceNotFoundException' })

  await scaling.send(new DeregisterScalableTargetCommand(TABLE))
  await t.rejects(scaling.send(new DeregisterScalableTargetCommand(TABLE)), {
    name: 'ObjectNotFoundException',
    message: 'No scalable target found for service namespace: dynamodb, resource ID: table/image_metadata, scalable dimension: dynamodb:table:ReadCapacityUnits',
  })
})

test('what RegisterScalableTarget rejects', async (t) => {
  const { scaling } = await kit(t)
  const rejects = (input: object, message: RegExp) =>
    t.rejects(scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 10, ...input })), { name: 'ValidationException', message })
  await rejects({ MinCapacity: undefined }, /Both MinCapacity and MaxCapacity/)
  await rejects({ MinCapacity: 11 }, /Maximum capacity cannot be less/)
  await rejects({ MinCapacity: 0 }, /at least 1/)
  await rejects({ ResourceId: 'table/missing' }, /does not exist/)
  await rejects({ ResourceId: 'image_metadata' }, /Unsupported service namespace/)
  await rejects({ ScalableDimension: 'dynamodb:index:ReadCapacityUnits' }, /Unsupported service namespace/)
  await rejects({ ScalableDimension: 'ecs:service:DesiredCount' }, /1 validation error detected: Value 'ecs:service:DesiredCount' at 'scalableDimension'/)
  await rejects({ ServiceNamespace: 'ecs' }, /at 'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set/)
})

test('capacity outside the bounds of a new target is moved to the nearer bound', async (t) => {
  const { scaling, dynamodb } = await kit(t)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 8, MaxCapacity: 100 }))
  await scaling.send(new RegisterScalableTargetCommand({ ...INDEX, MinCapacity: 1, MaxCapacity: 3 }))
  const { ProvisionedThroughput, GlobalSecondaryIndexes } = await capacityOf(dynamodb)
  t.match(ProvisionedThroughput, { ReadCapacityUnits: 8, WriteCapacityUnits: 5 })
  t.match(GlobalSecondaryIndexes![0]!.ProvisionedThroughput, { ReadCapacityUnits: 5, WriteCapacityUnits: 3 })
  const { ScalingActivities } = await scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'dynamodb', ResourceId: TABLE.ResourceId }))
  t.match(ScalingActivities, [{ Description: 'Setting read capacity units to 8.', StatusCode: 'Successful', StatusMessage: 'Successfully set read capacity units to 8. Change successfully fulfilled by dynamodb.' }])
})

test('a policy has four alarms, with thresholds for the capacity that there is; its deletion deletes them', async (t) => {
  const { scaling, cloudwatch } = await kit(t)
  await t.rejects(scaling.send(new PutScalingPolicyCommand(POLICY)), {
    name: 'ObjectNotFoundException',
    message: 'No scalable target registered for service namespace: dynamodb, resource ID: table/image_metadata, scalable dimension: dynamodb:table:ReadCapacityUnits',
  })
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 100 }))
  const { PolicyARN, Alarms } = await scaling.send(new PutScalingPolicyCommand(POLICY))
  t.match(PolicyARN, /^arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:[\w-]+:resource\/dynamodb\/table\/image_metadata:policyName\/DynamoDBReadCapacityUtilization$/)
  t.equal(Alarms!.length, 4)
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'TargetTracking-table/image_metadata-' }))
  t.same(MetricAlarms!.map(({ AlarmName, MetricName, Threshold, EvaluationPeriods, Period }) => [AlarmName!.split('-').slice(2, 3).join(), MetricName, Threshold, EvaluationPeriods, Period]), [
    ['AlarmHigh', 'ConsumedReadCapacityUnits', 210, 2, 60],
    ['AlarmLow', 'ConsumedReadCapacityUnits', 150, 15, 60],
    ['ProvisionedCapacityHigh', 'ProvisionedReadCapacityUnits', 5, 3, 300],
    ['ProvisionedCapacityLow', 'ProvisionedReadCapacityUnits', 5, 3, 300],
  ])
  t.ok(MetricAlarms!.every(({ AlarmActions, AlarmDescription }) => AlarmActions?.[0] === PolicyARN && AlarmDescription?.startsWith('DO NOT EDIT OR DELETE. For TargetTrackingScaling policy arn:')))
  const { ScalingPolicies } = await scaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'dynamodb' }))
  t.match(ScalingPolicies, [{ ...POLICY, PolicyARN, Alarms, CreationTime: new Date(TEST_TIME) }])
  const again = await scaling.send(new PutScalingPolicyCommand({ ...POLICY, TargetTrackingScalingPolicyConfiguration: { ...POLICY.TargetTrackingScalingPolicyConfiguration, TargetValue: 50 } }))
  t.same(again.Alarms, Alarms)
  await t.rejects(scaling.send(new PutScalingPolicyCommand({ ...POLICY, PolicyName: 'other' })), { name: 'ValidationException', message: /Only one TargetTrackingScaling policy/ })
  await scaling.send(new DeleteScalingPolicyCommand({ ...TABLE, PolicyName: POLICY.PolicyName }))
  t.same((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms, [])
  await t.rejects(scaling.send(new DeleteScalingPolicyCommand({ ...TABLE, PolicyName: POLICY.PolicyName })), { name: 'ObjectNotFoundException' })
})

test('what PutScalingPolicy rejects', async (t) => {
  const { scaling } = await kit(t)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 10 }))
  const rejects = (input: Partial<PutScalingPolicyCommandInput>, message: RegExp) => t.rejects(scaling.send(new PutScalingPolicyCommand({ ...POLICY, ...input })), { name: 'ValidationException', message })
  const tracking = POLICY.TargetTrackingScalingPolicyConfiguration
  await rejects({ PolicyType: 'StepScaling' }, /TargetTrackingScaling/)
  await rejects({ TargetTrackingScalingPolicyConfiguration: undefined }, /must be specified/)
  await rejects({ TargetTrackingScalingPolicyConfiguration: { ...tracking, TargetValue: 19 } }, /between 20.0 and 90.0/)
  await rejects({ TargetTrackingScalingPolicyConfiguration: { ...tracking, TargetValue: 91 } }, /between 20.0 and 90.0/)
  await rejects({ TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' } } }, /does not belong/)
  await rejects({ TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 } }, /Exactly one/)
})

test('scheduled actions run at their times, by the clock', async (t) => {
  const { emulator, scaling, dynamodb } = await kit(t)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 100 }))
  const at = (ScheduledActionName: string, Schedule: string, MinCapacity: number, more = {}) =>
    scaling.send(new PutScheduledActionCommand({ ...TABLE, ScheduledActionName, Schedule, ScalableTargetAction: { MinCapacity }, ...more }))
  await at('once', 'at(2026-03-01T13:00:00)', 20)
  await at('zoned', 'at(2026-03-01T15:30:00)', 25, { Timezone: 'Europe/Berlin' })
  await at('daily', 'cron(0 18 * * ? *)', 40)
  await at('monday', 'cron(0 9 ? * 2 *)', 30)
  await emulator.clock.advance(3_600_000 - 1)
  t.equal((await capacityOf(dynamodb)).ProvisionedThroughput!.ReadCapacityUnits, 5)
  await emulator.clock.advance(1)
  t.equal((await capacityOf(dynamodb)).ProvisionedThroughput!.ReadCapacityUnits, 20)
  await emulator.clock.advance(90 * 60_000) // 14:30 UTC is 15:30 in Berlin
  t.equal((await capacityOf(dynamodb)).ProvisionedThroughput!.ReadCapacityUnits, 25)
  await emulator.clock.advance(4 * 3_600_000)
  t.equal((await capacityOf(dynamodb)).ProvisionedThroughput!.ReadCapacityUnits, 40)
  await emulator.clock.advance(24 * 3_600_000)
  const { ScalableTargets } = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb' }))
  t.equal(ScalableTargets![0]!.MinCapacity, 40, 'Monday 2 March 9:00 set 30, and 18:00 set 40 again')
  const { ScalingActivities } = await scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'dynamodb' }))
  t.ok(ScalingActivities!.some(({ Cause, StartTime }) => Cause === 'scheduled action name monday was triggered' && StartTime!.toISOString() === '2026-03-02T09:00:00.000Z'))
  t.match((await scaling.send(new DescribeScheduledActionsCommand({ ServiceNamespace: 'dynamodb', ScheduledActionNames: ['daily'] }))).ScheduledActions,
    [{ ...TABLE, ScheduledActionName: 'daily', Schedule: 'cron(0 18 * * ? *)', ScalableTargetAction: { MinCapacity: 40 } }])
  await scaling.send(new DeleteScheduledActionCommand({ ...TABLE, ScheduledActionName: 'daily' }))
  await t.rejects(scaling.send(new DeleteScheduledActionCommand({ ...TABLE, ScheduledActionName: 'daily' })), { name: 'ObjectNotFoundException' })
  for (const Schedule of ['at(tomorrow)', 'at(2026-02-01T13:00:00)', 'rate(0 minutes)', 'cron(0 18 * * * *)', 'cron(0 18 * *)', 'every day']) {
    await t.rejects(at('wrong', Schedule, 5), { name: 'ValidationException' }, Schedule)
  }
})

test('targets and policies survive a restart, are in snapshots, and end with a reset', async (t) => {
  const dataPath = mkdtempSync(join(tmpdir(), 'sandtable-scaling-'))
  const emulator = await startEmulator({ dataPath, frozenAt: TEST_TIME })
  const { dynamodb } = wireClients(t, emulator)
  await dynamodb.send(new CreateTableCommand({
    TableName: 'image_metadata',
    AttributeDefinitions: [{ AttributeName: 'imageId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'imageId', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  }))
  const scaling = scalingClient(t, emulator)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 100 }))
  const { PolicyARN } = await scaling.send(new PutScalingPolicyCommand(POLICY))
  await emulator.close()
  const again = await startEmulator({ dataPath })
  t.teardown(() => again.close())
  const client = scalingClient(t, again)
  const policies = async () => (await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'dynamodb' }))).ScalingPolicies!
  t.match(await policies(), [{ PolicyARN }])
  await again.snapshots.save('with-policy')
  await again.reset()
  t.same(await policies(), [])
  await again.snapshots.restore('with-policy')
  t.match(await policies(), [{ PolicyARN }])
})

test('capacity follows the load down until the day\'s decreases are used up, and then once an hour', async (t) => {
  const { emulator, scaling, dynamodb } = await kit(t)
  const { documents } = emulator.clients()
  const keys = Array.from({ length: 10 }, (_, index) => ({ imageId: `image-${index}` }))
  for (const key of keys) await documents.send(new PutCommand({ TableName: 'image_metadata', Item: { ...key, text: 'x'.repeat(400_000) } }))
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 100 }))
  await scaling.send(new PutScalingPolicyCommand(POLICY))
  const load = async (items: number, minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      await documents.send(new TransactGetCommand({ TransactItems: keys.slice(0, items).map((Key) => ({ Get: { TableName: 'image_metadata', Key } })) }))
      await emulator.clock.advance(60_000)
    }
    return (await capacityOf(dynamodb)).ProvisionedThroughput!.ReadCapacityUnits
  }
  const capacities = []
  for (const items of [10, 7, 5, 3, 2, 1]) capacities.push(await load(items, 17))
  // An item is 196 units a minute. Of five decreases, the last one has to wait.
  t.same(capacities, [47, 33, 24, 14, 10, 10])
  const { ScalingActivities } = await scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'dynamodb', IncludeNotScaledActivities: true }))
  t.match(ScalingActivities![0], { StatusCode: 'Failed', StatusMessage: /^Failed to set read capacity units to 5\. Reason: / })
  t.equal(await load(1, 60), 5, 'an hour after the last decrease there is another one')
})

test('a change of capacity by hand moves the thresholds, and scaling that is suspended does nothing', async (t) => {
  const { emulator, scaling, dynamodb, cloudwatch } = await kit(t)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MinCapacity: 5, MaxCapacity: 40 }))
  await scaling.send(new PutScalingPolicyCommand(POLICY))
  await dynamodb.send(new UpdateTableCommand({ TableName: 'image_metadata', ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 } }))
  await emulator.clock.advance(30 * 60_000)
  const threshold = async () => (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'TargetTracking-table/image_metadata-AlarmHigh' }))).MetricAlarms![0]!.Threshold
  t.equal(await threshold(), 420)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, SuspendedState: { DynamicScalingOutSuspended: true } }))
  const { documents } = emulator.clients()
  await documents.send(new PutCommand({ TableName: 'image_metadata', Item: { imageId: 'large', text: 'x'.repeat(400_000) } }))
  const load = async () => {
    for (let minute = 0; minute < 5; minute++) {
      for (let read = 0; read < 10; read++) await documents.send(new GetCommand({ TableName: 'image_metadata', Key: { imageId: 'large' }, ConsistentRead: true }))
      await emulator.clock.advance(60_000)
    }
    return (await capacityOf(dynamodb)).ProvisionedThroughput!.ReadCapacityUnits
  }
  t.equal(await load(), 10)
  await scaling.send(new RegisterScalableTargetCommand({ ...TABLE, MaxCapacity: 10, SuspendedState: { DynamicScalingOutSuspended: false } }))
  t.equal(await load(), 10)
  const notScaled = async (IncludeNotScaledActivities: boolean) =>
    (await scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'dynamodb', IncludeNotScaledActivities }))).ScalingActivities!.filter(({ NotScaledReasons }) => NotScaledReasons)
  t.match(await notScaled(true), [{ NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10, CurrentCapacity: 10 }] }], 'told once')
  t.same(await notScaled(false), [])
})
