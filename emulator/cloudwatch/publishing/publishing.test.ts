import {
  BatchGetItemCommand, BatchWriteItemCommand, CreateTableCommand, DeleteTableCommand, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateTableCommand, UpdateTimeToLiveCommand, type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { DetectFacesCommand } from '@aws-sdk/client-rekognition'
import { DescribeAlarmsCommand, GetMetricStatisticsCommand, ListMetricsCommand, PutMetricAlarmCommand, type CloudWatchClient, type Dimension } from '@aws-sdk/client-cloudwatch'
import { test, type Test } from 'tap'
import type { Emulator } from '../../index.ts'
import { drawPortrait } from '../../rekognition/test-support/pictures.ts'
import { EVERY_WAY, overWays, TEST_TIME, testEmulator } from '../../test-support/emulator.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

interface Units { ReadCapacityUnits: number, WriteCapacityUnits: number }

const table = (client: DynamoDBClient, TableName = 'orders', provisioned?: Units, ofIndex = provisioned) => client.send(new CreateTableCommand({
  TableName,
  ...(provisioned ? { BillingMode: 'PROVISIONED', ProvisionedThroughput: provisioned } : { BillingMode: 'PAY_PER_REQUEST' }),
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'kind', KeyType: 'RANGE' }],
  LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'kind', KeyType: 'RANGE' }], Projection: { ProjectionType: 'ALL' } }],
  GlobalSecondaryIndexes: [{
    IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' }, ...(ofIndex && { ProvisionedThroughput: ofIndex }),
  }],
}))

const item = (id: string, more = {}) => ({ id: { S: id }, kind: { S: 'k' }, ...more })

/** A dimension for each pair of name and value. */
const dimensions = (of: Record<string, string>): Dimension[] => Object.entries(of).map(([Name, Value]) => ({ Name, Value }))

async function read (client: CloudWatchClient, MetricName: string, of: Record<string, string> = {}, { Namespace = 'AWS/DynamoDB', from = TEST_TIME, to = TEST_TIME + HOUR, Period = 60 } = {}) {
  const { Datapoints = [] } = await client.send(new GetMetricStatisticsCommand({
    Namespace, MetricName, Dimensions: dimensions(of), StartTime: new Date(from), EndTime: new Date(to), Period, Statistics: ['Sum', 'SampleCount', 'Maximum'],
  }))
  return Datapoints.map(({ Timestamp, Sum, SampleCount, Maximum }) => ({ minute: (Timestamp!.getTime() - TEST_TIME) / MINUTE, Sum, SampleCount, Maximum }))
}

test('calls of DynamoDB are counted by table, index and operation, whatever way they came', async (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { emulator, clients: { dynamodb, documents, cloudwatch } } = await start()
    await table(dynamodb)
    // The fast path has a client of its own for items.
    await documents.send(new PutItemCommand({ TableName: 'orders', Item: item('a') }))
    await emulator.clock.advance(MINUTE)
    for (let n = 0; n < 3; n++) await documents.send(new GetItemCommand({ TableName: 'orders', Key: item('a'), ConsistentRead: n === 0 }))
    await documents.send(new QueryCommand({ TableName: 'orders', IndexName: 'by-kind', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': { S: 'k' } } }))
    await t.rejects(documents.send(new PutItemCommand({ TableName: 'orders', Item: item('a'), ConditionExpression: 'attribute_not_exists(id)' })))
    await t.rejects(documents.send(new GetItemCommand({ TableName: 'none', Key: item('a') })))
    await t.rejects(documents.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'orders', Item: item('a'), ConditionExpression: 'attribute_not_exists(id)' } }] })))
    const of = { TableName: 'orders' }
    t.same(await read(cloudwatch, 'ConsumedReadCapacityUnits', of), [{ minute: 1, Sum: 2, SampleCount: 3, Maximum: 1 }])
    t.same(await read(cloudwatch, 'ConsumedReadCapacityUnits', { ...of, GlobalSecondaryIndexName: 'by-kind' }), [{ minute: 1, Sum: 0.5, SampleCount: 1, Maximum: 0.5 }])
    t.match(await read(cloudwatch, 'ConsumedWriteCapacityUnits', of), [{ minute: 0, Sum: 2 }, { minute: 1 }], 'the local index uses the capacity of its table')
    t.match(await read(cloudwatch, 'ConsumedWriteCapacityUnits', { ...of, GlobalSecondaryIndexName: 'by-kind' }), [{ minute: 0, Sum: 1 }])
    t.match(await read(cloudwatch, 'SuccessfulRequestLatency', { ...of, Operation: 'GetItem' }), [{ minute: 1, SampleCount: 3 }])
    t.match(await read(cloudwatch, 'ReturnedItemCount', { ...of, Operation: 'Query' }), [{ Sum: 1 }])
    t.match(await read(cloudwatch, 'ConditionalCheckFailedRequests', of), [{ minute: 1, Sum: 2 }], 'one by itself, one in a transaction')
    t.match(await read(cloudwatch, 'UserErrors'), [{ minute: 1, Sum: 1 }], 'failed conditions are no user errors')
    t.same(await read(cloudwatch, 'UserErrors', of), [], 'user errors are the account\'s')
    t.same(await read(cloudwatch, 'SystemErrors', { ...of, Operation: 'GetItem' }), [], 'what is zero is not published')
  })
})

