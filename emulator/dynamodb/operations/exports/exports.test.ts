import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import {
  BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeExportCommand, DescribeImportCommand, ExportTableToPointInTimeCommand,
  ImportTableCommand, ListExportsCommand, PutItemCommand, ScanCommand, UpdateContinuousBackupsCommand, type AttributeValue, type CreateTableCommandInput,
  type DynamoDBClient, type ExportTableToPointInTimeCommandInput
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import type { EmulatorOptions } from '../../../index.ts'
import { overAllWays, TEST_TIME, testEmulator, wireClients } from '../../../test-support/emulator.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const table = {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
} satisfies CreateTableCommandInput

const TableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders'

/** Every type, and what each of them finds difficult. */
const everyType: Record<string, AttributeValue> = {
  id: { S: 'every "type"\n\t\u0000 é😀 \u2028 \\ \'' },
  empty: { S: '' },
  zero: { N: '0' },
  long: { N: '12345678901234567890123456789012345678' },
  small: { N: `-0.${'0'.repeat(129)}1` },
  large: { N: `99999999999999999999999999999999999999${'0'.repeat(88)}` },
  bytes: { B: Buffer.from('hello??>>~~') },
  yes: { BOOL: true },
  no: { BOOL: false },
  nothing: { NULL: true },
  strings: { SS: ['', 'a', 'b'] },
  numbers: { NS: ['-1.5', '7'] },
  binaries: { BS: [Buffer.from('a'), Buffer.from('b')] },
  list: { L: [{ S: 'x' }, { N: '1' }, { L: [] }, { M: {} }, { NULL: true }] },
  map: { M: { 'a b': { S: '{"' }, null: { S: '//' }, $ion_1_0: { SS: ['/*'] }, '\'': { M: { toString: { B: Buffer.from([255, 239]) } } }, $10: { L: [{ BOOL: true }] } } },
}

const put = (client: DynamoDBClient, id: string, state: string) => client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, state: { S: state } } }))
const scan = async (client: DynamoDBClient, TableName: string) => (await client.send(new ScanCommand({ TableName }))).Items!

async function withTable (t: Test, options: EmulatorOptions = {}) {
  const emulator = await testEmulator(t, options)
  const { dynamodb, s3 } = wireClients(t, emulator)
  await prepare(dynamodb, s3)
  return { emulator, dynamodb, s3 }
}

async function prepare (dynamodb: DynamoDBClient, s3: S3Client) {
  await s3.send(new CreateBucketCommand({ Bucket: 'archive' }))
  await dynamodb.send(new CreateTableCommand(table))
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
}

const begin = async (client: DynamoDBClient, input: Partial<ExportTableToPointInTimeCommandInput> = {}) =>
  (await client.send(new ExportTableToPointInTimeCommand({ TableArn, S3Bucket: 'archive', ...input }))).ExportDescription!
const described = async (client: DynamoDBClient, ExportArn: string | undefined) => (await client.send(new DescribeExportCommand({ ExportArn }))).ExportDescription!
const finish = async (client: DynamoDBClient, input: Partial<ExportTableToPointInTimeCommandInput> = {}) => described(client, (await begin(client, input)).ExportArn)

const bytesAt = async (s3: S3Client, Key: string) => Buffer.from(await (await s3.send(new GetObjectCommand({ Bucket: 'archive', Key }))).Body!.transformToByteArray())

interface Manifest { itemCount: number, md5Checksum: string, etag: string, dataFileS3Key: string }

/** The summary, the files and the lines of an export, with its checksums verified. */
async function readExport (t: Test, s3: S3Client, summaryKey: string | undefined) {
  const verified = async (key: string) => {
    const text = (await bytesAt(s3, key)).toString()
    t.equal((await bytesAt(s3, key.replace(/json$/, 'checksum'))).toString(), createHash('md5').update(text).digest('base64'), 'the checksum of the manifest')
    return text
  }
  const summary = JSON.parse(await verified(summaryKey!)) as Record<string, unknown>
  const files = (await verified(String(summary.manifestFilesS3Key))).trimEnd().split('\n').map((line) => JSON.parse(line) as Manifest)
  const lines: string[] = []
  for (const { itemCount, md5Checksum, etag, dataFileS3Key } of files) {
    const packed = await bytesAt(s3, dataFileS3Key)
    t.equal(md5Checksum, createHash('md5').update(packed).digest('base64'), 'the MD5 of the file')
    t.equal(etag, createHash('md5').update(packed).digest('hex'), 'its ETag')
    const own = gunzipSync(packed).toString().split('\n').slice(0, -1)
    t.equal(own.length, itemCount, 'its items')
    lines.push(...own)
  }
  return { summary, files, lines }
}

