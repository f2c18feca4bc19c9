import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { test, type Test } from 'tap'
import { Faults } from '../../core/faults.ts'
import { MemoryStorage } from '../../core/storage/memory-storage.ts'
import { testEmulator } from '../../test-support/emulator.ts'
import type { Emulator } from '../../index.ts'
import { decodeAwsChunked } from '../requests/aws-chunked.ts'
import { CHECKSUMS } from '../objects/checksums.ts'
import { createS3 } from '../index.ts'
import { chunked, raw, type RawAnswer } from '../test-support/raw.ts'

// What AWS answers to uploads that are not as their headers say is taken from OpenStack Swift's
// test/s3api/test_input_errors.py, which is run against AWS.

const BODY = 'sandtable holds thirty-two bytes'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const md5 = (text: string): string => createHash('md5').update(text).digest('base64')
const crc = (text: string): string => {
  const value = Buffer.alloc(4)
  value.writeUInt32BE(crc32(text))
  return value.toString('base64')
}

type Headers = Record<string, string | undefined>
const UNSIGNED_TRAILER = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '32' }
const WITH_CRC = { ...UNSIGNED_TRAILER, 'x-amz-trailer': 'x-amz-checksum-crc32' }
const PRESIGNED = '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x/20260301/us-east-1/s3/aws4_request&X-Amz-Signature=0&X-Amz-SignedHeaders=host&X-Amz-Date=20260301T120000Z&X-Amz-Expires=60'

/** An emulator with a bucket, and a way to put an object there whose answer is its error: code, message. */
async function uploader (t: Test): Promise<{ emulator: Emulator, put: (body: string, headers: Headers, query?: string) => Promise<string[]>, send: (body: string, headers: Headers, query?: string) => Promise<RawAnswer> }> {
  const emulator = await testEmulator(t)
  await raw(emulator, { method: 'PUT', path: '/photos' })
  const send = (body: string, headers: Headers, query = '') => raw(emulator, {
    method: 'PUT',
    path: `/photos/key${query}`,
    body: Buffer.from(body, 'latin1'),
    headers: query === '' ? headers : { authorization: undefined, 'x-amz-date': undefined, 'x-amz-content-sha256': undefined, ...headers },
  })
  const put = async (body: string, headers: Headers, query?: string) => {
    const answer = await send(body, headers, query)
    return answer.status === 200 ? ['OK'] : [answer.element('Code')!, answer.element('Message')!]
  }
  return { emulator, put, send }
}

const ENDED = ['IncompleteBody', 'The request body terminated unexpectedly']
const TRAILER = ['MalformedTrailerError', 'The request contained trailing data that was not well-formed or did not conform to our published schema.']
const WRONG_LENGTH = ['IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header']
const NO_LENGTH = ['MissingContentLength', 'You must provide the Content-Length HTTP header.']
const UNSUPPORTED_TRAILER = ['InvalidRequest', 'The value specified in the x-amz-trailer header is not supported']
const SEVERAL = ['InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.']
const BAD_CRC = ['BadDigest', 'The CRC32 you specified did not match the calculated checksum.']
const BAD_MD5 = ['BadDigest', 'The Content-MD5 you specified did not match what we received.']
const BAD_SHA = ['XAmzContentSHA256Mismatch', 'The provided \'x-amz-content-sha256\' header does not match what was computed.']

