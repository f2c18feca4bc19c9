import { Readable } from 'node:stream'
import { BatchGetItemCommand, DescribeContinuousBackupsCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { startEmulator } from '../../emulator/index.ts'
import { loadConfig } from '../config.ts'
import { runWithRequestId } from '../core/request-context.ts'
import { testStore } from '../test-support/app.ts'
import { createAwsClients } from './clients.ts'
import { openEmbedded } from './embedded.ts'
import { createFaceAnalyser } from './face-analyser.ts'
import { createObjectStore, type ObjectStore } from './object-store.ts'
import { observeAws, type AwsCall } from './observed.ts'
import { createTables, deleteTables, describeTables, type TableDefinition } from './tables.ts'

const named = (name: string, members: object = {}) => Object.assign(new Error(name), { name, ...members })

/** A port on which nothing listens, on every system that runs these tests. */
const NOBODY = 'http://127.0.0.1:9'

const things = (changes: Partial<TableDefinition> = {}): TableDefinition => ({
  name: 'things',
  input: {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'owner', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{ IndexName: 'ByOwner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  },
  timeToLiveAttribute: 'expiresAt',
  pointInTimeRecovery: false,
  ...changes,
})

/** A client whose answers are at hand: a value, an error to throw, or one after another of several. */
function fakeClient<T> (answers: Record<string, unknown[]>, sent: string[] = []): T {
  return {
    send: async (command: object) => {
      const operation = command.constructor.name.replace(/Command$/, '')
      sent.push(operation)
      const queue = answers[operation] ?? []
      const answer = queue.length > 1 ? queue.shift() : queue[0]
      if (answer instanceof Error) throw answer
      return answer
    },
  } as T // `send` is all that is called of it
}

for (const store of ['embedded', 'dynamodb'] as const) {
  test(`the clients of the store ${store}`, async (t) => {
    const { aws, emulator } = await testStore(t, { store })

    t.test('send the id of the API request with every call, so that the trace can link them', async (t) => {
      await runWithRequestId('request-1', async () => {
        await aws.dynamodb.send(new ListTablesCommand({}))
        await aws.documents.send(new GetCommand({ TableName: 'nothing', Key: { id: 'a' } })).catch(() => {})
        await aws.s3.send(new ListBucketsCommand({}))
        await createFaceAnalyser(aws.rekognition).detect({ bucket: 'no-such-bucket', key: 'a' }).catch(() => {})
      })
      await aws.dynamodb.send(new ListTablesCommand({}))
      t.strictSame(
        emulator.trace.query({}).map(({ service, operation, causedBy }) => [service, operation, causedBy]),
        [
          ['dynamodb', 'ListTables', 'request-1'], ['dynamodb', 'GetItem', 'request-1'], ['s3', 'ListBuckets', 'request-1'],
          ['rekognition', 'DetectFaces', 'request-1'], ['dynamodb', 'ListTables', undefined],
        ]
      )
    })

    t.test('create tables, and find them created the second time', async (t) => {
      const steps: string[] = []
      const onProgress = ({ table, step }: { table: string, step: string }) => { steps.push(`${table} ${step}`) }
      t.strictSame(await createTables(aws.dynamodb, [things()], { onProgress }),
        [{ name: 'things', created: true, timeToLive: 'enabled', pointInTimeRecovery: 'not wanted' }])
      t.strictSame(await createTables(aws.dynamodb, [things()]),
        [{ name: 'things', created: false, timeToLive: 'already enabled', pointInTimeRecovery: 'not wanted' }])
      t.strictSame(steps, ['things creating', 'things setting up'])
      t.strictSame(await describeTables(aws.dynamodb, [things(), things({ name: 'others' })]), [
        { name: 'things', status: 'ACTIVE', items: 0, bytes: 0, indexes: ['ByOwner'] },
        { name: 'others', status: 'MISSING', items: 0, bytes: 0, indexes: [] },
      ])
      t.match(await createTables(aws.dynamodb, [things({ timeToLiveAttribute: 'otherwise' })]),
        [{ timeToLive: 'refused: items already expire by expiresAt' }])
      t.strictSame(await deleteTables(aws.dynamodb, [things(), things({ name: 'others' })]),
        [{ name: 'things', deleted: true }, { name: 'others', deleted: false }])
      t.match(await describeTables(aws.dynamodb, [things()]), [{ status: 'MISSING' }])
    })

    t.test('store objects', async (t) => {
      const objects = createObjectStore(aws.s3, 'sandtable')
      await t.rejects(objects.put('a', Buffer.from('x'), 'text/plain'), { code: 'BUCKET_MISSING', statusCode: 503, message: 'Bucket sandtable does not exist' })
      await t.rejects(objects.get('a'), { code: 'BUCKET_MISSING' })
      await objects.ensureBucket()
      await objects.ensureBucket()
      await keepsObjects(t, objects)
    })
  })
}

async function keepsObjects (t: Test, objects: ObjectStore): Promise<void> {
  const key = 'faces/ü /../1.jpg'
  await objects.put(key, Buffer.from('first'), 'image/jpeg', { user: 'ada' })
  t.strictSame(await objects.head(key), { size: 5, contentType: 'image/jpeg', metadata: { user: 'ada' } })
  t.strictSame(await objects.head(`s3://sandtable/${key}`), await objects.head({ bucket: 'sandtable', key }), 'three ways to say where')
  await objects.put(key, { size: 6, stream: Readable.from([Buffer.from('second')]) }, 'image/png')
  const { body, ...rest } = await objects.get(key)
  t.equal(Buffer.from(body).toString(), 'second', 'a stream is stored whole, in place of what was there')
  t.strictSame(rest, { size: 6, contentType: 'image/png', metadata: {} })
  t.equal(await objects.exists(key), true)
  await objects.delete(key)
  await objects.delete(key)
  t.equal(await objects.exists(key), false)
  t.equal(await objects.head(key), undefined)
  await t.rejects(objects.get(key), { code: 'OBJECT_NOT_FOUND', statusCode: 404, message: `Object s3://sandtable/${key} does not exist` })
  await t.rejects(objects.get('s3://some-other-bucket/a'), { code: 'OBJECT_NOT_FOUND' }, 'a bucket that the client named is the client\'s mistake')
  t.equal(await objects.exists('s3://some-other-bucket/a'), false)
}

test('the location of an object', async (t) => {
  const objects = createObjectStore(fakeClient({}), 'sandtable')
  const parse = (location: string) => objects.parse(location)

  t.test('is a key in the default bucket, or names its bucket', async (t) => {
    t.strictSame(parse('a/b c.jpg'), { bucket: 'sandtable', key: 'a/b c.jpg' })
    t.strictSame(parse('/a'), { bucket: 'sandtable', key: '/a' })
    t.strictSame(parse('s3://photos/a/b.jpg'), { bucket: 'photos', key: 'a/b.jpg' })
    t.strictSame(parse('s3://photos//b\n.jpg'), { bucket: 'photos', key: '/b\n.jpg' })
  })

  t.test('is refused when it is invalid', async (t) => {
    for (const bad of ['', 's3://', 's3://photos', 's3://photos/', 's3:///a', 's3://UPPER/a', 's3://a/b', 'a\0b', 'ä'.repeat(513)]) {
      t.throws(() => parse(bad), { code: 'INVALID_OBJECT_LOCATION', statusCode: 400 }, JSON.stringify(bad))
    }
  })
})

test('every adapter answers 503 when nothing listens at the endpoint', async (t) => {
  const config = loadConfig({ STORE: 'dynamodb', AWS_ENDPOINT_URL: NOBODY })
  const aws = createAwsClients(config.aws, { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' })
  t.teardown(() => aws.destroy())
  const objects = createObjectStore(aws.s3, 'sandtable')
  const unreachable = { statusCode: 503, code: 'STORE_UNREACHABLE', message: 'The object store cannot be reached', headers: { 'retry-after': '5' } }
  await Promise.all([
    t.rejects(objects.get('a'), unreachable),
    t.rejects(objects.ensureBucket(), unreachable),
    t.rejects(createFaceAnalyser(aws.rekognition).detect({ bucket: 'sandtable', key: 'a' }), { statusCode: 503, code: 'FACE_ANALYSIS_UNAVAILABLE', headers: { 'retry-after': '5' } }),
  ])
})

test('the embedded store', async (t) => {
  t.test('starts an emulator without a listener, and closes it', async (t) => {
    const embedded = await openEmbedded()
    t.equal(embedded.emulator.url, undefined)
    await embedded.close()
  })

  t.test('uses a running one, and does not close it', async (t) => {
    const emulator = await startEmulator()
    t.teardown(() => emulator.close())
    const embedded = await openEmbedded({ emulator })
    t.equal(embedded.clock, emulator.clock)
    await embedded.close()
    t.equal((await fetch(`${emulator.url}/_sandtable/health`)).status, 200)
  })
})

test('a call is tried ten times when throttled, four times for other failures, and once when refused', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 }) // no pauses
  const emulator = await startEmulator()
  t.teardown(() => emulator.close())
  const embedded = await openEmbedded({ emulator })
  const wired = createAwsClients(loadConfig({ AWS_ENDPOINT_URL: emulator.url }).aws, { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' })
  t.teardown(() => { wired.destroy() })
  t.teardown(() => embedded.close())
  for (const [name, aws] of Object.entries({ embedded: embedded.clients, wired })) {
    for (const [error, attempts] of [['throttle', 10], ['connection-reset', 4], ['internal', 4], ['access-denied', 1]] as const) {
      emulator.trace.clear()
      await emulator.faults.add({ id: 'one', error })
      await t.rejects(aws.documents.send(new GetCommand({ TableName: 'faces', Key: { userId: 'ada' } })))
      t.same(emulator.trace.query().map(({ attempt = 1 }) => attempt), Array.from({ length: attempts }, (_, index) => index + 1), `${name}: ${error}`)
    }
  }
})

test('tables on an endpoint that is slow or lacks features', async (t) => {
  const missing = named('ResourceNotFoundException')
  const is = (TableStatus: string) => ({ Table: { TableStatus } })
  const ttl = (TimeToLiveStatus: string, AttributeName?: string) => ({ TimeToLiveDescription: { TimeToLiveStatus, AttributeName } })

  t.test('are waited for until they are ACTIVE', async (t) => {
    const sent: string[] = []
    const dynamodb = fakeClient<DynamoDBClient>({
      DescribeTable: [missing, is('CREATING'), is('CREATING'), is('ACTIVE')], CreateTable: [{}], DescribeTimeToLive: [ttl('DISABLED')], UpdateTimeToLive: [{}],
    }, sent)
    t.match(await createTables(dynamodb, [things()]), [{ created: true, timeToLive: 'enabled' }])
    t.strictSame(sent, ['DescribeTable', 'CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable', 'DescribeTimeToLive', 'UpdateTimeToLive'])
  })

  t.test('that never become ACTIVE end the waiting with an error', async (t) => {
    const dynamodb = fakeClient<DynamoDBClient>({ DescribeTable: [missing, is('CREATING')], CreateTable: [{}] })
    await t.rejects(createTables(dynamodb, [things()], { timeoutMs: 1 }), { name: 'TimeoutError', message: /things is ACTIVE/ })
  })

  t.test('that another process creates at the same time are no error', async (t) => {
    const dynamodb = fakeClient<DynamoDBClient>({
      DescribeTable: [missing, is('ACTIVE')], CreateTable: [named('ResourceInUseException')], DescribeTimeToLive: [ttl('ENABLING', 'expiresAt')],
    })
    t.match(await createTables(dynamodb, [things()]), [{ name: 'things', timeToLive: 'already enabled' }])
  })

  t.test('have no expiry or recovery, and say so, where the endpoint lacks these', async (t) => {
    const unknown = [named('UnknownOperationException')]
    const dynamodb = fakeClient<DynamoDBClient>({ DescribeTable: [is('ACTIVE')], DescribeTimeToLive: unknown, DescribeContinuousBackups: unknown })
    t.strictSame(await createTables(dynamodb, [things({ pointInTimeRecovery: true })]), [{
      name: 'things', created: false, timeToLive: 'not supported by this endpoint', pointInTimeRecovery: 'not supported by this endpoint',
    }])
  })

  t.test('get recovery once AWS has set up their backups', async (t) => {
    const backups = (PointInTimeRecoveryStatus: string) => [{ ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } } }]
    const wanted = [things({ pointInTimeRecovery: true, timeToLiveAttribute: undefined })]
    const soon = fakeClient<DynamoDBClient>({
      DescribeTable: [is('ACTIVE')], DescribeContinuousBackups: backups('DISABLED'), UpdateContinuousBackups: [named('ContinuousBackupsUnavailableException'), {}],
    })
    t.match(await createTables(soon, wanted), [{ pointInTimeRecovery: 'enabled' }])
    const done = fakeClient<DynamoDBClient>({ DescribeTable: [is('ACTIVE')], DescribeContinuousBackups: backups('ENABLED') })
    t.match(await createTables(done, wanted), [{ pointInTimeRecovery: 'already enabled' }])
    const emulator = await startEmulator({ listen: false })
    t.teardown(() => emulator.close())
    const { dynamodb } = emulator.clients()
    const period = async () => (await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'things' }))).ContinuousBackupsDescription!.PointInTimeRecoveryDescription!.RecoveryPeriodInDays
    t.match(await createTables(dynamodb, [things({ pointInTimeRecovery: true, recoveryDays: 7 })]), [{ pointInTimeRecovery: 'enabled' }])
    t.equal(await period(), 7)
    t.match(await createTables(dynamodb, [things({ pointInTimeRecovery: true })]), [{ pointInTimeRecovery: 'already enabled' }], 'any period will do')
    t.match(await createTables(dynamodb, [things({ pointInTimeRecovery: true, recoveryDays: 35 })]), [{ pointInTimeRecovery: 'enabled' }])
    t.equal(await period(), 35)
  })

  t.test('are not created after any other error', async (t) => {
    const dynamodb = fakeClient<DynamoDBClient>({ DescribeTable: [named('AccessDeniedException')] })
    await t.rejects(createTables(dynamodb, [things()]), { name: 'AccessDeniedException' })
    await t.rejects(describeTables(dynamodb, [things()]), { name: 'AccessDeniedException' })
  })
})

