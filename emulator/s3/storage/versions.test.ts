import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand, DeleteObjectCommand, DeleteObjectsCommand,
  DeleteObjectTaggingCommand, GetBucketVersioningCommand, GetObjectAttributesCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand,
  ListObjectsV2Command, ListObjectVersionsCommand, PutBucketVersioningCommand, PutObjectCommand, PutObjectTaggingCommand, UploadPartCommand,
  type BucketVersioningStatus, type S3Client,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { test } from 'tap'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { overAllWays, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { raw } from '../test-support/raw.ts'
import type { ObjectRecord, VersioningStatus } from './records.ts'
import { S3Store } from './store.ts'
import { versionIdOf } from './version-id.ts'

const Bucket = 'photos'

const setVersioning = (s3: S3Client, Status: BucketVersioningStatus) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
const put = async (s3: S3Client, Key: string, Body: string) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId
const text = async (s3: S3Client, Key: string, VersionId?: string) => (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body!.transformToString()
const remove = (s3: S3Client, Key: string, VersionId?: string) => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))

/** `key:versionId`, with `!` for a delete marker and `*` for the latest. */
async function list (s3: S3Client, more: object = {}): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, ...more }))
  const lines = [...Versions.map((version) => ({ ...version, mark: '' })), ...DeleteMarkers.map((marker) => ({ ...marker, mark: '!' }))]
  return lines.map(({ Key, VersionId, IsLatest, mark }) => `${Key}:${VersionId}${mark}${IsLatest ? '*' : ''}`)
}

async function start (s3: S3Client, status?: BucketVersioningStatus): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }))
  if (status) await setVersioning(s3, status)
}

test('versions are kept, read by their ids, and deleted one by one', async (t) => {
  overAllWays(t, async (t, begin) => {
    const { s3 } = (await begin()).clients
    await start(s3)
    t.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined)
    t.equal(await put(s3, 'a', 'zero'), undefined, 'without versioning there are no ids')
    await setVersioning(s3, 'Enabled')
    t.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled')
    const one = (await put(s3, 'a', 'one'))!
    const two = (await put(s3, 'a', 'two'))!
    t.match(one, /^[\w.]{32}$/)
    t.not(one, two)
    t.same([await text(s3, 'a'), await text(s3, 'a', two), await text(s3, 'a', one), await text(s3, 'a', 'null')], ['two', 'two', 'one', 'zero'])
    t.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).VersionId, two)
    t.equal((await s3.send(new GetObjectAttributesCommand({ Bucket, Key: 'a', VersionId: one, ObjectAttributes: ['ObjectSize'] }))).VersionId, one)
    t.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', VersionId: 'null' }))).VersionId, 'null')
    t.same(await list(s3), [`a:${two}*`, `a:${one}`, 'a:null'])

    const marker = await remove(s3, 'a')
    t.same([marker.DeleteMarker, typeof marker.VersionId], [true, 'string'])
    t.same(await list(s3), [`a:${two}`, `a:${one}`, 'a:null', `a:${marker.VersionId}!*`])
    await t.rejects(text(s3, 'a'), { name: 'NoSuchKey' })
    t.same((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0)
    t.equal(await text(s3, 'a', two), 'two')
    await t.rejects(text(s3, 'a', marker.VersionId), { name: 'MethodNotAllowed', $metadata: { httpStatusCode: 405 } })

    t.match(await remove(s3, 'a', marker.VersionId), { DeleteMarker: true, VersionId: marker.VersionId })
    t.equal(await text(s3, 'a'), 'two', 'without the marker the object is back')
    t.match(await remove(s3, 'a', two), { VersionId: two, DeleteMarker: undefined })
    t.equal(await text(s3, 'a'), 'one')
    await t.rejects(text(s3, 'a', two), { name: 'NoSuchVersion', message: 'The specified version does not exist.' })
    await remove(s3, 'a', 'null')
    t.same(await list(s3), [`a:${one}*`])
    await remove(s3, 'a', one)
    await remove(s3, 'a', one)
    t.same(await list(s3), [])
    await s3.send(new DeleteBucketCommand({ Bucket }))
  })
})

test('while versioning is suspended, the version null is replaced and the others stay', async (t) => {
  overAllWays(t, async (t, begin) => {
    const { s3 } = (await begin()).clients
    await start(s3, 'Enabled')
    const one = await put(s3, 'a', 'one')
    await setVersioning(s3, 'Suspended')
    t.equal(await put(s3, 'a', 'two'), 'null')
    await put(s3, 'a', 'three')
    t.same(await list(s3), ['a:null*', `a:${one}`])
    t.same([await text(s3, 'a'), await text(s3, 'a', one)], ['three', 'one'])
    t.match(await remove(s3, 'a'), { DeleteMarker: true, VersionId: 'null' })
    t.same(await list(s3), [`a:${one}`, 'a:null!*'], 'the marker replaced the version null')
    await setVersioning(s3, 'Enabled')
    const four = await put(s3, 'a', 'four')
    t.same(await list(s3), [`a:${four}*`, `a:${one}`, 'a:null!'])
    await setVersioning(s3, 'Suspended')
    await put(s3, 'a', 'five')
    t.same(await list(s3), ['a:null*', `a:${four}`, `a:${one}`], 'a null version that was not current is replaced, too')
    await remove(s3, 'a', 'null')
    t.equal(await text(s3, 'a'), 'four')
    t.match(await remove(s3, 'new'), { DeleteMarker: true, VersionId: 'null' })
    await t.rejects(s3.send(new DeleteBucketCommand({ Bucket })), { name: 'BucketNotEmpty' })
  })
})