test('chunks and trailers are decoded, and broken framing is refused as AWS refuses it', async (t) => {
  const { emulator, put, send } = await uploader(t)
  const trailer = `x-amz-checksum-crc32: ${crc(BODY)}\r\n`
  const cases: [name: string, body: string, headers: Headers, expected: string[]][] = [
    ['no trailer', chunked([BODY]), UNSIGNED_TRAILER, ['OK']],
    ['no final CRLF', chunked([BODY], ''), UNSIGNED_TRAILER, ['OK']],
    ['half a final CRLF', chunked([BODY], '\r'), UNSIGNED_TRAILER, ENDED],
    ['a trailer', chunked([BODY], trailer), WITH_CRC, ['OK']],
    ['a trailer and a blank line', chunked([BODY], `${trailer}\r\n`), WITH_CRC, ['OK']],
    ['anything after the blank line', chunked([BODY], `${trailer}\r\n\xff\xde\xad`), WITH_CRC, ['OK']],
    ['a blank line before the trailer', chunked([BODY], `\r\n${trailer}`), WITH_CRC, TRAILER],
    ['the last of two trailers of one name', chunked([BODY], `x-amz-checksum-crc32:AAAAAA==\r\n${trailer}`), WITH_CRC, ['OK']],
    ['a trailer without CR', chunked([BODY], trailer.replace('\r', '')), WITH_CRC, ENDED],
    ['a trailer without LF', chunked([BODY], trailer.slice(0, -1)), WITH_CRC, ENDED],
    ['a trailer that was not announced', chunked([BODY], `${trailer}bonus: trailer\r\n`), WITH_CRC, TRAILER],
    ['another trailer than announced', chunked([BODY], trailer), { ...WITH_CRC, 'x-amz-trailer': 'x-amz-checksum-crc32c' }, TRAILER],
    ['an announced trailer that is missing', chunked([BODY]), WITH_CRC, TRAILER],
    ['a trailer that is no header', chunked([BODY], 'nonsense\r\n'), WITH_CRC, TRAILER],
    ['a wrong checksum', chunked([BODY], 'x-amz-checksum-crc32:AAAAAA==\r\n'), WITH_CRC, BAD_CRC],
    ['a checksum that is none', chunked([BODY], 'x-amz-checksum-crc32:not=base-64\r\n'), WITH_CRC, ['InvalidRequest', 'Value for x-amz-checksum-crc32 trailing header is invalid.']],
    ['a trailer AWS knows nothing of', chunked([BODY], trailer), { ...WITH_CRC, 'x-amz-trailer': 'content-md5' }, UNSUPPORTED_TRAILER],
    ['a comma after the trailer\'s name', chunked([BODY], trailer), { ...WITH_CRC, 'x-amz-trailer': 'x-amz-checksum-crc32,' }, ['OK']],
    ['a comma before the trailer\'s name', chunked([BODY], trailer), { ...WITH_CRC, 'x-amz-trailer': ',x-amz-checksum-crc32' }, UNSUPPORTED_TRAILER],
    ['two checksums as trailers', chunked([BODY], trailer), { ...WITH_CRC, 'x-amz-trailer': 'x-amz-checksum-crc32, x-amz-checksum-sha256' }, SEVERAL],
    ['a checksum in a header as well', chunked([BODY], trailer), { ...WITH_CRC, 'x-amz-checksum-crc32': crc(BODY) }, ['InvalidRequest', 'Expecting a single x-amz-checksum- header']],
    ['a checksum in a header instead', chunked([BODY]), { ...UNSIGNED_TRAILER, 'x-amz-checksum-crc32': crc(BODY) }, ['OK']],
    ['no chunks at all', BODY, UNSIGNED_TRAILER, ENDED],
    ['no CR in the framing', `20\n${BODY}\n0\n\n`, UNSIGNED_TRAILER, ENDED],
    ['no LF in the framing', `20\r${BODY}\r0\r\r`, UNSIGNED_TRAILER, ENDED],
    ['no CRLF after a chunk', `20\r\n${BODY}0\r\n`, UNSIGNED_TRAILER, ENDED],
    ['no empty chunk', `20\r\n${BODY}\r\n`, UNSIGNED_TRAILER, ENDED],
    ['a chunk that ends early', `20\r\n${BODY.slice(1)}`, UNSIGNED_TRAILER, ENDED],
    ['a negative size', `-20\r\n${BODY}\r\n0\r\n\r\n`, UNSIGNED_TRAILER, ENDED],
    ['a size beyond reason', `fffffffffffffffff\r\n${BODY}`, UNSIGNED_TRAILER, ENDED],
    ['a header without end', '1'.repeat(100_000), UNSIGNED_TRAILER, ENDED],
    ['an empty chunk in the middle', chunked([BODY.slice(0, 4), '', BODY.slice(4)]), UNSIGNED_TRAILER, WRONG_LENGTH],
    ['more than announced', chunked([BODY + BODY]), UNSIGNED_TRAILER, WRONG_LENGTH],
    ['chunks that are too small', chunked(['x'.repeat(1024), 'y'.repeat(9000)]), { ...UNSIGNED_TRAILER, 'x-amz-decoded-content-length': '10024' },
      ['InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes']],
    ['ragged chunks', chunked(['x'.repeat(15_000), 'y'.repeat(8192), 'z']), { ...UNSIGNED_TRAILER, 'x-amz-decoded-content-length': '23193' }, ['OK']],
    ['no length', chunked([BODY]), { ...UNSIGNED_TRAILER, 'x-amz-decoded-content-length': undefined }, NO_LENGTH],
    ['a length that is no number', chunked([BODY]), { ...UNSIGNED_TRAILER, 'x-amz-decoded-content-length': 'not an int' }, NO_LENGTH],
  ]
  for (const [name, body, headers, expected] of cases) {
    await raw(emulator, { method: 'DELETE', path: '/photos/key' })
    t.same(await put(body, headers), expected, name)
    t.equal((await raw(emulator, { method: 'HEAD', path: '/photos/key' })).status, expected[0] === 'OK' ? 200 : 404, `${name}: nothing is stored unless all is well`)
  }
  const small = await send(chunked(['x'.repeat(1024), 'y'.repeat(9000)]), { ...UNSIGNED_TRAILER, 'x-amz-decoded-content-length': '10024' })
  t.same([small.status, small.element('Chunk'), small.element('BadChunkSize')], [403, '2', '1024'])
  const wrong = await send(chunked([BODY.slice(0, 4), '', BODY.slice(4)]), UNSIGNED_TRAILER)
  t.same([wrong.element('NumberBytesExpected'), wrong.element('NumberBytesProvided')], ['32', '4'])
})

