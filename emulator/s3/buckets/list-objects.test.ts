import {
  CreateBucketCommand, DeleteObjectCommand, ListObjectsCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2,
  type ListObjectsV2CommandInput, type S3Client,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { test } from 'tap'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { overAllWays, TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { listObjects } from './listing.ts'
import type { ObjectRecord } from '../storage/records.ts'
import { S3Store } from '../storage/store.ts'
import { raw } from '../test-support/raw.ts'

const Bucket = 'photos'

async function fill (s3: S3Client, keys: string[]): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
}

/** Each page as its keys, then its common prefixes. */
async function pages (s3: S3Client, input: Partial<ListObjectsV2CommandInput> = {}): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, ...input })) {
    found.push([...page.Contents?.map(({ Key }) => Key) ?? [], ...page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []])
    if (page.KeyCount !== (page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0)) throw new Error('KeyCount is wrong')
  }
  return found
}

test('objects are listed with their properties, in the order of their keys\' bytes', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start({ frozenAt: TEST_TIME + 321 })
    // By UTF-16, as JavaScript sorts, the last two would change places.
    await fill(s3, ['😀', '\uff5e', 'b', 'a', 'B', 'ä'])
    const listing = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1, FetchOwner: true }))
    t.match(listing, { Name: Bucket, Prefix: '', KeyCount: 1, MaxKeys: 1, IsTruncated: true, NextContinuationToken: String })
    t.match(listing.Contents, [{
      Key: 'B',
      LastModified: new Date(TEST_TIME),
      ETag: '"9dd4e461268c8034f5c8564e155c67a6"',
      ChecksumAlgorithm: ['CRC32'],
      ChecksumType: 'FULL_OBJECT',
      Size: 1,
      StorageClass: 'STANDARD',
      Owner: { ID: /^[0-9a-f]{64}$/ },
    }])
    t.same(await pages(s3), [['B', 'a', 'b', 'ä', '\uff5e', '😀']])
    t.notOk((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.[0]?.Owner)
    t.match(emulator.trace.query({ operation: 'ListObjectsV2' }).at(-1), { resource: Bucket, items: 6 })
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    t.same(await pages(s3, { MaxKeys: 2 }), [['B', 'b'], ['ä', '\uff5e'], ['😀']])
  })
})

test('keys are grouped by prefix and delimiter', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await fill(s3, ['test/foo/bar/123', 'test/foo/bar/456', 'test/bar/foo/123', 'test/z', 'root'])
    t.same(await pages(s3, { Delimiter: '/' }), [['root', 'test/']])
    t.same(await pages(s3, { Prefix: 'test/', Delimiter: '/' }), [['test/z', 'test/bar/', 'test/foo/']])
    t.same(await pages(s3, { Prefix: 'test/', Delimiter: '/', MaxKeys: 1 }), [['test/bar/'], ['test/foo/'], ['test/z']])
    t.same(await pages(s3, { Prefix: 'test/foo', Delimiter: '/' }), [['test/foo/']])
    t.same(await pages(s3, { Prefix: 'test/', Delimiter: 'o/' }), [['test/z', 'test/bar/foo/', 'test/foo/']])
    t.same(await pages(s3, { Prefix: 'test/foo/bar/123' }), [['test/foo/bar/123']])
    t.same(await pages(s3, { Prefix: 'none' }), [[]])
    t.same(await pages(s3, { Delimiter: '', MaxKeys: 2 }), [['root', 'test/bar/foo/123'], ['test/foo/bar/123', 'test/foo/bar/456'], ['test/z']])
  })
})