test('an export writes the table as of a time, with manifests, and an import makes an equal table of it', (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { dynamodb, s3 } } = await start()
    await prepare(dynamodb, s3)
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: everyType }))
    await put(dynamodb, 'b', 'old')
    await emulator.clock.advance(MINUTE)
    await put(dynamodb, 'b', 'new')
    await put(dynamodb, 'c', 'new')
    for (const ExportFormat of ['DYNAMODB_JSON', 'ION'] as const) {
      const begun = await begin(dynamodb, { S3Prefix: 'some/where', ExportFormat, ExportTime: new Date(TEST_TIME + 1000) })
      t.match(begun, {
        ExportArn: /^arn:aws:dynamodb:us-east-1:000000000000:table\/orders\/export\/\d{14}-[0-9a-f]{8}$/,
        ExportStatus: 'IN_PROGRESS',
        StartTime: new Date(TEST_TIME + MINUTE),
        ExportTime: new Date(TEST_TIME + 1000),
        S3SseAlgorithm: 'AES256',
        ExportType: 'FULL_EXPORT',
        ExportFormat,
      })
      const done = await described(dynamodb, begun.ExportArn)
      t.match(done, { ExportStatus: 'COMPLETED', ItemCount: 2, EndTime: new Date(TEST_TIME + MINUTE), BilledSizeBytes: Number })
      const id = done.ExportArn!.split('/').at(-1)!
      t.equal(done.ExportManifest, `some/where/AWSDynamoDB/${id}/manifest-summary.json`)
      const { summary, files, lines } = await readExport(t, s3, done.ExportManifest)
      t.match(summary, {
        version: '2020-06-30',
        exportArn: done.ExportArn,
        startTime: '2026-03-01T12:01:00.000Z',
        endTime: '2026-03-01T12:01:00.000Z',
        tableArn: TableArn,
        tableId: done.TableId,
        exportTime: '2026-03-01T12:00:01.000Z',
        s3Bucket: 'archive',
        s3Prefix: 'some/where',
        s3SseAlgorithm: 'AES256',
        s3SseKmsKeyId: null,
        manifestFilesS3Key: `some/where/AWSDynamoDB/${id}/manifest-files.json`,
        billedSizeBytes: done.BilledSizeBytes,
        itemCount: 2,
        outputFormat: ExportFormat,
      })
      t.match(files[0]!.dataFileS3Key, new RegExp(`^some/where/AWSDynamoDB/${id}/data/[a-z2-7]{26}\\.${ExportFormat === 'ION' ? 'ion' : 'json'}\\.gz$`))
      t.ok(lines.includes(ExportFormat === 'ION' ? '$ion_1_0 {Item:{id:"b",state:"old"}}' : '{"Item":{"id":{"S":"b"},"state":{"S":"old"}}}'), 'a line for each item')
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'archive', Prefix: `some/where/AWSDynamoDB/${id}/_started` }))
      t.match(Contents, [{ Size: 0 }])
      const target = `again-${ExportFormat}`
      const { ImportTableDescription } = await dynamodb.send(new ImportTableCommand({
        S3BucketSource: { S3Bucket: 'archive', S3KeyPrefix: `some/where/AWSDynamoDB/${id}/data/` },
        InputFormat: ExportFormat,
        InputCompressionType: 'GZIP',
        TableCreationParameters: { ...table, TableName: target },
      }))
      t.match((await dynamodb.send(new DescribeImportCommand({ ImportArn: ImportTableDescription!.ImportArn }))).ImportTableDescription, { ImportStatus: 'COMPLETED', ImportedItemCount: 2, ErrorCount: 0 })
      const items = await scan(dynamodb, target)
      t.same(items.length, 2)
      t.same(items.find(({ state }) => !state), everyType)
      t.same(items.find(({ state }) => state), { id: { S: 'b' }, state: { S: 'old' } })
    }
  })
  t.end()
})

