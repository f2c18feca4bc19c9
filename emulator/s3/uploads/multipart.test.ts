import { createHash, randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand,
  DeleteObjectCommand, GetObjectAttributesCommand, GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand, ListPartsCommand, PutObjectCommand, UploadPartCommand, UploadPartCopyCommand,
  type CompletedPart, type CompleteMultipartUploadCommandInput, type CreateMultipartUploadCommandInput, type GetObjectCommandInput, type S3Client,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { test } from 'tap'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { overAllWays, TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { CHECKSUMS, digestInBase64, type ChecksumAlgorithm } from '../objects/checksums.ts'
import { checksumOfParts } from './part-checksums.ts'
import { S3Store } from '../storage/store.ts'
import { raw } from '../test-support/raw.ts'

const Bucket = 'photos'
const Key = 'album/big'
const MIB5 = 5 * 1024 ** 2
const [FIRST, SECOND] = [randomBytes(MIB5), randomBytes(MIB5 + 1)]
const LAST = Buffer.from('the last part may be small')

const md5 = (...pieces: Uint8Array[]) => createHash('md5').update(Buffer.concat(pieces))
const etagOf = (...parts: Uint8Array[]) => `"${md5(...parts.map((part) => md5(part).digest())).digest('hex')}-${parts.length}"`

async function checksum (algorithm: ChecksumAlgorithm, ...pieces: Uint8Array[]): Promise<string> {
  const hasher = CHECKSUMS[algorithm].create()
  for (const piece of pieces) hasher.update(piece)
  return digestInBase64(hasher)
}

async function failure (call: Promise<unknown>): Promise<string> {
  const error = await call.then(() => undefined, (error: unknown) => error)
  if (!(error instanceof Error)) throw new Error('The call should have failed')
  return `${(error as Error & { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode} ${error.name}: ${error.message}` // an SDK error
}

const begin = async (s3: S3Client, more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId!

/** Uploads a part, and gives it as the completion lists it. */
async function put (s3: S3Client, UploadId: string, PartNumber: number, Body: Uint8Array, ChecksumAlgorithm?: 'CRC32' | 'CRC64NVME' | 'SHA256'): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32, ChecksumCRC64NVME, ChecksumSHA256 } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm }))
  return { PartNumber, ETag, ChecksumCRC32, ChecksumCRC64NVME, ChecksumSHA256 }
}

const complete = (s3: S3Client, UploadId: string, Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }))