test('face analysis', async (t) => {
  const image = { bucket: 'sandtable', key: 'a.jpg' }
  const other = { bucket: 'sandtable', key: 'b.jpg' }
  const box = {
    BoundingBox: { Left: 0.1, Top: 0.2, Width: 0.3, Height: 0.4 },
    Confidence: 99.5,
    Quality: { Brightness: 80, Sharpness: 90 },
    Landmarks: [{ Type: 'eyeLeft', X: 0.2, Y: 0.3 }],
  }
  const face = {
    box: { left: 0.1, top: 0.2, width: 0.3, height: 0.4 },
    confidence: 99.5,
    brightness: 80,
    sharpness: 90,
    landmarks: [{ type: 'eyeLeft', x: 0.2, y: 0.3 }],
  }

  t.test('returns Rekognition\'s values for each face', async (t) => {
    const attributes = {
      AgeRange: { Low: 20, High: 30 },
      Gender: { Value: 'Female', Confidence: 98 },
      Emotions: [{ Type: 'HAPPY', Confidence: 90 }],
      Smile: { Value: false, Confidence: 70 },
      FaceOccluded: { Value: true, Confidence: 60 },
    }
    const analyser = createFaceAnalyser(fakeClient<RekognitionClient>({
      DetectFaces: [{ FaceDetails: [{ ...box, ...attributes }] }],
    }))
    const [found] = await analyser.detect(image)
    t.match(found, {
      ...face,
      ageRange: { low: 20, high: 30 },
      gender: { value: 'Female', confidence: 98 },
      emotions: [{ type: 'HAPPY', confidence: 90 }],
      smile: { value: false, confidence: 70 },
      occluded: { value: true, confidence: 60 },
    })
    t.equal(found?.beard, undefined, 'what was not told is missing')
  })

  t.test('returns no face without an error', async (t) => {
    t.strictSame(await createFaceAnalyser(fakeClient({ DetectFaces: [{ FaceDetails: [] }] })).detect(image), [])
  })

  t.test('compares with the most similar face', async (t) => {
    const analyser = createFaceAnalyser(fakeClient<RekognitionClient>({ CompareFaces: [{ FaceMatches: [{ Similarity: 91, Face: {} }, { Similarity: 99.25, Face: box }] }] }))
    t.strictSame(await analyser.compare(image, other, 90), { similarity: 99.25, face })
    t.equal(await createFaceAnalyser(fakeClient({ CompareFaces: [{ FaceMatches: [] }] })).compare(image, other, 90), undefined)
  })

  t.test('turns Rekognition\'s refusals into errors of the API', async (t) => {
    const refusals: Record<string, { statusCode: number, code: string, message?: string | RegExp, headers?: object }> = {
      InvalidImageFormatException: { statusCode: 400, code: 'INVALID_IMAGE' },
      InvalidParameterException: { statusCode: 400, code: 'NO_FACE_TO_ANALYSE' },
      ImageTooLargeException: { statusCode: 413, code: 'IMAGE_TOO_LARGE' },
      InvalidS3ObjectException: { statusCode: 404, code: 'IMAGE_NOT_FOUND' },
      ThrottlingException: { statusCode: 503, code: 'FACE_ANALYSIS_UNAVAILABLE', message: 'Face analysis is not available', headers: { 'retry-after': '5' } },
      AccessDeniedException: { statusCode: 503, code: 'STORE_ACCESS_DENIED', message: /^Face analysis denies this server access/ },
      InternalServerError: { statusCode: 503, code: 'STORE_FAILED', message: 'Face analysis had an internal error' },
      toString: { statusCode: 503, code: 'FACE_ANALYSIS_UNAVAILABLE' },
    }
    for (const [name, refusal] of Object.entries(refusals)) {
      const analyser = createFaceAnalyser(fakeClient({ DetectFaces: [named(name)], CompareFaces: [named(name)] }))
      await t.rejects(analyser.detect(image), refusal, name)
      await t.rejects(analyser.compare(image, other, 90), refusal, name)
    }
    const analyser = createFaceAnalyser(fakeClient({ CompareFaces: [named('InvalidS3ObjectException')] }))
    await t.rejects(analyser.compare(image, other, 90), { message: 'Object s3://sandtable/a.jpg or s3://sandtable/b.jpg does not exist' })
  })
})

