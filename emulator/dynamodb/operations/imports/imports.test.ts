import * as zlib from 'node:zlib'
import {
  CreateTableCommand, DescribeImportCommand, DescribeTableCommand, ImportTableCommand, ListImportsCommand, ListTablesCommand, PutItemCommand, QueryCommand, ScanCommand,
  type AttributeValue, type DynamoDBClient, type ImportTableCommandInput, type InputFormat, type TableCreationParameters
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import type { EmulatorOptions } from '../../../index.ts'
import { TEST_TIME, testEmulator, wireClients } from '../../../test-support/emulator.ts'
import { canReadZstd } from './decompress.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const target = {
  TableName: 'books',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'year', AttributeType: 'N' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [{ IndexName: 'byYear', KeySchema: [{ AttributeName: 'year', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
} satisfies TableCreationParameters

async function withBucket (t: Test, options: EmulatorOptions = {}) {
  const emulator = await testEmulator(t, options)
  const { dynamodb, s3 } = wireClients(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket: 'sources' }))
  return { emulator, dynamodb, s3 }
}

const store = (s3: S3Client, Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: 'sources', Key, Body }))
const begin = async (client: DynamoDBClient, InputFormat: InputFormat, input: Partial<ImportTableCommandInput> = {}) => (await client.send(new ImportTableCommand({
  S3BucketSource: { S3Bucket: 'sources' }, InputFormat, TableCreationParameters: target, ...input,
}))).ImportTableDescription!
const described = async (client: DynamoDBClient, ImportArn: string | undefined) => (await client.send(new DescribeImportCommand({ ImportArn }))).ImportTableDescription!
const finish = async (client: DynamoDBClient, format: InputFormat, input: Partial<ImportTableCommandInput> = {}) => described(client, (await begin(client, format, input)).ImportArn)
const named = (TableName: string) => ({ TableCreationParameters: { ...target, TableName } })
const json = (...items: Record<string, AttributeValue>[]) => items.map((Item) => `${JSON.stringify({ Item })}\n`).join('')
const scan = async (client: DynamoDBClient, TableName = 'books', IndexName?: string) =>
  (await client.send(new ScanCommand({ TableName, IndexName }))).Items!.sort((one, other) => one.id!.S! < other.id!.S! ? -1 : 1)

test('an import makes a new table of all objects under a prefix', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  await store(s3, 'in/a.json', json({ id: { S: 'a' }, year: { N: '1.50e3' } }, { id: { S: 'b' } }))
  await store(s3, 'in/b.txt', `\r\n${JSON.stringify({ Item: { id: { S: 'c' }, year: { N: '7' } } })}\r\n\n${JSON.stringify({ Item: { id: { S: 'd' } } })}`)
  await store(s3, 'in/', '')
  await store(s3, 'other.json', json({ id: { S: 'e' } }))
  const begun = await begin(dynamodb, 'DYNAMODB_JSON', { S3BucketSource: { S3Bucket: 'sources', S3KeyPrefix: 'in/' } })
  t.match(begun, {
    ImportArn: /^arn:aws:dynamodb:us-east-1:000000000000:table\/books\/import\/\d{14}-[0-9a-f]{8}$/,
    ImportStatus: 'IN_PROGRESS',
    TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/books',
    StartTime: new Date(TEST_TIME),
    ErrorCount: 0,
    ProcessedItemCount: 0,
    InputFormat: 'DYNAMODB_JSON',
    InputCompressionType: 'NONE',
    S3BucketSource: { S3Bucket: 'sources', S3KeyPrefix: 'in/' },
    CloudWatchLogGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws-dynamodb/imports:*',
    TableCreationParameters: { TableName: 'books', BillingMode: 'PAY_PER_REQUEST' },
  })
  const done = await described(dynamodb, begun.ImportArn)
  t.match(done, { ImportStatus: 'COMPLETED', ErrorCount: 0, ProcessedItemCount: 4, ImportedItemCount: 4, EndTime: new Date(TEST_TIME), ProcessedSizeBytes: Number })
  t.strictSame(await scan(dynamodb), [{ id: { S: 'a' }, year: { N: '1500' } }, { id: { S: 'b' } }, { id: { S: 'c' }, year: { N: '7' } }, { id: { S: 'd' } }])
  t.strictSame((await scan(dynamodb, 'books', 'byYear')).map(({ id }) => id!.S), ['a', 'c'])
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'books' }))
  t.match(Table, { TableStatus: 'ACTIVE', ItemCount: 4, TableId: done.TableId, GlobalSecondaryIndexes: [{ ItemCount: 2 }] })
  await dynamodb.send(new PutItemCommand({ TableName: 'books', Item: { id: { S: 'a' }, year: { N: '8' } } }))
  const { Count } = await dynamodb.send(new QueryCommand({
    TableName: 'books', IndexName: 'byYear', KeyConditionExpression: '#y = :y', ExpressionAttributeNames: { '#y': 'year' }, ExpressionAttributeValues: { ':y': { N: '1500' } },
  }))
  t.equal(Count, 0, 'the table is like any other')
})

