import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteObjectCommand, DeleteObjectsCommand, DeleteObjectTaggingCommand,
  GetBucketNotificationConfigurationCommand, PutBucketLifecycleConfigurationCommand, PutBucketNotificationConfigurationCommand, PutBucketVersioningCommand, PutObjectCommand,
  PutObjectTaggingCommand, UploadPartCommand, type LambdaFunctionConfiguration, type NotificationConfiguration, type S3Client,
} from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import type { EmulatorOptions, ObjectEventRecord } from '../../index.ts'
import { overAllWays, testEmulator } from '../../test-support/emulator.ts'

const Bucket = 'photos'
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`
const ALL = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectTagging:*', 's3:LifecycleExpiration:*'] as const

const configure = (s3: S3Client, rules: Partial<LambdaFunctionConfiguration>[], more: Partial<NotificationConfiguration> = {}, skip?: boolean) => s3.send(new PutBucketNotificationConfigurationCommand({
  Bucket, SkipDestinationValidation: skip, NotificationConfiguration: { LambdaFunctionConfigurations: rules.map((rule) => ({ LambdaFunctionArn: arnOf('resize'), Events: [...ALL], ...rule })), ...more },
}))

/** A bucket, and what its function was called with. */
async function withBucket (t: Test, options: EmulatorOptions = {}) {
  const warnings: string[] = []
  const emulator = await testEmulator(t, { onWarning: (text) => warnings.push(text), ...options })
  const { s3 } = emulator.clients({ maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  const records: ObjectEventRecord[] = []
  emulator.functions.add({ name: 'resize', handler: ({ Records }) => { records.push(...Records) } })
  const put = (Key: string, Body = 'x') => s3.send(new PutObjectCommand({ Bucket, Key, Body }))
  const taken = async () => {
    await emulator.settled()
    return records.splice(0)
  }
  return { emulator, s3, put, taken, warnings }
}

test('a function is called once for each change of an object, with the event of S3', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start()
    const records: ObjectEventRecord[] = []
    emulator.functions.add({ name: 'resize', handler: ({ Records }) => { records.push(...Records) } })
    await s3.send(new CreateBucketCommand({ Bucket }))
    await configure(s3, [{ Id: 'all' }])
    const names = async (work: () => Promise<unknown>) => {
      await work()
      await emulator.settled()
      return records.splice(0).map(({ eventName, s3: { object: { key } } }) => `${eventName} ${key}`)
    }
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a b/ü+.txt', Body: 'Dear Ada' }))
    await emulator.settled()
    t.match(records.splice(0), [{
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: '2026-03-01T12:00:00.000Z',
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: /^AWS:/ },
      s3: { s3SchemaVersion: '1.0', configurationId: 'all', bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` }, object: { key: 'a+b/%C3%BC%2B.txt', size: 8, eTag: ETag!.slice(1, -1), versionId: undefined, sequencer: /^[0-9A-F]+$/ } },
    }])
    t.same(await names(() => s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a%20b/%C3%BC%2B.txt` }))), ['ObjectCreated:Copy copy'])
    t.same(await names(() => s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'copy', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }))), ['ObjectTagging:Put copy'])
    t.same(await names(() => s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'copy' }))), ['ObjectTagging:Delete copy'])
    t.same(await names(async () => {
      const upload = { Bucket, Key: 'large', UploadId: (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'large' }))).UploadId }
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }))
      for (let round = 0; round < 2; round++) await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }))
    }), ['ObjectCreated:CompleteMultipartUpload large'], 'also when the completion is repeated')
    t.same(await names(() => s3.send(new DeleteObjectCommand({ Bucket, Key: 'copy' }))), ['ObjectRemoved:Delete copy'])
    t.same(await names(() => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'large' }, { Key: 'none' }] } }))), ['ObjectRemoved:Delete large'], 'what was not there was not removed')
    t.same(await names(() => s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: '', IfMatch: '"0"' })).catch(() => {})), [], 'a refused write is no change')
    await configure(s3, [])
    t.same(await names(() => s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: '' }))), [], 'an empty configuration turns them off')
  })
})

test('a form, versions and delete markers', async (t) => {
  const { emulator, s3, put, taken } = await withBucket(t)
  await configure(s3, [{}])
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const { VersionId } = await put('a')
  const first = await taken()
  t.match(first, [{ eventName: 'ObjectCreated:Put', s3: { object: { versionId: VersionId } } }])
  const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  const second = await taken()
  t.match(second, [{ eventName: 'ObjectRemoved:DeleteMarkerCreated', s3: { object: { versionId: marker, size: undefined, eTag: undefined } } }])
  t.ok(second[0]!.s3.object.sequencer > first[0]!.s3.object.sequencer, 'the later change has the greater sequencer')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }))
  t.match(await taken(), [{ eventName: 'ObjectRemoved:Delete', s3: { object: { versionId: VersionId } } }])
  // While IAM is off, a signature only has to be there.
  const fields = { key: 'form', bucket: Bucket, 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': 'sandtable/20260301/us-east-1/s3/aws4_request', 'X-Amz-Date': '20260301T120000Z' }
  const policy = { expiration: '2026-03-01T13:00:00Z', conditions: Object.entries(fields).map(([name, value]) => ({ [name]: value })) }
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...fields, Policy: Buffer.from(JSON.stringify(policy)).toString('base64'), 'X-Amz-Signature': '0'.repeat(64) })) form.append(name, value)
  form.append('file', new Blob(['x']))
  const answer = await fetch(`${emulator.url}/${Bucket}`, { method: 'POST', body: form })
  t.equal(answer.status, 204, await answer.text())
  t.match(await taken(), [{ eventName: 'ObjectCreated:Post', s3: { object: { key: 'form' } } }])
})

test('rules choose by event, prefix and suffix', async (t) => {
  const { emulator, s3, put, taken } = await withBucket(t)
  const others: string[] = []
  emulator.functions.add({ name: 'index', handler: ({ Records }) => { others.push(...Records.map(({ s3 }) => s3.object.key)) } })
  const filter = (...rules: [string, string][]) => ({ Filter: { Key: { FilterRules: rules.map(([Name, Value]) => ({ Name: Name as 'prefix', Value })) } } })
  const rules = [
    { Id: 'pictures', Events: ['s3:ObjectCreated:*'] as const, ...filter(['prefix', 'in/'], ['suffix', '.jpg']) },
    { Id: 'texts', Events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:Delete'] as const, LambdaFunctionArn: arnOf('index'), ...filter(['suffix', '.txt']) },
  ].map(({ Events, ...rule }) => ({ ...rule, Events: [...Events] }))
  await configure(s3, rules)
  t.match((await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).LambdaFunctionConfigurations, [
    { Id: 'pictures', LambdaFunctionArn: arnOf('resize'), Events: ['s3:ObjectCreated:*'], Filter: { Key: { FilterRules: [{ Name: /prefix/i, Value: 'in/' }, { Name: /suffix/i, Value: '.jpg' }] } } },
    { Id: 'texts', LambdaFunctionArn: arnOf('index') },
  ])
  for (const key of ['in/a.jpg', 'in/a.txt', 'out/a.jpg', 'b.txt']) await put(key)
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'in/a.jpg' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b.txt' }))
  t.same((await taken()).map(({ s3 }) => s3.object.key), ['in/a.jpg'])
  t.same(others, ['in/a.txt', 'b.txt', 'b.txt'])
})

test('what lifecycle rules delete is announced by S3 itself', async (t) => {
  const { emulator, s3, put, taken } = await withBucket(t)
  await configure(s3, [{}])
  await put('old')
  await taken()
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }] } }))
  await emulator.clock.advance(3 * 86_400_000)
  t.match(await taken(), [{ eventName: 'LifecycleExpiration:Delete', userIdentity: { principalId: 's3.amazonaws.com' }, s3: { object: { key: 'old' } } }])
})

test('a call that fails is made again after one and two minutes of the clock, and then given up', async (t) => {
  const { emulator, s3, put, warnings } = await withBucket(t)
  let calls = 0
  emulator.functions.add({ name: 'broken', handler () { calls++; throw new Error('no') } })
  await configure(s3, [{ LambdaFunctionArn: arnOf('broken') }])
  await put('a')
  await emulator.settled()
  for (const [advanceMs, made] of [[59_999, 1], [1, 2], [119_999, 2], [1, 3], [3_600_000, 3]] as const) {
    await emulator.clock.advance(advanceMs)
    t.equal(calls, made)
  }
  t.match(emulator.functions.list().find(({ name }) => name === 'broken'), { delivered: 0, failures: 3, discarded: 1, lastError: 'no' })
  t.same(warnings, ['The function broken failed three times, and its event is discarded: no'])
})

test('a URL is called with the event, and is known again after a restart', async (t) => {
  const bodies: { Records: ObjectEventRecord[] }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => { text += String(chunk) })
    request.on('end', () => {
      bodies.push(JSON.parse(text) as typeof bodies[number])
      response.end(bodies.length === 1 ? '{"errorMessage":"not yet"}' : '{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  const { s3 } = first.clients()
  await s3.send(new CreateBucketCommand({ Bucket }))
  await first.functions.put('remote', { url })
  await configure(s3, [{ LambdaFunctionArn: arnOf('remote') }])
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  await first.settled()
  t.equal(bodies.length, 1, 'an answer with an error is a failed call')
  await first.clock.advance(60_000)
  t.match(first.functions.list(), [{ name: 'remote', url, delivered: 1, failures: 1 }])
  await first.close()
  const second = await testEmulator(t, { dataPath })
  await second.clients().s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x' }))
  await second.settled()
  t.same(bodies.map(({ Records }) => Records[0]!.s3.object.key), ['a', 'a', 'b'])
  t.ok(await second.functions.remove('remote'))
  t.notOk(await second.functions.remove('remote'))
  await second.clients().s3.send(new PutObjectCommand({ Bucket, Key: 'c', Body: 'x' }))
  await second.settled()
  t.equal(bodies.length, 3, 'a function that is gone is not called')
})

test('what S3 refuses', async (t) => {
  const { emulator, s3 } = await withBucket(t)
  const invalid = (message: string) => ({ name: 'InvalidArgument', message })
  await t.rejects(configure(s3, [{ LambdaFunctionArn: arnOf('none') }]), invalid('Unable to validate the following destination configurations'))
  await configure(s3, [{ LambdaFunctionArn: arnOf('none') }], {}, true)
  await t.rejects(configure(s3, [{ Events: ['s3:ObjectRead' as 's3:ObjectCreated:Put'] }]), invalid('The event \'s3:ObjectRead\' is not supported for notifications'))
  await t.rejects(configure(s3, [{ Id: 'a' }, { Id: 'b' }]), invalid('Configurations overlap. Configurations on the same bucket cannot share a common event type.'))
  await t.rejects(configure(s3, [{ Id: 'a', Events: ['s3:ObjectCreated:Put'] }, { Id: 'a', Events: ['s3:ObjectCreated:Copy'] }]), invalid('Same ID used for multiple configurations. IDs must be unique'))
  await t.rejects(configure(s3, [{ Filter: { Key: { FilterRules: [{ Name: 'infix' as 'prefix', Value: 'a' }] } } }]), invalid('filter rule name must be either prefix or suffix'))
  await t.rejects(configure(s3, [{ Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'a' }, { Name: 'prefix', Value: 'b' }] } } }]), invalid('Cannot specify more than one prefix rule in a filter.'))
  for (const [name, more] of [
    ['TopicConfiguration', { TopicConfigurations: [{ TopicArn: 'arn:aws:sns:us-east-1:000000000000:a', Events: ['s3:ObjectCreated:Put'] }] }],
    ['QueueConfiguration', { QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:us-east-1:000000000000:a', Events: ['s3:ObjectCreated:Put'] }] }],
    ['EventBridgeConfiguration', { EventBridgeConfiguration: {} }],
  ] as [string, Partial<NotificationConfiguration>][]) await t.rejects(configure(s3, [], more), { name: 'NotImplemented', message: new RegExp(name) })
  await t.rejects(s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'none' })), { name: 'NoSuchBucket' })
  t.throws(() => emulator.functions.add({ name: 'resize', handler () {} }), { message: 'The function resize already exists' })
  t.throws(() => emulator.functions.add({ name: 'a b', handler () {} }), { message: '"name" takes 1 to 64 characters of A-Z a-z 0-9 _ -' })
  await t.rejects(emulator.functions.put('far', { url: 'http://example.org/' }), { message: /^The host example.org may not be called/ })
  await t.rejects(emulator.functions.put('far', { url: 'ftp://x' }), { name: 'BadTrigger' })
})
