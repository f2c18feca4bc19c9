import * as sdk from '@aws-sdk/client-s3'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import fc from 'fast-check'
import { test } from 'tap'
import { Faults } from '../../core/faults.ts'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { accountOf } from '../../core/context.ts'
import { TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { bucketOfHost } from './address.ts'
import { createS3, operations } from '../index.ts'
import { NOT_EMULATED } from './not-emulated.ts'
import type { S3Shape } from './shape.ts'
import { raw, type RawAnswer } from '../test-support/raw.ts'

const code = (answer: RawAnswer) => [answer.status, answer.element('Code')]

test('a bucket is named by the path, or by the host', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  await raw(emulator, { method: 'PUT', path: '/photos/a/b', body: 'hello' })
  for (const host of ['photos.localhost:4566', 'photos.s3.localhost', 'photos.sandtable.localhost', 'Photos.S3.amazonaws.com', 'photos.s3.us-east-1.amazonaws.com', 'photos.s3-us-west-2.amazonaws.com', 'photos.s3.dualstack.eu-west-1.amazonaws.com']) {
    t.equal((await raw(emulator, { path: '/a/b', headers: { host } })).body, 'hello', host)
    t.equal((await raw(emulator, { path: '/?list-type=2', headers: { host } })).element('Key'), 'a/b', host)
  }
  for (const host of ['localhost', '127.0.0.1:4566', '[::1]:4566', 'sandtable.localhost', 's3.localhost', 's3.amazonaws.com', 's3.eu-west-1.amazonaws.com']) {
    t.equal((await raw(emulator, { path: '/photos/a/b', headers: { host } })).body, 'hello', host)
  }
  t.equal(bucketOfHost('photos.emulator:4566', ['emulator']), 'photos', 'more base hosts can be named')
  t.equal(bucketOfHost('with.dots.s3.localhost'), 'with.dots')
})

test('a request without credentials, or with unreadable ones, is refused with S3\'s messages', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  const refusal = async (authorization: string | undefined, query = '', headers = {}) => {
    const answer = await raw(emulator, { path: `/photos${query}`, headers: { authorization, ...headers } })
    return [...code(answer), answer.element('Message')]
  }
  t.same(await refusal(undefined), [403, 'AccessDenied', 'Access Denied'])
  t.same(await refusal('Basic eA=='), [400, 'InvalidArgument', 'Unsupported Authorization Type'])
  t.same((await refusal('AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0')).slice(0, 2), [400, 'AuthorizationHeaderMalformed'])
  t.same((await refusal('AWS4-HMAC-SHA256 Credential=x/20260301/us-east-1/s3/aws4_request')).slice(0, 2), [400, 'AuthorizationHeaderMalformed'])
  const parameters = [403, 'AccessDenied', 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters']
  t.same(await refusal(undefined, '?AWSAccessKeyId=x'), parameters)
  const presigned = (more: Record<string, string>) => '?' + String(new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'x/20260301/us-east-1/s3/aws4_request',
    'X-Amz-Signature': '0',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Date': '20260301T120000Z',
    'X-Amz-Expires': '60',
    ...more,
  }))
  t.equal((await raw(emulator, { path: `/photos${presigned({})}`, headers: { authorization: undefined } })).status, 200)
  t.match(await refusal('AWS4-HMAC-SHA256 x', presigned({})), [400, 'InvalidArgument', /^Only one auth mechanism allowed/])
  for (const [name, value, message] of [
    ['X-Amz-Expires', '', /^Query-string authentication version 4 requires/],
    ['X-Amz-Signature', '', /^Query-string authentication version 4 requires/],
    ['X-Amz-Expires', 'soon', 'X-Amz-Expires should be a number'],
    ['X-Amz-Expires', '-1', 'X-Amz-Expires must be non-negative'],
    ['X-Amz-Expires', '604801', /^X-Amz-Expires must be less than a week/],
    ['X-Amz-Date', '2026-03-01', /^X-Amz-Date must be in the ISO8601 Long Format/],
    ['X-Amz-Date', '20261399T000000Z', /^X-Amz-Date must be in the ISO8601 Long Format/],
    ['X-Amz-Algorithm', 'AWS1', /^X-Amz-Algorithm only supports/],
    ['X-Amz-Credential', 'x', /^Error parsing the X-Amz-Credential parameter/],
  ] as const) t.match(await refusal(undefined, presigned({ [name]: value })), [400, 'AuthorizationQueryParametersError', message], `${name}=${value}`)
  t.match(await refusal(undefined, presigned({ 'x-amz-meta-a': 'line\nfeed' })), [400, 'InvalidArgument'])
  t.match(await refusal(undefined, presigned({ 'x-amz-meta-\n': 'a' })), [400, 'InvalidArgument'])
})

