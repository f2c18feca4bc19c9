import { CreateBucketCommand, DeleteBucketCorsCommand, GetBucketCorsCommand, GetObjectCommand, PutBucketCorsCommand, PutObjectCommand, type CORSRule } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { test } from 'tap'
import { overAllWays, TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { raw } from '../test-support/raw.ts'

const Bucket = 'photos'
const RULES: CORSRule[] = [
  { ID: 'app', AllowedOrigins: ['http://localhost:3000', 'http://*.localhost'], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['x-amz-*', 'Content-Type'], ExposeHeaders: ['ETag', 'x-amz-version-id'], MaxAgeSeconds: 3000 },
  { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'HEAD'] },
]
const VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'

test('a CORS configuration is put, got and deleted', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket }))
    const missing = { name: 'NoSuchCORSConfiguration', message: 'The CORS configuration does not exist' }
    await t.rejects(s3.send(new GetBucketCorsCommand({ Bucket })), missing)
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: RULES } }))
    t.same((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules, RULES)
    await s3.send(new DeleteBucketCorsCommand({ Bucket }))
    await t.rejects(s3.send(new GetBucketCorsCommand({ Bucket })), missing)
  })
})

test('rules that S3 does not accept are refused in its words', async (t) => {
  overAllWays(t, async (t, start) => {
    const { s3 } = (await start()).clients
    await s3.send(new CreateBucketCommand({ Bucket }))
    const put = (rule: Partial<CORSRule>, count = 1) => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: Array.from({ length: count }, () => ({ AllowedOrigins: ['*'], AllowedMethods: ['GET'], ...rule })) } }))
    const invalid = (message: string) => ({ name: 'InvalidRequest', message })
    await t.rejects(put({ AllowedMethods: ['PATCH'] }), invalid('Found unsupported HTTP method in CORS config. Unsupported method is PATCH'))
    await t.rejects(put({ AllowedOrigins: ['http://*.*'] }), invalid('AllowedOrigin "http://*.*" can not have more than one wildcard.'))
    await t.rejects(put({ AllowedHeaders: ['*-*'] }), invalid('AllowedHeader "*-*" can not have more than one wildcard.'))
    await t.rejects(put({ ExposeHeaders: ['*'] }), invalid('ExposeHeader "*" contains wildcard. We currently do not support wildcard for ExposeHeader.'))
    await t.rejects(put({}, 101), invalid('The number of CORS rules should not exceed allowed limit of 100 rules.'))
    for (const rule of [{ AllowedOrigins: [] }, { AllowedMethods: [] }, { ID: 'i'.repeat(256) }, { MaxAgeSeconds: -1 }]) await t.rejects(put(rule), { name: 'MalformedXML' }, JSON.stringify(rule).slice(0, 40))
    await t.rejects(put({}, 0), { name: 'MalformedXML' })
    await put({}, 100)
  })
})

test('a preflight is answered by the first rule that fits', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const ask = (headers: Record<string, string | undefined>, path = '/photos/a') => raw(emulator, { method: 'OPTIONS', path, headers: { authorization: undefined, 'x-amz-date': undefined, 'x-amz-content-sha256': undefined, ...headers } })
  const wanted = { origin: 'http://localhost:3000', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type,X-Amz-Meta-A' }
  t.match((await ask(wanted)).body, 'CORSResponse: CORS is not enabled for this bucket.')
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: RULES } }))
  const allowed = await ask(wanted)
  t.equal(allowed.status, 200)
  t.match(allowed.headers, {
    'access-control-allow-origin': 'http://localhost:3000',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'content-type, x-amz-meta-a',
    'access-control-expose-headers': 'ETag, x-amz-version-id',
    'access-control-max-age': '3000',
    'access-control-allow-credentials': 'true',
    vary: VARY,
    'content-length': '0',
  })
  t.equal((await ask({ ...wanted, origin: 'http://app.localhost' })).headers['access-control-allow-origin'], 'http://app.localhost')
  const any = await ask({ origin: 'http://localhost:9999', 'access-control-request-method': 'GET' }, '/photos')
  t.same([any.headers['access-control-allow-origin'], any.headers['access-control-allow-methods'], any.headers['access-control-allow-credentials'], any.headers['access-control-allow-headers']], ['*', 'GET, HEAD', undefined, undefined])
  const refusals: [Record<string, string | undefined>, number, string, RegExp][] = [
    [{ 'access-control-request-method': 'DELETE' }, 403, 'AccessForbidden', /^CORSResponse: This CORS request is not allowed\./],
    [{ 'access-control-request-headers': 'authorization' }, 403, 'AccessForbidden', /not whitelisted by the resource's CORS spec\.$/],
    [{ origin: 'http://localhost:9999' }, 403, 'AccessForbidden', /^CORSResponse: This CORS request is not allowed\./],
    [{ origin: undefined }, 400, 'BadRequest', /^Insufficient information\. Origin request header needed\.$/],
    [{ 'access-control-request-method': undefined }, 400, 'BadRequest', /^Invalid Access-Control-Request-Method: null$/],
    [{ 'access-control-request-method': 'BREW' }, 400, 'BadRequest', /^Invalid Access-Control-Request-Method: BREW$/],
  ]
  for (const [change, status, code, message] of refusals) {
    const answer = await ask({ ...wanted, ...change })
    t.match([answer.status, answer.element('Code'), answer.element('Message')?.replaceAll('&apos;', '\'')], [status, code, message], JSON.stringify(change))
    t.equal(answer.headers['access-control-allow-origin'], undefined)
  }
  t.match((await ask(wanted, '/none/a')).body, 'CORS is not enabled', 'nobody learns whether a bucket exists')
})

test('answers and errors have the headers of the rule, also of presigned requests and in other accounts', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator, { accessKeyId: '111111111111' })
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: RULES } }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' }), { signingDate: new Date(TEST_TIME), expiresIn: 600 })
  const { pathname, search } = new URL(url)
  const bare = { authorization: undefined, 'x-amz-date': undefined, 'x-amz-content-sha256': undefined }
  const got = await raw(emulator, { path: pathname + search, headers: { ...bare, origin: 'http://localhost:3000' } })
  t.match([got.status, got.body, got.headers], [200, 'hello', { 'access-control-allow-origin': 'http://localhost:3000', 'access-control-expose-headers': 'ETag, x-amz-version-id', vary: VARY }])
  const preflight = await raw(emulator, { method: 'OPTIONS', path: '/photos/a', headers: { ...bare, origin: 'http://localhost:3000', 'access-control-request-method': 'PUT' } })
  t.equal(preflight.status, 200, 'an unsigned preflight finds the bucket of the other account')
  const missing = await raw(emulator, { path: '/photos/none', accessKeyId: '111111111111', headers: { origin: 'http://localhost:1' } })
  t.same([missing.status, missing.headers['access-control-allow-origin']], [404, '*'])
  const other = await raw(emulator, { method: 'DELETE', path: '/photos/none', accessKeyId: '111111111111', headers: { origin: 'http://localhost:1' } })
  t.same([other.status, other.headers['access-control-allow-origin']], [204, undefined], 'a request without a fitting rule is answered, and the page cannot read it')
  const plain = await raw(emulator, { path: '/photos/a', accessKeyId: '111111111111' })
  t.equal(plain.headers['access-control-allow-origin'], undefined)
})