test('throttles and errors by rule are counted', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch } = emulator.clients({ maxAttempts: 1 })
  await table(dynamodb)
  const of = { TableName: 'orders' }
  await emulator.faults.add({ service: 'dynamodb', operation: 'PutItem', error: 'throttle' })
  await emulator.faults.add({ service: 'dynamodb', operation: 'GetItem', error: 'internal' })
  await t.rejects(dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item('a') })))
  await t.rejects(dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: item('a') })))
  t.match(await read(cloudwatch, 'ThrottledRequests', { ...of, Operation: 'PutItem' }), [{ Sum: 1 }])
  t.match(await read(cloudwatch, 'WriteThrottleEvents', of), [{ Sum: 1 }])
  t.match(await read(cloudwatch, 'SystemErrors', { ...of, Operation: 'GetItem' }), [{ Sum: 1 }])
  t.same(await read(cloudwatch, 'UserErrors'), [])
})

/** A table and its global index with these units a second, each with a second's worth; the SDK does not retry. */
async function throttledTable (t: Test, units: number, ofIndex: number) {
  const emulator = await testEmulator(t, { throttling: true })
  const { dynamodb, cloudwatch } = emulator.clients({ maxAttempts: 1 })
  await table(dynamodb, 'orders', { ReadCapacityUnits: units, WriteCapacityUnits: units }, { ReadCapacityUnits: ofIndex, WriteCapacityUnits: ofIndex })
  const sum = async (name: string, of: Record<string, string> = { TableName: 'orders' }) => (await read(cloudwatch, name, of)).reduce((total, { Sum = 0 }) => total + Sum, 0)
  return { emulator, dynamodb, cloudwatch, sum }
}

const OF_INDEX = { TableName: 'orders', GlobalSecondaryIndexName: 'by-kind' }
const requests = (Operation: string) => ({ TableName: 'orders', Operation })
/** Items that use two of the table's units, for it has a local index, and one of the global index's. */
const puts = (...ids: string[]) => ids.map((id) => ({ PutRequest: { Item: item(id) } }))

