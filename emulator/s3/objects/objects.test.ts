import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand,
  type GetObjectCommandInput, type PutObjectCommandInput, type S3Client,
} from '@aws-sdk/client-s3'
import { test } from 'tap'
import { Faults } from '../../core/faults.ts'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { overAllWays, TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { createS3 } from '../index.ts'
import { raw } from '../test-support/raw.ts'

const Bucket = 'photos'
const md5 = (text: string | Uint8Array): string => createHash('md5').update(text).digest('hex')

const create = (s3: S3Client): Promise<unknown> => s3.send(new CreateBucketCommand({ Bucket }))
const put = (s3: S3Client, Key: string, Body: PutObjectCommandInput['Body'], more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const text = async (s3: S3Client, Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<string> =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString()

async function failure (call: Promise<unknown>): Promise<string> {
  const error = await call.then(() => undefined, (error: unknown) => error)
  if (!(error instanceof Error)) throw new Error('The call should have failed')
  return `${(error as Error & { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode} ${error.name}: ${error.message}` // an SDK error
}

const PRECONDITION = '412 PreconditionFailed: At least one of the pre-conditions you specified did not hold'

test('an object is put, read, described and deleted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start({ frozenAt: TEST_TIME + 789 })
    await create(s3)
    const etag = `"${md5('hello')}"`
    t.match(await put(s3, 'a/b.txt', 'hello'), { ETag: etag, ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT', ServerSideEncryption: 'AES256' })
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b.txt' }))
    const described = {
      AcceptRanges: 'bytes',
      ContentLength: 5,
      ContentType: 'application/octet-stream',
      ETag: etag,
      LastModified: new Date(TEST_TIME),
      Metadata: {},
      ServerSideEncryption: 'AES256',
    }
    t.match(got, { ...described, ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' })
    t.equal(await got.Body!.transformToString(), 'hello')
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b.txt' }))
    t.match(head, described)
    t.notOk('ChecksumCRC32' in head, 'a checksum is told only to who asks')
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b.txt', ChecksumMode: 'ENABLED' })), { ChecksumCRC32: 'NhCmhg==' })
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/b.txt' }))
    t.equal(await failure(text(s3, 'a/b.txt')), '404 NoSuchKey: The specified key does not exist.')
    t.equal(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b.txt' }))), '404 NotFound: UnknownError')
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/b.txt' }))
    t.same(emulator.trace.query({ resource: Bucket }).slice(1, 3).map(({ operation, keys, bytes, result }) => ({ operation, keys, bytes, result })), [
      { operation: 'PutObject', keys: ['a/b.txt'], bytes: 5, result: 'ok' },
      { operation: 'GetObject', keys: ['a/b.txt'], bytes: 5, result: 'ok' },
    ])
    for (const call of [text(s3, 'a', { Bucket: 'none' }), put(s3, 'a', 'x', { Bucket: 'none' })]) {
      t.equal(await failure(call), '404 NoSuchBucket: The specified bucket does not exist')
    }
  })
})

test('headers and metadata are returned as they were put, and replaced with the object', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    const kept = {
      CacheControl: 'no-store',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      ContentType: 'text/plain; charset=utf-8',
      Metadata: { artist: 'Ada  L.', 'x-y_z': '', constructor: '1' },
    }
    await put(s3, 'a', 'x', { ...kept, Expires: new Date('2030-01-01T00:00:00Z') })
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' })), { ...kept, ExpiresString: 'Tue, 01 Jan 2030 00:00:00 GMT' })
    await put(s3, 'a', 'y')
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))
    t.same([head.Metadata, head.CacheControl, head.ContentType], [{}, undefined, 'application/octet-stream'])
    t.equal(await failure(put(s3, 'a', 'z', { Metadata: { a: 'x'.repeat(2048) } })), '400 MetadataTooLarge: Your metadata headers exceed the maximum allowed metadata size')
    await put(s3, 'a', 'z', { Metadata: { a: 'x'.repeat(2047) } })
    await t.rejects(put(s3, 'a', 'z', { Metadata: { a: 'line\nfeed' } }), { code: 'ERR_INVALID_CHAR' }, 'in process as over a socket')
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' })), { Metadata: { a: 'x'.repeat(2047) } })
  })
})