test('signed chunks must have signatures, which are not verified', async (t) => {
  const { put } = await uploader(t)
  const headers = { ...UNSIGNED_TRAILER, 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }
  const signed = (parameter: string, end = '\r\n') => `20${parameter}\r\n${BODY}\r\n0${parameter}\r\n${end}`
  t.same(await put(signed(';chunk-signature=0a'), headers), ['OK'])
  t.same(await put(signed(' ; chunk-signature = 0a '), headers), ['OK'])
  t.same(await put(signed(''), headers), ENDED)
  t.same(await put(signed(';chunk-signature='), headers), ENDED)
  t.same(await put(signed(';chunk-signature=0a;extra=1'), headers), ENDED)
  const withTrailer = { ...WITH_CRC, 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER' }
  const trailer = `x-amz-checksum-crc32: ${crc(BODY)}\r\n`
  t.same(await put(signed(';chunk-signature=0a', `${trailer}x-amz-trailer-signature:0b\r\n\r\n`), withTrailer), ['OK'])
  t.same(await put(signed(';chunk-signature=0a', trailer), withTrailer), ENDED, 'a signed trailer without its signature')
  t.same(await put(signed(';chunk-signature=0a', trailer), { ...headers, 'x-amz-trailer': 'x-amz-checksum-crc32' }), TRAILER, 'a trailer where there is none')
})

test('an encoding is stored without aws-chunked, whether the body was chunked or not', async (t) => {
  const { emulator, put } = await uploader(t)
  const encoding = async () => (await raw(emulator, { method: 'HEAD', path: '/photos/key' })).headers['content-encoding']
  for (const [sent, kept] of [['aws-chunked', undefined], [undefined, undefined], ['gzip', 'gzip'], ['aws-chunked, gzip', 'gzip'], ['foo, aws-chunked, bar', 'foo, bar']]) {
    t.same(await put(chunked([BODY]), { ...UNSIGNED_TRAILER, 'content-encoding': sent }), ['OK'])
    t.equal(await encoding(), kept, `sent as ${sent}`)
  }
  for (const [sent, kept] of [['aws-chunked', undefined], ['AWS-Chunked', undefined], ['gzip,aws-chunked', 'gzip'], ['gzip,br', 'gzip,br']]) {
    t.same(await put(BODY, { 'x-amz-content-sha256': sha256(BODY), 'content-encoding': sent }), ['OK'])
    t.equal(await encoding(), kept, `sent as ${sent}, in one piece`)
  }
  await raw(emulator, { method: 'PUT', path: '/photos/key', headers: { 'x-amz-copy-source': 'photos/key', 'x-amz-metadata-directive': 'REPLACE', 'content-encoding': 'aws-chunked' } })
  t.equal(await encoding(), undefined, 'of a copy')
})

test('digests and checksums in headers are verified, in AWS\'s order', async (t) => {
  const { put, send } = await uploader(t)
  const good = { 'content-md5': md5(BODY), 'x-amz-content-sha256': sha256(BODY) }
  const cases: [name: string, headers: Headers, expected: string[]][] = [
    ['all good', { ...good, 'x-amz-checksum-crc32': crc(BODY), 'x-amz-sdk-checksum-algorithm': 'CRC32' }, ['OK']],
    ['a SHA-256 in capitals', { 'x-amz-content-sha256': sha256(BODY).toUpperCase() }, ['OK']],
    ['a bad SHA-256 before a bad MD5 and checksum', { 'content-md5': md5(''), 'x-amz-content-sha256': sha256(''), 'x-amz-checksum-crc32': crc('') }, BAD_SHA],
    ['a bad MD5', { ...good, 'content-md5': md5('') }, BAD_MD5],
    ['an MD5 that is none', { ...good, 'content-md5': 'invalid' }, ['InvalidDigest', 'The Content-MD5 you specified was invalid.']],
    ['a bad checksum', { ...good, 'x-amz-checksum-crc32': crc('') }, BAD_CRC],
    ['a checksum that is none', { ...good, 'x-amz-checksum-crc32': 'bad' }, ['InvalidRequest', 'Value for x-amz-checksum-crc32 header is invalid.']],
    ['a checksum of no known kind', { ...good, 'x-amz-checksum-bad': crc(BODY) }, ['InvalidRequest', 'The algorithm type you specified in x-amz-checksum- header is invalid.']],
    ['two checksums', { ...good, 'x-amz-checksum-crc32': crc(BODY), 'x-amz-checksum-crc32c': crc(BODY), 'x-amz-sdk-checksum-algorithm': 'sha256' }, SEVERAL],
    ['an algorithm without a checksum', { ...good, 'x-amz-sdk-checksum-algorithm': 'CRC32' },
      ['InvalidRequest', 'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.']],
    ['another algorithm than the checksum\'s', { ...good, 'x-amz-checksum-crc32': crc(BODY), 'x-amz-sdk-checksum-algorithm': 'CRC32C' },
      ['InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.']],
    ['a type and an algorithm that PUT does not have', { ...good, 'x-amz-checksum-crc32': crc(BODY), 'x-amz-checksum-type': 'COMPOSITE', 'x-amz-checksum-algorithm': 'crc32' }, ['OK']],
    ['a trailer of a body that has none', { ...good, 'x-amz-trailer': 'x-amz-checksum-crc32' }, TRAILER],
    ['no SHA-256', { 'x-amz-content-sha256': undefined }, ['InvalidRequest', 'Missing required header for this request: x-amz-content-sha256']],
    ['unsigned in small letters', { 'x-amz-content-sha256': 'unsigned-payload' }, ['InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.']],
    ['no length but Transfer-Encoding', { 'content-length': undefined, 'transfer-encoding': 'chunked' }, ['NotImplemented', 'A header you provided implies functionality that is not implemented']],
  ]
  for (const [name, headers, expected] of cases) t.same(await put(BODY, headers), expected, name)
  const digest = await send(BODY, { ...good, 'content-md5': md5('') })
  t.same([digest.element('ExpectedDigest'), digest.element('CalculatedDigest')], ['d41d8cd98f00b204e9800998ecf8427e', md5(BODY)])
  const sha = await send(BODY, { 'x-amz-content-sha256': sha256('') })
  t.same([sha.element('ClientComputedContentSHA256'), sha.element('S3ComputedContentSHA256')], [sha256(''), sha256(BODY)])
})

test('a presigned upload need not declare a SHA-256, and is never chunked', async (t) => {
  const { put } = await uploader(t)
  t.same(await put(BODY, {}, PRESIGNED), ['OK'])
  t.same(await put(BODY, { 'x-amz-content-sha256': sha256(BODY) }, PRESIGNED), ['OK'])
  t.same(await put(BODY, { 'x-amz-content-sha256': 'invalid' }, PRESIGNED), BAD_SHA)
  t.same(await put(BODY, UNSIGNED_TRAILER, PRESIGNED), BAD_SHA)
  t.same(await put(chunked([BODY]), UNSIGNED_TRAILER, PRESIGNED), WRONG_LENGTH)
  t.same(await put(BODY, { 'x-amz-checksum-crc32': crc('') }, PRESIGNED), BAD_CRC)
  t.same(await put(BODY, {}, `${PRESIGNED}&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32`), ['OK'], 'AWS ignores a checksum in the query')
})

test('an upload without a checksum gets CRC64NVME, and any supported checksum is stored', async (t) => {
  const { emulator, send } = await uploader(t)
  const sent = await send('123456789', {})
  const expected = Buffer.from('ae8b14860a799888', 'hex').toString('base64') // the algorithm's check value
  t.same([sent.headers['x-amz-checksum-crc64nvme'], sent.headers['x-amz-checksum-type']], [expected, 'FULL_OBJECT'])
  const checked = await raw(emulator, { path: '/photos/key', headers: { 'x-amz-checksum-mode': 'ENABLED' } })
  t.equal(checked.headers['x-amz-checksum-crc64nvme'], expected)
  const values = {
    CRC32: 'cbf43926',
    CRC32C: 'e3069283',
    SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
    MD5: '25f9e794323b453885f5181f1b624d0b',
    XXHASH64: '8cb841db40e6ae83',
  }
  for (const [algorithm, hex] of Object.entries(values)) {
    const header = `x-amz-checksum-${algorithm.toLowerCase()}`
    t.equal((await send('123456789', { [header]: Buffer.from(hex, 'hex').toString('base64') })).status, 200, algorithm)
  }
  for (const [name, { bytes, create }] of Object.entries(CHECKSUMS)) t.equal((await create().digest()).length, bytes, name)
})

test('an upload over S3\'s limit is refused before it is read', async (t) => {
  const { emulator, put } = await uploader(t)
  const fiveGiB = 5 * 1024 ** 3
  const declared = await raw(emulator, { method: 'PUT', path: '/photos/key', body: chunked([BODY]), headers: { ...UNSIGNED_TRAILER, 'x-amz-decoded-content-length': String(fiveGiB + 1) } })
  t.same([declared.status, declared.element('Code'), declared.element('ProposedSize'), declared.element('MaxSizeAllowed')], [400, 'EntityTooLarge', '5368709121', '5368709120'])
  t.same(await put(BODY, { 'x-amz-meta-a': 'x'.repeat(8000) }), ['RequestHeaderSectionTooLarge', 'Your request header section exceeds the maximum allowed size.'])
  const service = createS3({ clock: emulator.clock, trace: emulator.trace, faults: new Faults(), storage: new MemoryStorage(), warn: () => {}, log: (event) => t.fail('internal error', { event }) }, { limits: { objectBytes: 10 } })
  t.teardown(() => service.close())
  const ctx = { requestId: '00000000-0000-4000-8000-000000000000', startedAt: 0, clock: emulator.clock, account: '000000000000', region: 'us-east-1', accessKeyId: 'x', notes: {} }
  const body = async function * () { throw new Error('It was read') }
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': '11' }
  t.equal((await service.handle({ method: 'PUT', path: '/photos/key', query: new URLSearchParams(), headers, body: body() as AsyncIterable<Uint8Array> }, ctx, {})).status, 400)
})

test('a client that disconnects in the middle leaves nothing behind, and the emulator stays up', async (t) => {
  const { emulator } = await uploader(t)
  const { hostname, port } = new URL(emulator.url!)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write('PUT /photos/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\nx-amz-date: 20260301T120000Z\r\n' +
    'Authorization: AWS4-HMAC-SHA256 Credential=x/20260301/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\nonly this')
  socket.destroySoon()
  await once(socket, 'close')
  const refused = () => emulator.trace.query({ operation: 'PutObject', result: 'IncompleteBody' })
  while (refused().length === 0) await turn() // nobody received the answer: only the trace has it
  t.equal((await raw(emulator, { method: 'HEAD', path: '/photos/key' })).status, 404)
})

test('a refused upload is read to its end, and the connection stays usable', async (t) => {
  const { emulator } = await uploader(t)
  const { hostname, port } = new URL(emulator.url!)
  const socket = connect(Number(port), hostname)
  const size = 3_000_000
  const head = (length: number) => `PUT /photos/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n` +
    'x-amz-decoded-content-length: 5\r\nx-amz-date: 20260301T120000Z\r\n' +
    'Authorization: AWS4-HMAC-SHA256 Credential=x/20260301/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n'
  const good = chunked(['hello'])
  socket.write(Buffer.concat([Buffer.from(head(size)), Buffer.from('zz\r\n'), randomBytes(size - 4), Buffer.from(head(good.length) + good)]))
  let answers = ''
  for await (const piece of socket) {
    answers += String(piece)
    if (/HTTP\/1.1 200/.test(answers)) break
  }
  t.match(answers, /^HTTP\/1.1 400 .*<Code>IncompleteBody<\/Code>.*HTTP\/1.1 200 /s)
})

test('chunks are decoded however the network splits them', async (t) => {
  const bytes = Buffer.from(chunked(['x'.repeat(9000), 'yes'], 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n'))
  for (const size of [1, 2, 3, 7, 4096, bytes.length]) {
    const body = async function * () { for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size) }
    const decoder = decodeAwsChunked(body(), { signed: false, signedTrailer: false, trailers: ['x-amz-checksum-crc32'], minChunkBytes: 8192 })
    let text = ''
    let next = await decoder.next()
    for (; !next.done; next = await decoder.next()) text += Buffer.from(next.value).toString()
    t.equal(text, `${'x'.repeat(9000)}yes`, `${size} at a time`)
    t.same([...next.value], [['x-amz-checksum-crc32', 'AAAAAA==']])
  }
})