test('throttled calls are counted by table, index and reason', async (t) => {
  const { emulator, dynamodb, cloudwatch, sum } = await throttledTable(t, 8, 2)
  const put = (id: string) => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item(id) })).catch(() => {})
  for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id)
  t.equal(await sum('WriteThrottleEvents', OF_INDEX), 3, 'the index had units for two')
  t.equal(await sum('WriteProvisionedThroughputThrottleEvents', OF_INDEX), 3, 'by the reason')
  t.equal(await sum('WriteThrottleEvents'), 0, 'the table had enough')
  t.equal(await sum('ThrottledRequests', requests('PutItem')), 3, 'a request is the table\'s')
  t.equal(await sum('ConsumedWriteCapacityUnits'), 4, 'what is refused uses nothing')
  t.equal(await sum('ConsumedWriteCapacityUnits', OF_INDEX), 2)

  // Neither the table nor the index has units for a write of 5 KB: two events, one request.
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item('f', { text: { S: 'x'.repeat(5000) } }) })).catch(() => {})
  t.equal(await sum('WriteThrottleEvents'), 1)
  t.equal(await sum('WriteThrottleEvents', OF_INDEX), 4)
  t.equal(await sum('ThrottledRequests', requests('PutItem')), 4)

  for (let n = 0; n < 18; n++) await dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' }, kind: { S: 'k' } } })).catch(() => {})
  t.equal(await sum('ReadThrottleEvents'), 2, 'sixteen reads are eight units')
  t.equal(await sum('ReadProvisionedThroughputThrottleEvents'), 2)
  t.equal(await sum('ThrottledRequests', requests('GetItem')), 2)
  for (let n = 0; n < 6; n++) await dynamodb.send(new QueryCommand({ TableName: 'orders', IndexName: 'by-kind', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': { S: 'k' } } })).catch(() => {})
  t.equal(await sum('ReadThrottleEvents', OF_INDEX), 2)
  t.equal(await sum('UserErrors', {}), 0, 'throttles are no user errors')
  await emulator.clock.advance(MINUTE)
  const { Metrics = [] } = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'AWS/DynamoDB' }))
  t.same([...new Set(Metrics.map(({ MetricName = '' }) => MetricName).filter((name) => name.includes('Throttle')))].sort(), [
    'ReadProvisionedThroughputThrottleEvents', 'ReadThrottleEvents', 'ThrottledRequests', 'WriteProvisionedThroughputThrottleEvents', 'WriteThrottleEvents',
  ])
})

test('a batch counts as a throttled request when all of it is refused, and an event for each item', async (t) => {
  const { dynamodb, sum } = await throttledTable(t, 4, 100)
  const batch = (...ids: string[]) => dynamodb.send(new BatchWriteItemCommand({ RequestItems: { orders: puts(...ids) } })).catch(() => {})
  await batch('a', 'b', 'c')
  t.equal(await sum('WriteThrottleEvents'), 1)
  t.equal(await sum('ThrottledRequests', requests('BatchWriteItem')), 0)
  await batch('c', 'd')
  t.equal(await sum('WriteThrottleEvents'), 3)
  t.equal(await sum('ThrottledRequests', requests('BatchWriteItem')), 1)
  const keys = (...ids: string[]) => ids.map((id) => item(id))
  await dynamodb.send(new BatchGetItemCommand({ RequestItems: { orders: { Keys: keys('a', 'b', 'c', 'd', 'e'), ConsistentRead: true } } }))
  t.equal(await sum('ReadThrottleEvents'), 1)
  t.equal(await sum('ThrottledRequests', requests('BatchGetItem')), 0)
})

test('a throttled transaction is one request, and an event for each action that was refused', async (t) => {
  const { dynamodb, sum } = await throttledTable(t, 8, 100)
  const Items = ['a', 'b', 'c'].map((id) => ({ Put: { TableName: 'orders', Item: item(id) } }))
  await t.rejects(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: Items })), { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ProvisionedThroughputExceeded' }] })
  t.equal(await sum('WriteThrottleEvents'), 1)
  t.equal(await sum('ThrottledRequests', requests('TransactWriteItems')), 1)
  t.equal(await sum('TransactionConflict'), 0)
  t.equal(await sum('UserErrors', {}), 0)
  t.equal(await sum('ConsumedWriteCapacityUnits'), 0)
})