test('bad items are skipped and counted, and the good ones stay', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  const deep = (levels: number): AttributeValue => levels === 0 ? { S: 'x' } : { L: [deep(levels - 1)] }
  const bad = [
    '{"Item":{"id":{"S":"x"}', '[]', 'null', '{"Keys":{"id":{"S":"x"}}}', '{"Item":null}', '{"Item":[]}', '{"Item":{"id":"x"}}', '{"Item":{"id":{"S":5}}}',
    json({ year: { N: '1' } }), json({ id: { N: '1' } }), json({ id: { S: '' } }), json({ id: { S: 'x'.repeat(2049) } }), json({ id: { S: 'x' }, year: { S: '1' } }),
    json({ id: { S: 'x' }, n: { N: 'one' } }), json({ id: { S: 'x' }, n: { N: '1'.repeat(39) } }), json({ id: { S: 'x' }, set: { SS: [] } }), json({ id: { S: 'x' }, set: { NS: ['1', '1.0'] } }),
    json({ id: { S: 'x' }, text: { S: 'x'.repeat(400 * 1024) } }), json({ id: { S: 'x' }, deep: deep(32) }), '{"Item":{"id":{"S":"x"},"b":{"B":"!"}}}',
    `{"Item":{"id":{"S":"x"},"l":${'{"L":['.repeat(100_000)}`,
  ].map((line) => line.trimEnd())
  await store(s3, 'lines', [JSON.stringify({ Item: { id: { S: 'first' } } }), ...bad, JSON.stringify({ Item: { id: { S: 'last' }, deep: deep(31) } })].join('\n'))
  const done = await finish(dynamodb, 'DYNAMODB_JSON')
  t.match(done, {
    ImportStatus: 'FAILED',
    FailureCode: 'ItemValidationError',
    ErrorCount: bad.length,
    ProcessedItemCount: bad.length + 2,
    ImportedItemCount: 2,
    FailureMessage: /^Some of the items failed validation checks\. .*lines, item 2: /,
  })
  t.strictSame((await scan(dynamodb)).map(({ id }) => id!.S), ['first', 'last'])
})

test('of items with the same key one remains, in indexes too', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  const many = Array.from({ length: 600 }, (_, at) => ({ id: { S: `k${at % 200}` }, year: { N: String(at) } }))
  await store(s3, 'a', json(...many))
  await store(s3, 'b', json({ id: { S: 'k0' } }))
  t.match(await finish(dynamodb, 'DYNAMODB_JSON'), { ImportStatus: 'COMPLETED', ErrorCount: 0, ProcessedItemCount: 601 })
  const items = await scan(dynamodb)
  t.equal(items.length, 200)
  t.ok(items.every(({ id, year }) => id!.S === 'k0' ? !year : Number(year!.N) >= 400))
  t.strictSame(await scan(dynamodb, 'books', 'byYear'), items.filter(({ year }) => year))
  t.match((await dynamodb.send(new DescribeTableCommand({ TableName: 'books' }))).Table, { ItemCount: 200, GlobalSecondaryIndexes: [{ ItemCount: 199 }] })
})