const bytes = async (s3: S3Client, more: Partial<GetObjectCommandInput> = {}): Promise<Buffer> =>
  Buffer.from(await (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToByteArray())

const NO_UPLOAD = '404 NoSuchUpload: The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.'
const INVALID_PART = '400 InvalidPart: One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part\'s entity tag.'

test('an object is uploaded in parts, in any order, and read as one', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { s3 } } = await start()
    await s3.send(new CreateBucketCommand({ Bucket }))
    const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'image/png', Metadata: { artist: 'Ada' }, ChecksumAlgorithm: 'CRC32' }))
    t.match(begun, { Bucket, Key, ServerSideEncryption: 'AES256', ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' })
    const id = begun.UploadId!
    const last = await put(s3, id, 7, LAST)
    t.match(await put(s3, id, 1, SECOND), { ETag: `"${md5(SECOND).digest('hex')}"`, ChecksumCRC32: await checksum('CRC32', SECOND) })
    const first = await put(s3, id, 1, FIRST)
    const second = await put(s3, id, 2, SECOND)
    await put(s3, id, 9, LAST)
    t.equal(await failure(bytes(s3)), '404 NoSuchKey: The specified key does not exist.', 'there is no object yet')
    const composite = await Promise.all([FIRST, SECOND, LAST].map(async (part) => Buffer.from(await checksum('CRC32', part), 'base64')))
    const ChecksumCRC32 = `${await checksum('CRC32', ...composite)}-3`
    const ETag = etagOf(FIRST, SECOND, LAST)
    t.match(await complete(s3, id, [first, second, last], { ChecksumCRC32, MpuObjectSize: FIRST.length + SECOND.length + LAST.length }), {
      Bucket, Key, ETag, ChecksumCRC32, ChecksumType: 'COMPOSITE', Location: 'https://photos.s3.us-east-1.amazonaws.com/album%2Fbig',
    })
    t.equal(await failure(put(s3, id, 1, FIRST)), NO_UPLOAD, 'the upload is over')
    const whole = Buffer.concat([FIRST, SECOND, LAST])
    t.ok((await bytes(s3)).equals(whole))
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' })), {
      ETag, ContentLength: whole.length, ContentType: 'image/png', Metadata: { artist: 'Ada' }, ChecksumCRC32, ChecksumType: 'COMPOSITE', LastModified: new Date(TEST_TIME),
    })
    t.ok((await bytes(s3, { Range: `bytes=${MIB5 - 3}-${MIB5 + 2}` })).equals(whole.subarray(MIB5 - 3, MIB5 + 3)), 'a range over two parts')
    t.ok((await bytes(s3, { Range: 'bytes=-30' })).equals(whole.subarray(-30)))
    const part = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 7, ChecksumMode: 'ENABLED' }))
    t.match(part, { PartsCount: 3, ContentLength: LAST.length, ContentRange: `bytes ${whole.length - LAST.length}-${whole.length - 1}/${whole.length}`, ChecksumCRC32: last.ChecksumCRC32 })
    t.equal(await part.Body!.transformToString(), LAST.toString())
    const attributes = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'], MaxParts: 1, PartNumberMarker: '1' }))
    t.match(attributes, {
      ETag: ETag.slice(1, -1),
      ObjectSize: whole.length,
      StorageClass: 'STANDARD',
      LastModified: new Date(TEST_TIME),
      Checksum: { ChecksumCRC32, ChecksumType: 'COMPOSITE' },
      ObjectParts: { TotalPartsCount: 3, IsTruncated: true, MaxParts: 1, PartNumberMarker: '1', NextPartNumberMarker: '2', Parts: [{ PartNumber: 2, Size: SECOND.length, ChecksumCRC32: second.ChecksumCRC32 }] },
    })
    const sizeOnly = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ObjectSize'] }))
    t.same([sizeOnly.ObjectSize, sizeOnly.ETag, sizeOnly.ObjectParts], [whole.length, undefined, undefined])
    t.match(await failure(s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Colour' as 'ETag'] }))), /^400 InvalidArgument/) // no such attribute
    t.equal(await failure(bytes(s3, { PartNumber: 3 })), '416 InvalidPartNumber: The requested partnumber is not satisfiable')
    t.match(await failure(bytes(s3, { PartNumber: 1, Range: 'bytes=0-1' })), /^400 InvalidRequest/)
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }))
    t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy', PartNumber: 1 })), { ETag: `"${md5(whole).digest('hex')}"`, ContentLength: whole.length }, 'a copy is in one piece')
  })
})

test('an upload that is completed again with the same parts gets the same answer (minio/minio#13318, adobe/S3Mock#2586)', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start()
    await s3.send(new CreateBucketCommand({ Bucket }))
    const id = await begin(s3)
    const parts = [await put(s3, id, 1, FIRST), await put(s3, id, 3, LAST)]
    const { $metadata: _, ...answer } = await complete(s3, id, parts)
    const again = async (more?: Partial<CompleteMultipartUploadCommandInput>) => {
      const { $metadata: { httpStatusCode }, ...repeated } = await complete(s3, id, parts, more)
      t.same([httpStatusCode, repeated], [200, answer])
    }
    await again()
    await again({ IfNoneMatch: '*' }) // the condition was on the first one
    await emulator.snapshots.save('completed')
    t.same((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads, undefined)
    for (const others of [parts.slice(0, 1), [parts[0]!, { ...parts[1]!, PartNumber: 2 }], [parts[0]!, { ...parts[1]!, ETag: '"00"' }]]) {
      t.equal(await failure(complete(s3, id, others)), NO_UPLOAD, 'with other parts it is over')
    }
    t.equal(await failure(s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'other', UploadId: id, MultipartUpload: { Parts: parts } }))), NO_UPLOAD, 'of another key')
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'newer' }))
    t.equal(await failure(complete(s3, id, parts)), NO_UPLOAD, 'the record goes with the object')
    await emulator.snapshots.restore('completed')
    await again()
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    t.equal(await failure(complete(s3, id, parts)), NO_UPLOAD)
  })
})

test('a completion whose answer was lost is retried successfully', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator, { maxAttempts: 2 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  const id = await begin(s3)
  const parts = [await put(s3, id, 1, LAST)]
  await emulator.faults.add({ error: 'answer-lost', operation: 'CompleteMultipartUpload', times: 1 })
  t.match(await complete(s3, id, parts), { ETag: etagOf(LAST), $metadata: { attempts: 2 } })
})