test('each reason for a throttle has a metric of its own', async (t) => {
  const emulator = await testEmulator(t, { throttling: true, dynamodb: { limits: { partitionReadUnits: 2, partitionWriteUnits: 4, tableUnits: 6, onDemandWriteUnits: 100, onDemandReadUnits: 100 } } })
  const { dynamodb, cloudwatch } = emulator.clients({ maxAttempts: 1 })
  const sum = async (name: string, TableName: string) => (await read(cloudwatch, name, { TableName })).reduce((total, { Sum = 0 }) => total + Sum, 0)
  for (const [TableName, OnDemandThroughput] of [['hot', undefined], ['many', undefined], ['capped', { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 2 }]] as const) {
    await dynamodb.send(new CreateTableCommand({
      TableName, OnDemandThroughput, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }))
  }
  const use = async (TableName: string, ids: string[]) => {
    for (const id of ids) {
      await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id } } })).catch(() => {})
      await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true })).catch(() => {})
    }
  }
  await use('hot', ['one', 'one', 'one', 'one', 'one'])
  await use('many', ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  await use('capped', ['a', 'b', 'c', 'd'])
  const counts = async (TableName: string) => Object.fromEntries(await Promise.all(
    ['ReadKeyRangeThroughput', 'WriteKeyRangeThroughput', 'ReadAccountLimit', 'WriteAccountLimit', 'ReadMaxOnDemandThroughput', 'WriteMaxOnDemandThroughput']
      .map(async (name) => [name, await sum(`${name}ThrottleEvents`, TableName)] as const)))
  const none = { ReadKeyRangeThroughput: 0, WriteKeyRangeThroughput: 0, ReadAccountLimit: 0, WriteAccountLimit: 0, ReadMaxOnDemandThroughput: 0, WriteMaxOnDemandThroughput: 0 }
  t.same(await counts('hot'), { ...none, ReadKeyRangeThroughput: 3, WriteKeyRangeThroughput: 1 })
  t.same(await counts('many'), { ...none, ReadAccountLimit: 1, WriteAccountLimit: 1 })
  t.same(await counts('capped'), { ...none, ReadMaxOnDemandThroughput: 3, WriteMaxOnDemandThroughput: 2 })
  t.same([await sum('ReadThrottleEvents', 'hot'), await sum('WriteThrottleEvents', 'capped')], [3, 2])
})

test('provisioned units are published every five minutes, as they are at the time', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch } = emulator.clients()
  await table(dynamodb, 'orders', { ReadCapacityUnits: 5, WriteCapacityUnits: 7 })
  await emulator.clock.advance(12 * MINUTE)
  await dynamodb.send(new UpdateTableCommand({ TableName: 'orders', ProvisionedThroughput: { ReadCapacityUnits: 50, WriteCapacityUnits: 7 } }))
  await emulator.clock.advance(10 * MINUTE)
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await emulator.clock.advance(HOUR)
  const points = async (name: string, of: Record<string, string>) => (await read(cloudwatch, name, of, { Period: 300 })).map(({ minute, Maximum }) => [minute, Maximum])
  t.same(await points('ProvisionedReadCapacityUnits', { TableName: 'orders' }), [[0, 5], [5, 5], [10, 5], [15, 50], [20, 50]])
  t.same(await points('ProvisionedWriteCapacityUnits', { TableName: 'orders', GlobalSecondaryIndexName: 'by-kind' }), [[0, 7], [5, 7], [10, 7], [15, 7], [20, 7]])
  t.match((await points('AccountMaxReads', {})).at(0), [0, 80_000])
})

test('the maxima of a table on demand and of its index are published while they are set', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch } = emulator.clients()
  await table(dynamodb)
  const change = (most: number, ofIndex: number) => dynamodb.send(new UpdateTableCommand({
    TableName: 'orders', OnDemandThroughput: { MaxReadRequestUnits: most }, GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-kind', OnDemandThroughput: { MaxWriteRequestUnits: ofIndex } } }],
  }))
  await change(50, 7)
  await emulator.clock.advance(7 * MINUTE)
  await change(-1, -1)
  await emulator.clock.advance(10 * MINUTE)
  const points = async (name: string, of: Record<string, string>) => (await read(cloudwatch, name, of, { Period: 300 })).map(({ minute, Maximum }) => [minute, Maximum])
  t.same(await points('OnDemandMaxReadRequestUnits', { TableName: 'orders' }), [[0, 50], [5, 50]])
  t.same(await points('OnDemandMaxWriteRequestUnits', OF_INDEX), [[0, 7], [5, 7]])
  t.same(await points('OnDemandMaxWriteRequestUnits', { TableName: 'orders' }), [])
})