test('metadata beyond ASCII is returned by RFC 2047, each byte a character (UsingMetadata.html)', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  await raw(emulator, { method: 'PUT', path: '/photos/a', body: 'x', headers: { 'x-amz-meta-nonascii': Buffer.from('ÄMÄZÕÑ S3').toString('latin1') } })
  const { headers } = await raw(emulator, { method: 'HEAD', path: '/photos/a' })
  t.equal(headers['x-amz-meta-nonascii'], '=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=')
  t.equal(headers['content-type'], 'binary/octet-stream', 'what an object without a type has')
})

test('bodies of every kind and size are returned byte for byte', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    const bytes = Buffer.alloc(3_000_001, 'sandtable ')
    const bodies: Record<string, [PutObjectCommandInput['Body'], Partial<PutObjectCommandInput>?]> = {
      buffer: [bytes],
      array: [new Uint8Array(bytes)],
      stream: [Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)], { objectMode: false }), { ContentLength: bytes.length }],
    }
    for (const [Key, [body, more]] of Object.entries(bodies)) {
      t.equal((await put(s3, Key, body, more)).ETag, `"${md5(bytes)}"`, Key)
      t.ok(Buffer.from(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray()).equals(bytes), Key)
    }
    // The SDK sends each piece as a chunk, and knows this refusal: it adds how to have them joined.
    t.match(await failure(put(s3, 'pieces', Readable.from(['a'.repeat(1000), 'b'], { objectMode: false }), { ContentLength: 1001 })),
      '403 InvalidChunkSizeError: Only the last chunk is allowed to have a size less than 8192 bytes. Set [requestStreamBufferSize')
    await put(s3, 'empty', undefined)
    t.equal(await text(s3, 'empty'), '')
    await put(s3, 'text', 'žluťoučký 🐎')
    t.equal(await text(s3, 'text'), 'žluťoučký 🐎')
    await t.rejects(put(s3, 'lengthless', Readable.from(['x'])), { code: 'ERR_HTTP_INVALID_HEADER_VALUE' }, 'in process as over a socket')
  })
})

test('checksums of every algorithm are verified, stored and returned', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const name = `Checksum${algorithm}` as const
      const sent = await put(s3, algorithm, 'hello', { ChecksumAlgorithm: algorithm })
      const streamed = await put(s3, algorithm, Readable.from([Buffer.from('hello')]), { ChecksumAlgorithm: algorithm, ContentLength: 5 })
      t.ok(sent[name], algorithm)
      t.equal(streamed[name], sent[name], 'a trailer says the same as a header')
      // The SDK holds what it reads against the checksum that comes with it.
      t.equal(await text(s3, algorithm, { ChecksumMode: 'ENABLED' }), 'hello')
      t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' })), { [name]: sent[name], ChecksumType: 'FULL_OBJECT' })
      t.equal(await failure(put(s3, algorithm, 'other', { [name]: sent[name] })), `400 BadDigest: The ${algorithm} you specified did not match the calculated checksum.`)
      t.equal(await text(s3, algorithm), 'hello', 'a refused upload leaves what was there')
    }
  })
})

test('a part of an object is read by a range', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    await put(s3, 'a', '0123456789')
    const read = async (Range: string) => {
      const { Body, ContentRange, ContentLength, ChecksumCRC32, $metadata } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', Range }))
      return [$metadata.httpStatusCode, await Body!.transformToString(), ContentLength, ContentRange, ChecksumCRC32]
    }
    t.same(await read('bytes=0-3'), [206, '0123', 4, 'bytes 0-3/10', undefined])
    t.same(await read('bytes=7-'), [206, '789', 3, 'bytes 7-9/10', undefined])
    t.same(await read('bytes=8-100'), [206, '89', 2, 'bytes 8-9/10', undefined])
    t.same(await read('bytes=-2'), [206, '89', 2, 'bytes 8-9/10', undefined])
    t.same(await read('bytes=-100'), [206, '0123456789', 10, 'bytes 0-9/10', undefined])
    for (const ignored of ['bytes=4-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b', 'bytes=-']) {
      t.same((await read(ignored)).slice(0, 4), [200, '0123456789', 10, undefined], ignored)
    }
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', Range: 'bytes=1-2' })), { ContentLength: 2, ContentRange: 'bytes 1-2/10' })
    t.equal(await failure(text(s3, 'a', { Range: 'bytes=10-' })), '416 InvalidRange: The requested range is not satisfiable')
    t.equal(await failure(text(s3, 'a', { Range: 'bytes=-0' })), '416 InvalidRange: The requested range is not satisfiable')
    await put(s3, 'empty', '')
    t.equal(await failure(text(s3, 'empty', { Range: 'bytes=0-' })), '416 InvalidRange: The requested range is not satisfiable')
    await put(s3, 'large', Buffer.alloc(2_500_000, 'ab'))
    t.equal(await text(s3, 'large', { Range: 'bytes=1048570-1048583' }), 'ababababababab', 'across what the store keeps in one piece')
  })
})