test('a deleted key says so in the headers', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await start(s3, 'Enabled')
  await put(s3, 'a', 'x')
  const { VersionId: id } = await remove(s3, 'a')
  const current = await raw(emulator, { path: '/photos/a' })
  t.match([current.status, current.element('Code'), current.headers], [404, 'NoSuchKey', { 'x-amz-delete-marker': 'true', 'x-amz-version-id': id }])
  const marker = await raw(emulator, { method: 'HEAD', path: `/photos/a?versionId=${id}` })
  t.match([marker.status, marker.headers], [405, { 'x-amz-delete-marker': 'true', allow: 'DELETE', 'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT' }])
  for (const [query, message] of [['', 'Version id cannot be the empty string'], ['made-up', 'Invalid version id specified']]) {
    const answer = await raw(emulator, { path: `/photos/a?versionId=${query}` })
    t.same([answer.status, answer.element('Code'), answer.element('Message')], [400, 'InvalidArgument', message])
  }
  const put1 = (body: string) => raw(emulator, { method: 'PUT', path: '/photos?versioning', body }).then((answer) => [answer.status, answer.element('Code')])
  t.same(await put1('<VersioningConfiguration/>'), [400, 'IllegalVersioningConfigurationException'])
  t.same(await put1('<VersioningConfiguration><Status>On</Status></VersioningConfiguration>'), [400, 'MalformedXML'])
  t.same(await put1('<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>'), [501, 'NotImplemented'])
})