test('checksums of the full object are computed from those of the parts', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = emulator.clients({ maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const ChecksumAlgorithm of ['CRC32', 'CRC64NVME'] as const) {
    const id = await begin(s3, { ChecksumAlgorithm, ChecksumType: 'FULL_OBJECT' })
    const parts = [await put(s3, id, 1, FIRST, ChecksumAlgorithm), await put(s3, id, 2, LAST, ChecksumAlgorithm)]
    const name = `Checksum${ChecksumAlgorithm}` as const
    const value = await checksum(ChecksumAlgorithm, FIRST, LAST)
    const wrong = await checksum(ChecksumAlgorithm, LAST)
    t.equal(await failure(complete(s3, id, parts, { [name]: wrong })), `400 BadDigest: The ${ChecksumAlgorithm.toLowerCase()} you specified did not match the calculated checksum.`)
    t.match(await failure(complete(s3, id, parts, { ChecksumType: 'COMPOSITE' })), /^400 InvalidRequest: The upload was created using the FULL_OBJECT checksum mode/)
    t.match(await complete(s3, id, parts.map(({ ETag, PartNumber }) => ({ ETag, PartNumber })), { [name]: value, ChecksumType: 'FULL_OBJECT' }), { [name]: value, ChecksumType: 'FULL_OBJECT' })
    t.ok((await bytes(s3, { ChecksumMode: 'ENABLED' })).equals(Buffer.concat([FIRST, LAST])), 'the SDK has checked it')
  }
  const path = `/photos/${Key}`
  const id = (await raw(emulator, { method: 'POST', path: `${path}?uploads` })).element('UploadId')!
  const part = await raw(emulator, { method: 'PUT', path: `${path}?partNumber=1&uploadId=${id}`, body: LAST })
  t.equal(part.headers['x-amz-checksum-crc64nvme'], await checksum('CRC64NVME', LAST), 'S3 computes one when none is asked for')
  const document = `<CompleteMultipartUpload>\n <Part>\n <PartNumber>1</PartNumber><ETag>${String(part.headers.etag).replaceAll('"', '&quot;')}</ETag></Part></CompleteMultipartUpload>`
  const done = await raw(emulator, { method: 'POST', path: `${path}?uploadId=${id}`, body: document })
  t.same([done.status, done.element('ChecksumCRC64NVME'), done.element('ChecksumType')], [200, await checksum('CRC64NVME', LAST), 'FULL_OBJECT'])
  await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 }), fc.constantFrom('CRC32', 'CRC32C', 'CRC64NVME'), async (pieces, algorithm) => {
    const parts = await Promise.all(pieces.map(async (piece) => ({ size: piece.length, value: await checksum(algorithm, piece) })))
    return (await checksumOfParts(parts, { algorithm, type: 'FULL_OBJECT' })).value === await checksum(algorithm, ...pieces)
  }), { numRuns: 200, seed: 20261121 })
})

