import fc, { type Arbitrary } from 'fast-check'
import { gzipSync } from 'node:zlib'
import { conversations, PICTURES, type Call } from './conversations.ts'
import { authorization, type RawRequest } from './raw-http.ts'

/** What is sent to the emulator's port: a request whose framing is right, or bytes that may be anything. */
export type AnyRequest = RawRequest | Uint8Array

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** The inputs of all conversations that need no earlier answer: what a mutation begins with. */
const inputsOf = (calls: readonly Call<string>[]): [operation: string, input: Json][] =>
  calls.map(({ operation, input }) => [operation, typeof input === 'function' ? {} : JSON.parse(JSON.stringify(input)) as Json])

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '..', '../../etc/passwd', '/', '//', '\0', '%00', '%', '%zz', '\ud800', '__proto__', 'constructor', 'null', 'x'.repeat(1024), 'x'.repeat(1025), 'é'.repeat(600),
    '#a = :b', 'attribute_exists(a) AND (((a = :b)))', 'SET a[0] = list_append(:b, a.b), c = c + :b', 'size(a) > :b', 'a BETWEEN', ':b', '#a', 'NaN', '1e999', '-0', '9'.repeat(40), 'arn:aws:dynamodb:us-east-1:000000000000:table/things', 'things', 'by-kind', 'people'))

const oddJson: Arbitrary<Json> = fc.oneof(
  oddText, fc.integer(), fc.double(), fc.boolean(), fc.constant(null),
  fc.constantFrom<Json>([], {}, [null], { S: 'a' }, { N: 'x' }, { S: 'a', N: '1' }, { L: [{ L: [] }] }, { M: { a: {} } }, { SS: [] }, { B: '!' }, -1, 0, 2 ** 53, 1e308),
  fc.jsonValue({ maxDepth: 3 }) as Arbitrary<Json> // its own type is unknown
)

type Change = readonly [kind: 'replace' | 'remove' | 'add' | 'wrap', steps: readonly number[], name: string, value: Json]

const change: Arbitrary<Change> = fc.tuple(
  fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap'),
  fc.array(fc.nat(7), { maxLength: 5 }),
  oddText,
  oddJson
)

/** An input with something in it changed: the steps lead down into it. */
function changed (value: Json, [kind, steps, name, other]: Change, depth = 0): Json {
  const step = steps[depth]
  const names = value !== null && typeof value === 'object' ? Object.keys(value) : []
  if (step === undefined || names.length === 0) {
    if (kind === 'wrap') return [value]
    if (kind === 'add' && names.length > 0 && !Array.isArray(value)) return { ...value as object, [name]: other }
    return other
  }
  const chosen = names[step % names.length]!
  const copy = (Array.isArray(value) ? [...value] : { ...value as object }) as Record<string, Json> // an array has its members by name, too
  if (kind === 'remove' && steps[depth + 1] === undefined) delete copy[chosen]
  else copy[chosen] = changed(copy[chosen]!, [kind, steps, name, other], depth + 1)
  return copy
}

const signature = (service: string) => fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(authorization(service), authorization(service), authorization(service), authorization(service, { accessKeyId: '111122223333', region: 'eu-west-1' })) },
  { weight: 1, arbitrary: fc.constantFrom('', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=', 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e/f/g, SignedHeaders=, Signature=', 'Bearer x', 'AWS a:b', authorization('sqs'), authorization('__proto__')) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }).map((text) => text.trim()) }
)

/** A call in AWS JSON: one that makes sense, changed in a place or two, or nothing of the kind. */
function jsonCall (service: 'dynamodb' | 'rekognition', prefix: string, contentType: string): Arbitrary<RawRequest> {
  const sensible = fc.constantFrom(...inputsOf(conversations[service]))
  return fc.record({
    call: sensible,
    changes: fc.array(change, { maxLength: 2 }),
    body: fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array(), fc.constantFrom('', 'null', '[]', '{', '{"a":'.repeat(10_000), '['.repeat(100_000)))),
    target: fc.option(fc.oneof(oddText, fc.constantFrom('.', `${prefix}.`, `${prefix}.Nothing`, `${prefix}.toString`, `${prefix}.A.B`))),
    headers: fc.dictionary(
      fc.constantFrom('content-type', 'content-encoding', 'accept-encoding', 'origin', 'x-request-id', 'x-amz-date', 'host', 'expect'),
      fc.oneof(fc.constantFrom('gzip', 'deflate', '*', 'gzip;q=0', 'text/plain', 'application/json', 'http://localhost', 'https://evil.example', '100-continue', 'x'), fc.string({ maxLength: 10 })),
      { maxKeys: 1 }),
    signed: signature(service),
    packed: fc.boolean(),
    rarely: fc.nat(31),
  }).map(({ call: [operation, input], changes, body, target, headers, signed, packed, rarely }) => {
    const content = rarely === 0 && body !== null ? body : JSON.stringify(changes.reduce((value, one) => changed(value, one), input))
    const pack = rarely === 1 && packed
    return {
      method: rarely === 2 ? 'PUT' : 'POST',
      path: rarely === 3 ? '/?X-Amz-Algorithm=AWS4-HMAC-SHA256' : '/',
      headers: {
        'content-type': contentType,
        'x-amz-date': '20260301T120000Z',
        authorization: header(signed),
        'x-amz-target': header(rarely === 4 && target !== null ? target : `${prefix}.${operation}`),
        ...(rarely > 26 ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, header(value)])) : {}),
        ...(pack ? { 'content-encoding': 'gzip' } : {}),
      },
      body: pack ? gzipSync(content) : content,
    }
  })
}

