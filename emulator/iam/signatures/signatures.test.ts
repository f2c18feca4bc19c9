import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { IAMClient, ListUsersCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { test } from 'tap'
import { testEmulator, TEST_TIME } from '../../test-support/emulator.ts'
import { clientsOf, makeUser } from '../enforcement/test-support/callers.ts'
import { configOf, fromSts, ROOT } from '../test-support/clients.ts'
import { canonicalRequest } from './canonical-request.ts'
import { sha256, Signatures } from './signature.ts'
import { skewProblem } from './verify.ts'

test('the signature of AWS\'s own example', (t) => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations: GET Object
  const canonical = canonicalRequest({
    request: {
      method: 'GET',
      path: '/test.txt',
      query: new URLSearchParams(),
      headers: { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9', 'x-amz-content-sha256': sha256(''), 'x-amz-date': '20130524T000000Z' },
    },
    signedHeaders: 'host;range;x-amz-content-sha256;x-amz-date',
    payloadHash: sha256(''),
    isS3: true,
  })
  t.equal(sha256(canonical), '7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972')
  const scope = '20130524/us-east-1/s3/aws4_request'
  const signature = new Signatures().sign('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope, `AWS4-HMAC-SHA256\n20130524T000000Z\n${scope}\n${sha256(canonical)}`)
  t.equal(signature, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  t.end()
})

test('what is wrong with a key is told in each service\'s words', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const unknown = clientsOf(t, emulator, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' })
  await t.rejects(unknown.dynamodb.send(new ListTablesCommand({})), { name: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.', $metadata: { httpStatusCode: 400 } })
  await t.rejects(unknown.s3.send(new ListBucketsCommand({})), { name: 'InvalidAccessKeyId', message: 'The AWS Access Key Id you provided does not exist in our records.', $metadata: { httpStatusCode: 403 } })
  await t.rejects(unknown.iam.send(new ListUsersCommand()), { name: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.', $metadata: { httpStatusCode: 403 } })
  const wrong = clientsOf(t, emulator, { ...ROOT, secretAccessKey: 'wrong' })
  await t.rejects(wrong.dynamodb.send(new ListTablesCommand({})), { name: 'InvalidSignatureException', message: /^The request signature we calculated does not match the signature you provided\. Check your AWS Secret Access Key/ })
  await t.rejects(wrong.s3.send(new ListBucketsCommand({})), { name: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.', $metadata: { httpStatusCode: 403 } })
  await t.rejects(wrong.iam.send(new ListUsersCommand()), { name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } })
})

test('a key that is inactive, a session without its token', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const key = await makeUser(t, emulator, 'ann', undefined, 'arn:aws:iam::aws:policy/AdministratorAccess')
  const ann = clientsOf(t, emulator, key)
  await ann.dynamodb.send(new ListTablesCommand({}))
  const { Credentials } = await ann.sts.send(new GetSessionTokenCommand())
  const session = fromSts(Credentials)
  await clientsOf(t, emulator, session).dynamodb.send(new ListTablesCommand({}))
  const without = clientsOf(t, emulator, { ...session, sessionToken: undefined })
  await t.rejects(without.dynamodb.send(new ListTablesCommand({})), { name: 'UnrecognizedClientException' })
  await t.rejects(clientsOf(t, emulator, { ...session, sessionToken: 'x' }).s3.send(new ListBucketsCommand({})), { name: 'InvalidToken' })
  await clientsOf(t, emulator).iam.send(new UpdateAccessKeyCommand({ UserName: 'ann', AccessKeyId: key.accessKeyId, Status: 'Inactive' }))
  await t.rejects(ann.dynamodb.send(new ListTablesCommand({})), { name: 'UnrecognizedClientException' })
})

test('a signature lasts fifteen minutes, by the clock', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const signedAt = (ms: number) => {
    const client = new DynamoDBClient({ ...configOf(emulator, ROOT), systemClockOffset: TEST_TIME + ms - Date.now() })
    const iam = new IAMClient({ ...configOf(emulator, ROOT), systemClockOffset: TEST_TIME + ms - Date.now() })
    t.teardown(() => { client.destroy(); iam.destroy() })
    return { dynamodb: () => client.send(new ListTablesCommand({})), iam: () => iam.send(new ListUsersCommand()) }
  }
  await signedAt(-14 * 60_000).dynamodb()
  await signedAt(14 * 60_000).dynamodb()
  const late = { message: /^Signature expired: 20260301T114[34]\d\dZ is now earlier than 20260301T114500Z \(20260301T120000Z - 15 min\.\)$/ }
  await t.rejects(signedAt(-16 * 60_000).dynamodb(), { name: 'InvalidSignatureException', ...late })
  await t.rejects(signedAt(-16 * 60_000).iam(), { name: 'SignatureDoesNotMatch', ...late })
  await t.rejects(signedAt(16 * 60_000).dynamodb(), { name: 'InvalidSignatureException', message: /^Signature not yet current: / })
})

test('clients that sign by the machine\'s time are understood, and what was signed before the clock moved is not', (t) => {
  const machine = Date.parse('2026-11-30T12:00:00Z')
  const now = TEST_TIME
  t.equal(skewProblem('20261130T120000Z', { now, machine, movedAt: machine - 5000 }), undefined, 'signed since the clock was moved')
  t.match(skewProblem('20261130T115900Z', { now, machine, movedAt: machine - 5000 }), { code: 'InvalidSignatureException' }, 'signed before')
  t.match(skewProblem('20261130T120000Z', { now, machine: machine + 16 * 60_000, movedAt: machine - 5000 }), { code: 'InvalidSignatureException' }, 'long ago')
  t.match(skewProblem('yesterday', { now, machine, movedAt: machine }), { code: 'IncompleteSignatureException' })
  t.end()
})

test('presigned requests, and keys with every character', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const { s3 } = clientsOf(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket: 'files' }))
  const Key = 'a b/ü+%2F(1)*\'!~&=.txt'
  await s3.send(new PutObjectCommand({ Bucket: 'files', Key, Body: 'text', Metadata: { note: 'two  spaces' } }))
  t.equal((await s3.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: 'a b/ü+', Delimiter: '/' }))).KeyCount, 1)
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'files', Key }), { expiresIn: 3600, signingDate: new Date(TEST_TIME) })
  t.equal(await (await fetch(url)).text(), 'text')
  const changed = await fetch(url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=0').replace('Expires=3600', 'Expires=3601'))
  t.equal(changed.status, 403)
  t.match(await changed.text(), /<Code>SignatureDoesNotMatch<.*<StringToSign>AWS4-HMAC-SHA256.*<CanonicalRequest>GET/s)
  await emulator.clock.advance(3601_000)
  t.match(await (await fetch(url)).text(), /Request has expired/)
})