test('items that expire, calls of S3 and of Rekognition', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch, s3, rekognition } = emulator.clients()
  await table(dynamodb)
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } }))
  for (const id of ['a', 'b']) await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item(id, { expires: { N: String(TEST_TIME / 1000 + 90) } }) }))
  await emulator.clock.advance(5 * MINUTE)
  t.same(await read(cloudwatch, 'TimeToLiveDeletedItemCount', { TableName: 'orders' }), [{ minute: 1, Sum: 2, SampleCount: 2, Maximum: 1 }])

  const of = { BucketName: 'pictures', FilterId: 'EntireBucket' }
  const s3Metrics = { Namespace: 'AWS/S3' }
  await s3.send(new CreateBucketCommand({ Bucket: 'pictures' }))
  const picture = await drawPortrait(1)
  await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'a.png', Body: picture }))
  await t.rejects(s3.send(new GetObjectCommand({ Bucket: 'pictures', Key: 'none' })))
  t.match(await read(cloudwatch, 'AllRequests', of, s3Metrics), [{ Sum: 3 }])
  t.match(await read(cloudwatch, 'BytesUploaded', of, s3Metrics), [{ Sum: picture.length }])
  t.match(await read(cloudwatch, '4xxErrors', of, s3Metrics), [{ Sum: 1, SampleCount: 3 }])

  await rekognition.send(new DetectFacesCommand({ Image: { S3Object: { Bucket: 'pictures', Name: 'a.png' } } }))
  const operation = { Operation: 'DetectFaces' }
  t.match(await read(cloudwatch, 'DetectedFaceCount', operation, { Namespace: 'AWS/Rekognition' }), [{ Sum: 1 }])
  t.match(await read(cloudwatch, 'SuccessfulRequestCount', operation, { Namespace: 'AWS/Rekognition' }), [{ Sum: 1 }])
})

test('what buckets hold is published every midnight, with noncurrent versions and delete markers', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  const { s3 } = first.clients()
  for (const Bucket of ['pictures', 'empty']) await s3.send(new CreateBucketCommand({ Bucket }))
  for (const [Key, size] of [['a', 100], ['b', 23]] as const) await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key, Body: 'x'.repeat(size) }))
  await first.clock.advance(12 * HOUR) // the tests begin at noon
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'pictures', VersioningConfiguration: { Status: 'Enabled' } }))
  await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'a', Body: 'y'.repeat(7) }))
  await s3.send(new DeleteObjectCommand({ Bucket: 'pictures', Key: 'b' }))
  await first.close()
  const second = await testEmulator(t, { dataPath, frozenAt: TEST_TIME + 12 * HOUR })
  const { cloudwatch } = second.clients()
  await second.clock.advance(2 * DAY)
  const days = async (name: string, of: Record<string, string>) =>
    (await read(cloudwatch, name, of, { Namespace: 'AWS/S3', Period: 86_400, to: TEST_TIME + 4 * DAY })).map(({ Maximum }) => Maximum)
  t.same(await days('BucketSizeBytes', { BucketName: 'pictures', StorageType: 'StandardStorage' }), [123, 130, 130])
  t.same(await days('NumberOfObjects', { BucketName: 'pictures', StorageType: 'AllStorageTypes' }), [2, 4, 4])
  t.same(await days('NumberOfObjects', { BucketName: 'empty', StorageType: 'AllStorageTypes' }), [0, 0, 0])
  t.same(await days('BucketSizeBytes', { BucketName: 'empty', StorageType: 'StandardStorage' }), [])
})

async function stateOf (client: CloudWatchClient, name: string) {
  return (await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0]?.StateValue
}

/** The names of the alarms' changes of state, as they come. */
function changesOf (emulator: Emulator): string[] {
  const changes: string[] = []
  emulator.alarms.on('stateChange', ({ alarm, state }) => changes.push(`${alarm} ${state}`))
  return changes
}