test('a listing begins after a key; a token takes precedence (test_s3_list_operations.snapshot.json of LocalStack)', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await fill(s3, ['folder/aSubfolder/subFile1', 'folder/aSubfolder/subFile2', 'folder/file1', 'folder/file2'])
    t.same(await pages(s3, { StartAfter: 'folder/file1' }), [['folder/file2']])
    t.same(await pages(s3, { StartAfter: 'folder/file' }), [['folder/file1', 'folder/file2']])
    t.same(await pages(s3, { StartAfter: 'z' }), [[]])
    const under = { Prefix: 'folder/', Delimiter: '/' }
    t.same(await pages(s3, { ...under, StartAfter: 'folder/aSubfolder/subFile1' }), [['folder/file1', 'folder/file2']])
    t.same(await pages(s3, { ...under, StartAfter: 'folder/' }), [['folder/file1', 'folder/file2', 'folder/aSubfolder/']])
    const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3, StartAfter: 'a' }))
    t.match(first, { StartAfter: 'a', KeyCount: 3, IsTruncated: true })
    const rest = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'z', ContinuationToken: first.NextContinuationToken }))
    t.same([rest.Contents?.map(({ Key }) => Key), rest.StartAfter, rest.ContinuationToken], [['folder/file2'], undefined, first.NextContinuationToken])
  })
})

test('version 1 of the listing has markers, and always the owner', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await fill(s3, ['folder/a/1', 'folder/a/2', 'folder/b', 'folder/c'])
    const list = (more: object) => s3.send(new ListObjectsCommand({ Bucket, Prefix: 'folder/', Delimiter: '/', MaxKeys: 1, ...more }))
    const start1 = await list({})
    t.match(start1, { CommonPrefixes: [{ Prefix: 'folder/a/' }], NextMarker: 'folder/a/', IsTruncated: true, Marker: '' })
    const next = await list({ Marker: start1.NextMarker })
    t.match(next, { Contents: [{ Key: 'folder/b', Owner: { ID: String } }], NextMarker: 'folder/b', Marker: 'folder/a/' })
    t.match(await list({ Marker: 'folder/a/1' }), { Contents: [{ Key: 'folder/b' }] }, 'a marker within a common prefix leaves it out')
    const plain = await list({ Delimiter: undefined })
    t.same([plain.IsTruncated, plain.NextMarker], [true, undefined])
  })
})

test('names that XML cannot contain are written as references, or URL-encoded with encoding-type=url', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await fill(s3, ['\u0001', 'a\rb', 'test_file(3).png', 'ä b+c/~*<&>"'])
  const plain = await raw(emulator, { path: '/photos?list-type=2' })
  t.same([...plain.body.matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key]) => key), ['&#x1;', 'a&#xd;b', 'test_file(3).png', 'ä b+c/~*&lt;&amp;&gt;&quot;'])
  const encoded = await raw(emulator, { path: '/photos?list-type=2&encoding-type=url&prefix=%C3%A4%20&delimiter=%2F&start-after=%20%21' })
  t.same(['Prefix', 'StartAfter', 'Delimiter', 'EncodingType'].map((name) => encoded.element(name)), ['%C3%A4+', '+%21', '/', 'url'])
  t.match(encoded.body, '<CommonPrefixes><Prefix>%C3%A4+b%2Bc/</Prefix></CommonPrefixes>')
  const keys = await raw(emulator, { path: '/photos?list-type=2&encoding-type=url' })
  t.same([...keys.body.matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key]) => key), ['%01', 'a%0Db', 'test_file%283%29.png', '%C3%A4+b%2Bc/%7E*%3C%26%3E%22'])
})