test('CSV: a header or a list of columns, delimiters, quotes, types of keys', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  await store(s3, 'plain/a.csv', '\ufeffid,year,title\na,1999,"one, ""two""\nthree"\r\nb,2000,\n\nc,x,no number\nd,1\ne,2,too,many\nf,3,un"quoted\n')
  await store(s3, 'plain/b.csv', 'title,id,year\nlast,g,5\n')
  const plain = await finish(dynamodb, 'CSV', { S3BucketSource: { S3Bucket: 'sources', S3KeyPrefix: 'plain/' } })
  t.match(plain, { ImportStatus: 'FAILED', ErrorCount: 4, ImportedItemCount: 3, ProcessedItemCount: 7, FailureMessage: /plain\/a\.csv, item 3: / })
  t.strictSame(await scan(dynamodb), [
    { id: { S: 'a' }, year: { N: '1999' }, title: { S: 'one, "two"\nthree' } }, { id: { S: 'b' }, year: { N: '2000' }, title: { S: '' } }, { id: { S: 'g' }, year: { N: '5' }, title: { S: 'last' } },
  ])
  for (const [index, Delimiter] of [',', ';', ':', '|', '\t', ' '].entries()) {
    await store(s3, `d${index}/a.csv`, `a${Delimiter}1${Delimiter}12\n`)
    const options = {
      S3BucketSource: { S3Bucket: 'sources', S3KeyPrefix: `d${index}/` }, InputFormatOptions: { Csv: { Delimiter, HeaderList: ['id', 'year', 'pages'] } }, ...named(`delimited${index}`),
    }
    t.match(await finish(dynamodb, 'CSV', options), { ImportStatus: 'COMPLETED', InputFormatOptions: options.InputFormatOptions })
    t.strictSame(await scan(dynamodb, `delimited${index}`), [{ id: { S: 'a' }, year: { N: '1' }, pages: { S: '12' } }])
  }
  const binary = { ...target, TableName: 'binary', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'B' as const }], GlobalSecondaryIndexes: undefined }
  await store(s3, 'binary.csv', 'id,text\naGk=,aGk=\n')
  await finish(dynamodb, 'CSV', { S3BucketSource: { S3Bucket: 'sources', S3KeyPrefix: 'binary' }, TableCreationParameters: binary })
  t.same((await dynamodb.send(new ScanCommand({ TableName: 'binary' }))).Items, [{ id: { B: Buffer.from('hi') }, text: { S: 'aGk=' } }])
})

test('Ion: values on one line or on several, comments, and lines that are broken', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  await store(s3, 'a.ion', `$ion_1_0 {Item:{id:"a",year:6d2}}
$ion_1_0 {Item:{id:"broken",list:[1,2}
$ion_1_0 {Item:{id:"open",text:"
$ion_1_0 {Item:{id:"b",set:$dynamodb_NS::[1.,2.50],year:7}}
/* two lines: {
*/ {
  Item: { // a brace: {
    id: '''long } ''' '''text''',
    'a}': {{aGk//g==}}, e: ["}", '}', (1 2)],
  }
} {Item:{id:"c"}} {Item:{id:"d",map:{x:null}}}
{Item:{id:"float",n:1e0}}
{Item:{id:"time",n:2007-01-01T}}
{Item:{id:"typed null",n:null.string}}
{Item:{id:"set",s:$dynamodb_SS::["a",1.]}}
{Other:{id:"x"}}
"text"
$ion_1_0 {Item:{id:"e",'two\\n':"{{",map:{L:[true,false]}}}
`)
  const done = await finish(dynamodb, 'ION')
  t.match(done, { ImportStatus: 'FAILED', ErrorCount: 9, ImportedItemCount: 3 })
  t.strictSame(await scan(dynamodb), [
    { id: { S: 'a' }, year: { N: '600' } },
    { id: { S: 'b' }, set: { NS: ['1', '2.5'] }, year: { N: '7' } },
    { id: { S: 'e' }, 'two\n': { S: '{{' }, map: { M: { L: { L: [{ BOOL: true }, { BOOL: false }] } } } },
  ])
})

test('compressed objects are read, and a broken one ends early', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  const packed = zlib.gzipSync(json(...Array.from({ length: 20_000 }, (_, at) => ({ id: { S: `k${at}-${Math.imul(at, 2654435761)}` } }))))
  await store(s3, 'a.gz', zlib.gzipSync(json({ id: { S: 'a' } })))
  await store(s3, 'b.gz', json({ id: { S: 'not compressed' } }))
  await store(s3, 'c.gz', packed.subarray(0, packed.length / 2))
  await store(s3, 'd.gz', Buffer.concat([zlib.gzipSync(json({ id: { S: 'd' } })), zlib.gzipSync(json({ id: { S: 'e' } }))]))
  const done = await finish(dynamodb, 'DYNAMODB_JSON', { InputCompressionType: 'GZIP' })
  t.match(done, { ImportStatus: 'FAILED', FailureCode: 'ItemValidationError', InputCompressionType: 'GZIP' })
  t.ok(done.ErrorCount! <= 3 && done.ImportedItemCount! > 3, `${done.ErrorCount} errors, ${done.ImportedItemCount} items`)
  const ids = new Set((await scan(dynamodb)).map(({ id }) => id!.S))
  for (const id of ['a', 'd', 'e']) t.ok(ids.has(id), id)
})

