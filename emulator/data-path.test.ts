import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateTableCommand, DescribeTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { CreateCollectionCommand, IndexFacesCommand, ListFacesCommand, SearchFacesByImageCommand } from '@aws-sdk/client-rekognition'
import {
  CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command,
  ListPartsCommand, PutObjectCommand, UploadPartCommand, type S3Client
} from '@aws-sdk/client-s3'
import { GetCommand, PutCommand, QueryCommand, ScanCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { DataPathError, startEmulator, type Emulator } from './index.ts'
import { drawPortrait } from './rekognition/test-support/pictures.ts'
import { testEmulator, TEST_TIME } from './test-support/emulator.ts'

const TableName = 'things'
const Bucket = 'photos'
const HOUR_MS = 3_600_000

const createTable = new CreateTableCommand({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [{ IndexName: 'kinds', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
})
const enableTtl = new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: 'until', Enabled: true } })

/** Starts an emulator on a directory, and gives what ends it so that another can start there. */
function opener (t: Test, dataPath: string) {
  return async (options: { frozenAt?: number } = {}): Promise<Emulator> => {
    const emulator = await startEmulator({ listen: false, dataPath, onError: (event) => t.fail('internal error', { event }), ...options })
    t.teardown(() => emulator.close())
    return emulator
  }
}

const read = async (s3: S3Client, Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()

test('all services keep their state when the emulator is restarted', async (t) => {
  const dataPath = join(t.testdir(), 'not', 'there', 'yet')
  const open = opener(t, dataPath)
  const portrait = await drawPortrait(1)
  const UploadId = await (async () => {
    const emulator = await open({ frozenAt: TEST_TIME })
    const { dynamodb, documents, s3, rekognition } = emulator.clients()
    await dynamodb.send(createTable)
    for (const id of ['a', 'b', 'c']) await documents.send(new PutCommand({ TableName, Item: { id, kind: 'letter', bytes: new Uint8Array([1, 2]) } }))
    await documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: 'once' } } }], ClientRequestToken: 'token' }))
    const other = emulator.clients({ accessKeyId: '111122223333', region: 'eu-west-1' })
    await other.dynamodb.send(createTable)

    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutObjectCommand({ Bucket, Key: '../../escape\0', Body: 'dots', Metadata: { kind: 'odd' } }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: 'before' }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'replaced', Body: 'after' }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }))
    for (let i = 100; i < 200; i++) await s3.send(new PutObjectCommand({ Bucket, Key: `many/${i}`, Body: '', Metadata: { long: 'x'.repeat(1000) } }))
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
    await s3.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'x'.repeat(5 * 1024 * 1024) }))

    await rekognition.send(new CreateCollectionCommand({ CollectionId: 'people', Tags: { who: 'all' } }))
    await rekognition.send(new IndexFacesCommand({ CollectionId: 'people', Image: { Bytes: portrait }, ExternalImageId: 'anna' }))
    await emulator.close()
    return UploadId
  })()

  const emulator = await open()
  const { dynamodb, documents, s3, rekognition } = emulator.clients()
  t.equal(emulator.clock.now(), TEST_TIME, 'a frozen clock stays where it was')
  t.match(await documents.send(new GetCommand({ TableName, Key: { id: 'a' } })), { Item: { id: 'a', kind: 'letter', bytes: new Uint8Array([1, 2]) } })
  t.equal((await documents.send(new QueryCommand({
    TableName, IndexName: 'kinds', KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': 'letter' },
  }))).Count, 3)
  t.match(await dynamodb.send(new DescribeTableCommand({ TableName })), { Table: { ItemCount: 4, GlobalSecondaryIndexes: [{ ItemCount: 3 }] } })
  await documents.send(new UpdateCommand({ TableName, Key: { id: 'a' }, UpdateExpression: 'SET kind = :k', ExpressionAttributeValues: { ':k': 'vowel' } }))
  t.match(await documents.send(new GetCommand({ TableName, Key: { id: 'a' } })), { Item: { kind: 'vowel' } }, 'what was read from disk can be changed')
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: 'twice' } } }], ClientRequestToken: 'token' })),
    { name: 'IdempotentParameterMismatchException' }, 'client tokens are remembered')
  const other = emulator.clients({ accessKeyId: '111122223333', region: 'eu-west-1' })
  t.equal((await other.documents.send(new ScanCommand({ TableName }))).Count, 0, 'accounts are still apart')

  t.equal(await read(s3, '../../escape\0'), 'dots')
  t.equal(await read(s3, 'replaced'), 'after')
  t.equal(await read(s3, 'empty'), '')
  const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'many/' }))
  t.same(listed.Contents?.map(({ Key }) => Key), Array.from({ length: 100 }, (_, i) => `many/${i + 100}`), 'all are listed, however large their records are')
  t.match(await s3.send(new ListPartsCommand({ Bucket, Key: 'parts', UploadId })), { Parts: [{ PartNumber: 1 }] })
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 2, Body: 'yz' }))
  const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket, Key: 'parts', UploadId }))
  t.equal(Parts[1]!.ETag, ETag)
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts: Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) } }))
  const across = await s3.send(new GetObjectCommand({ Bucket, Key: 'parts', Range: `bytes=${5 * 1024 * 1024 - 2}-` }))
  t.equal(await across.Body!.transformToString(), 'xxyz', 'a range over two files')

  const { Faces } = await rekognition.send(new ListFacesCommand({ CollectionId: 'people' }))
  t.match(Faces, [{ ExternalImageId: 'anna' }])
  t.match(await rekognition.send(new SearchFacesByImageCommand({ CollectionId: 'people', Image: { Bytes: portrait } })), { FaceMatches: [{ Face: { FaceId: Faces![0]!.FaceId } }] })
  t.match(await rekognition.send(new IndexFacesCommand({ CollectionId: 'people', Image: { Bytes: portrait }, ExternalImageId: 'anna' })),
    { FaceRecords: [{ Face: { FaceId: Faces![0]!.FaceId } }] }, 'and is the same face when it is indexed again')

  await emulator.reset({ account: '000000000000' })
  await emulator.close()
  const reset = await open()
  t.same(await readdir(join(dataPath, 'contents')), [], 'a reset leaves no content')
  await t.rejects(reset.clients().documents.send(new ScanCommand({ TableName })), { name: 'ResourceNotFoundException' })
  t.equal((await reset.clients({ accessKeyId: '111122223333', region: 'eu-west-1' }).documents.send(new ScanCommand({ TableName }))).Count, 0)
})

