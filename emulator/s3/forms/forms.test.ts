import { createHmac } from 'node:crypto'
import { CreateBucketCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, ListObjectsV2Command, PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3'
import { test } from 'tap'
import { clientsOf, makeUser } from '../../iam/enforcement/test-support/callers.ts'
import { policy as policyText, type Credentials } from '../../iam/test-support/clients.ts'
import type { Emulator } from '../../index.ts'
import { TEST_TIME, testEmulator, wireClients } from '../../test-support/emulator.ts'
import { raw } from '../test-support/raw.ts'

const Bucket = 'photos'
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

type Fields = Record<string, string>

/** The fields of a form as `createPresignedPost` of @aws-sdk/s3-presigned-post makes them. */
function presignedPost ({ fields = {}, conditions = [], at = TEST_TIME, seconds = 600, credentials = { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }, document }: {
  fields?: Fields, conditions?: unknown[], at?: number, seconds?: number, credentials?: Credentials, document?: unknown
} = {}): Fields {
  const long = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${long.slice(0, 8)}/us-east-1/s3/aws4_request`
  const signed: Fields = {
    ...fields,
    bucket: Bucket,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': long,
  }
  const all = [...conditions, ...Object.entries(signed).map(([name, value]) => name === 'key' && value.endsWith('${filename}') // eslint-disable-line no-template-curly-in-string -- S3's own variable
    ? ['starts-with', '$key', value.slice(0, -'${filename}'.length)] // eslint-disable-line no-template-curly-in-string -- as above
    : { [name]: value })]
  const Policy = Buffer.from(JSON.stringify(document ?? { expiration: new Date(at + seconds * 1000).toISOString(), conditions: all })).toString('base64')
  const key = scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${credentials.secretAccessKey}`)
  return { ...signed, Policy, 'X-Amz-Signature': hmac(key, Policy).toString('hex') }
}

interface Answer { status: number, headers: Headers, body: string, code?: string, message?: string }

async function send (emulator: Emulator, fields: Fields, file: { name?: string, text?: string } | undefined = {}): Promise<Answer> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file) form.append('file', new Blob([file.text ?? 'hello']), file.name ?? 'hello.txt')
  form.append('after', 'ignored')
  const answer = await fetch(`${emulator.url}/${Bucket}`, { method: 'POST', body: form, redirect: 'manual' })
  const body = await answer.text()
  const element = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(body)?.[1]?.replaceAll('&quot;', '"')
  return { status: answer.status, headers: answer.headers, body, code: element('Code'), message: element('Message') }
}

const text = async (s3: S3Client, Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()

test('a form uploads a file, with the headers, metadata and tags of its fields', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const tagging = '<Tagging><TagSet><Tag><Key>stage</Key><Value>raw</Value></Tag></TagSet></Tagging>'
  const answer = await send(emulator, presignedPost({
    fields: { key: 'user/${filename}', 'Content-Type': 'text/plain', 'x-amz-meta-artist': 'Ada', tagging }, // eslint-disable-line no-template-curly-in-string -- S3's own variable
    conditions: [['content-length-range', 0, 100]],
  }), { name: 'a b.txt', text: 'hello' })
  t.same([answer.status, answer.body, answer.headers.get('etag'), answer.headers.get('location')], [204, '', '"5d41402abc4b2a76b9719d911017c592"', `${emulator.url}/photos/user%2Fa%20b.txt`])
  t.equal(await text(s3, 'user/a b.txt'), 'hello')
  t.match(await s3.send(new HeadObjectCommand({ Bucket, Key: 'user/a b.txt' })), { ContentType: 'text/plain', Metadata: { artist: 'Ada' }, TagCount: 1 })
  t.same((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'user/a b.txt' }))).TagSet, [{ Key: 'stage', Value: 'raw' }])
  t.match(emulator.trace.query({ operation: 'PostObject' }), [{ resource: Bucket, keys: ['user/a b.txt'], bytes: 5, result: 'ok' }])
  const large = 'x'.repeat(3_000_000)
  t.equal((await send(emulator, presignedPost({ fields: { key: 'large' } }), { text: large })).status, 204)
  t.equal(await text(s3, 'large'), large)
})