test('an empty table is exported as one file without lines, and many items as several files', async (t) => {
  const { dynamodb, s3 } = await withTable(t)
  const none = await finish(dynamodb)
  t.match(none, { ItemCount: 0, BilledSizeBytes: 0, ExportManifest: /^AWSDynamoDB\// })
  const { files, summary, lines } = await readExport(t, s3, none.ExportManifest)
  t.strictSame(lines, [])
  t.equal(files.length, 1)
  t.equal(summary.s3Prefix, null)
  for (let batch = 0; batch < 5; batch++) {
    await dynamodb.send(new BatchWriteItemCommand({
      RequestItems: { orders: Array.from({ length: 12 }, (_, item) => ({ PutRequest: { Item: { id: { S: `${batch}-${item}` }, text: { S: 'x'.repeat(390_000) } } } })) },
    }))
  }
  const many = await finish(dynamodb)
  const read = await readExport(t, s3, many.ExportManifest)
  t.equal(read.lines.length, 60)
  t.equal(read.files.length, 2)
})

test('an incremental export has the last state of each item that changed', async (t) => {
  const { emulator, dynamodb, s3 } = await withTable(t)
  for (const id of ['kept', 'modified', 'deleted', 'deleted-and-back']) await put(dynamodb, id, 'before')
  await emulator.clock.advance(HOUR)
  const from = TEST_TIME + HOUR
  await put(dynamodb, 'modified', 'once')
  await put(dynamodb, 'inserted', 'new')
  await put(dynamodb, 'short', 'new')
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'deleted' } } }))
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'deleted-and-back' } } }))
  await emulator.clock.advance(MINUTE)
  await put(dynamodb, 'modified', 'twice')
  await put(dynamodb, 'deleted-and-back', 'back')
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'short' } } }))
  await emulator.clock.advance(29 * MINUTE)
  const to = TEST_TIME + HOUR + 30 * MINUTE
  await put(dynamodb, 'kept', 'after')
  const window = { ExportFromTime: new Date(from), ExportToTime: new Date(to) }
  const done = await finish(dynamodb, { ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification: window })
  t.match(done, { ItemCount: 4, ExportStatus: 'COMPLETED', ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification: { ...window, ExportViewType: 'NEW_AND_OLD_IMAGES' } })
  const { summary, files, lines } = await readExport(t, s3, done.ExportManifest)
  t.match(summary, { version: '2023-08-01', exportType: 'INCREMENTAL_EXPORT', exportFromTime: '2026-03-01T13:00:00.000Z', exportToTime: '2026-03-01T13:30:00.000Z', outputView: 'NEW_AND_OLD_IMAGES' })
  t.match(files[0]!.dataFileS3Key, /^AWSDynamoDB\/data\//)
  const line = (id: string, at: number, images: Record<string, string>) => JSON.stringify({
    Metadata: { WriteTimestampMicros: { N: `${at}000` } },
    Keys: { id: { S: id } },
    ...Object.fromEntries(Object.entries(images).map(([name, state]) => [name, { id: { S: id }, state: { S: state } }])),
  })
  t.same(new Set(lines), new Set([
    line('modified', from + MINUTE, { OldImage: 'before', NewImage: 'twice' }),
    line('inserted', from, { NewImage: 'new' }),
    line('deleted', from, { OldImage: 'before' }),
    line('deleted-and-back', from + MINUTE, { OldImage: 'before', NewImage: 'back' }),
  ]))
  const ion = await finish(dynamodb, {
    ExportType: 'INCREMENTAL_EXPORT', ExportFormat: 'ION', IncrementalExportSpecification: { ...window, ExportViewType: 'NEW_IMAGE' },
  })
  t.same(new Set((await readExport(t, s3, ion.ExportManifest)).lines), new Set([
    `$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:${from + MINUTE}000.},Keys:{id:"modified"},NewImage:{id:"modified",state:"twice"}}}`,
    `$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:${from}000.},Keys:{id:"inserted"},NewImage:{id:"inserted",state:"new"}}}`,
    `$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:${from}000.},Keys:{id:"deleted"}}}`,
    `$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:${from + MINUTE}000.},Keys:{id:"deleted-and-back"},NewImage:{id:"deleted-and-back",state:"back"}}}`,
  ]))
})