test('tasks that became due while nothing ran are run at the start, by the moved clock', async (t) => {
  const open = opener(t, t.testdir())
  const first = await open()
  const { dynamodb, documents } = first.clients()
  await dynamodb.send(createTable)
  await dynamodb.send(enableTtl)
  const until = (ms: number) => Math.floor((first.clock.now() + ms) / 1000)
  await documents.send(new PutCommand({ TableName, Item: { id: 'first', until: until(HOUR_MS) } }))
  await first.clock.advance(2 * HOUR_MS)
  t.notOk((await documents.send(new GetCommand({ TableName, Key: { id: 'first' } }))).Item)
  await documents.send(new PutCommand({ TableName, Item: { id: 'due', until: until(HOUR_MS) } }))
  await documents.send(new PutCommand({ TableName, Item: { id: 'not yet', until: until(4 * HOUR_MS) } }))
  const ahead = first.clock.now()
  await first.close()

  const second = await open()
  t.ok(second.clock.now() >= ahead, 'the clock is still ahead')
  t.ok(second.clock.now() < ahead + HOUR_MS / 2)
  const ids = async (emulator: Emulator) => (await emulator.clients().documents.send(new ScanCommand({ TableName }))).Items!.map(({ id }) => id as string).sort()
  t.same(await ids(second), ['due', 'not yet'])
  await second.close()

  const third = await open({ frozenAt: ahead + 2 * HOUR_MS })
  t.same(await ids(third), ['not yet'], 'deleted before the start was done')
  await third.clock.advance(3 * HOUR_MS)
  t.same(await ids(third), [], 'and what remains is still scheduled')
})

test('a directory that cannot be used is reported in one line, and not changed', async (t) => {
  const dataPath = t.testdir({
    used: {},
    foreign: { 'thesis.txt': 'mine' },
    newer: { 'sandtable.json': '{"format":"sandtable-data","version":2}' },
    broken: { 'sandtable.json': '{"format":' },
    file: 'x',
    damaged: {},
    mount: { 'lost+found': {} },
  })
  const path = (name: string) => join(dataPath, name)
  const refused = async (name: string, message: RegExp) => {
    const error = await startEmulator({ listen: false, dataPath: path(name) }).then(() => undefined, (error: unknown) => error)
    t.ok(error instanceof DataPathError, name)
    const { message: said, stack } = error as DataPathError
    t.match(said, message)
    t.match(said, path(name), 'names the directory')
    t.notMatch(said, '\n')
    t.equal(stack, undefined, 'so that a process that prints it prints one line')
  }
  const first = await opener(t, path('used'))()
  await refused('used', /in use by another emulator/)
  await first.clients().s3.send(new CreateBucketCommand({ Bucket }))
  t.pass('and the first goes on')
  await refused('foreign', /contains files that are not Sandtable's/)
  t.same(await readdir(path('foreign')), ['thesis.txt'])
  await refused('newer', /written by a newer version of Sandtable \(layout 2; this one knows 1\)/)
  await refused('broken', /is damaged, or not Sandtable's/)
  await refused('file', /is not a directory/)

  const emulator = await opener(t, path('damaged'))()
  await emulator.clients().s3.send(new CreateBucketCommand({ Bucket }))
  await emulator.clients().s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }))
  await emulator.close()
  const [partition] = await readdir(join(path('damaged'), 'contents'))
  const folder = join(path('damaged'), 'contents', partition!)
  const [content] = await readdir(folder)
  const bytes = await readFile(join(folder, content!))
  await writeFile(join(folder, 'orphan'), 'of a kill')
  await (await opener(t, path('damaged'))()).close()
  t.same(await readdir(folder), [content], 'what no record names is collected')
  await rm(join(folder, content!))
  await refused('damaged', /has lost the contents/)
  await writeFile(join(folder, content!), bytes)
  await (await opener(t, path('damaged'))()).close()
  await writeFile(join(path('damaged'), 'state', 'CURRENT'), 'garbage')
  await refused('damaged', /is damaged: state/)

  await mkdir(path('empty'))
  await (await opener(t, path('empty'))()).close()
  await (await opener(t, path('mount'))()).close()
})

test('a read of an object continues to its end while the object is replaced', async (t) => {
  const dataPath = t.testdir()
  const emulator = await testEmulator(t, { dataPath })
  const { s3 } = emulator.clients()
  await s3.send(new CreateBucketCommand({ Bucket }))
  const Body = Buffer.alloc(1_000_000, 'x')
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body }))
  const reading = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'new' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  t.ok(Body.equals(await reading.Body!.transformToByteArray()))
  t.notOk((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents)
})
