import {
  CreateBucketCommand, DeleteBucketCommand, GetBucketLocationCommand, HeadBucketCommand, ListBucketsCommand,
  PutObjectCommand, type BucketLocationConstraint, type S3Client,
} from '@aws-sdk/client-s3'
import { test } from 'tap'
import { Faults } from '../../core/faults.ts'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { overAllWays, TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { createS3 } from '../index.ts'
import { raw } from '../test-support/raw.ts'

const ARN = 'arn:aws:s3:::photos'

/** The error's name and what its body says beyond code and message. */
async function failure (call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await call.then(() => undefined, (error: unknown) => error)
  if (!(error instanceof Error)) throw new Error('The call should have failed')
  const { $metadata: { httpStatusCode: status } } = error as Error & { $metadata: { httpStatusCode: number } }
  return { name: error.name, status, message: error.message }
}

const create = (s3: S3Client, Bucket: string, LocationConstraint?: string): Promise<unknown> =>
  s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: LocationConstraint === undefined ? undefined : { LocationConstraint: LocationConstraint as BucketLocationConstraint } }))

test('a bucket is created, found, listed and deleted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start()
    const created = await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
    t.match(created, { Location: '/photos', BucketArn: ARN })
    t.match(created.$metadata.requestId, /^[0-9A-F]{16}$/)
    t.match(created.$metadata.extendedRequestId, /^[\w+/]{75}=$/)
    t.match(await s3.send(new HeadBucketCommand({ Bucket: 'photos' })), { BucketRegion: 'us-east-1', BucketArn: ARN, AccessPointAlias: false })
    await create(s3, 'albums')
    const { Buckets, Owner } = await s3.send(new ListBucketsCommand({}))
    t.strictSame(Buckets, [
      { Name: 'albums', CreationDate: new Date(TEST_TIME) },
      { Name: 'photos', CreationDate: new Date(TEST_TIME) },
    ])
    t.match(Owner?.ID, /^[0-9a-f]{64}$/)
    await s3.send(new DeleteBucketCommand({ Bucket: 'albums' }))
    t.same(await failure(s3.send(new HeadBucketCommand({ Bucket: 'albums' }))), { name: 'NotFound', status: 404, message: 'UnknownError' })
    t.same(emulator.trace.query({ resource: 'albums' }).map(({ operation, result }) => [operation, result]), [
      ['CreateBucket', 'ok'], ['DeleteBucket', 'ok'], ['HeadBucket', 'NoSuchBucket'],
    ])
  })
})

test('a bucket with objects cannot be deleted, nor can a missing one', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await create(s3, 'photos')
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: 'x' }))
    t.same(await failure(s3.send(new DeleteBucketCommand({ Bucket: 'photos' }))), {
      name: 'BucketNotEmpty', status: 409, message: 'The bucket you tried to delete is not empty',
    })
    t.same(await failure(s3.send(new DeleteBucketCommand({ Bucket: 'none' }))), {
      name: 'NoSuchBucket', status: 404, message: 'The specified bucket does not exist',
    })
  })
})

test('creating a bucket again succeeds in us-east-1, and is an error elsewhere (API_CreateBucket)', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  const { s3: european } = wireClients(t, emulator, { region: 'eu-west-1' })
  await create(s3, 'photos')
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: 'x' }))
  await create(s3, 'photos')
  t.equal((await failure(s3.send(new DeleteBucketCommand({ Bucket: 'photos' })))).name, 'BucketNotEmpty', 'its objects are still there')
  await create(european, 'bilder')
  const mine = { name: 'BucketAlreadyOwnedByYou', status: 409, message: 'Your previous request to create the named bucket succeeded and you already own it.' }
  t.same(await failure(create(european, 'bilder')), mine)
  t.same(await failure(create(european, 'photos')), mine)
  t.same(await failure(create(s3, 'bilder')), mine)
})

test('a bucket is in the region of its location constraint, which must match the endpoint', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  const { s3: european } = wireClients(t, emulator, { region: 'eu-west-1' })
  const { s3: own } = wireClients(t, emulator, { region: 'basement-1' })
  const location = async (Bucket: string) => (await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint
  await create(s3, 'by-constraint', 'ap-south-1')
  await create(european, 'by-client')
  await create(european, 'by-alias', 'EU')
  await create(own, 'by-own-region')
  await create(s3, 'classic')
  t.same(await Promise.all(['by-constraint', 'by-client', 'by-alias', 'by-own-region', 'classic'].map(location)),
    ['ap-south-1', 'eu-west-1', 'EU', 'basement-1', undefined])
  t.same(await failure(create(s3, 'photos', 'us-east-1')), { name: 'InvalidLocationConstraint', status: 400, message: 'The specified location-constraint is not valid' })
  t.same(await failure(create(s3, 'photos', 'moon-1')), { name: 'InvalidLocationConstraint', status: 400, message: 'The specified location-constraint is not valid' })
  t.same(await failure(create(european, 'photos', 'eu-west-2')), {
    name: 'IllegalLocationConstraintException', status: 400, message: 'The eu-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.',
  })
  const unspecified = await raw(emulator, { method: 'PUT', path: '/photos', region: 'eu-west-1' })
  t.equal(unspecified.element('Message'), 'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.')
})

