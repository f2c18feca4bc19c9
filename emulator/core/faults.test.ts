import { connect } from 'node:net'
import { once } from 'node:events'
import { CreateTableCommand, ListTablesCommand, PutItemCommand, type BillingMode } from '@aws-sdk/client-dynamodb'
import { DetectFacesCommand, ListCollectionsCommand } from '@aws-sdk/client-rekognition'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { BatchGetCommand, BatchWriteCommand, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import fc from 'fast-check'
import { test } from 'tap'
import type { Clients, Emulator, FaultRule } from '../index.ts'
import { overAllWays, overWays, testEmulator, wireClients, type Way } from '../test-support/emulator.ts'
import { Faults, type FaultyCall } from './faults.ts'

const WAYS: Way[] = ['wire', 'in-process', 'fast path']

async function createTable ({ dynamodb }: Clients, name: string, billing: BillingMode = 'PAY_PER_REQUEST'): Promise<void> {
  await dynamodb.send(new CreateTableCommand({
    TableName: name,
    BillingMode: billing,
    ...billing === 'PROVISIONED' && { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
}

/** How a call failed, as the SDK reports it. */
async function failure (call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call
    return {}
  } catch (error) {
    const { name, message, code, $metadata, $retryable, $fault, ThrottlingReasons, throttlingReasons, CancellationReasons } = error as Record<string, unknown>
    const told = { name, message, code, $fault, $retryable, status: ($metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode, ThrottlingReasons, throttlingReasons, CancellationReasons }
    return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
  }
}

/** With one rule at a time. */
async function under<T> ({ faults }: Emulator, rule: FaultRule, call: () => Promise<T>): Promise<T> {
  await faults.add({ id: 'one', ...rule })
  try {
    return await call()
  } finally {
    faults.clear()
  }
}

const results = (emulator: Emulator, filter = {}) => emulator.trace.query(filter).map(({ operation, result }) => `${operation} ${result}`)

test('DynamoDB\'s faults have DynamoDB\'s errors, the same over every way', (t) => {
  overWays(t, WAYS, async (t, start) => {
    const { emulator, clients } = await start()
    await createTable(clients, 'busy')
    await createTable(clients, 'planned', 'PROVISIONED')
    const get = (TableName = 'busy') => clients.documents.send(new GetCommand({ TableName, Key: { id: 'a' } }))
    const arn = (table: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`

    t.strictSame(await under(emulator, { error: 'throttle' }, () => failure(get())), {
      name: 'ThrottlingException',
      message: 'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again ' +
        'shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
      $fault: 'client',
      status: 400,
      throttlingReasons: [{ reason: 'TableReadKeyRangeThroughputExceeded', resource: arn('busy') }],
    })
    t.strictSame(await under(emulator, { error: 'throttle' }, () => failure(clients.documents.send(new PutCommand({ TableName: 'planned', Item: { id: 'a' } })))), {
      name: 'ProvisionedThroughputExceededException',
      message: 'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
      $fault: 'client',
      status: 400,
      ThrottlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: arn('planned') }],
    })
    t.match(await under(emulator, { error: 'throttle' }, () => failure(clients.dynamodb.send(new ListTablesCommand({})))),
      { name: 'ThrottlingException', message: 'Rate of requests exceeds the allowed throughput.' })
    t.strictSame(await under(emulator, { error: 'internal' }, () => failure(get())), {
      name: 'InternalServerError', message: 'The request processing has failed because of an unknown error, exception or failure.', $fault: 'server', status: 500,
    })
    t.match(await under(emulator, { error: 'access-denied' }, () => failure(get())), {
      name: 'AccessDeniedException',
      message: /^User: arn:aws:iam::000000000000:user\/sandtable is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/busy because /,
      status: 400,
    })
    t.match(await under(emulator, { error: { code: 'RequestLimitExceeded', message: 'Too much' } }, () => failure(get())),
      { name: 'RequestLimitExceeded', message: 'Too much', status: 400 })
    t.match(await under(emulator, { error: { code: 'ServiceUnavailable', status: 503 } }, () => failure(get())), { name: 'ServiceUnavailable', status: 503 })
    t.match(await under(emulator, { error: 'connection-reset' }, () => failure(get())), { name: 'TimeoutError', code: 'ECONNRESET', message: 'read ECONNRESET' })

    await under(emulator, { error: 'connection-reset' }, () => failure(clients.documents.send(new PutCommand({ TableName: 'busy', Item: { id: 'a', n: 1 } }))))
    t.equal((await get()).Item, undefined, 'nothing was done')
    t.match(await under(emulator, { error: 'answer-lost' }, () => failure(clients.documents.send(new PutCommand({ TableName: 'busy', Item: { id: 'a', n: 1 } })))), { code: 'ECONNRESET' })
    t.strictSame((await get()).Item, { id: 'a', n: 1 }, 'it was done, only the answer was lost')
    t.match(emulator.trace.query({ result: 'ThrottlingException' })[0], { operation: 'GetItem', resource: 'busy', keys: [{ id: { S: 'a' } }] })
    t.equal(emulator.trace.query({ result: 'ConnectionReset' }).length, 3)
  })
  t.end()
})

test('a transaction whose answer was lost is recognized by its token when it is retried, over every way', async (t) => {
  const emulator = await testEmulator(t)
  const attempts = { maxAttempts: 2 }
  const ways = [wireClients(t, emulator, attempts), emulator.clients({ ...attempts, fastPath: false }), emulator.clients(attempts)]
  await createTable(ways[0]!, 'busy')
  for (const [index, { documents }] of ways.entries()) {
    const Key = { id: WAYS[index]! }
    const count = { Update: { TableName: 'busy', Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 } } }
    await under(emulator, { error: 'answer-lost', times: 1 }, () => documents.send(new TransactWriteCommand({ TransactItems: [count] })))
    t.strictSame((await documents.send(new GetCommand({ TableName: 'busy', Key }))).Item, { ...Key, n: 1 }, Key.id)
  }
})

test('faults of S3 and Rekognition have their errors', (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3, rekognition } } = await start()
    await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a/1.jpg', Body: 'x' }))
    const get = (Key = 'a/1.jpg') => s3.send(new GetObjectCommand({ Bucket: 'photos', Key }))
    const s3Failure = (error: FaultRule['error']) => under(emulator, { service: 's3', resource: 'photos', error }, () => failure(get()))
    t.match(await s3Failure('throttle'), { name: 'SlowDown', message: 'Please reduce your request rate.', status: 503 })
    t.match(await s3Failure('internal'), { name: 'InternalError', status: 500 })
    t.match(await s3Failure('access-denied'), { name: 'AccessDenied', message: 'Access Denied', status: 403 })
    t.match(await s3Failure({ code: 'NoSuchKey', status: 404 }), { name: 'NoSuchKey', status: 404 })
    t.match(await s3Failure('connection-reset'), { name: 'TimeoutError', code: 'ECONNRESET' })
    await under(emulator, { service: 's3', resource: 'pho*', key: 'a/*', error: 'throttle' }, async () => {
      t.match(await failure(get()), { name: 'SlowDown' })
      t.match(await failure(get('b/2.jpg')), { name: 'NoSuchKey' }, 'another key')
      t.equal((await s3.send(new ListObjectsV2Command({ Bucket: 'photos' }))).KeyCount, 1, 'a call without a key')
    })
    const detect = () => rekognition.send(new DetectFacesCommand({ Image: { S3Object: { Bucket: 'photos', Name: 'a/1.jpg' } } }))
    const seen = (error: FaultRule['error']) => under(emulator, { service: 'rekognition', key: 'a/1.jpg', error }, () => failure(detect()))
    t.match(await seen('throttle'), { name: 'ProvisionedThroughputExceededException', message: 'Provisioned Rate exceeded', status: 400 })
    t.match(await seen('internal'), { name: 'InternalServerError', status: 500 })
    t.match(await seen('access-denied'), { name: 'AccessDeniedException', status: 400, message: /to perform: rekognition:DetectFaces$/ })
    t.match(await seen({ code: 'ThrottlingException' }), { name: 'ThrottlingException', status: 400 })
    await under(emulator, { service: 'rekognition', operation: 'DetectFaces', error: 'internal' }, () => rekognition.send(new ListCollectionsCommand({})))
  })
  t.end()
})

test('a throttled batch returns the affected items as unprocessed, and fails when all are affected', (t) => {
  overWays(t, WAYS, async (t, start) => {
    const { emulator, clients: { documents }, clients } = await start()
    await createTable(clients, 'one')
    await createTable(clients, 'two')
    const write = () => documents.send(new BatchWriteCommand({
      RequestItems: {
        one: ['a', 'b', 'c'].map((id) => ({ PutRequest: { Item: { id, n: 1 } } })),
        two: [{ PutRequest: { Item: { id: 'a' } } }, { DeleteRequest: { Key: { id: 'b' } } }],
      },
      ReturnConsumedCapacity: 'TOTAL',
    }))
    const read = () => documents.send(new BatchGetCommand({
      RequestItems: {
        one: { Keys: ['a', 'b', 'c'].map((id) => ({ id })), ConsistentRead: true, ProjectionExpression: '#n', ExpressionAttributeNames: { '#n': 'n' } },
        two: { Keys: [{ id: 'a' }] },
      },
    }))
    await under(emulator, { operation: 'BatchWriteItem', error: 'throttle', every: 2 }, async () => {
      const answer = await write()
      t.strictSame(answer.UnprocessedItems, { one: [{ PutRequest: { Item: { id: 'b', n: 1 } } }], two: [{ PutRequest: { Item: { id: 'a' } } }] })
      t.strictSame(answer.ConsumedCapacity, [{ TableName: 'one', CapacityUnits: 2 }, { TableName: 'two', CapacityUnits: 1 }])
      t.match(emulator.faults.list(), [{ seen: 5, hits: 2 }])
      t.match(emulator.trace.query({ operation: 'BatchWriteItem' }), [{ result: 'ok', items: 3, unprocessed: 2 }])
    })
    t.strictSame((await read()).Responses, { one: [{ n: 1 }, { n: 1 }], two: [] })
    await write()
    await under(emulator, { resource: 'one', key: { id: 'c' }, error: 'throttle' }, async () => {
      t.strictSame((await write()).UnprocessedItems, { one: [{ PutRequest: { Item: { id: 'c', n: 1 } } }] })
      const { Responses, UnprocessedKeys } = await read()
      t.strictSame(Responses, { one: [{ n: 1 }, { n: 1 }], two: [{ id: 'a' }] })
      t.strictSame(UnprocessedKeys, { one: { Keys: [{ id: 'c' }], ConsistentRead: true, ProjectionExpression: '#n', ExpressionAttributeNames: { '#n': 'n' } } })
    })
    await under(emulator, { error: 'throttle' }, async () => {
      t.match(await failure(write()), { name: 'ThrottlingException', throttlingReasons: [{ resource: /table\/one$/ }, { resource: /table\/two$/ }] })
      t.match(await failure(read()), { name: 'ThrottlingException' })
    })
    await under(emulator, { error: 'internal', times: 1 }, async () => {
      t.match(await failure(read()), { name: 'InternalServerError' }, 'only throttling comes in parts')
    })
    const wrong = () => documents.send(new BatchWriteCommand({ RequestItems: { one: [{ PutRequest: { Item: { no: 'key' } } }] } }))
    await under(emulator, { error: 'throttle', times: 1, skip: 1 }, async () => t.match(await failure(wrong()), { name: 'ValidationException' }))
  })
  t.end()
})

test('a throttled transaction is cancelled, with a reason for each action', (t) => {
  overWays(t, WAYS, async (t, start) => {
    const { emulator, clients: { documents }, clients } = await start()
    await createTable(clients, 'busy')
    await createTable(clients, 'planned', 'PROVISIONED')
    const write = () => documents.send(new TransactWriteCommand({
      TransactItems: [{ Put: { TableName: 'planned', Item: { id: 'a' } } }, { Put: { TableName: 'busy', Item: { id: 'b' } } }, { Put: { TableName: 'busy', Item: { id: 'c' } } }],
    }))
    const told = await under(emulator, { error: 'throttle', resource: 'busy', key: { id: 'c' } }, () => failure(write()))
    t.match(told, { name: 'TransactionCanceledException', message: /\[None, None, ThrottlingError\]$/ })
    t.match(told.CancellationReasons, [{ Code: 'None' }, { Code: 'None' }, { Code: 'ThrottlingError', Message: /^Throughput exceeds the current capacity/ }])
    t.match(await under(emulator, { error: 'throttle' }, () => failure(write())), { message: /\[ProvisionedThroughputExceeded, ThrottlingError, ThrottlingError\]$/ })
    t.strictSame(emulator.trace.query({ result: 'ok', operation: 'TransactWriteItems' }), [])
  })
  t.end()
})

test('a throttled call advances a frozen clock with autoAdvanceMs', async (t) => {
  const emulator = await testEmulator(t, { autoAdvanceMs: 1000 })
  const { clock } = emulator
  const clients = emulator.clients({ maxAttempts: 1 })
  await createTable(clients, 'things')
  const put = () => clients.documents.send(new PutCommand({ TableName: 'things', Item: { id: 'a' } }))
  const transact = () => clients.documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 'things', Item: { id: 'b' } } }] }))
  const batch = () => clients.documents.send(new BatchWriteCommand({ RequestItems: { things: ['c', 'd'].map((id) => ({ PutRequest: { Item: { id } } })) } }))
  const movedBy = async (rule: FaultRule, call: () => Promise<unknown>) => {
    const before = clock.now()
    await under(emulator, rule, () => failure(call()))
    return clock.now() - before
  }
  const due: string[] = []
  clock.schedule(clock.now() + 500, () => { due.push('while it was on its way') })
  t.equal(await movedBy({ error: 'throttle' }, put), 1000)
  t.same(due, ['while it was on its way'])
  t.equal(await movedBy({ error: 'throttle' }, transact), 1000)
  t.equal(await movedBy({ error: 'throttle', every: 2 }, batch), 1000, 'a batch that was throttled in part')
  t.equal(await movedBy({ error: 'throttle', service: 's3' }, () => clients.s3.send(new ListObjectsV2Command({ Bucket: 'photos' }))), 1000)
  t.equal(await movedBy({ error: 'internal' }, put), 0, 'another error')
  t.match(clock.state(), { frozen: true, autoAdvanceMs: 1000 })
  clock.autoAdvance(0)
  t.equal(await movedBy({ error: 'throttle' }, put), 0)
})

test('the key in a rule matches an item\'s, plain or in DynamoDB\'s JSON', async (t) => {
  const emulator = await testEmulator(t)
  const clients = emulator.clients({ maxAttempts: 1 })
  await createTable(clients, 'things')
  const hit = async (key: FaultRule['key']) => {
    const call = () => clients.dynamodb.send(new PutItemCommand({ TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/things', Item: { id: { S: '5' }, n: { N: '5' } } }))
    return (await under(emulator, { resource: 'things', key, error: 'internal' }, () => failure(call()))).name === 'InternalServerError'
  }
  t.ok(await hit({ id: '5' }))
  t.ok(await hit({ id: { S: '5' } }))
  t.notOk(await hit({ id: 5 }), 'a string is no number')
  t.notOk(await hit({ n: 5 }), 'an attribute that is no key')
  t.notOk(await hit({ id: '5', other: 'x' }))
  t.notOk(await hit('5'))
})

test('a rule applies by probability, count and interval, and repeatably with the same seed', async (t) => {
  const hitsOf = async (rule: FaultRule, calls: number) => {
    const faults = new Faults()
    await faults.add({ error: 'internal', ...rule })
    const call = { service: 'any', operation: 'Any', ctx: {}, subjects: [] } as unknown as FaultyCall // no member of the context is used
    return Array.from({ length: calls }, () => Number(faults.draw(call, false).error !== undefined)).join('')
  }
  t.equal(await hitsOf({ times: 2 }, 5), '11000')
  t.equal(await hitsOf({ skip: 2, times: 2 }, 6), '001100')
  t.equal(await hitsOf({ every: 3 }, 7), '0010010')
  t.equal(await hitsOf({ every: 2, skip: 1, times: 2 }, 8), '00101000')
  t.equal(await hitsOf({ share: 0 }, 50), '0'.repeat(50))
  t.equal(await hitsOf({ share: 1 }, 50), '1'.repeat(50))
  const drawn = await hitsOf({ share: 0.3, seed: 7 }, 1000)
  t.equal(await hitsOf({ share: 0.3, seed: 7 }, 1000), drawn)
  t.not(await hitsOf({ share: 0.3, seed: 8 }, 1000), drawn)
  const share = drawn.replaceAll('0', '').length / 1000
  t.ok(share > 0.25 && share < 0.35, `${share} of them`)
})

test('latency follows the rule\'s distribution, in real time, and adds up over rules', async (t) => {
  const delays = async (latency: FaultRule['latency']) => {
    const faults = new Faults()
    await faults.add({ latency, seed: 1 })
    const call = { service: 'any', operation: 'Any', ctx: {}, subjects: [] } as unknown as FaultyCall // as above
    return Array.from({ length: 20_000 }, () => faults.draw(call, false).delayMs).sort((a, b) => a - b)
  }
  const close = (actual: number | undefined, expected: number, what: string) => t.ok(actual !== undefined && Math.abs(actual / expected - 1) < 0.1, `${what}: ${actual}`)
  const uniform = await delays({ min: 100, max: 200 })
  t.ok(uniform[0]! >= 100 && uniform.at(-1)! <= 200)
  close(uniform[10_000], 150, 'median')
  const normal = await delays({ mean: 100, deviation: 20 })
  close(normal.reduce((sum, ms) => sum + ms) / 20_000, 100, 'mean')
  close(normal[20_000 * 0.8413], 120, 'a deviation above')
  t.ok((await delays({ mean: 0, deviation: 5 }))[0] === 0, 'never negative')
  const lognormal = await delays({ p50: 20, p99: 200 })
  close(lognormal[10_000], 20, 'p50')
  close(lognormal[19_800], 200, 'p99')

  const emulator = await testEmulator(t)
  const clients = emulator.clients({ maxAttempts: 1 })
  await emulator.faults.add({ latency: 20 })
  await emulator.faults.add({ operation: 'ListTables', latency: 15 })
  await clients.dynamodb.send(new ListTablesCommand({}))
  t.ok(emulator.trace.query()[0]!.durationMs >= 34)
  await emulator.faults.add({ latency: 600_000 })
  for (const clients of [emulator.clients(), emulator.clients({ fastPath: false })]) {
    await t.rejects(clients.documents.send(new GetCommand({ TableName: 'x', Key: { id: 'a' } }), { abortSignal: AbortSignal.timeout(5) }), { name: 'AbortError' })
  }
  const held = failure(clients.dynamodb.send(new ListTablesCommand({})))
  await emulator.close()
  await held
  t.pass('closing lets go of who is held up')
})

test('a broken connection ends on the wire without a byte of an answer', async (t) => {
  const emulator = await testEmulator(t)
  await emulator.faults.add({ error: 'connection-reset' })
  const socket = connect(Number(new URL(emulator.url!).port), '127.0.0.1')
  let answered = ''
  socket.on('data', (data) => { answered += String(data) })
  const broken = once(socket, 'error') as Promise<[{ code: string }]>
  const request = ['POST / HTTP/1.1', 'host: localhost', 'connection: close', 'content-length: 2', 'content-type: application/x-amz-json-1.0',
    'x-amz-target: DynamoDB_20120810.ListTables', 'x-amz-date: 20260301T120000Z',
    'authorization: AWS4-HMAC-SHA256 Credential=A/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0', '', '{}']
  socket.write(request.join('\r\n'))
  const [error] = await Promise.race([broken, once(socket, 'close').then((): [{ code: string }] => [{ code: 'closed' }])])
  t.strictSame([error.code, answered], ['ECONNRESET', ''])
})

test('rules belong to an account or service, end with its reset, and are refused when invalid', async (t) => {
  const emulator = await testEmulator(t)
  const { faults } = emulator
  const other = emulator.clients({ accessKeyId: '111122223333', maxAttempts: 1 })
  const own = emulator.clients({ maxAttempts: 1 })
  await faults.add({ account: '111122223333', error: 'internal' })
  t.match(await failure(other.dynamodb.send(new ListTablesCommand({}))), { name: 'InternalServerError' })
  await own.dynamodb.send(new ListTablesCommand({}))
  t.strictSame(results(emulator), ['ListTables InternalServerError', 'ListTables ok'])

  await faults.add({ id: 'a', service: 's3', error: 'throttle', seed: 1 })
  await faults.add({ id: 'b', error: 'throttle', seed: 1 })
  t.strictSame(await faults.add({ id: 'a', service: 'dynamodb', error: 'throttle', seed: 2 }), { id: 'a', service: 'dynamodb', error: 'throttle', seed: 2, seen: 0, hits: 0 })
  t.strictSame(faults.list().map(({ id }) => id), ['fault-1', 'a', 'b'], 'in the place of the one before')
  await emulator.reset({ service: 's3' })
  t.equal(faults.list().length, 3)
  await emulator.reset({ account: '111122223333' })
  await emulator.reset({ service: 'dynamodb' })
  t.strictSame(faults.list().map(({ id }) => id), ['b'])
  t.strictSame([faults.remove('a'), faults.remove('b'), faults.list()], [false, true, []])
  await faults.add({ error: 'internal' })
  await emulator.reset()
  t.strictSame(faults.list(), [])

  const wrong: [rule: object, message: string | RegExp][] = [
    [{}, 'it needs "error" or "latency", for example {"error":"throttle"}'],
    [{ error: 'throttle', share: 30 }, '"share" takes a number from 0 to 1: the probability for each call, not 30'],
    [{ error: 'throttle', table: 'x' }, 'it has no member table'],
    [{ error: 'throttle', service: 'sqs' }, /^"service" takes dynamodb, .*, not "sqs"$/],
    [{ error: 'throttle', service: 's3', operation: 'GetItem' }, '"operation" takes an operation of s3, not "GetItem"'],
    [{ error: 'throttle', operation: 'Nothing' }, '"operation" takes an operation of a service, not "Nothing"'],
    [{ latency: { min: 2, max: 1 } }, '"latency.min" must not be above "latency.max"'],
    [{ latency: { p50: 0, p99: 1 } }, '"latency.p50" must be above 0 and not above "latency.p99"'],
    [{ error: 'throttle', id: 'a b' }, '"id" takes 1 to 64 characters of A-Z a-z 0-9 _ . -, not "a b"'],
    [{ error: 'throttle', times: 0 }, '"times" takes a whole number from 1, not 0'],
  ]
  for (const [rule, message] of wrong) await t.rejects(faults.add(rule), { name: 'BadFaultRule', message })
  t.match(await faults.add({ error: 'boom' } as unknown as FaultRule).catch((error: unknown) => error), { message: /^"error" takes throttle, internal, .*, not "boom"$/ })
  t.strictSame(faults.list(), [])
})

test('rules can be matched against any input', async (t) => {
  const emulator = await testEmulator(t)
  await emulator.faults.add({ resource: 'x', key: { id: 'a' }, error: 'internal' })
  const call = async (target: string, body: object) => {
    const service = target.startsWith('Dynamo') ? 'dynamodb' : 'rekognition'
    const headers = {
      'x-amz-target': target,
      'x-amz-date': '20260301T120000Z',
      'content-type': 'application/x-amz-json-1.0',
      authorization: `AWS4-HMAC-SHA256 Credential=A/20260301/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    }
    await (await fetch(emulator.url!, { method: 'POST', headers, body: JSON.stringify(body) })).text()
  }
  const operations = ['GetItem', 'PutItem', 'Query', 'BatchGetItem', 'BatchWriteItem', 'TransactWriteItems'].map((name) => `DynamoDB_20120810.${name}`)
  const member = fc.constantFrom('TableName', 'Key', 'Item', 'RequestItems', 'TransactItems', 'Keys', 'PutRequest', 'Put', 'Image', 'S3Object', 'CollectionId')
  await fc.assert(fc.asyncProperty(fc.object({ maxDepth: 3, key: member }), async (input) => {
    await Promise.all([...operations, 'RekognitionService.DetectFaces'].map((target) => call(target, input)))
  }), { numRuns: 60 })
  t.strictSame(emulator.trace.query({ result: 'InternalServerError' }), [])
})