test('the answer is what the form asks for', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const post = (more: Fields) => send(emulator, presignedPost({ fields: { key: 'a', ...more } }))
  t.same([(await post({ success_action_status: '200' })).status, (await post({ success_action_status: '404' })).status], [200, 204])
  const created = await post({ success_action_status: '201' })
  t.equal(created.status, 201)
  t.match(created.body, `<PostResponse><Location>${emulator.url}/photos/a</Location><Bucket>photos</Bucket><Key>a</Key><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag></PostResponse>`)
  const redirected = await post({ success_action_redirect: 'http://localhost/done?id=1', success_action_status: '201' })
  t.same([redirected.status, redirected.headers.get('location')], [303, 'http://localhost/done?id=1&bucket=photos&key=a&etag=%225d41402abc4b2a76b9719d911017c592%22'])
  t.equal((await post({ success_action_redirect: 'nowhere' })).status, 204)
})

test('a policy limits fields, size and time', async (t) => {
  const emulator = await testEmulator(t)
  const { s3 } = wireClients(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const refused = async (fields: Fields, file?: { name?: string, text?: string }) => {
    const { status, code, message } = await send(emulator, fields, file)
    return [status, code, message]
  }
  const denied = (reason: string) => [403, 'AccessDenied', `Invalid according to Policy: ${reason}`]
  const conditions = [['starts-with', '$key', 'user/'], ['content-length-range', 3, 6], ['starts-with', '$Content-Type', 'image/']]
  const form = (more: Fields = {}) => ({ ...presignedPost({ conditions }), key: 'user/a', 'Content-Type': 'image/png', ...more })
  t.equal((await send(emulator, form())).status, 204)
  t.equal((await send(emulator, form({ 'Content-Type': 'image/png, image/jpeg', 'x-ignore-me': '1' }))).status, 204)
  t.same(await refused(form({ key: 'other/a' })), denied('Policy Condition failed: ["starts-with", "$key", "user/"]'))
  t.same(await refused(form({ 'Content-Type': 'image/png, text/html' })), denied('Policy Condition failed: ["starts-with", "$content-type", "image/"]'))
  t.same(await refused(form({ 'x-amz-meta-a': '1' })), denied('Extra input fields: x-amz-meta-a'))
  t.same(await refused({ ...presignedPost({ fields: { key: 'a', acl: 'private' } }), acl: 'bucket-owner-full-control' }), denied('Policy Condition failed: ["eq", "$acl", "private"]'))
  t.same(await refused(presignedPost({ fields: { key: 'a' }, conditions: [{ bucket: 'other' }] })), denied('Policy Condition failed: ["eq", "$bucket", "other"]'))
  t.same(await refused(form(), { text: 'xx' }), [400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size'])
  t.same(await refused(form(), { text: 'x'.repeat(7) }), [400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size'])
  t.same(await refused(presignedPost({ fields: { key: 'a', acl: 'public-read' } })), [400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs'])
  const late = form()
  await emulator.clock.advance(600_000)
  t.same(await refused(late), denied('Policy expired.'))
  t.same((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key), ['user/a'])
})

test('forms and policies that are not valid are refused in S3\'s words', async (t) => {
  const emulator = await testEmulator(t)
  await wireClients(t, emulator).s3.send(new CreateBucketCommand({ Bucket }))
  const expiration = new Date(TEST_TIME + 1000).toISOString()
  for (const [document, message] of [
    ['text', 'Invalid JSON.'],
    [{ conditions: [] }, 'Policy missing expiration.'],
    [{ expiration: 'soon', conditions: [] }, 'Invalid \'expiration\' value: \'soon\''],
    [{ expiration }, 'Policy missing conditions.'],
    [{ expiration, conditions: {} }, 'Invalid \'conditions\' value: must be a List.'],
    [{ expiration, conditions: [['like', '$key', 'a']] }, 'Invalid Condition: ["like","$key","a"].'],
    [{ expiration, conditions: [{ a: '1', b: '2' }] }, 'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.'],
    [{ expiration, conditions: [['content-length-range', 1]] }, 'Invalid content-length-range: it takes two numbers.'],
  ] as const) {
    const { status, code, message: found } = await send(emulator, presignedPost({ fields: { key: 'a' }, document }))
    t.same([status, code, found], [400, 'InvalidPolicyDocument', `Invalid Policy: ${message}`])
  }
  const { Policy: _, ...unsigned } = presignedPost({ fields: { key: 'a' } })
  t.match(await send(emulator, unsigned), { status: 400, code: 'InvalidArgument', message: /^Bucket POST must contain a field named 'policy'\./ })
  t.match(await send(emulator, { key: 'a' }), { status: 403, code: 'AccessDenied', message: 'Access Denied' })
  t.match(await send(emulator, presignedPost()), { status: 400, code: 'InvalidArgument', message: /^Bucket POST must contain a field named 'key'\./ })
  t.match(await send(emulator, { ...presignedPost({ fields: { key: 'a' } }), 'X-Amz-Credential': 'x' }), { status: 400, code: 'InvalidArgument' })
  t.match(await send(emulator, presignedPost({ fields: { key: 'a', 'x-amz-meta-a': 'x'.repeat(21_000) } })), { status: 400, code: 'MaxPostPreDataLengthExceeded' })
  const bare = async (type: string, body: string) => {
    const answer = await raw(emulator, { method: 'POST', path: '/photos', body, headers: { 'content-type': type, authorization: undefined } })
    return [answer.status, answer.element('Code')]
  }
  t.same(await bare('text/plain', 'x'), [412, 'PreconditionFailed'])
  t.same(await bare('multipart/form-data', 'x'), [400, 'MalformedPOSTRequest'])
  t.same(await bare('multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name="key"\r\n\r\na'), [400, 'MalformedPOSTRequest'])
  const { Policy, ...rest } = presignedPost({ fields: { key: 'a' } })
  const parts = Object.entries({ ...rest, Policy: Policy! }).map(([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')
  t.same(await bare('multipart/form-data; boundary=b', `${parts}--b--\r\n`), [400, 'InvalidArgument'], 'without a file')
  t.same(await bare('multipart/form-data; boundary=b', `${parts}--b\r\ncontent-disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n`), [204, undefined], 'a file without a name')
  t.same(await bare('multipart/form-data; boundary=b', `${parts}--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\ncut sho`), [400, 'MalformedPOSTRequest'], 'a file that is cut short')
})

test('with IAM, a form needs the signature of a caller who may upload; a bucket policy may allow everybody', async (t) => {
  const emulator = await testEmulator(t, { iam: true })
  const { s3 } = clientsOf(t, emulator)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const credentials = await makeUser(t, emulator, 'ann', policyText({ Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/ann/*` }))
  const form = (key: string, more = {}) => presignedPost({ fields: { key }, credentials, ...more })
  t.equal((await send(emulator, form('ann/a'))).status, 204)
  t.match(await send(emulator, form('bob/a')), { status: 403, code: 'AccessDenied', message: /user\/ann is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::photos\/bob\/a"/ })
  t.match(await send(emulator, { ...form('ann/a'), 'X-Amz-Signature': '0'.repeat(64) }), { status: 403, code: 'SignatureDoesNotMatch' })
  t.match(await send(emulator, { ...form('ann/a'), Policy: form('ann/b').Policy! }), { status: 403, code: 'SignatureDoesNotMatch' })
  t.match(await send(emulator, form('ann/a', { credentials: { ...credentials, accessKeyId: 'AKIAUNKNOWN' } })), { status: 403, code: 'InvalidAccessKeyId' })
  t.match(await send(emulator, { key: 'open/a' }), { status: 403, code: 'AccessDenied' })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyText({ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/open/*` }) }))
  t.equal((await send(emulator, { key: 'open/a' })).status, 204)
  t.match(await send(emulator, { key: 'ann/a' }), { status: 403, code: 'AccessDenied' })
})