test('checksums that do not match the upload are refused', async (t) => {
  const { s3 } = (await testEmulator(t, { listen: false })).clients({ maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  t.equal(await failure(begin(s3, { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' })), '400 InvalidRequest: The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.')
  t.equal(await failure(begin(s3, { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' })), '400 InvalidRequest: The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.')
  const id = await begin(s3, { ChecksumAlgorithm: 'SHA256' })
  t.equal(await failure(put(s3, id, 1, LAST, 'CRC32')), '400 InvalidRequest: Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32')
  const part = await put(s3, id, 1, LAST, 'SHA256')
  t.equal(await failure(complete(s3, id, [{ ...part, ChecksumSHA256: undefined }])),
    '400 InvalidRequest: The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.')
  t.equal(await failure(complete(s3, id, [{ ...part, ChecksumSHA256: await checksum('SHA256', FIRST) }])), INVALID_PART)
  t.match(await failure(complete(s3, id, [part], { MpuObjectSize: 1 })), /^400 InvalidRequest: The provided 'x-amz-mp-object-size' header value 1 does not match what was computed: 26$/)
  t.match(await complete(s3, id, [part]), { ChecksumType: 'COMPOSITE', ETag: etagOf(LAST) })
})

test('a completion that does not match the parts is refused, and the upload continues', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { s3 } } = await start()
    await s3.send(new CreateBucketCommand({ Bucket }))
    const id = await begin(s3, { ChecksumAlgorithm: 'CRC32' })
    const [small, big, last] = [await put(s3, id, 1, LAST), await put(s3, id, 2, FIRST), await put(s3, id, 10_000, LAST)]
    t.equal(await failure(complete(s3, id, [big, small])), '400 InvalidPartOrder: The list of parts was not in ascending order. Parts must be ordered by part number.')
    t.equal(await failure(complete(s3, id, [big, big])), '400 InvalidPartOrder: The list of parts was not in ascending order. Parts must be ordered by part number.')
    t.equal(await failure(complete(s3, id, [small, big])), '400 EntityTooSmall: Your proposed upload is smaller than the minimum allowed size')
    t.equal(await failure(complete(s3, id, [{ ...big, PartNumber: 3 }])), INVALID_PART)
    t.equal(await failure(complete(s3, id, [{ ...big, ETag: small.ETag }])), INVALID_PART)
    t.match(await failure(complete(s3, id, [])), /^400 MalformedXML/)
    t.equal(await failure(put(s3, id, 0, LAST)), '400 InvalidArgument: Part number must be an integer between 1 and 10000, inclusive')
    t.equal(await failure(put(s3, id, 10_001, LAST)), '400 InvalidArgument: Part number must be an integer between 1 and 10000, inclusive')
    t.equal(await failure(put(s3, 'none', 1, LAST)), NO_UPLOAD)
    t.equal(await failure(s3.send(new UploadPartCommand({ Bucket, Key: 'other', UploadId: id, PartNumber: 1, Body: LAST }))), NO_UPLOAD, 'an upload is of one key')
    t.equal(await failure(complete(s3, 'none', [big])), NO_UPLOAD)
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'here already' }))
    t.equal(await failure(complete(s3, id, [big, last], { IfNoneMatch: '*' })), '412 PreconditionFailed: At least one of the pre-conditions you specified did not hold')
    t.equal((await bytes(s3)).toString(), 'here already')
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    t.match(await complete(s3, id, [big, last], { IfNoneMatch: '*' }), { ETag: etagOf(FIRST, LAST) })
  })
})

test('parts can be copied from objects', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { s3 } } = await start()
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: SECOND }))
    const id = await begin(s3, { ChecksumAlgorithm: 'SHA256' })
    const copy = (PartNumber: number, CopySourceRange?: string, more = {}) =>
      s3.send(new UploadPartCopyCommand({ Bucket, Key, UploadId: id, PartNumber, CopySource: `${Bucket}/source`, CopySourceRange, ...more }))
    const whole = (await copy(1)).CopyPartResult!
    t.match(whole, { ETag: `"${md5(SECOND).digest('hex')}"`, LastModified: new Date(TEST_TIME), ChecksumSHA256: await checksum('SHA256', SECOND) })
    const range = (await copy(2, 'bytes=1-3')).CopyPartResult!
    t.match(await failure(copy(2, 'bytes=3-1')), /^400 InvalidArgument: The x-amz-copy-source-range value must be of the form/)
    t.match(await failure(copy(2, 'bytes=3-')), /^400 InvalidArgument: The x-amz-copy-source-range value must be of the form/)
    t.equal(await failure(copy(2, `bytes=0-${SECOND.length}`)), `400 InvalidArgument: Range specified is not valid for source object of size: ${SECOND.length}`)
    t.match(await failure(copy(2, undefined, { CopySourceIfNoneMatch: whole.ETag })), /^412 PreconditionFailed/)
    t.match(await failure(copy(2, undefined, { CopySource: `${Bucket}/none` })), /^404 NoSuchKey/)
    await complete(s3, id, [{ PartNumber: 1, ...whole }, { PartNumber: 2, ...range }].map(({ PartNumber, ETag, ChecksumSHA256 }) => ({ PartNumber, ETag, ChecksumSHA256 })))
    t.ok((await bytes(s3)).equals(Buffer.concat([SECOND, SECOND.subarray(1, 4)])))
  })
})