test('a request signed for another region than the bucket\'s gets an error with the right region', async (t) => {
  const emulator = await testEmulator(t)
  const { s3: european } = wireClients(t, emulator, { region: 'eu-west-1' })
  await create(european, 'bilder')
  const answer = await raw(emulator, { path: '/bilder/key' })
  t.equal(answer.status, 400)
  t.equal(answer.element('Code'), 'AuthorizationHeaderMalformed')
  t.equal(answer.element('Message'), 'The authorization header is malformed; the region \'us-east-1\' is wrong; expecting \'eu-west-1\'')
  t.equal(answer.element('Region'), 'eu-west-1')
  t.equal(answer.headers['x-amz-bucket-region'], 'eu-west-1')
})

test('the listing of buckets spans regions, is paged, and is filtered by prefix and region', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { s3 } } = await start()
    for (const name of ['a-one', 'a-two', 'b-one']) await create(s3, name)
    await create(emulator.clients({ region: 'eu-west-1' }).s3, 'a-three')
    const names: unknown[] = []
    let token: string | undefined
    do {
      const page = await s3.send(new ListBucketsCommand({ MaxBuckets: 2, Prefix: 'a', ContinuationToken: token }))
      t.equal(page.Prefix, 'a')
      names.push(page.Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion]))
      token = page.ContinuationToken
    } while (token)
    t.same(names, [[['a-one', 'us-east-1'], ['a-three', 'eu-west-1']], [['a-two', 'us-east-1']]])
    const european = await s3.send(new ListBucketsCommand({ BucketRegion: 'eu-west-1' }))
    t.same(european.Buckets?.map(({ Name }) => Name), ['a-three'])
    t.same(await failure(s3.send(new ListBucketsCommand({ ContinuationToken: 'made-up' }))), {
      name: 'InvalidArgument', status: 400, message: 'The continuation token provided is incorrect',
    })
    t.equal((await failure(s3.send(new ListBucketsCommand({ MaxBuckets: 0 })))).message, 'Argument max-buckets must be an integer between 1 and 10000')
  })
})

test('names follow AWS\'s rules (bucketnamingrules.html)', async (t) => {
  const emulator = await testEmulator(t)
  const bad = ['ab', 'a'.repeat(64), 'Photos', 'under_score', '-photos', 'photos-', 'two..dots', 'dash-.dot', 'dot.-dash', '.photos', '192.168.5.4',
    'xn--photos', 'sthree-photos', 'amzn-s3-demo-bucket', 'photos-s3alias', 'photos--ol-s3', 'photos.mrap', 'photos--x-s3', 'photos--table-s3', 'caf%C3%A9']
  for (const name of bad) {
    const answer = await raw(emulator, { method: 'PUT', path: `/${name}` })
    t.same([answer.status, answer.element('Code'), answer.element('Message'), answer.element('BucketName')],
      [400, 'InvalidBucketName', 'The specified bucket is not valid.', decodeURIComponent(name)], name)
  }
  for (const name of ['abc', 'a'.repeat(63), 'with.dots.and-dashes', '1.2.3', '123']) {
    t.equal((await raw(emulator, { method: 'PUT', path: `/${name}` })).status, 200, name)
  }
  t.equal((await raw(emulator, { path: '/Never_Was_A_Bucket' })).element('Code'), 'NoSuchBucket')
  t.equal((await raw(emulator, { path: '/a!' })).element('Code'), 'InvalidBucketName')
  t.equal((await raw(emulator, { path: '//key' })).element('Code'), 'InvalidBucketName')
})