test('observed clients', async (t) => {
  const { clients } = await openEmbedded()
  t.teardown(() => clients.destroy())
  const calls: AwsCall[] = []
  const aws = observeAws(clients, (call) => { calls.push(call) })
  await createTables(aws.dynamodb, [things({ timeToLiveAttribute: undefined })])
  calls.length = 0

  t.test('report service, operation, table and result of each call', async (t) => {
    await aws.documents.send(new GetCommand({ TableName: 'things', Key: { id: 'a' } }))
    await aws.documents.send(new QueryCommand({ TableName: 'nothing', KeyConditionExpression: 'id = :i', ExpressionAttributeValues: { ':i': 'a' } })).catch(() => {})
    const TransactItems = [
      { Put: { TableName: 'things', Item: { id: 'a' } } },
      { Put: { TableName: 'things', Item: { id: 'b' } } },
      { Delete: { TableName: 'others', Key: { id: 'b' } } },
    ]
    await aws.documents.send(new TransactWriteCommand({ TransactItems })).catch(() => {})
    await aws.dynamodb.send(new BatchGetItemCommand({ RequestItems: { things: { Keys: [{ id: { S: 'a' } }] } } }))
    await aws.dynamodb.send(new ListTablesCommand({}))
    t.strictSame(calls, [
      { service: 'dynamodb', operation: 'GetItem', table: 'things', result: 'ok' },
      { service: 'dynamodb', operation: 'Query', table: 'nothing', result: 'ResourceNotFoundException' },
      { service: 'dynamodb', operation: 'TransactWriteItems', table: 'others,things', result: 'ResourceNotFoundException' },
      { service: 'dynamodb', operation: 'BatchGetItem', table: 'things', result: 'ok' },
      { service: 'dynamodb', operation: 'ListTables', table: '', result: 'ok' },
    ])
  })

  t.test('are copies of the given clients, which do not change', async (t) => {
    t.ok(aws.documents instanceof DynamoDBDocumentClient && aws.dynamodb instanceof DynamoDBClient)
    t.ok(aws.s3 instanceof S3Client && aws.rekognition instanceof RekognitionClient)
    const before = calls.length
    await clients.dynamodb.send(new ListTablesCommand({}))
    t.equal(calls.length, before)
  })
})

