import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketTaggingCommand, DeleteObjectTaggingCommand,
  GetBucketTaggingCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutBucketTaggingCommand, PutObjectCommand, PutObjectTaggingCommand,
  UploadPartCommand, type S3Client, type Tag,
} from '@aws-sdk/client-s3'
import { test } from 'tap'
import { overAllWays, testEmulator } from '../../test-support/emulator.ts'
import { policy } from '../../iam/test-support/clients.ts'
import { clientsOf, makeUser } from '../../iam/enforcement/test-support/callers.ts'
import { raw } from '../test-support/raw.ts'

const Bucket = 'photos'
const tagsOf = async (s3: S3Client, Key: string): Promise<Tag[] | undefined> => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet
const put = (s3: S3Client, Key: string, Tagging?: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging }))

test('tags of an object are put with it or later, counted, replaced and deleted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket }))
    await put(s3, 'a', 'stage=raw&owner=Ann%20B&empty=')
    t.same(await tagsOf(s3, 'a'), [{ Key: 'stage', Value: 'raw' }, { Key: 'owner', Value: 'Ann B' }, { Key: 'empty', Value: '' }])
    t.equal((await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).TagCount, 3)
    t.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).TagCount, 3)
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet: [{ Key: 'stage', Value: 'done' }] } }))
    t.same(await tagsOf(s3, 'a'), [{ Key: 'stage', Value: 'done' }])
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'a' }))
    t.same(await tagsOf(s3, 'a'), [])
    t.equal((await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).TagCount, undefined)
    await put(s3, 'a', 'stage=raw')
    await put(s3, 'a')
    t.same(await tagsOf(s3, 'a'), [], 'a new object has only its own tags')
    await t.rejects(tagsOf(s3, 'none'), { name: 'NoSuchKey' })
    await t.rejects(s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'none', Tagging: { TagSet: [] } })), { name: 'NoSuchKey' })
  })
})