test('invalid counts, tokens, types and buckets are refused', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await fill(s3, ['a', 'b'])
  const refusal = async (query: string) => {
    const answer = await raw(emulator, { path: `/photos?${query}` })
    return [answer.status, answer.element('Code'), answer.element('Message'), answer.element('ArgumentName'), answer.element('ArgumentValue')]
  }
  const invalid = (message: string, name: string, value?: string) => [400, 'InvalidArgument', message, name, value]
  t.same(await refusal('list-type=2&max-keys=-1'), invalid('Argument maxKeys must be an integer between 0 and 2147483647', 'max-keys', '-1'))
  t.same(await refusal('list-type=2&max-keys=2147483648'), invalid('Argument maxKeys must be an integer between 0 and 2147483647', 'max-keys', '2147483648'))
  t.same(await refusal('list-type=2&max-keys=ten'), invalid('Provided max-keys not an integer or within integer range', 'max-keys', 'ten'))
  t.same(await refusal('list-type=3'), invalid('Invalid List Type Specified', 'list-type', '3'))
  t.same(await refusal('encoding-type=base64'), invalid('Invalid Encoding Method specified in Request', 'encoding-type', 'base64'))
  const { NextContinuationToken } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }))
  for (const token of ['', 'made-up', `${NextContinuationToken}A`, NextContinuationToken!.replace(/^1./, '1x')]) {
    t.same(await refusal(`list-type=2&continuation-token=${token}`), invalid('The continuation token provided is incorrect', 'continuation-token'), token)
  }
  t.match(await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 })), { KeyCount: 0, MaxKeys: 0, IsTruncated: false })
  t.match(await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 5000 })), { KeyCount: 2, MaxKeys: 1000 })
  await t.rejects(s3.send(new ListObjectsV2Command({ Bucket: 'none' })), { name: 'NoSuchBucket', message: 'The specified bucket does not exist' })
})

/** A store with one bucket that holds objects of these keys; no bytes are kept. */
async function storeOf (keys: Iterable<string>): Promise<S3Store> {
  const store = await S3Store.open(await new MemoryStorage().open('s3/x'))
  await store.putBucket({ name: Bucket, region: 'us-east-1', createdAt: 0 }, () => {})
  for (const key of keys) {
    const object: ObjectRecord = { key, size: 0, etag: '', lastModified: 0, headers: {}, metadata: {}, checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT', value: '' }, pieces: [] }
    await store.putObject(Bucket, object)
  }
  return store
}

test('any listing, in pages of any size, equals sorting and grouping all keys', async (t) => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\0', 'ä', '\uff5e', '😀'), minLength: 1, maxLength: 6 })
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 2 })
  await fc.assert(fc.asyncProperty(fc.uniqueArray(key, { maxLength: 40 }), part, part, fc.integer({ min: 1, max: 7 }), async (keys, prefix, delimiter, max) => {
    const store = await storeOf(keys)
    const listed: string[] = []
    for (let after: string | undefined; ;) {
      const page = await listObjects(store, Bucket, { prefix, delimiter: delimiter || undefined, after, max })
      if (page.objects.length + page.commonPrefixes.length > max) throw new Error('A page holds too much')
      listed.push(...[...page.objects.map(({ key }) => key), ...page.commonPrefixes].sort(byBytes))
      after = page.truncatedAfter
      if (after === undefined) break
    }
    const expected = new Set(keys.filter((key) => key.startsWith(prefix)).sort(byBytes).map((key) => {
      const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1
      return at < 0 ? key : key.slice(0, at + delimiter.length)
    }))
    t.strictSame(listed, [...expected])
    return listed.length === expected.size
  }), { numRuns: 60, seed: 20261121 })
})

test('twenty thousand keys are listed a page at a time, and grouped without reading them all', async (t) => {
  const keys = Array.from({ length: 20_000 }, (_, n) => `${n % 10}/${String(n).padStart(6, '0')}`)
  const store = await storeOf(keys)
  const read = { objects: 0 }
  const counting = Object.assign(Object.create(store) as S3Store, {
    async * objects (...args: Parameters<S3Store['objects']>) {
      for await (const object of store.objects(...args)) {
        read.objects++
        yield object
      }
    },
  })
  const rolledUp = await listObjects(counting, Bucket, { delimiter: '/', max: 1000 })
  t.same(rolledUp.commonPrefixes, Array.from({ length: 10 }, (_, n) => `${n}/`))
  t.equal(read.objects, 10, 'one of each')
  const page = await listObjects(counting, Bucket, { prefix: '7/', after: '7/005007', max: 1000 })
  t.same([page.objects.length, page.objects[0]?.key], [1000, '7/005017'])
  t.ok(read.objects < 1100, 'no more than the page')
})

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