test('reads honour their conditions (RFC 9110, API_GetObject)', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start({ frozenAt: TEST_TIME + 500 })).clients
    await create(s3)
    const { ETag } = await put(s3, 'a', 'hello')
    const [before, at, after] = [-1000, 0, 3_600_000].map((ms) => new Date(TEST_TIME + ms))
    const read = (conditions: Partial<GetObjectCommandInput>) => text(s3, 'a', conditions).catch((error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode)
    const cases: [Partial<GetObjectCommandInput>, string | number][] = [
      [{ IfMatch: ETag }, 'hello'], [{ IfMatch: ETag!.replaceAll('"', '') }, 'hello'], [{ IfMatch: `"x", ${ETag}` }, 'hello'], [{ IfMatch: '*' }, 'hello'], [{ IfMatch: '"x"' }, 412],
      [{ IfNoneMatch: ETag }, 304], [{ IfNoneMatch: `W/${ETag}` }, 304], [{ IfNoneMatch: '*' }, 304], [{ IfNoneMatch: '"x"' }, 'hello'],
      [{ IfModifiedSince: before }, 'hello'], [{ IfModifiedSince: at }, 304], [{ IfModifiedSince: after }, 'hello'],
      [{ IfUnmodifiedSince: before }, 412], [{ IfUnmodifiedSince: at }, 'hello'],
      [{ IfMatch: ETag, IfUnmodifiedSince: before }, 'hello'], [{ IfNoneMatch: '"x"', IfModifiedSince: at }, 'hello'], [{ IfNoneMatch: ETag, IfModifiedSince: before }, 304],
    ]
    for (const [conditions, expected] of cases) t.equal(await read(conditions), expected, JSON.stringify(conditions))
    t.equal(await failure(text(s3, 'a', { IfMatch: '"x"' })), PRECONDITION)
  })
})

test('writes and deletions honour their conditions', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    const { ETag } = await put(s3, 'a', 'one', { IfNoneMatch: '*' })
    t.equal(await failure(put(s3, 'a', 'two', { IfNoneMatch: '*' })), PRECONDITION)
    t.equal(await failure(put(s3, 'a', 'two', { IfMatch: '"x"' })), PRECONDITION)
    t.equal(await failure(put(s3, 'none', 'two', { IfMatch: ETag })), '404 NoSuchKey: The specified key does not exist.')
    t.equal(await text(s3, 'a'), 'one')
    await put(s3, 'a', 'two', { IfMatch: ETag })
    t.equal(await text(s3, 'a'), 'two')
    for (const conditions of [{ IfNoneMatch: ETag }, { IfMatch: '*' }, { IfMatch: ETag, IfNoneMatch: '*' }]) {
      t.equal(await failure(put(s3, 'a', 'x', conditions)), '501 NotImplemented: A header you provided implies functionality that is not implemented')
    }
    const remove = (Key: string, IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }))
    t.equal(await failure(remove('a', ETag!)), PRECONDITION)
    for (const tag of ['*', ETag!]) t.equal(await failure(remove('none', tag)), '404 NoSuchKey: The specified key does not exist.')
    await remove('a', '*')
    t.equal(await failure(text(s3, 'a')), '404 NoSuchKey: The specified key does not exist.')
  })
})

test('of many concurrent conditional creates, one succeeds', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const { s3 } = emulator.clients({ maxAttempts: 1 })
  await create(s3)
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => put(s3, 'a', `writer ${n}`, { IfNoneMatch: '*' })))
  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal(await text(s3, 'a'), `writer ${winner}`)
})