test('versions are copied, tagged, made of parts, and deleted together', async (t) => {
  overAllWays(t, async (t, begin) => {
    const { s3 } = (await begin()).clients
    await start(s3, 'Enabled')
    const one = await put(s3, 'a', 'one')
    await put(s3, 'a', 'two')
    const restored = await s3.send(new CopyObjectCommand({ Bucket, Key: 'a', CopySource: `${Bucket}/a?versionId=${one}` }))
    t.equal(restored.CopySourceVersionId, one)
    t.same([await text(s3, 'a'), (await list(s3)).length, (await list(s3))[0]], ['one', 3, `a:${restored.VersionId}*`])

    const tag = await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', VersionId: one, Tagging: { TagSet: [{ Key: 'old', Value: '1' }] } }))
    t.equal(tag.VersionId, one)
    t.same((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a', VersionId: one }))).TagSet, [{ Key: 'old', Value: '1' }])
    t.same((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet, [])
    t.equal((await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'a', VersionId: one }))).VersionId, one)

    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }))
    const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ Bucket, Key: 'a', UploadId, PartNumber: 1, Body: 'parts' }))
    const completed = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'a', UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] } }))
    t.same([await text(s3, 'a', completed.VersionId), await text(s3, 'a'), await text(s3, 'a', one)], ['parts', 'parts', 'one'])

    const { VersionId: marker } = await remove(s3, 'b')
    await t.rejects(s3.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/b?versionId=${marker}` })), { name: 'InvalidRequest', message: 'The source of a copy request may not specifically refer to a delete marker by version id.' })
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a', VersionId: one }, { Key: 'b', VersionId: marker }, { Key: 'a' }, { Key: 'a', VersionId: 'bad' }] } }))
    t.match(Deleted, [{ Key: 'a', VersionId: one }, { Key: 'b', VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker }, { Key: 'a', DeleteMarker: true, DeleteMarkerVersionId: /^[\w.]{32}$/ }])
    t.match(Errors, [{ Key: 'a', VersionId: 'bad', Code: 'NoSuchVersion' }])
    t.equal(Deleted?.[0]?.DeleteMarker, undefined)
  })
})

test('versions are listed in pages, with common prefixes', async (t) => {
  overAllWays(t, async (t, begin) => {
    const { s3 } = (await begin()).clients
    await start(s3, 'Enabled')
    for (const Key of ['a', 'b/1', 'b/2', 'b/1', 'c', 'a', 'c', 'a\0']) await put(s3, Key, Key)
    await remove(s3, 'c')
    const all = (await s3.send(new ListObjectVersionsCommand({ Bucket })))
    t.match(all, { Name: Bucket, MaxKeys: 1000, IsTruncated: false, Versions: [{ Key: 'a', Size: 1, ETag: String, StorageClass: 'STANDARD', Owner: { ID: String } }] })
    for (const max of [1, 2, 3, 100]) {
      for (const [more, expected] of [[{}, ['a', 'a', 'a%00', 'b/1', 'b/1', 'b/2', 'c', 'c', 'c!']], [{ Delimiter: '/' }, ['a', 'a', 'a%00', 'b/', 'c', 'c', 'c!']], [{ Prefix: 'b/' }, ['b/1', 'b/1', 'b/2']], [{ Prefix: 'b/', Delimiter: '1' }, ['b/1', 'b/2']]] as const) {
        const seen: string[] = []
        let marker = {}
        for (let pages = 0; pages < 20; pages++) {
          const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: max, EncodingType: 'url', ...more, ...marker }))
          const { Versions = [], DeleteMarkers = [], CommonPrefixes = [] } = page
          if (Versions.length + DeleteMarkers.length + CommonPrefixes.length > max) t.fail('a page holds too much')
          seen.push(...Versions.map(({ Key }) => Key!), ...DeleteMarkers.map(({ Key }) => `${Key}!`), ...CommonPrefixes.map(({ Prefix }) => Prefix!))
          if (!page.IsTruncated) break
          marker = { KeyMarker: decodeURIComponent(page.NextKeyMarker!), VersionIdMarker: page.NextVersionIdMarker }
        }
        t.same(seen.sort(), expected, `${JSON.stringify(more)} by ${max}`)
      }
    }
    t.same((await list(s3, { KeyMarker: 'b/1' })).map((line) => line.split(':')[0]), ['b/2', 'c', 'c', 'c'])
    await t.rejects(list(s3, { VersionIdMarker: 'null' }), { name: 'InvalidArgument', message: 'A version-id marker cannot be specified without a key marker.' })
  })
})

test('versions are in snapshots, and survive a restart', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  const { s3 } = first.clients()
  await start(s3, 'Enabled')
  const one = await put(s3, 'a', 'one')
  const two = await put(s3, 'a', 'two')
  await remove(s3, 'a')
  const before = await list(s3)
  await first.snapshots.save('versions')
  await remove(s3, 'a', one)
  await first.snapshots.restore('versions')
  t.same(await list(s3), before)
  t.equal(await text(s3, 'a', one), 'one')
  await first.close()
  const second = await testEmulator(t, { dataPath })
  const again = second.clients().s3
  t.same(await list(again), before)
  t.equal(await text(again, 'a', two), 'two')
  const three = await put(again, 'a', 'three')
  t.same((await list(again))[0], `a:${three}*`, 'the order goes on')
  t.equal((await list(again)).length, 4)
})

test('any sequence of changes leaves the versions that a plain list of them has', async (t) => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom('a', 'a\0', 'b') }),
    fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom('a', 'a\0', 'b') }),
    fc.record({ kind: fc.constant('deleteVersion' as const), key: fc.constantFrom('a', 'a\0', 'b'), at: fc.nat({ max: 5 }) }),
    fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom<VersioningStatus>('Enabled', 'Suspended') })
  )
  await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
    const store = await S3Store.open(await new MemoryStorage().open('s3/x'))
    await store.putBucket({ name: Bucket, region: 'us-east-1', createdAt: 0 }, () => {})
    const model = new Map<string, { id: string, marker: boolean }[]>()
    let status: VersioningStatus | undefined
    for (const step of actions) {
      if (step.kind === 'status') {
        status = step.status
        await store.configure(Bucket, { versioning: status })
        continue
      }
      const versions = model.get(step.key) ?? []
      const add = (id: string, marker: boolean) => model.set(step.key, [{ id, marker }, ...versions.filter((one) => status !== undefined && (one.id !== 'null' || id !== 'null'))])
      if (step.kind === 'put') {
        const object: ObjectRecord = { key: step.key, size: 0, etag: '', lastModified: 0, headers: {}, metadata: {}, checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT', value: '' }, pieces: [] }
        add(versionIdOf(await store.putObject(Bucket, object)), false)
      } else if (step.kind === 'delete') {
        const marker = await store.deleteObject(Bucket, step.key, { at: 0 })
        if (marker) add(versionIdOf(marker), true)
        else model.set(step.key, [])
      } else {
        const id = versions[step.at]?.id ?? 'null'
        await store.deleteVersion(Bucket, step.key, id)
        model.set(step.key, versions.filter((one) => one.id !== id))
      }
    }
    const found: string[] = []
    for await (const version of store.versions.list(Bucket)) found.push(`${version.key}:${versionIdOf(version)}:${version.deleteMarker === true}:${version.noncurrentSince === undefined}`)
    const expected = ['a', 'a\0', 'b'].flatMap((key) => (model.get(key) ?? []).map(({ id, marker }, at) => `${key}:${id}:${marker}:${at === 0}`))
    t.strictSame(found, expected)
    const current: string[] = []
    for await (const { key } of store.objects(Bucket)) current.push(key)
    t.strictSame(current, ['a', 'a\0', 'b'].filter((key) => model.get(key)?.[0]?.marker === false))
    for (const [key, versions] of model) for (const { id } of versions) if (!store.versions.find({ bucket: Bucket, key }, id)) throw new Error(`${key} ${id} is not found`)
  }), { numRuns: 150, seed: 20261201 })
})