test('a copy has the tags of its source unless it is given others; an upload in parts has those of its beginning', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket }))
    await put(s3, 'a', 'stage=raw')
    const copy = (Key: string, more: object) => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/a`, ...more }))
    await copy('b', { Tagging: 'ignored=1', MetadataDirective: 'REPLACE' })
    t.same(await tagsOf(s3, 'b'), [{ Key: 'stage', Value: 'raw' }])
    await copy('c', { TaggingDirective: 'REPLACE', Tagging: 'stage=done' })
    t.same(await tagsOf(s3, 'c'), [{ Key: 'stage', Value: 'done' }])
    await copy('d', { TaggingDirective: 'REPLACE' })
    t.same(await tagsOf(s3, 'd'), [])
    await t.rejects(copy('e', { TaggingDirective: 'MOVE' }), { name: 'InvalidArgument', message: 'Unknown tagging directive.' })
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', Tagging: 'stage=raw' }))
    const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'x' }))
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] } }))
    t.same(await tagsOf(s3, 'parts'), [{ Key: 'stage', Value: 'raw' }])
  })
})

test('tags that S3 does not accept are refused in its words', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket }))
    await put(s3, 'a')
    const tags = (...pairs: [string, string][]) => s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet: pairs.map(([Key, Value]) => ({ Key, Value })) } }))
    const many = (count: number) => Array.from({ length: count }, (_, n): [string, string] => [`key${n}`, 'x'])
    await tags(...many(10))
    await t.rejects(tags(...many(11)), { name: 'BadRequest', message: 'Object tags cannot be greater than 10' })
    await t.rejects(tags(['a', '1'], ['a', '2']), { name: 'InvalidTag', message: 'Cannot provide multiple Tags with the same key' })
    await t.rejects(tags(['aws:x', '1']), { name: 'InvalidTag', message: 'Your TagKey cannot be prefixed with aws:' })
    await tags(['k'.repeat(128), 'v'.repeat(256)])
    for (const key of ['', 'k'.repeat(129), 'a&b', 'a,b']) await t.rejects(tags([key, '1']), { name: 'InvalidTag', message: 'The TagKey you have provided is invalid' }, key)
    for (const value of ['v'.repeat(257), '<']) await t.rejects(tags(['a', value]), { name: 'InvalidTag', message: 'The TagValue you have provided is invalid' }, value)
    for (const header of ['a=1&a=2', '=1', 'a=%zz']) {
      await t.rejects(put(s3, 'b', header), { name: 'InvalidArgument', message: 'The header \'x-amz-tagging\' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.' }, header)
    }
    await t.rejects(put(s3, 'b', many(11).map((pair) => pair.join('=')).join('&')), { name: 'BadRequest' })
    await t.rejects(tagsOf(s3, 'b'), { name: 'NoSuchKey' }, 'nothing was stored')
  })
})

test('a document that is not a list of tags is malformed', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  await raw(emulator, { method: 'PUT', path: '/photos/a', body: 'x' })
  for (const body of ['', '<Tagging/>', '<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>', '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value><More/></Tag></TagSet></Tagging>',
    '<Tagging><TagSet>text</TagSet></Tagging>', '<Tags><TagSet/></Tags>', '<Tagging><TagSet/><TagSet/></Tagging>']) {
    const answer = await raw(emulator, { method: 'PUT', path: '/photos/a?tagging', body })
    t.same([answer.status, answer.element('Code')], [400, 'MalformedXML'], body)
  }
  t.equal((await raw(emulator, { method: 'PUT', path: '/photos/a?tagging', body: '<Tagging>\n <TagSet> </TagSet>\n</Tagging>' })).status, 200)
  const unchecked = await raw(emulator, { method: 'PUT', path: '/photos?tagging', body: '<Tagging><TagSet/></Tagging>' })
  t.same([unchecked.status, unchecked.element('Code')], [400, 'InvalidRequest'], 'tags of a bucket need a checksum')
})

test('tags of a bucket are put when it is made or later, and deleted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { Tags: [{ Key: 'team', Value: 'a' }] } }))
    const get = async () => (await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet
    t.same(await get(), [{ Key: 'team', Value: 'a' }])
    const TagSet = Array.from({ length: 50 }, (_, n) => ({ Key: `key${n}`, Value: '' }))
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
    t.same(await get(), TagSet)
    await t.rejects(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [...TagSet, { Key: 'more', Value: '' }] } })), { name: 'BadRequest' })
    await t.rejects(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'aws:a', Value: '' }] } })), { name: 'InvalidTag', message: 'System tags cannot be added/updated by requester' })
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }))
    await t.rejects(get(), { name: 'NoSuchTagSet', message: 'The TagSet does not exist' })
    await t.rejects(s3.send(new GetBucketTaggingCommand({ Bucket: 'none' })), { name: 'NoSuchBucket' })
  })
})

test('policies may depend on the tags that an object has or is given', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const { s3 } = clientsOf(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await put(s3, 'public', 'access=public')
  await put(s3, 'secret', 'access=secret')
  const resource = { Effect: 'Allow', Resource: `arn:aws:s3:::${Bucket}/*` }
  const ann = clientsOf(t, emulator, await makeUser(t, emulator, 'ann', policy(
    { ...resource, Action: 's3:GetObject', Condition: { StringEquals: { 's3:ExistingObjectTag/access': 'public' } } },
    { ...resource, Action: 's3:PutObject' },
    { ...resource, Action: 's3:PutObjectTagging', Condition: { StringEquals: { 's3:RequestObjectTag/access': 'public' }, 'ForAllValues:StringEquals': { 's3:RequestObjectTagKeys': ['access'] } } }
  ))).s3
  await ann.send(new GetObjectCommand({ Bucket, Key: 'public' }))
  await t.rejects(ann.send(new GetObjectCommand({ Bucket, Key: 'secret' })), { name: 'AccessDenied', message: /s3:GetObject on resource/ })
  await put(ann, 'own')
  await put(ann, 'own', 'access=public')
  await t.rejects(put(ann, 'own', 'access=secret'), { name: 'AccessDenied', message: /s3:PutObjectTagging on resource: "arn:aws:s3:::photos\/own"/ })
  const tag = (...keys: string[]) => ann.send(new PutObjectTaggingCommand({ Bucket, Key: 'own', Tagging: { TagSet: keys.map((Key) => ({ Key, Value: 'public' })) } }))
  await tag('access')
  await t.rejects(tag('access', 'more'), { name: 'AccessDenied' })
  await t.rejects(tagsOf(ann, 'own'), { name: 'AccessDenied', message: /s3:GetObjectTagging/ })
})