test('presigned requests work until they expire by the emulator\'s clock', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  const Bucket = 'photos'
  await s3.send(new CreateBucketCommand({ Bucket }))
  const options = { expiresIn: 600, signingDate: new Date(TEST_TIME) }
  const upload = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a b', ContentType: 'text/plain', Metadata: { artist: 'Ada' } }), options)
  const download = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a b' }), options)
  t.match(upload, 'x-amz-checksum-crc32', 'the SDK puts the checksum of an empty body there, which AWS ignores')
  t.equal((await fetch(upload, { method: 'PUT', body: 'hello' })).status, 200)
  const answer = await fetch(download)
  t.equal(await answer.text(), 'hello')
  t.same([answer.headers.get('x-amz-meta-artist'), answer.headers.get('content-type')], ['Ada', 'text/plain;charset=UTF-8'])
  await emulator.clock.advance(600_000)
  t.equal((await fetch(download)).status, 200, 'in its last moment')
  await emulator.clock.advance(1000)
  for (const expired of [await fetch(download), await fetch(upload, { method: 'PUT', body: 'late' })]) {
    const body = await expired.text()
    t.equal(expired.status, 403)
    t.match(body, '<Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>600</X-Amz-Expires><Expires>2026-03-01T12:10:00Z</Expires><ServerTime>2026-03-01T12:10:01Z</ServerTime>')
  }
  t.equal((await raw(emulator, { path: '/photos/a%20b' })).body, 'hello')
})

test('signature version 2 is accepted: the AWS CLI and boto3 presign with it for endpoints other than AWS\'s', async (t) => {
  const emulator = await testEmulator(t)
  const expires = TEST_TIME / 1000 + 60
  const presigned = { 'x-amz-content-sha256': undefined, 'x-amz-date': undefined, authorization: undefined }
  const url = (path: string, key = 'x') => `${path}?AWSAccessKeyId=${key}&Signature=a%2Fb%3D&Expires=${expires}`
  await raw(emulator, { method: 'PUT', path: url('/photos', '111111111111'), headers: presigned })
  t.equal((await raw(emulator, { method: 'PUT', path: `${url('/photos/a', '111111111111')}&x-amz-meta-artist=Ada`, body: 'hello', headers: presigned })).status, 200)
  t.same(code(await raw(emulator, { path: url('/photos/a'), headers: presigned })), [404, 'NoSuchBucket'], 'another account')
  const got = await raw(emulator, { path: '/photos/a', headers: { ...presigned, authorization: 'AWS 111111111111:c2lnbmF0dXJl' } })
  t.same([got.body, got.headers['x-amz-meta-artist']], ['hello', 'Ada'])
  t.equal(accountOf(emulator.trace.query({ account: '111111111111' }).at(-1)?.account, ''), '111111111111')
  await emulator.clock.advance(61_000)
  const late = await raw(emulator, { path: url('/photos/a', '111111111111'), headers: presigned })
  t.same([...code(late), late.element('Message'), late.element('Expires')], [403, 'AccessDenied', 'Request has expired', '2026-03-01T12:01:00Z'])
  t.equal((await raw(emulator, { path: '/photos?AWSAccessKeyId=x&Signature=y&Expires=soon', headers: presigned })).element('Message'), 'Invalid date (should be seconds since epoch): soon')
})