/** What Node's client lets through as a header. */
const header = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')

const SUBRESOURCES = ['uploads', 'uploadId', 'partNumber', 'delete', 'list-type', 'location', 'attributes', 'tagging', 'acl', 'versioning', 'cors', 'max-keys', 'prefix', 'delimiter', 'marker', 'continuation-token', 'start-after', 'encoding-type', 'versionId', 'response-content-type', 'max-uploads', 'key-marker', 'X-Amz-Expires', 'x-id', 'Signature', 'AWSAccessKeyId', 'Expires']

const S3_HEADERS = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'x-amz-copy-source', 'x-amz-copy-source-range', 'x-amz-metadata-directive', 'x-amz-meta-a', 'x-amz-tagging', 'x-amz-content-sha256', 'x-amz-decoded-content-length', 'x-amz-trailer', 'content-md5', 'x-amz-checksum-crc32', 'x-amz-sdk-checksum-algorithm', 'x-amz-object-attributes', 'x-amz-acl', 'content-encoding', 'content-type', 'origin', 'access-control-request-method', 'x-amz-expected-bucket-owner', 'x-amz-mp-object-size', 'x-amz-checksum-type', 'expect', 'host']

const S3_VALUES = ['bytes=0-0', 'bytes=-1', 'bytes=5-2', 'bytes=0-99999999999999999999', '"a"', '*', 'Sun, 01 Mar 2026 12:00:00 GMT', 'letters/a', '/letters/%2e%2e', 'REPLACE', 'a=1&b=2', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'UNSIGNED-PAYLOAD', '5', '-1', '1e9', 'x-amz-checksum-crc32', 'AAAAAA==', 'CRC32', 'ETag,ObjectSize', 'public-read', 'aws-chunked', 'http://localhost:5173', '000000000000', 'FULL_OBJECT', 'letters.s3.localhost', '']

const XML = ['<Delete><Object><Key>a</Key></Object></Delete>', '<Delete><Object/></Delete>', '<Delete><Quiet>x</Quiet></Delete>', '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a"</ETag></Part></CompleteMultipartUpload>', '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>', '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>', '<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', '<a>'.repeat(5000), '<a b="', '&#0;', '5\r\nhello\r\n0\r\n\r\n', '5;chunk-signature=0\r\nhello\r\n0;chunk-signature=0\r\n\r\n', 'ffffffffffffffffffff\r\n', '-5\r\n']

const xmlText = fc.tuple(fc.constantFrom(...XML), fc.nat(200), fc.nat(40), fc.oneof(fc.constant(''), oddText, fc.constantFrom('<', '>', '&', '<Key>', '</Key>', '<![CDATA[', '<__proto__>x</__proto__>')))
  .map(([text, at, length, insert]) => text.slice(0, at) + insert + text.slice(at + length))

const s3Key = fc.oneof(
  fc.constantFrom('', 'a', 'a/b', '..', '../..', '/', '//a', '%00', '%2e%2e%2f', '%', '%zz', '%ff', 'a+b', '%20', '.', `${'x'.repeat(1024)}`, 'x'.repeat(1025), '%c3%a9'.repeat(512), 'large'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(encodeURIComponent),
  fc.string({ maxLength: 8 }).map((text) => text.replace(/[ ?#]/g, '')))

const s3Call: Arbitrary<RawRequest> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
  bucket: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('letters', PICTURES.bucket, 'none') }, { weight: 1, arbitrary: s3Key }),
  key: fc.oneof(fc.constantFrom('', 'a', 'a/b', 'large'), s3Key),
  query: fc.array(fc.tuple(fc.constantFrom(...SUBRESOURCES), fc.oneof(fc.constantFrom('', '1', '2', '-1', '10001', 'url', 'null', 'a/', '9'.repeat(30)), oddText)), { maxLength: 3 }),
  headers: fc.dictionary(fc.constantFrom(...S3_HEADERS), fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...S3_VALUES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) }), { maxKeys: 2 }),
  body: fc.oneof(xmlText, fc.string(), fc.uint8Array({ maxLength: 300 }), fc.constant(undefined)),
  signed: signature('s3'),
}).map(({ method, bucket, key, query, headers, body, signed }) => ({
  method,
  path: `/${bucket}${key === '' ? '' : `/${key}`}${query.length === 0 ? '' : `?${new URLSearchParams(query).toString()}`}`,
  headers: {
    authorization: header(signed),
    'x-amz-date': '20260301T120000Z',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, header(value)])),
  },
  body: method === 'GET' || method === 'HEAD' ? undefined : body,
}))

