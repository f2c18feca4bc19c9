import {
  CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketLifecycleCommand, DeleteObjectCommand, GetBucketLifecycleConfigurationCommand, HeadObjectCommand,
  ListMultipartUploadsCommand, ListObjectsV2Command, ListObjectVersionsCommand, PutBucketLifecycleConfigurationCommand, PutBucketVersioningCommand, PutObjectCommand,
  type LifecycleRule, type S3Client,
} from '@aws-sdk/client-s3'
import { test } from 'tap'
import { overAllWays, testEmulator } from '../../test-support/emulator.ts'

const Bucket = 'photos'
const DAY = 86_400_000
const configure = (s3: S3Client, ...Rules: LifecycleRule[]) => s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
const put = (s3: S3Client, Key: string, more: object = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }))
const keys = async (s3: S3Client) => ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key)

test('a lifecycle configuration is put, got and deleted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket }))
    const missing = { name: 'NoSuchLifecycleConfiguration', message: 'The lifecycle configuration does not exist' }
    const get = async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules
    await t.rejects(get(), missing)
    const rules: LifecycleRule[] = [
      { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 7 } },
      { ID: 'all', Status: 'Disabled', Filter: {}, Expiration: { Date: new Date('2027-01-01T00:00:00Z') } },
      { ID: 'and', Status: 'Enabled', Filter: { And: { Prefix: 'a', Tags: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 10 } }, NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 } },
      { ID: 'old', Status: 'Enabled', Prefix: '', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 }, Expiration: { ExpiredObjectDeleteMarker: true } },
    ]
    await configure(s3, ...rules)
    t.same(await get(), rules)
    await configure(s3, { Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } })
    t.match((await get())?.[0]?.ID, /^[\w-]{43}$/, 'a rule without an id gets one')
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }))
    await t.rejects(get(), missing)
  })
})

test('rules that S3 does not accept are refused in its words, and transitions by name', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = emulator.clients()
  await s3.send(new CreateBucketCommand({ Bucket }))
  const rule: LifecycleRule = { ID: 'a', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }
  for (const [change, name, message] of [
    [{ Expiration: { Days: 0 } }, 'InvalidArgument', /^'Days' for Expiration action must be a positive integer$/],
    [{ Expiration: { Date: new Date('2027-01-01T01:00:00Z') } }, 'InvalidArgument', /^'Date' must be at midnight GMT$/],
    [{ Expiration: undefined }, 'InvalidRequest', /^At least one action needs to be specified in a rule\.$/],
    [{ ID: 'x'.repeat(256) }, 'InvalidArgument', /^ID length should not exceed allowed limit of 255$/],
    [{ Filter: undefined }, 'MalformedXML', /./],
    [{ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }, 'MalformedXML', /./],
    [{ Filter: { And: { Prefix: 'a' } } }, 'MalformedXML', /./],
    [{ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } }, 'InvalidArgument', /NewerNoncurrentVersions/],
    [{ Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }, 'NotImplemented', /LifecycleConfiguration\.Rule\.Transition$/],
  ] as const) await t.rejects(configure(s3, { ...rule, ...change } as LifecycleRule), { name, message }, JSON.stringify(change).slice(0, 60))
  await t.rejects(configure(s3, rule, rule), { name: 'InvalidArgument', message: 'Rule ID must be unique. Found same ID for more than one rule' })
})

test('objects expire at the midnight after their days, by prefix, tag, size and date', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = emulator.clients()
  await s3.send(new CreateBucketCommand({ Bucket }))
  await configure(s3,
    { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 1 } },
    { ID: 'tagged', Status: 'Enabled', Filter: { Tag: { Key: 'keep', Value: 'no' } }, Expiration: { Days: 2 } },
    { ID: 'large', Status: 'Enabled', Filter: { ObjectSizeGreaterThan: 9 }, Expiration: { Days: 3 } },
    { ID: 'date', Status: 'Enabled', Filter: { Prefix: 'date/' }, Expiration: { Date: new Date('2026-03-06T00:00:00Z') } },
    { ID: 'off', Status: 'Disabled', Filter: { Prefix: 'stays' }, Expiration: { Days: 1 } })
  const { Expiration } = await put(s3, 'logs/a')
  t.equal(Expiration, 'expiry-date="Tue, 03 Mar 2026 00:00:00 GMT", rule-id="logs"')
  t.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'logs/a' }))).Expiration, Expiration)
  await put(s3, 'tagged', { Tagging: 'keep=no' })
  await put(s3, 'large', { Body: '0123456789' })
  await put(s3, 'date/a')
  t.equal((await put(s3, 'stays')).Expiration, undefined)
  const seen: (string | undefined)[][] = []
  await emulator.clock.advance(1.49 * DAY) // to two minutes before midnight, at which the first is due
  seen.push(await keys(s3))
  for (let day = 0; day < 4; day++) {
    await emulator.clock.advance(DAY)
    seen.push(await keys(s3))
  }
  t.same(seen, [['date/a', 'large', 'logs/a', 'stays', 'tagged'], ['date/a', 'large', 'stays', 'tagged'], ['date/a', 'large', 'stays'], ['date/a', 'stays'], ['stays']])
})

test('older versions, delete markers and unfinished uploads are removed', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = emulator.clients()
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  for (let n = 0; n < 4; n++) await put(s3, 'a')
  await put(s3, 'b')
  await put(s3, 'tmp/c')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }))
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
  await configure(s3,
    { ID: 'older', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 1 } },
    { ID: 'all-older', Status: 'Enabled', Filter: { Prefix: 'b' }, NoncurrentVersionExpiration: { NoncurrentDays: 4 } },
    { ID: 'markers', Status: 'Enabled', Filter: { Prefix: 'b' }, Expiration: { ExpiredObjectDeleteMarker: true } },
    { ID: 'tmp', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } },
    { ID: 'uploads', Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } })
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    return [...Versions.map(({ Key }) => Key), ...DeleteMarkers.map(({ Key }) => `${Key}!`)]
  }
  const uploads = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0
  t.same(await versions(), ['a', 'a', 'a', 'a', 'b', 'tmp/c', 'b!'])
  await emulator.clock.advance(2 * DAY)
  t.same(await versions(), ['a', 'a', 'a', 'a', 'b', 'tmp/c', 'b!', 'tmp/c!'], 'an expired object is marked as deleted')
  await emulator.clock.advance(DAY)
  t.same([await versions(), await uploads()], [['a', 'a', 'b', 'tmp/c', 'b!', 'tmp/c!'], 1], 'one older version of a key is kept')
  await emulator.clock.advance(DAY)
  t.equal(await uploads(), 0)
  await emulator.clock.advance(DAY)
  t.same(await versions(), ['a', 'a', 'tmp/c', 'tmp/c!'], 'with the last version goes its marker')
})

test('rules go on after a restart, and what fell due meanwhile is deleted', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  const { s3 } = first.clients()
  await s3.send(new CreateBucketCommand({ Bucket }))
  await configure(s3, { ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 3 } })
  await put(s3, 'a')
  await first.clock.advance(DAY)
  await put(s3, 'b')
  const now = first.clock.now()
  await first.close()
  const second = await testEmulator(t, { dataPath, frozenAt: now + 3 * DAY })
  const again = second.clients().s3
  t.same(await keys(again), ['b'])
  await second.clock.advance(DAY)
  t.same(await keys(again), [])
})