test('ZSTD is read where Node.js can, and refused elsewhere', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  if (!canReadZstd()) {
    await t.rejects(begin(dynamodb, 'CSV', { InputCompressionType: 'ZSTD' }), { name: 'ValidationException', message: /^InputCompressionType ZSTD needs Node\.js 22\.15 or later/ })
    return
  }
  await store(s3, 'a.zst', zlib.zstdCompressSync(json({ id: { S: 'a' } })))
  await store(s3, 'b.zst', json({ id: { S: 'not compressed' } }))
  t.match(await finish(dynamodb, 'DYNAMODB_JSON', { InputCompressionType: 'ZSTD' }), { ImportStatus: 'FAILED', ErrorCount: 1, ImportedItemCount: 1 })
  t.strictSame(await scan(dynamodb), [{ id: { S: 'a' } }])
})

test('an import makes a table with maxima on demand, whose index is warmed', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  await store(s3, 'a', json({ id: { S: 'a' } }))
  const GlobalSecondaryIndexes = target.GlobalSecondaryIndexes.map((index) => ({ ...index, OnDemandThroughput: { MaxWriteRequestUnits: 8 }, WarmThroughput: { ReadUnitsPerSecond: 13_000 } }))
  await finish(dynamodb, 'DYNAMODB_JSON', { TableCreationParameters: { ...target, OnDemandThroughput: { MaxReadRequestUnits: 7 }, GlobalSecondaryIndexes } })
  t.match((await dynamodb.send(new DescribeTableCommand({ TableName: target.TableName }))).Table, {
    OnDemandThroughput: { MaxReadRequestUnits: 7 },
    GlobalSecondaryIndexes: [{ OnDemandThroughput: { MaxWriteRequestUnits: 8 }, WarmThroughput: { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 4_000 } }],
  })
})

test('invalid imports are refused, and create no table', async (t) => {
  const { dynamodb, s3 } = await withBucket(t)
  await store(s3, 'a', json({ id: { S: 'a' } }))
  const without = { ...target, GlobalSecondaryIndexes: undefined }
  const cases: [Partial<ImportTableCommandInput>, string | RegExp][] = [
    [{ InputFormatOptions: { Csv: { Delimiter: ';' } } }, 'Invalid Request: Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON.'],
    [{ InputFormat: 'XML' as 'CSV' }, /'inputFormat' failed to satisfy constraint: Member must satisfy enum value set/],
    [{ InputFormat: 'CSV', InputFormatOptions: { Csv: { Delimiter: '/' } } }, /'inputFormatOptions\.csv\.delimiter' failed to satisfy constraint/],
    [{ InputFormat: 'CSV', InputFormatOptions: { Csv: { HeaderList: [] } } }, /greater than or equal to 1/],
    [{ S3BucketSource: undefined }, /'s3BucketSource' failed to satisfy constraint: Member must not be null/],
    [{ S3BucketSource: { S3Bucket: 'sources', S3BucketOwner: 'me' } }, /'s3BucketSource\.s3BucketOwner'/],
    [{ TableCreationParameters: { ...without, BillingMode: 'PROVISIONED' } }, /ReadCapacityUnits and WriteCapacityUnits must both be specified/],
    [{ TableCreationParameters: without }, /Number of attributes in KeySchema does not exactly match/],
    [{ TableCreationParameters: { ...target, OnDemandThroughput: { MaxReadRequestUnits: 0 } } }, /MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range/],
    [{ TableCreationParameters: { ...target, VectorIndexes: [] } }, /VectorIndexes is not supported by this emulator/],
  ]
  for (const [input, message] of cases) await t.rejects(begin(dynamodb, 'DYNAMODB_JSON', input), { name: 'ValidationException', message }, String(message))
  t.strictSame((await dynamodb.send(new ListTablesCommand({}))).TableNames, [])
  await t.rejects(described(dynamodb, 'arn:aws:dynamodb:us-east-1:000000000000:table/books'), { message: 'Invalid Import ARN' })
  await t.rejects(described(dynamodb, 'arn:aws:dynamodb:us-east-1:000000000000:table/books/import/01234567890123-12345678'), { name: 'ImportNotFoundException' })
  await dynamodb.send(new CreateTableCommand(target))
  await t.rejects(begin(dynamodb, 'DYNAMODB_JSON'), { name: 'ResourceInUseException', message: 'Table already exists: books' })
  for (const [S3Bucket, FailureCode, prefix] of [['none', 'S3NoSuchBucket', undefined], ['sources', 'S3NoSuchKey', 'nothing/']] as const) {
    t.match(await finish(dynamodb, 'DYNAMODB_JSON', { S3BucketSource: { S3Bucket, S3KeyPrefix: prefix }, ...named('nothing') }), { ImportStatus: 'FAILED', FailureCode, ImportedItemCount: 0 })
  }
  t.strictSame((await dynamodb.send(new ListTablesCommand({}))).TableNames, ['books'])
})