test('an object is copied, with its metadata or with new', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start()
    await create(s3)
    const { ETag } = await put(s3, 'from/ä b+c', 'hello', { ContentType: 'text/plain', Metadata: { artist: 'Ada' }, CacheControl: 'no-store' })
    const copy = (Key: string, more: object = {}) => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: encodeURIComponent(`${Bucket}/from/ä b+c`), ...more }))
    await emulator.clock.advance(60_000)
    t.match(await copy('to'), { CopyObjectResult: { ETag, LastModified: new Date(TEST_TIME + 60_000), ChecksumCRC32: 'NhCmhg==' }, ServerSideEncryption: 'AES256' })
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' })), {
      ContentType: 'text/plain', Metadata: { artist: 'Ada' }, CacheControl: 'no-store', LastModified: new Date(TEST_TIME + 60_000), ContentLength: 5,
    })
    await copy('new', { MetadataDirective: 'REPLACE', ContentType: 'text/html', Metadata: { by: 'Bo' }, ChecksumAlgorithm: 'SHA256', CopySource: `/${Bucket}/from/%C3%A4%20b%2Bc?versionId=null` })
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'new', ChecksumMode: 'ENABLED' }))
    t.match(head, { ContentType: 'text/html', Metadata: { by: 'Bo' }, CacheControl: undefined, ChecksumSHA256: createHash('sha256').update('hello').digest('base64') })
    await put(s3, 'from/ä b+c', 'changed')
    t.equal(await text(s3, 'to'), 'hello', 'a copy is its own')

    t.equal(await failure(copy('from/ä b+c')), '400 InvalidRequest: This copy request is illegal because it is trying to copy an object to itself without changing the object\'s metadata, storage class, website redirect location or encryption attributes.')
    await copy('from/ä b+c', { MetadataDirective: 'REPLACE' })
    t.equal(await text(s3, 'from/ä b+c'), 'changed')
    t.equal(await failure(copy('x', { CopySource: `${Bucket}/none` })), '404 NoSuchKey: The specified key does not exist.')
    t.equal(await failure(copy('x', { CopySource: 'none/none' })), '404 NoSuchBucket: The specified bucket does not exist')
    t.equal(await failure(copy('x', { CopySource: 'nothing' })), '400 InvalidArgument: Copy Source must mention the source bucket and key: sourcebucket/sourcekey')
    t.equal(await failure(copy('x', { CopySource: `${Bucket}/to?versionId=x` })), '400 InvalidArgument: Invalid version id specified')
    t.match(await failure(copy('x', { CopySource: 'arn:aws:s3:us-east-1:000000000000:accesspoint/a/object/b' })), /^501 NotImplemented: .*access point/)
    t.match(await failure(copy('x', { ChecksumAlgorithm: 'ADLER' })), /^400 InvalidRequest: Checksum algorithm provided is unsupported/)
    t.equal(await failure(copy('x', { MetadataDirective: 'MERGE' })), '400 InvalidArgument: Unknown metadata directive.')
    t.equal(await failure(copy('x', { CopySourceIfMatch: '"x"' })), PRECONDITION)
    t.equal(await failure(copy('to', { IfNoneMatch: '*' })), PRECONDITION)
  })
})

test('a failed condition of a copy is named as AWS names it', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await create(s3)
  const { ETag } = await put(s3, 'a', 'x')
  const since = (ms: number) => new Date(TEST_TIME + ms).toUTCString()
  const cases = { 'If-Match': '"x"', 'If-None-Match': ETag!, 'If-Modified-Since': since(0), 'If-Unmodified-Since': since(-1000) }
  for (const [name, value] of Object.entries(cases)) {
    const answer = await raw(emulator, { method: 'PUT', path: '/photos/b', headers: { 'x-amz-copy-source': 'photos/a', [`x-amz-copy-source-${name.toLowerCase()}`]: value } })
    t.same([answer.status, answer.element('Condition')], [412, `x-amz-copy-source-${name}`])
  }
})

test('keys may have dots, slashes, control characters, plus signs and 1024 bytes', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    const keys = ['/leading', '//', '..', '../../etc/passwd', 'a/../b', './.', 'a//b', 'nul\0byte', 'line\r\nfeed', '\u0001', 'a+b c%20d', '?acl', '#', 'ÿ\uffff😀', '<&>"\'', 'x'.repeat(1024), 'ä'.repeat(512), '__proto__', ' ']
    for (const [n, Key] of keys.entries()) await put(s3, Key, String(n))
    for (const [n, Key] of keys.entries()) t.equal(await text(s3, Key), String(n), JSON.stringify(Key))
    t.equal(await failure(put(s3, 'ä'.repeat(513), 'x')), '400 KeyTooLongError: Your key is too long')
  })
})

