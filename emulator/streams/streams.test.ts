import {
  CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeTableCommand, PutItemCommand, TransactWriteItemsCommand, UpdateItemCommand,
  UpdateTableCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput, type StreamViewType
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, ListStreamsCommand, type ShardIteratorType, type _Record
} from '@aws-sdk/client-dynamodb-streams'
import { test, type Test } from 'tap'
import { TEST_TIME, testEmulator, wireClients } from '../test-support/emulator.ts'
import { startEmulator, type EmulatorOptions } from '../index.ts'

const HOUR = 3_600_000
const table = {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
} satisfies CreateTableCommandInput

async function withStream (t: Test, view: StreamViewType = 'NEW_AND_OLD_IMAGES', options: EmulatorOptions = {}) {
  const emulator = await testEmulator(t, options)
  const { dynamodb } = wireClients(t, emulator)
  const streams = new DynamoDBStreamsClient({
    region: 'us-east-1', endpoint: emulator.url, credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }, maxAttempts: 1,
  })
  t.teardown(() => streams.destroy())
  const created = await dynamodb.send(new CreateTableCommand({ ...table, StreamSpecification: { StreamEnabled: true, StreamViewType: view } }))
  const arn = created.TableDescription!.LatestStreamArn!
  const put = (item: Record<string, string>) =>
    dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }])) }))
  const shards = async () => (await streams.send(new DescribeStreamCommand({ StreamArn: arn }))).StreamDescription!.Shards!
  const iterator = async (ShardIteratorType: ShardIteratorType, ShardId?: string, SequenceNumber?: string) =>
    (await streams.send(new GetShardIteratorCommand({ StreamArn: arn, ShardId: ShardId ?? (await shards()).at(-1)!.ShardId, ShardIteratorType, SequenceNumber }))).ShardIterator!
  const read = (ShardIterator: string, Limit?: number) => streams.send(new GetRecordsCommand({ ShardIterator, Limit }))
  /** All records, in the way of a KCL consumer: parents before their children. */
  const readAll = async () => {
    const records: _Record[] = []
    for (const { ShardId } of await shards()) {
      let next: string | undefined = await iterator('TRIM_HORIZON', ShardId)
      while (next !== undefined) {
        const page: Awaited<ReturnType<typeof read>> = await read(next)
        records.push(...page.Records!)
        if (page.Records!.length === 0) break
        next = page.NextShardIterator
      }
    }
    return records
  }
  return { emulator, dynamodb, streams, arn, put, shards, iterator, read, readAll }
}

test('a table is created with a stream, which shows every change once and in order', async (t) => {
  const { dynamodb, arn, put, readAll } = await withStream(t)
  await put({ id: 'a', v: '1' })
  await put({ id: 'a', v: '2' })
  await put({ id: 'a', v: '2' }) // equal: no record
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'missing' } } })) // nothing there: no record
  await dynamodb.send(new UpdateItemCommand({ TableName: 'orders', Key: { id: { S: 'b' } }, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': { S: '3' } } }))
  await dynamodb.send(new UpdateItemCommand({ TableName: 'orders', Key: { id: { S: 'b' } }, UpdateExpression: 'REMOVE x' })) // no record
  await dynamodb.send(new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName: 'orders', Item: { id: { S: 'c' } } } }, { Delete: { TableName: 'orders', Key: { id: { S: 'a' } } } }],
  }))
  const records = await readAll()
  t.match(arn, /^arn:aws:dynamodb:us-east-1:000000000000:table\/orders\/stream\/2026-03-01T12:00:00.000$/)
  t.strictSame(records.map(({ eventName, dynamodb }) => [eventName, dynamodb!.Keys!.id!.S, dynamodb!.OldImage?.v?.S, dynamodb!.NewImage?.v?.S]), [
    ['INSERT', 'a', undefined, '1'],
    ['MODIFY', 'a', '1', '2'],
    ['INSERT', 'b', undefined, '3'],
    ['INSERT', 'c', undefined, undefined],
    ['REMOVE', 'a', '2', undefined],
  ])
  const sequences = records.map(({ dynamodb }) => BigInt(dynamodb!.SequenceNumber!))
  t.strictSame(sequences, [...sequences].sort((one, other) => one < other ? -1 : 1))
  t.equal(new Set(records.map(({ eventID }) => eventID)).size, 5)
  t.match(records[0], { eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: 'us-east-1', dynamodb: { StreamViewType: 'NEW_AND_OLD_IMAGES', ApproximateCreationDateTime: new Date(TEST_TIME) } })
})