test('a client token identifies one import until eight hours after its end', async (t) => {
  const { emulator, dynamodb, s3 } = await withBucket(t)
  await store(s3, 'a', json({ id: { S: 'a' } }))
  const [first, same] = await Promise.all([begin(dynamodb, 'DYNAMODB_JSON', { ClientToken: 'token' }), begin(dynamodb, 'DYNAMODB_JSON', { ClientToken: 'token' })])
  t.equal(same.ImportArn, first.ImportArn)
  await t.rejects(begin(dynamodb, 'ION', { ClientToken: 'token' }), { name: 'ImportConflictException' })
  await emulator.clock.advance(8 * HOUR)
  await t.rejects(begin(dynamodb, 'DYNAMODB_JSON', { ClientToken: 'token' }), { name: 'ResourceInUseException' })
})

test('imports are listed by table, in pages', async (t) => {
  const { emulator, dynamodb, s3 } = await withBucket(t)
  await store(s3, 'a', json({ id: { S: 'a' } }))
  const arns: string[] = []
  for (const name of ['one', 'two', 'three']) {
    arns.push((await begin(dynamodb, 'DYNAMODB_JSON', named(name))).ImportArn!)
    await emulator.clock.advance(MINUTE)
  }
  const list = (input: object) => dynamodb.send(new ListImportsCommand(input))
  const first = await list({ PageSize: 2 })
  t.match(first.ImportSummaryList, arns.slice(0, 2).map((ImportArn) => ({ ImportArn, ImportStatus: 'COMPLETED', InputFormat: 'DYNAMODB_JSON', S3BucketSource: { S3Bucket: 'sources' } })))
  t.match(first.NextToken, /^(?:[0-9a-f]{16}){7,}$/)
  const second = await list({ PageSize: 2, NextToken: first.NextToken })
  t.match(second.ImportSummaryList, [{ ImportArn: arns[2] }])
  t.notOk(second.NextToken)
  t.match((await list({ TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/two' })).ImportSummaryList, [{ ImportArn: arns[1] }])
  await t.rejects(list({ NextToken: '0'.repeat(112) }), { message: `Invalid Request: Provided nextToken is invalid: ${'0'.repeat(112)}` })
  await t.rejects(list({ PageSize: 26 }), { name: 'ValidationException' })
})

test('an import takes as long as its delay says, and its table is CREATING meanwhile', async (t) => {
  const { emulator, dynamodb, s3 } = await withBucket(t, { dynamodb: { tableDelays: { import: MINUTE }, limits: { concurrentImports: 1 } } })
  await store(s3, 'a', json({ id: { S: 'a' } }))
  const { ImportArn } = await begin(dynamodb, 'DYNAMODB_JSON')
  t.match(await described(dynamodb, ImportArn), { ImportStatus: 'IN_PROGRESS', ImportedItemCount: 0 })
  t.match((await dynamodb.send(new DescribeTableCommand({ TableName: 'books' }))).Table, { TableStatus: 'CREATING' })
  await t.rejects(begin(dynamodb, 'DYNAMODB_JSON', named('second')), { name: 'LimitExceededException' })
  await emulator.clock.advance(MINUTE)
  t.match(await described(dynamodb, ImportArn), { ImportStatus: 'COMPLETED', ImportedItemCount: 1, EndTime: new Date(TEST_TIME + MINUTE) })
  t.equal((await scan(dynamodb)).length, 1)
})