test('invalid exports are refused', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  await dynamodb.send(new CreateTableCommand({ ...table, TableName: 'unprotected' }))
  await emulator.clock.advance(48 * HOUR)
  const now = TEST_TIME + 48 * HOUR
  const window = (fromMinutes: number, toMinutes: number) => ({
    ExportType: 'INCREMENTAL_EXPORT' as const, IncrementalExportSpecification: { ExportFromTime: new Date(now + fromMinutes * MINUTE), ExportToTime: new Date(now + toMinutes * MINUTE) },
  })
  const cases: [Partial<ExportTableToPointInTimeCommandInput>, string][] = [
    [{ TableArn: 'orders' }, 'tableArn is not a valid ARN'],
    [{ TableArn: TableArn.replace('orders', 'missing') }, 'TableNotFoundException'],
    [{ TableArn: TableArn.replace('orders', 'unprotected') }, 'PointInTimeRecoveryUnavailableException'],
    [{ ExportTime: new Date(TEST_TIME - MINUTE) }, 'InvalidExportTimeException'],
    [{ ExportTime: new Date(now + MINUTE) }, 'InvalidExportTimeException'],
    [{ S3SseKmsKeyId: 'key' }, 'Invalid Request: KMS Key Id is not supported for this encryption type'],
    [{ ExportType: 'INCREMENTAL_EXPORT' }, 'Invalid Request: ExportFromTime must be provided in IncrementalExportSpecification'],
    [window(-14, 0), 'Invalid Request: The period between ExportFromTime and ExportToTime must be at least 15 minutes and at most 24 hours'],
    [window(-25 * 60, 0), 'Invalid Request: The period between ExportFromTime and ExportToTime must be at least 15 minutes and at most 24 hours'],
    [window(-15, -30), 'Invalid Request: ExportFromTime must be less than ExportToTime'],
    [window(-15, 1), 'InvalidExportTimeException'],
    [window(-49 * 60, -48 * 60), 'InvalidExportTimeException'],
    [{ IncrementalExportSpecification: {} }, 'Invalid Request: IncrementalExportSpecification is not supported for ExportType FULL_EXPORT'],
    [{ ...window(-15, 0), ExportTime: new Date(now) }, 'Invalid Request: ExportTime is not supported for ExportType INCREMENTAL_EXPORT'],
    [{ S3Bucket: undefined }, '1 validation error detected: Value null at \'s3Bucket\' failed to satisfy constraint: Member must not be null'],
  ]
  for (const [input, refusal] of cases) {
    const error = await begin(dynamodb, input).then(() => ({ name: 'none', message: 'none' }), (error: Error) => error)
    t.ok([error.name, error.message].includes(refusal), `${refusal}: ${error.name}: ${error.message}`)
  }
  await t.rejects(described(dynamodb, `${TableArn}/backup/01234567890123-12345678`), { name: 'ValidationException', message: 'Invalid Export ARN' })
  await t.rejects(described(dynamodb, `${TableArn}/export/01234567890123-12345678`), { name: 'ExportNotFoundException' })
  t.strictSame((await dynamodb.send(new ListExportsCommand({}))).ExportSummaries, [])
  await finish(dynamodb, window(-15, 0))
  await finish(dynamodb, window(-24 * 60, 0))
  await finish(dynamodb, { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: 'key' }).then((done) => t.match(done, { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: 'key' }))
})

test('an export into a missing bucket fails, and one into another account\'s bucket succeeds', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  const failed = await finish(dynamodb, { S3Bucket: 'none' })
  t.match(failed, { ExportStatus: 'FAILED', FailureCode: 'S3NoSuchBucket', FailureMessage: String, EndTime: new Date(TEST_TIME) })
  t.notOk(failed.ExportManifest)
  const other = wireClients(t, emulator, { accessKeyId: '111122223333' })
  await other.s3.send(new CreateBucketCommand({ Bucket: 'theirs' }))
  t.match(await finish(dynamodb, { S3Bucket: 'theirs' }), { ExportStatus: 'FAILED' })
  const done = await finish(dynamodb, { S3Bucket: 'theirs', S3BucketOwner: '111122223333' })
  t.match(done, { ExportStatus: 'COMPLETED', S3BucketOwner: '111122223333' })
  t.match(await other.s3.send(new ListObjectsV2Command({ Bucket: 'theirs' })), { KeyCount: 6 })
})