for (const [view, images] of [['KEYS_ONLY', [false, false]], ['NEW_IMAGE', [false, true]], ['OLD_IMAGE', [true, false]], ['NEW_AND_OLD_IMAGES', [true, true]]] as const) {
  test(`a stream of ${view} has those images, and counts their bytes`, async (t) => {
    const { put, readAll } = await withStream(t, view)
    await put({ id: 'Fred' })
    await put({ id: 'Fred', name: 'Fred' })
    const modified = (await readAll())[1]!.dynamodb!
    t.strictSame(['OldImage' in modified, 'NewImage' in modified], images)
    // Source: recorded answers of AWS: 6 for the key, 6 for the old image, 14 for the new one.
    t.equal(modified.SizeBytes, 6 + (images[0] ? 6 : 0) + (images[1] ? 14 : 0))
  })
}

test('the removal of an expired item is attributed to the service', async (t) => {
  const { emulator, dynamodb, put, readAll } = await withStream(t)
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } }))
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, ttl: { N: String(TEST_TIME / 1000 + 60) } } }))
  await put({ id: 'b' })
  await emulator.clock.advance(120_000)
  const removed = (await readAll()).at(-1)!
  t.equal(removed.eventName, 'REMOVE')
  t.match(removed.userIdentity, { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' })
})

test('iterators start at the requested position and expire after 15 minutes; an open shard always has a next one', async (t) => {
  const { emulator, put, iterator, read } = await withStream(t)
  await put({ id: 'a' })
  await put({ id: 'b' })
  const latest = await iterator('LATEST')
  await put({ id: 'c' })
  const ids = async (shardIterator: string) => (await read(shardIterator)).Records!.map(({ dynamodb }) => dynamodb!.Keys!.id!.S)
  const all = (await read(await iterator('TRIM_HORIZON'))).Records!
  const second = all[1]!.dynamodb!.SequenceNumber!
  t.strictSame(await ids(latest), ['c'])
  t.strictSame(await ids(latest), ['c'], 'reading does not consume')
  t.strictSame(await ids(await iterator('AT_SEQUENCE_NUMBER', undefined, second)), ['b', 'c'])
  t.strictSame(await ids(await iterator('AFTER_SEQUENCE_NUMBER', undefined, second)), ['c'])
  const page = await read(await iterator('TRIM_HORIZON'), 2)
  t.strictSame(page.Records!.length, 2)
  const rest = await read(page.NextShardIterator!)
  t.strictSame(rest.Records!.length, 1)
  const idle = await read(rest.NextShardIterator!)
  t.strictSame(idle.Records, [])
  t.ok(idle.NextShardIterator)
  await emulator.clock.advance(15 * 60_000 + 1)
  await t.rejects(read(idle.NextShardIterator!), { name: 'ExpiredIteratorException', message: 'The provided iterator exceeds the maximum age allowed.' })
})

