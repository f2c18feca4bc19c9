import { createHash } from 'node:crypto'
import { CreateBucketCommand, DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { test } from 'tap'
import { overAllWays, testEmulator } from '../../test-support/emulator.ts'
import { chunked, raw } from '../test-support/raw.ts'

const Bucket = 'photos'

const fill = async (s3: S3Client, ...keys: string[]): Promise<void> => {
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
}

const left = async (s3: S3Client): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }))).Contents ?? []).map(({ Key }) => decodeURIComponent(Key!.replaceAll('+', ' ')))

test('many objects are deleted at once, and failures are reported', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start()
    await fill(s3, 'a', 'b', 'c', 'd')
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: 'a' }, { Key: 'none' }, { Key: 'b', VersionId: 'null' }, { Key: 'c', VersionId: 'other' }, { Key: 'd', ETag: '"wrong"' }, { Key: 'gone', ETag: '"wrong"' }, { Key: 'k'.repeat(1025) }] },
    }))
    t.same(Deleted, [{ Key: 'a' }, { Key: 'none' }, { Key: 'b', VersionId: 'null' }], 'what is not there is deleted already')
    t.same(Errors?.map(({ Key, Code }) => [Key!.slice(0, 9), Code]), [['c', 'NoSuchVersion'], ['d', 'PreconditionFailed'], ['gone', 'NoSuchKey'], ['kkkkkkkkk', 'KeyTooLongError']])
    t.same(await left(s3), ['c', 'd'])
    const quiet = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: 'c' }, { Key: 'd', VersionId: 'other' }] } }))
    t.same([quiet.Deleted, quiet.Errors?.map(({ Key }) => Key)], [undefined, ['d']], 'quiet tells of errors only')
    t.same(emulator.trace.query({ operation: 'DeleteObjects' }).at(-1)?.keys, ['c', 'd'])
  })
})

test('keys that XML cannot contain are deleted too', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = emulator.clients()
  const keys = ['\u0001', 'a\u0000b', 'a\u001f', 'tab\t', ' spaces ', 'return\r', 'line\n', '&#x1;', '<&>"\'', ']]>', '😀', '../up', '/lead']
  await fill(s3, ...keys, 'stays')
  const references = (key: string) => key.replace(/[\0-\x1f&<>"]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`) // eslint-disable-line no-control-regex -- they are what this is about
  const body = `<Delete>\n  ${keys.map((key) => `<Object><Key>${references(key)}</Key></Object>`).join('\n  ')}\n</Delete>`
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
  const answer = await raw(emulator, { method: 'POST', path: '/photos?delete', body, headers })
  t.equal(answer.status, 200)
  t.notMatch(answer.body, '<Error>')
  t.same(await left(s3), ['stays'])
})

test('a list without checksum, invalid, empty or too long is refused', async (t) => {
  const emulator = await testEmulator(t)
  await fill(emulator.clients().s3, 'a')
  const send = async (body: string, headers: Record<string, string> = { 'content-md5': createHash('md5').update(body).digest('base64') }) => {
    const answer = await raw(emulator, { method: 'POST', path: '/photos?delete', body, headers })
    return [answer.status, answer.element('Code')]
  }
  const objects = (count: number) => `<Delete>${'<Object><Key>none</Key></Object>'.repeat(count)}</Delete>`
  t.same(await send(objects(1), {}), [400, 'InvalidRequest'], 'a checksum is required')
  t.same(await send(objects(1), { 'content-md5': createHash('md5').update('other').digest('base64') }), [400, 'BadDigest'])
  t.same(await send(chunked([objects(1)], 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n'), {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': String(objects(1).length), 'x-amz-trailer': 'x-amz-checksum-crc32',
  }), [400, 'BadDigest'])
  t.same(await send(objects(1000)), [200, undefined])
  for (const body of [objects(1001), objects(0), '', '<Delete/>', '<Remove/>', 'a', '<Delete><Object/></Delete>', '<Delete><Object><Key/></Object></Delete>', '<Delete><Object><Key><a/></Key></Object></Delete>', '<!DOCTYPE a><Delete/>']) {
    t.same(await send(body), [400, 'MalformedXML'], body.slice(0, 60))
  }
  t.same(await send('<Delete><Object><Key>a</Key><Size>1</Size></Object></Delete>'), [501, 'NotImplemented'])
  t.same(await left(emulator.clients().s3), ['a'], 'nothing was deleted')
})