test('uploads and their parts are listed in pages, until they are aborted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { s3 } } = await start()
    await s3.send(new CreateBucketCommand({ Bucket }))
    const id = await begin(s3, { ChecksumAlgorithm: 'CRC32' })
    for (const number of [3, 1, 2]) await put(s3, id, number, LAST)
    const page = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id, MaxParts: 2 }))
    t.match(page, { Bucket, Key, UploadId: id, IsTruncated: true, NextPartNumberMarker: '2', MaxParts: 2, ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE', StorageClass: 'STANDARD' })
    t.match(page.Parts, [{ PartNumber: 1, Size: 26, ETag: `"${md5(LAST).digest('hex')}"`, ChecksumCRC32: await checksum('CRC32', LAST), LastModified: new Date(TEST_TIME) }, { PartNumber: 2 }])
    const rest = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id, PartNumberMarker: page.NextPartNumberMarker }))
    t.match([rest.IsTruncated, rest.Parts?.map(({ PartNumber }) => PartNumber)], [false, [3]])

    const others = [await begin(s3, { Key: 'b\0' }), await begin(s3, { Key: 'b' }), await begin(s3, { Key: 'b' }), await begin(s3, { Key: 'album/a' })]
    const listed: string[] = []
    let markers: { KeyMarker?: string, UploadIdMarker?: string } = {}
    for (let more = true; more;) {
      const { Uploads = [], IsTruncated, NextKeyMarker, NextUploadIdMarker } = await s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, EncodingType: 'url', ...markers }))
      listed.push(...Uploads.map(({ UploadId }) => UploadId!))
      markers = { KeyMarker: NextKeyMarker && decodeURIComponent(NextKeyMarker), UploadIdMarker: NextUploadIdMarker }
      more = IsTruncated!
    }
    t.same(listed, [others[3], id, others[1], others[2], others[0]], 'by key, then by age')
    const rolled = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/', EncodingType: 'url' }))
    t.same([rolled.CommonPrefixes, rolled.Uploads?.map((upload) => upload.Key)], [[{ Prefix: 'album/' }], ['b', 'b', 'b%00']])
    const rolledPage = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/', MaxUploads: 1 }))
    t.match(rolledPage, { IsTruncated: true, NextKeyMarker: 'album/' })
    t.equal((await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/', MaxUploads: 1, KeyMarker: 'album/' }))).Uploads?.[0]?.UploadId, others[1])
    t.match((await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'album/b' }))).Uploads, [{ Key, UploadId: id, Initiated: new Date(TEST_TIME), ChecksumAlgorithm: 'CRC32' }])

    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }))
    t.equal(await failure(s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }))), NO_UPLOAD)
    t.equal(await failure(s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id }))), NO_UPLOAD)
    await s3.send(new DeleteBucketCommand({ Bucket }))
    await s3.send(new CreateBucketCommand({ Bucket }))
    t.notOk((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads, 'uploads go with their bucket')
  })
})

test('content is deleted with its part, its upload or its object', async (t) => {
  const store = await S3Store.open(await new MemoryStorage().open('s3/x'))
  await store.putBucket({ name: Bucket, region: 'us-east-1', createdAt: 0 }, () => {})
  const write = (text: string) => store.contents.write((async function * () { yield Buffer.from(text) })())
  const gone = (content: string) => { t.throws(() => store.contents.read([{ content, size: 1 }]), /There is no content/) }
  const start = async () => ({ bucket: Bucket, key: Key, id: await store.uploads.begin(Bucket, { key: Key, initiated: 0, headers: {}, metadata: {}, checksum: { algorithm: 'CRC32', type: 'COMPOSITE', asked: true }, requestId: 'AB' }) })
  const part = (number: number, content: string) => ({ number, content, size: 1, etag: '', lastModified: 0, checksums: {} })
  const name = await start()
  const [replaced, used, unused] = [await write('a'), await write('b'), await write('c')]
  for (const [number, content] of [[1, replaced], [1, used], [2, unused]] as const) await store.uploads.putPart(name, part(number, content))
  gone(replaced)
  const object = { key: Key, size: 1, etag: '', lastModified: 0, headers: {}, metadata: {}, checksum: { algorithm: 'CRC32', type: 'COMPOSITE', value: '' } as const, pieces: [{ content: used, size: 1 }] }
  await store.completeUpload(name, { assemble: async () => object, repeats: () => false, guard: () => {} })
  gone(unused)
  t.same(Buffer.from(store.contents.read(object.pieces) as Uint8Array), Buffer.from('b')) // one block is bytes
  await store.deleteObject(Bucket, Key, { at: 0 })
  gone(used)
  const aborted = await start()
  const dropped = await write('d')
  await store.uploads.putPart(aborted, part(1, dropped))
  await store.uploads.abort(aborted)
  gone(dropped)
  const late = await write('e')
  await t.rejects(store.uploads.putPart(aborted, part(1, late)), { code: 'NoSuchUpload' })
  gone(late)
  t.same(await store.uploads.parts(aborted.id), [])
})

test('malformed requests for an upload are refused, and not mistaken for another operation', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const id = await begin(s3)
  const noNumber = await raw(emulator, { method: 'PUT', path: `/photos/${Key}?uploadId=${id}`, body: 'x' })
  t.same([noNumber.status, noNumber.element('Code')], [400, 'InvalidArgument'], 'it is no PutObject')
  for (const body of ['', '<CompleteMultipartUpload/>', '<CompleteMultipartUpload><Part/></CompleteMultipartUpload>', '<Other/>', '<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag><ChecksumNONE>a</ChecksumNONE></Part></CompleteMultipartUpload>']) {
    const answer = await raw(emulator, { method: 'POST', path: `/photos/${Key}?uploadId=${id}`, body })
    t.same([answer.status, answer.element('Code')], [400, 'MalformedXML'], body)
  }
})