test('a shard closes after four hours, and a consumer follows its children', async (t) => {
  const { emulator, put, shards, iterator, read, readAll } = await withStream(t)
  await put({ id: 'a' })
  const [first] = await shards()
  const old = await iterator('TRIM_HORIZON', first!.ShardId)
  await emulator.clock.advance(4 * HOUR)
  await put({ id: 'b' })
  const [parent, child] = await shards()
  t.equal(parent!.ShardId, first!.ShardId)
  t.ok(parent!.SequenceNumberRange!.EndingSequenceNumber)
  t.equal(child!.ParentShardId, parent!.ShardId)
  t.notOk(child!.SequenceNumberRange!.EndingSequenceNumber)
  t.match(parent!.ShardId, /^shardId-\d{20}-[0-9a-f]{8}$/)
  await t.rejects(read(old), { name: 'ExpiredIteratorException' })
  const page = await read(await iterator('TRIM_HORIZON', parent!.ShardId))
  t.equal(page.Records!.length, 1)
  t.notOk('NextShardIterator' in page, 'a closed shard that is read to its end')
  t.strictSame((await readAll()).map(({ dynamodb }) => dynamodb!.Keys!.id!.S), ['a', 'b'])
})

test('a stream of several shards keeps the order of each key', async (t) => {
  const { put, shards, readAll } = await withStream(t, 'NEW_IMAGE', { dynamodb: { streamShards: 4 } })
  for (let n = 0; n < 40; n++) await put({ id: `k${n % 10}`, v: String(n) })
  t.equal((await shards()).length, 4)
  const byKey = new Map<string, number[]>()
  for (const { dynamodb } of await readAll()) {
    const { id, v } = dynamodb!.NewImage!
    byKey.set(id!.S!, [...byKey.get(id!.S!) ?? [], Number(v!.S)])
  }
  t.equal(byKey.size, 10)
  for (const [key, values] of byKey) t.strictSame(values, [0, 10, 20, 30].map((n) => n + Number(key.slice(1))), key)
})

test('records are trimmed after 24 hours, and an idle consumer does not notice', async (t) => {
  const { emulator, put, iterator, read, readAll } = await withStream(t)
  await put({ id: 'a' })
  const { Records, NextShardIterator } = await read(await iterator('TRIM_HORIZON'))
  const sequence = Records![0]!.dynamodb!.SequenceNumber!
  await emulator.clock.advance(25 * HOUR)
  await put({ id: 'b' })
  t.strictSame((await readAll()).map(({ dynamodb }) => dynamodb!.Keys!.id!.S), ['b'])
  await t.rejects(iterator('AT_SEQUENCE_NUMBER', undefined, sequence), { name: /ValidationException|TrimmedDataAccessException/ })
  await t.rejects(read(NextShardIterator!), { name: 'ExpiredIteratorException' })
})

test('a disabled stream can be read for a day, and a new one has its own ARN', async (t) => {
  const { emulator, dynamodb, streams, arn, put, shards, readAll } = await withStream(t)
  await put({ id: 'a' })
  const stream = (StreamSpecification: { StreamEnabled: boolean, StreamViewType?: StreamViewType }) =>
    dynamodb.send(new UpdateTableCommand({ TableName: 'orders', StreamSpecification }))
  await t.rejects(stream({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }), { message: 'Table already has an enabled stream: TableName: orders' })
  await t.rejects(stream({ StreamEnabled: true }), { message: 'One or more parameter values were invalid: If stream is being enabled then UpdateViewType is required' })
  await stream({ StreamEnabled: false })
  const described = (await dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }))).Table!
  t.notOk(described.StreamSpecification)
  t.equal(described.LatestStreamArn, arn)
  await t.rejects(stream({ StreamEnabled: false }), { message: 'Table has no stream to disable: TableName: orders' })
  await put({ id: 'b' })
  t.ok((await shards()).every(({ SequenceNumberRange }) => SequenceNumberRange!.EndingSequenceNumber))
  t.equal((await readAll()).length, 1)
  const again = await stream({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' })
  t.not(again.TableDescription!.LatestStreamArn, arn)
  t.equal((await streams.send(new ListStreamsCommand({ TableName: 'orders' }))).Streams!.length, 2)
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  t.equal((await streams.send(new ListStreamsCommand({}))).Streams!.length, 2, 'streams of a deleted table')
  t.equal((await streams.send(new DescribeStreamCommand({ StreamArn: arn }))).StreamDescription!.StreamStatus, 'DISABLED')
  await emulator.clock.advance(24 * HOUR)
  t.strictSame((await streams.send(new ListStreamsCommand({}))).Streams, [])
  await t.rejects(shards(), { name: 'ResourceNotFoundException', message: `Requested resource not found: Stream: ${arn} not found` })
})