test('a range is returned only of the object that If-Range names (RFC 9110, section 13.1.5)', async (t) => {
  const { aws, config } = await testStore(t)
  const objects = createObjectStore(aws.s3, config.aws.bucket)
  await objects.ensureBucket()
  await objects.put('a.txt', Buffer.from('0123456789'), 'text/plain')
  const open = async (conditions: Parameters<typeof objects.open>[1]) => {
    const found = await objects.open('a.txt', conditions)
    if (found.kind !== 'unchanged') found.body.resume()
    return found.kind
  }
  const { etag } = await objects.open('a.txt', { range: 'bytes=0-0' })
  const range = 'bytes=2-4'
  t.equal(await open({ range, ifRange: etag }), 'part')
  for (const ifRange of ['"other"', `W/${etag}`, 'Sun, 01 Mar 2026 12:00:00 GMT', 'nonsense', '', '*']) t.equal(await open({ range, ifRange }), 'whole', ifRange)
  t.equal(await open({ ifRange: '"other"' }), 'whole', 'without a range it says nothing')
  t.equal(await open({ range, ifRange: etag, ifNoneMatch: etag }), 'unchanged', 'If-None-Match goes first')
  t.equal(await open({ range, ifRange: '"other"', ifNoneMatch: etag }), 'unchanged')
})