test('objects have no versions: only the null version exists (test_s3_api.snapshot.json of LocalStack)', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    await put(s3, 'a', 'hello')
    t.equal(await text(s3, 'a', { VersionId: 'null' }), 'hello')
    const VersionId = 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD'
    t.equal(await failure(text(s3, 'a', { VersionId })), '400 InvalidArgument: Invalid version id specified')
    t.equal(await failure(s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }))), '400 InvalidArgument: Invalid version id specified')
    t.equal(await failure(s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a?versionId=` }))), '400 InvalidArgument: Version id cannot be the empty string')
  })
})

test('an operation without a version id parameter refuses one (measured against AWS by others, April and September 2026)', async (t) => {
  const emulator = await testEmulator(t)
  await create(emulator.clients().s3)
  await put(emulator.clients().s3, 'a', 'hello')
  const refused: [method: string, path: string, headers?: Record<string, string>][] = [
    ['PUT', '/photos/a?versionId=null'],
    ['PUT', '/photos/a?versionId='],
    ['PUT', '/photos/b?versionId=x', { 'x-amz-copy-source': 'photos/a' }],
    ['POST', '/photos/a?uploads&versionId=x'],
    ['PUT', '/photos/a?uploadId=u&partNumber=1&versionId=x'],
    ['GET', '/photos?versionId=x'],
    ['GET', '/photos?list-type=2&versionId=x'],
    ['GET', '/photos?location&versionId=x'],
    ['DELETE', '/photos?versionId=x'],
  ]
  for (const [method, path, headers] of refused) {
    const answer = await raw(emulator, { method, path, headers })
    t.same([answer.status, answer.element('Code'), answer.element('Message'), answer.element('ArgumentName')],
      [400, 'InvalidArgument', 'This operation does not accept a version-id.', 'versionId'], `${method} ${path}`)
  }
  t.equal((await raw(emulator, { method: 'GET', path: '/?versionId=x' })).status, 200, 'ListBuckets ignores it')
  t.equal(await text(emulator.clients().s3, 'a'), 'hello')
})

test('a request can override headers of its answer', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3)
    await put(s3, 'a', 'hello', { ContentType: 'text/plain', CacheControl: 'no-store' })
    const { ContentType, ContentDisposition, CacheControl } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', ResponseContentType: 'text/html', ResponseContentDisposition: 'inline' }))
    t.same([ContentType, ContentDisposition, CacheControl], ['text/html', 'inline', 'no-store'])
    t.equal(await failure(text(s3, 'a', { ResponseContentType: 'a\r\nx-injected: 1' })), '400 InvalidArgument: Header value cannot be represented using ISO-8859-1.')
  })
})

test('other services read objects, with the arrangement in their metadata', async (t) => {
  const emulator = await testEmulator(t)
  const service = createS3({ clock: emulator.clock, trace: emulator.trace, faults: new Faults(), storage: new MemoryStorage(), warn: () => {}, log: (event) => t.fail('internal error', { event }) })
  t.teardown(() => service.close())
  const call = async (path: string, body: Uint8Array, headers: Record<string, string> = {}) => {
    const context = { requestId: '00000000-0000-4000-8000-000000000000', startedAt: TEST_TIME, clock: emulator.clock, account: '000000000000', region: 'us-east-1', accessKeyId: 'x', notes: {} }
    const request = {
      method: 'PUT',
      path,
      query: new URLSearchParams(),
      body: Readable.from([body]),
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': String(body.length), ...headers },
    }
    t.equal((await service.handle(request, context, {})).status, 200)
  }
  const bytes = Buffer.alloc(2_200_000, 'jpeg')
  await call('/photos', Buffer.alloc(0))
  await call('/photos/a.jpg', bytes, { 'content-type': 'image/jpeg', 'x-amz-meta-sandtable-faces': '[]' })
  const source = { account: '000000000000', bucket: 'photos', key: 'a.jpg' }
  const found = await service.read(source)
  t.ok(found?.bytes.equals(bytes))
  t.same([found?.metadata, found?.contentType], [{ 'sandtable-faces': '[]' }, 'image/jpeg'])
  t.ok(await service.read({ ...source, versionId: 'null' }))
  for (const missing of [{ key: 'b' }, { bucket: 'other' }, { account: '111111111111' }, { versionId: 'x' }]) {
    t.equal(await service.read({ ...source, ...missing }), undefined, JSON.stringify(missing))
  }
})