test('the throttle alarms of the image platform go to ALARM and back', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch } = emulator.clients({ maxAttempts: 1 })
  const changes = changesOf(emulator)
  await table(dynamodb, 'image-metadata', { ReadCapacityUnits: 5, WriteCapacityUnits: 5 })
  for (const side of ['Read', 'Write']) {
    await cloudwatch.send(new PutMetricAlarmCommand({
      AlarmName: `dynamodb-${side.toLowerCase()}-throttles`,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 2,
      MetricName: `${side}ThrottleEvents`,
      Namespace: 'AWS/DynamoDB',
      Period: 300,
      Statistic: 'Sum',
      Threshold: 10,
      Dimensions: dimensions({ TableName: 'image-metadata' }),
    }))
  }
  const calls = async (times: number) => {
    for (let n = 0; n < times; n++) {
      await dynamodb.send(new PutItemCommand({ TableName: 'image-metadata', Item: item('a') })).catch(() => {})
      await dynamodb.send(new GetItemCommand({ TableName: 'image-metadata', Key: item('a') })).catch(() => {})
    }
    await emulator.clock.advance(5 * MINUTE)
  }
  await emulator.faults.add({ service: 'dynamodb', error: 'throttle', resource: 'image-metadata' })
  await calls(11)
  t.same(changes, [], 'one period of throttles is not enough')
  await calls(11)
  t.same(changes, ['dynamodb-read-throttles ALARM', 'dynamodb-write-throttles ALARM'])
  emulator.faults.clear()
  await emulator.clock.advance(DAY)
  t.equal(await stateOf(cloudwatch, 'dynamodb-read-throttles'), 'ALARM', 'without data an alarm on DynamoDB keeps its state')
  await emulator.faults.add({ service: 'dynamodb', error: 'throttle', resource: 'image-metadata' })
  await calls(1)
  await calls(1)
  t.same(changes.slice(2), ['dynamodb-read-throttles OK', 'dynamodb-write-throttles OK'])
})

test('a billing alarm goes to ALARM as use is charged, and back with the new month', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, cloudwatch } = emulator.clients()
  const changes = changesOf(emulator)
  await cloudwatch.send(new PutMetricAlarmCommand({
    AlarmName: 'charges',
    Namespace: 'AWS/Billing',
    MetricName: 'EstimatedCharges',
    Dimensions: dimensions({ Currency: 'USD' }),
    Statistic: 'Maximum',
    Period: 21_600,
    EvaluationPeriods: 1,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
  }))
  // 100 units more than are free, at 0.00065 USD an hour each.
  await table(dynamodb, 'reports', { ReadCapacityUnits: 1, WriteCapacityUnits: 1100 })
  await emulator.clock.advance(DAY)
  t.equal(await stateOf(cloudwatch, 'charges'), 'ALARM')
  t.ok(changes.length > 0)
  const charged = async (of: Record<string, string>) => (await read(cloudwatch, 'EstimatedCharges', { ...of, Currency: 'USD' }, { Namespace: 'AWS/Billing', Period: 21_600, to: TEST_TIME + 2 * DAY })).map(({ Maximum = 0 }) => Number(Maximum.toFixed(4)))
  // The table and its index have 2,200 units; 18,600 unit-hours are free.
  t.same(await charged({}), [6, 12, 18, 24].map((hours) => Number((Math.max(0, 2200 * hours - 18_600) * 0.00065).toFixed(4))))
  t.same(await charged({ ServiceName: 'AmazonDynamoDB' }), (await charged({})).filter((one) => one > 0))
  await dynamodb.send(new DeleteTableCommand({ TableName: 'reports' }))
  await emulator.clock.advance(31 * DAY)
  t.equal(await stateOf(cloudwatch, 'charges'), 'OK')
  t.same(changes, ['charges OK', 'charges ALARM', 'charges OK'], 'one change each')
})

test('without metrics nothing is published, and CloudWatch works', async (t) => {
  const emulator = await testEmulator(t, { metrics: false })
  const { dynamodb, cloudwatch } = emulator.clients()
  await table(dynamodb)
  await emulator.clock.advance(DAY)
  t.same((await cloudwatch.send(new ListMetricsCommand({}))).Metrics, [])
})

test('what was counted survives a restart and is in snapshots; a reset forgets it', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  await table(first.clients().dynamodb)
  await first.clients().dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item('a') }))
  await first.close()
  const second = await testEmulator(t, { dataPath })
  const { dynamodb, cloudwatch } = second.clients()
  const sums = async () => (await read(cloudwatch, 'ConsumedWriteCapacityUnits', { TableName: 'orders' })).map(({ Sum }) => Sum)
  t.same(await sums(), [2])
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item('b') }))
  await second.snapshots.save('two')
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item('c') }))
  t.same(await sums(), [6])
  await second.snapshots.restore('two')
  t.same(await sums(), [4])
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: item('c') }))
  await second.reset()
  t.same(await sums(), [])
})