/** What a message says of itself in the SDK's model: traits of the schema of the operation, or of a member. */
interface Traits { http?: [method: string, uri: string, status: number], httpHeader?: string, httpQuery?: string, httpPrefixHeaders?: string }
type StructureSchema = [kind: number, namespace: string, name: string, traits: unknown, names: string[], members: unknown[]]
type OperationSchema = [kind: number, namespace: string, name: string, traits: Traits, input: () => StructureSchema]

/** Every operation of S3 that the SDK has. */
function modelled (): [name: string, schema: OperationSchema][] {
  const exported = sdk as unknown as Record<string, OperationSchema> // operations' schemas are exported under their names and a $
  return Object.keys(exported).filter((name) => /^[A-Z]\w+Command$/.test(name))
    .map((name): [string, OperationSchema] => [name.slice(0, -'Command'.length), exported[`${name.slice(0, -'Command'.length)}$`]!])
}

/** They have endpoints of their own: `s3express-control`, and `s3-object-lambda`. */
const ELSEWHERE = ['ListDirectoryBuckets', 'WriteGetObjectResponse']

test('every operation that the SDK has is answered or refused by name', async (t) => {
  const emulator = await testEmulator(t)
  const names = modelled()
  t.ok(names.length > 110, 'the model was found')
  for (const [name, [, , , traits, input]] of names) {
    if (ELSEWHERE.includes(name)) continue
    const [method, uri] = traits.http!
    const [, , , , members, schemas] = input()
    const queries = schemas.map((schema) => Array.isArray(schema) && (schema[1] as Traits)?.httpQuery)
    // Members that distinguish an operation from one that looks the same without them.
    const telling = queries.filter((query, at) => query && (/^(uploadId|partNumber|annotationName)$/.test(query) || (query === 'id' && members[at] === 'Id')))
    const path = `/photos${uri.replace('{Key+}', 'key').replace(/^\/(?=\?|$)/, '')}${telling.map((query) => `${uri.includes('?') ? '&' : '?'}${String(query)}=1`).join('')}`
    const headers = name.endsWith('Copy') || name.startsWith('Copy') ? { 'x-amz-copy-source': 'photos/source' } : {}
    const before = emulator.trace.sequence
    const answer = await raw(emulator, { method, path: name === 'ListBuckets' ? '/' : path, headers, body: method === 'PUT' ? '' : undefined })
    const [traced] = emulator.trace.query({ after: before })
    if (name in operations) t.equal(traced?.operation, name)
    else t.same([...code(answer), answer.element('Operation'), traced], [501, 'NotImplemented', name, undefined])
  }
  const known = new Set(names.map(([name]) => name))
  t.same(NOT_EMULATED.filter(([name]) => !known.has(name)), [], 'no name is made up')
})

/** Honoured by doing nothing. */
const WITHOUT_EFFECT = [
  'x-amz-request-payer', // the caller owns every bucket that it sees
  'x-amz-confirm-remove-self-bucket-access', // a policy does not bind the account's root
  'x-amz-optional-object-attributes', // RestoreStatus, of objects in an archive: there is none
]

/** What the reader of an upload sees to. */
const OF_UPLOADS = /^(content-length|content-md5|x-amz-sdk-checksum-algorithm|x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256|sha512|md5|xxhash64|xxhash3|xxhash128))$/

test('every member that the SDK has for an operation is honoured or refused by name', async (t) => {
  for (const [name, [, , , , input]] of modelled()) {
    if (!(name in operations)) continue
    const shape: S3Shape = operations[name as keyof typeof operations].types
    const sources = Object.values(shape.members).map(({ source }) => source)
    const honours = (kind: string, value: string) => sources.some((source) => (source as Record<string, string>)[kind] === value)
    const [, , , , names, members] = input()
    for (const [at, member] of names.entries()) {
      const schema = members[at]
      const traits = (Array.isArray(schema) ? schema[1] : {}) as Traits
      const header = traits.httpHeader?.toLowerCase()
      const accounted = (!header && !traits.httpQuery && !traits.httpPrefixHeaders) || // the path or the body
        (header && (honours('header', header) || WITHOUT_EFFECT.includes(header) || shape.refused?.some((refusal) => refusal.header === header))) ||
        (traits.httpQuery && (honours('query', traits.httpQuery) || shape.refused?.some((refusal) => refusal.query === traits.httpQuery))) ||
        (traits.httpPrefixHeaders && honours('headers', traits.httpPrefixHeaders)) ||
        (header && honours('part', 'body') && OF_UPLOADS.test(header))
      t.ok(accounted, `${name}: ${member}`)
    }
  }
})