test('a client token identifies one export until eight hours after its end', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  const request = { ClientToken: 'token', ExportTime: new Date(TEST_TIME) }
  const [first, same] = await Promise.all([begin(dynamodb, request), begin(dynamodb, request)])
  t.equal(same.ExportArn, first.ExportArn)
  await t.rejects(begin(dynamodb, { ...request, S3Prefix: 'other' }), { name: 'ExportConflictException' })
  await emulator.clock.advance(8 * HOUR - 1)
  t.equal((await begin(dynamodb, request)).ExportArn, first.ExportArn)
  await emulator.clock.advance(1)
  t.not((await begin(dynamodb, { ...request, S3Prefix: 'other' })).ExportArn, first.ExportArn)
})

test('exports are listed by table, in pages, for 90 days', async (t) => {
  const { emulator, dynamodb } = await withTable(t)
  const arns: string[] = []
  for (let one = 0; one < 3; one++) {
    arns.push((await begin(dynamodb)).ExportArn!)
    await emulator.clock.advance(MINUTE)
  }
  const first = await dynamodb.send(new ListExportsCommand({ TableArn, MaxResults: 2 }))
  t.strictSame(first.ExportSummaries, arns.slice(0, 2).map((ExportArn) => ({ ExportArn, ExportStatus: 'COMPLETED', ExportType: 'FULL_EXPORT' })))
  const second = await dynamodb.send(new ListExportsCommand({ TableArn, MaxResults: 2, NextToken: first.NextToken }))
  t.match(second.ExportSummaries, [{ ExportArn: arns[2] }])
  t.notOk(second.NextToken)
  t.strictSame((await dynamodb.send(new ListExportsCommand({ TableArn: `${TableArn}2` }))).ExportSummaries, [])
  await t.rejects(dynamodb.send(new ListExportsCommand({ NextToken: 'x' })), { message: 'Invalid Request: Provided nextToken is invalid: x' })
  await t.rejects(dynamodb.send(new ListExportsCommand({ MaxResults: 26 })), { name: 'ValidationException', message: /less than or equal to 25/ })
  await emulator.clock.advance(90 * 24 * HOUR)
  t.strictSame((await dynamodb.send(new ListExportsCommand({}))).ExportSummaries, [])
})

test('an export takes as long as its delay says', async (t) => {
  const { emulator, dynamodb } = await withTable(t, { dynamodb: { tableDelays: { export: MINUTE } } })
  const { ExportArn } = await begin(dynamodb)
  const during = await described(dynamodb, ExportArn)
  t.match(during, { ExportStatus: 'IN_PROGRESS' })
  t.notOk(during.ExportManifest ?? during.EndTime)
  await emulator.clock.advance(MINUTE)
  t.match(await described(dynamodb, ExportArn), { ExportStatus: 'COMPLETED', EndTime: new Date(TEST_TIME + MINUTE) })
})

test('exports and imports are still described after a restart, and after their table is deleted', async (t) => {
  const dataPath = t.testdir()
  const first = await withTable(t, { dataPath })
  await put(first.dynamodb, 'a', 'kept')
  const { ExportArn, ExportManifest } = await finish(first.dynamodb, { ClientToken: 'token' })
  const importing = {
    S3BucketSource: { S3Bucket: 'archive', S3KeyPrefix: ExportManifest!.replace('manifest-summary.json', 'data/') },
    InputFormat: 'DYNAMODB_JSON' as const,
    InputCompressionType: 'GZIP' as const,
  }
  const { ImportTableDescription: imported } = await first.dynamodb.send(new ImportTableCommand({ ...importing, TableCreationParameters: { ...table, TableName: 'again' } }))
  await first.dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await first.emulator.close()
  const emulator = await testEmulator(t, { dataPath })
  const { dynamodb, s3 } = wireClients(t, emulator)
  t.match(await described(dynamodb, ExportArn), { ExportStatus: 'COMPLETED', ItemCount: 1 })
  t.match((await dynamodb.send(new DescribeImportCommand({ ImportArn: imported!.ImportArn }))).ImportTableDescription, { ImportStatus: 'COMPLETED', ImportedItemCount: 1 })
  t.strictSame(await scan(dynamodb, 'again'), [{ id: { S: 'a' }, state: { S: 'kept' } }])
  t.equal((await begin(dynamodb, { ClientToken: 'token' })).ExportArn, ExportArn)
  await readExport(t, s3, ExportManifest)
})