test('a body that is not a CreateBucketConfiguration is refused, and so is everything in it beyond location and tags', async (t) => {
  const emulator = await testEmulator(t)
  const send = (body: string) => raw(emulator, { method: 'PUT', path: '/photos', body })
  const bodies = ['<', 'text', '<Other/>', '{"a":1}', '<a><b></a>', '<!DOCTYPE a [<!ENTITY b "c">]><CreateBucketConfiguration>&b;</CreateBucketConfiguration>',
    '<CreateBucketConfiguration><constructor/></CreateBucketConfiguration>', '<CreateBucketConfiguration><LocationConstraint><a/></LocationConstraint></CreateBucketConfiguration>',
    '<CreateBucketConfiguration>text</CreateBucketConfiguration>', '\xff\xfe']
  for (const body of bodies) t.equal((await send(body)).element('Code'), 'MalformedXML', body)
  t.equal((await send(`<CreateBucketConfiguration>${' '.repeat(70_000)}</CreateBucketConfiguration>`)).element('Code'), 'MaxMessageLengthExceeded')
  const local = await send('<CreateBucketConfiguration><Location><Type>LocalZone</Type></Location></CreateBucketConfiguration>')
  t.same([local.status, local.element('Element')], [501, 'CreateBucketConfiguration.Location'])
  t.equal((await send('<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')).status, 200)
})

test('ACLs, object lock and the like are refused when a bucket is created', async (t) => {
  const emulator = await testEmulator(t)
  const send = async (headers: Record<string, string>) => {
    const answer = await raw(emulator, { method: 'PUT', path: '/photos', headers })
    return [answer.status, answer.element('Code'), answer.element('Message')]
  }
  const noAcl = [400, 'InvalidBucketAclWithObjectOwnership', 'Bucket cannot have ACLs set with ObjectOwnership\'s BucketOwnerEnforced setting']
  t.same(await send({ 'x-amz-acl': 'public-read' }), noAcl)
  t.same(await send({ 'x-amz-grant-read': 'id=1' }), noAcl)
  t.same((await send({ 'x-amz-acl': 'nonsense' }))[1], 'InvalidArgument')
  for (const [name, value] of Object.entries({ 'x-amz-bucket-object-lock-enabled': 'true', 'x-amz-object-ownership': 'ObjectWriter', 'x-amz-bucket-namespace': 'account-regional' })) {
    t.same(await send({ [name]: value }), [501, 'NotImplemented', `A header you provided implies functionality that is not implemented: the header ${name}`])
  }
  t.same((await send({ 'x-amz-acl': 'private', 'x-amz-object-ownership': 'BucketOwnerEnforced', 'x-amz-bucket-object-lock-enabled': 'false' }))[0], 200)
})

test('an account sees only its own buckets, and reset deletes those of one account or of all', async (t) => {
  const emulator = await testEmulator(t)
  const { s3: one } = wireClients(t, emulator, { accessKeyId: '111111111111' })
  const { s3: two } = wireClients(t, emulator, { accessKeyId: '222222222222' })
  const names = async (s3: S3Client) => (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name) ?? []
  for (const s3 of [one, two]) {
    await create(s3, 'photos')
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: 'x' }))
  }
  await create(two, 'second')
  t.same(await names(one), ['photos'])
  t.same(await failure(one.send(new HeadBucketCommand({ Bucket: 'photos', ExpectedBucketOwner: '222222222222' }))), { name: 'Unknown', status: 403, message: 'UnknownError' })
  await one.send(new HeadBucketCommand({ Bucket: 'photos', ExpectedBucketOwner: '111111111111' }))
  t.equal((await raw(emulator, { path: '/photos?location', accessKeyId: '111111111111', headers: { 'x-amz-expected-bucket-owner': 'me' } })).element('Code'), 'InvalidBucketOwnerAWSAccountID')
  await emulator.reset({ service: 's3', account: '222222222222' })
  t.same([await names(one), await names(two)], [['photos'], []])
  await create(two, 'photos')
  await two.send(new DeleteBucketCommand({ Bucket: 'photos' }))
  await emulator.reset()
  t.same(await names(one), [])
})

test('limits are options: a lower number of buckets can be set', async (t) => {
  const emulator = await testEmulator(t)
  const service = createS3({ clock: emulator.clock, trace: emulator.trace, faults: new Faults(), storage: new MemoryStorage(), warn: () => {}, log: (event) => t.fail('internal error', { event }) }, { limits: { buckets: 1 } })
  t.teardown(() => service.close())
  const put = async (path: string) => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 ...', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    const context = { requestId: '00000000-0000-4000-8000-000000000000', startedAt: TEST_TIME, clock: emulator.clock, account: '000000000000', region: 'us-east-1', accessKeyId: 'x', notes: {} }
    const { status, body } = await service.handle({ method: 'PUT', path, query: new URLSearchParams(), headers, body: (async function * () {})() }, context, {})
    return [status, /<Code>(\w+)/.exec(Buffer.from(body as Uint8Array ?? []).toString())?.[1]] // an error's document, if anything
  }
  t.same(await put('/one'), [200, undefined])
  t.same(await put('/two'), [400, 'TooManyBuckets'])
  t.same(await put('/one'), [200, undefined])
})