test('members refused by name say so, and values without effect are accepted', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  const put = async (name: string, value: string) => {
    const answer = await raw(emulator, { method: 'PUT', path: '/photos/a', body: 'x', headers: { [name]: value } })
    return [answer.status, answer.element('Code'), answer.element('Message')]
  }
  const notEmulated = (name: string) => [501, 'NotImplemented', `A header you provided implies functionality that is not implemented: the header ${name}`]
  for (const name of ['x-amz-server-side-encryption-customer-algorithm', 'x-amz-website-redirect-location', 'x-amz-server-side-encryption-aws-kms-key-id']) {
    t.same(await put(name, 'x'), notEmulated(name))
  }
  t.same(await put('x-amz-server-side-encryption', 'aws:kms'), notEmulated('x-amz-server-side-encryption: aws:kms'))
  t.same(await put('x-amz-server-side-encryption', 'rot13'), [400, 'InvalidArgument', 'The encryption method specified is not supported'])
  t.same(await put('x-amz-storage-class', 'GLACIER'), notEmulated('x-amz-storage-class: GLACIER'))
  t.same(await put('x-amz-storage-class', 'CELLAR'), [400, 'InvalidStorageClass', 'The storage class you specified is not valid'])
  t.same(await put('x-amz-acl', 'public-read'), [400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs'])
  t.same(await put('x-amz-object-lock-mode', 'GOVERNANCE'), [400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration'])
  t.same(await put('x-amz-write-offset-bytes', '1'), [501, 'NotImplemented', 'A header you provided implies functionality that is not implemented'])
  for (const [name, value] of [['x-amz-acl', 'private'], ['x-amz-acl', 'bucket-owner-full-control'], ['x-amz-storage-class', 'STANDARD'], ['x-amz-server-side-encryption', 'AES256'], ['x-amz-request-payer', 'requester']] as const) {
    t.equal((await put(name, value))[0], 200, `${name}: ${value}`)
  }
})

test('invalid paths and methods are refused', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  for (const path of ['/photos/%', '/photos/%zz', '/photos/%ff', '/photos/a%c3', '/%e0%80%80', '/photos/%ed%a0%80']) {
    const answer = await raw(emulator, { path })
    t.same([...code(answer), answer.element('Message')], [400, 'InvalidURI', 'Couldn\'t parse the specified URI.'], path)
  }
  for (const [method, path, type] of [['POST', '/photos/key', 'OBJECT'], ['PATCH', '/photos', 'BUCKET'], ['DELETE', '/', 'SERVICE'], ['PUT', '/', 'SERVICE'], ['PROPFIND', '/photos/key', 'OBJECT']] as const) {
    const answer = await raw(emulator, { method, path })
    t.same([...code(answer), answer.element('Method'), answer.element('ResourceType')], [405, 'MethodNotAllowed', method, type], `${method} ${path}`)
  }
  t.equal((await raw(emulator, { method: 'HEAD', path: '/' })).status, 405)
  const preflight = await raw(emulator, { method: 'OPTIONS', path: '/photos/key', headers: { authorization: undefined, origin: 'http://localhost' } })
  t.same([...code(preflight), preflight.element('Message')], [403, 'AccessForbidden', 'CORSResponse: CORS is not enabled for this bucket.'])
  t.equal((await raw(emulator, { path: '/photos/a+b' })).element('Key'), 'a b', 'AWS takes a plus sign in a path for a space')
  t.equal((await raw(emulator, { path: '/photos/\u00e4'.replace('ä', '%C3%A4') })).element('Key'), 'ä')
})

test('an error is an XML document with code and ids; for HEAD it is only a status', async (t) => {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  const answer = await raw(emulator, { path: '/photos/%3C%01%0D%3E' })
  const { 'x-amz-request-id': id, 'x-amz-id-2': host, 'content-type': type } = answer.headers
  t.match(String(id), /^[0-9A-F]{16}$/)
  t.equal(type, 'application/xml')
  t.equal(answer.body, '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>' +
    `<Key>&lt;&#x1;&#xd;&gt;</Key><RequestId>${id as string}</RequestId><HostId>${host as string}</HostId></Error>`)
  t.equal(emulator.trace.query().at(-1)?.requestId, id, 'the trace has the same id')
  const head = await raw(emulator, { method: 'HEAD', path: '/photos/none' })
  t.same([head.status, head.body, head.headers['content-type']], [404, '', 'application/xml'])
})

test('no request causes an internal error', async (t) => {
  const clock = { now: () => TEST_TIME, schedule: () => () => {}, throttled: () => undefined }
  const emulator = await testEmulator(t, { listen: false })
  const service = createS3({ clock, trace: emulator.trace, faults: new Faults(), storage: new MemoryStorage(), warn: () => {}, log: ({ error }) => { throw error as Error } }) // whatever we did not foresee
  t.teardown(() => service.close())
  const context = { startedAt: TEST_TIME, clock, account: '000000000000', region: 'us-east-1', accessKeyId: 'x' }
  const send = async (method: string, path: string, options: { query?: [string, string][], headers?: Record<string, string>, body?: Uint8Array } = {}) => service.handle({
    method,
    path,
    query: new URLSearchParams(options.query),
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': String(options.body?.length ?? 0), ...options.headers },
    body: (async function * () { if (options.body) yield options.body })(),
  }, { ...context, requestId: '00000000-0000-4000-8000-000000000000', notes: {} }, {})
  await send('PUT', '/photos')
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('', '1', '-1', '*', 'null', 'url', '2', 'bytes=0-', 'photos/key', '/', 'ENABLED', 'COPY', 'AWS4', 'a,b'))
  const shapes = Object.values(operations).flatMap(({ types }) => [...Object.values(types.members as S3Shape['members']).map(({ source }) => source), ...(types as S3Shape).refused ?? []])
  const names = (kind: 'header' | 'query') => shapes.flatMap((source) => (source as Record<string, string>)[kind] ?? [])
  const header = fc.constantFrom(...names('header'), 'x-amz-content-sha256', 'x-amz-decoded-content-length', 'x-amz-trailer', 'content-md5', 'content-length', 'host', 'x-amz-meta-a',
    'x-amz-checksum-crc32', 'x-amz-sdk-checksum-algorithm', 'x-amz-copy-source', 'authorization', 'transfer-encoding')
  const query = fc.constantFrom(...names('query'), ...NOT_EMULATED.flatMap(([, , , query]) => query), 'X-Amz-Algorithm', 'X-Amz-Date', 'AWSAccessKeyId', 'list-type')
  const seen = new Set<number>()
  await fc.assert(fc.asyncProperty(
    fc.constantFrom('GET', 'PUT', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'BREW'),
    fc.oneof(fc.constantFrom('/', '/photos', '/photos/key', '/photos?', '/photos/'), text.map((key) => `/photos/${encodeURIComponent(Buffer.from(key).toString())}`), text.map((path) => `/${path}`)),
    fc.array(fc.tuple(query, text), { maxLength: 3 }),
    fc.array(fc.tuple(header, text.map((value) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'))), { maxLength: 4 }),
    fc.uint8Array({ maxLength: 40 }),
    async (method, path, query, headers, body) => {
      const { status, headers: answered } = await send(method, path, { query, headers: Object.fromEntries(headers), body })
      if (status >= 500 && status !== 501) throw new Error(`It is answered with ${status}`)
      seen.add(status)
      if (Object.values(answered).some((value) => /[\r\n\0]|[^\0-\xff]/.test(value))) throw new Error('A header cannot be sent')
    }
  ), { numRuns: 2000, seed: 20261121 })
  t.ok(seen.size > 8, `of all kinds: ${[...seen].sort().join(', ')}`)
})