/** Calls of the control API. Rules for faults are never right: they would fail what comes after, and rightly so. */
const CONTROL: [method: string, path: string, body?: Json][] = [
  ['GET', ''], ['GET', '/health'], ['GET', '/openapi.json'], ['GET', '/clock'], ['PUT', '/clock', { now: '2027-01-01T00:00:00Z' }], ['PUT', '/clock', { now: 0 }],
  ['POST', '/clock/advance', { by: '31d' }], ['POST', '/clock/freeze'], ['POST', '/clock/resume'], ['POST', '/reset', { service: 's3', account: '111122223333' }],
  ['GET', '/trace'], ['GET', '/faults'], ['POST', '/faults', { service: 'dynamodb', nonsense: 1 }], ['DELETE', '/faults'], ['PUT', '/rekognition/faces', { sha256: 'a'.repeat(64), faces: [{ person: 'ada', similarity: { bob: 5 } }] }],
  ['GET', '/rekognition/faces'], ['DELETE', '/rekognition/faces'], ['POST', '/tokens', { sub: 'ada', groups: ['admin'] }], ['GET', '/issuer/.well-known/jwks.json'],
]

const controlCall: Arbitrary<RawRequest> = fc.record({
  call: fc.constantFrom(...CONTROL),
  method: fc.option(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'), { freq: 8 }),
  suffix: fc.option(s3Key, { freq: 8 }),
  query: fc.array(fc.tuple(fc.constantFrom('after', 'limit', 'service', 'account', 'result', 'nonsense'), oddText), { maxLength: 2 }),
  changes: fc.array(change, { maxLength: 2 }),
  headers: fc.dictionary(fc.constantFrom('origin', 'host', 'content-type', 'content-encoding'), fc.oneof(fc.constantFrom('http://localhost', 'null', 'evil.example', 'gzip', '127.0.0.1'), fc.string({ maxLength: 8 })), { maxKeys: 1 }),
  rarely: fc.nat(6),
}).map(({ call: [was, path, body], method, suffix, query, changes, headers, rarely }) => {
  const isFault = path === '/faults' && was !== 'GET'
  return {
    method: isFault ? was : method ?? was,
    path: `/_sandtable${path}${suffix === null || isFault ? '' : `/${suffix}`}${query.length > 0 && rarely < 3 ? `?${new URLSearchParams(query).toString()}` : ''}`,
    headers: rarely === 0 ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, header(value)])) : {},
    body: body === undefined ? undefined : JSON.stringify(isFault ? { nonsense: changed(body, changes[0] ?? ['replace', [], '', null]) } : changes.reduce((value, one) => changed(value, one), body)),
  }
})

const LINES = ['GET / HTTP/1.1', 'POST / HTTP/1.1', 'PUT /letters/a HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET http://[::1 HTTP/1.1', 'GET / HTTP/9.9', 'CONNECT a:1 HTTP/1.1', 'PRI * HTTP/2.0', 'host: localhost', 'host: ', 'content-length: 5', 'content-length: 5', 'content-length: 4', 'content-length: 99999999999999999999', 'transfer-encoding: chunked', 'transfer-encoding: gzip, chunked', 'expect: 100-continue', 'expect: x', 'upgrade: websocket', 'connection: upgrade', 'connection: close', `authorization: ${authorization('dynamodb')}`, `authorization: ${authorization('s3')}`, 'x-amz-target: DynamoDB_20120810.ListTables', 'content-type: application/x-amz-json-1.0', 'content-encoding: gzip', ': no name', 'a b: c', ' folded', 'x: \x01', '', '', '5', 'hello', '0', '{}', '-1', 'ffffffffffffffff']

/** Bytes that look like HTTP, or do not. */
const anyBytes: Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...LINES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) }), { maxLength: 12 }).map((lines) => Buffer.from(lines.join('\r\n'), 'latin1')) },
  { weight: 1, arbitrary: fc.uint8Array() }
)

/** Requests that a client would send, or that no client would. */
export const anyRequest: Arbitrary<AnyRequest> = fc.oneof(
  { weight: 8, arbitrary: jsonCall('dynamodb', 'DynamoDB_20120810', 'application/x-amz-json-1.0') },
  { weight: 1, arbitrary: jsonCall('rekognition', 'RekognitionService', 'application/x-amz-json-1.1') },
  { weight: 8, arbitrary: s3Call },
  { weight: 4, arbitrary: controlCall },
  { weight: 2, arbitrary: anyBytes }
)