test('a stream continues after a restart, and a day after its end the store has no trace of it', async (t) => {
  const dataPath = t.testdir()
  const first = await startEmulator({ frozenAt: TEST_TIME, dataPath })
  const before = wireClients(t, first)
  await before.dynamodb.send(new CreateTableCommand({ ...table, StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }))
  await before.dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } }))
  await first.close()
  const second = await testEmulator(t, { dataPath })
  const { dynamodb } = wireClients(t, second)
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'b' } } }))
  const call = async (operation: string, input: object) => {
    const answer = await fetch(second.url!, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        'x-amz-date': '20260301T120000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=sandtable/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
      },
    })
    return await answer.json() as { Streams: { StreamArn: string }[], StreamDescription: { Shards: { ShardId: string }[] }, ShardIterator: string, Records: { dynamodb: { Keys: { id: { S: string } } } }[] }
  }
  const { Streams: [stream] } = await call('ListStreams', {})
  const { StreamDescription: { Shards: [shard] } } = await call('DescribeStream', { StreamArn: stream!.StreamArn })
  const { ShardIterator } = await call('GetShardIterator', { StreamArn: stream!.StreamArn, ShardId: shard!.ShardId, ShardIteratorType: 'TRIM_HORIZON' })
  const { Records } = await call('GetRecords', { ShardIterator })
  t.strictSame(Records.map(({ dynamodb }) => dynamodb.Keys.id.S), ['a', 'b'])
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await second.clock.advance(26 * HOUR)
  t.strictSame((await call('ListStreams', {})).Streams, [])
})

test('requests for an unknown stream, shard or position are refused', async (t) => {
  const { streams, arn, shards, iterator, read } = await withStream(t)
  const shard = (await shards())[0]!.ShardId!
  await t.rejects(streams.send(new DescribeStreamCommand({ StreamArn: `${'x'.repeat(40)}` })), { name: 'ValidationException' })
  await t.rejects(streams.send(new DescribeStreamCommand({ StreamArn: arn.replace('orders', 'others') })), { name: 'ResourceNotFoundException' })
  await t.rejects(iterator('TRIM_HORIZON', `shardId-${'0'.repeat(20)}-00000000`), { name: 'ResourceNotFoundException' })
  await t.rejects(iterator('AT_SEQUENCE_NUMBER', shard), { name: 'ValidationException' })
  await t.rejects(iterator('LATEST', shard, '1'.repeat(21)), { name: 'ValidationException' })
  await t.rejects(iterator('SIDEWAYS' as ShardIteratorType, shard), { name: 'ValidationException' })
  await t.rejects(read('garbage'), { name: 'ValidationException' })
  await t.rejects(read(await iterator('LATEST'), 1001), { name: 'ValidationException' })
  t.strictSame((await streams.send(new DescribeStreamCommand({ StreamArn: arn, ExclusiveStartShardId: `shardId-${'9'.repeat(20)}-00000000` }))).StreamDescription!.Shards, [])
  t.strictSame((await streams.send(new DescribeStreamCommand({ StreamArn: arn, ShardFilter: { Type: 'CHILD_SHARDS', ShardId: shard } }))).StreamDescription!.Shards, [])
})

test('a table with an incomplete stream specification is refused', async (t) => {
  const { dynamodb } = await withStream(t)
  const create = (StreamSpecification: { StreamEnabled: boolean, StreamViewType?: StreamViewType }) =>
    dynamodb.send(new CreateTableCommand({ ...table, TableName: 'other', StreamSpecification }))
  await t.rejects(create({ StreamEnabled: true }), { message: 'One or more parameter values were invalid: Table is being created with a stream enabled, UpdateViewType is required' })
  await t.rejects(create({ StreamEnabled: false, StreamViewType: 'KEYS_ONLY' }), { message: /stream disabled, UpdateViewType should not be specified/ })
})
