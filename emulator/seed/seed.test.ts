import { DescribeTableCommand, DescribeTimeToLiveCommand, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, HeadBucketCommand } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import { startEmulator } from '../index.ts'
import { testEmulator, wireClients } from '../test-support/emulator.ts'

type Folder = Exclude<Parameters<Test['testdir']>[0], string | Buffer | undefined>

const THINGS = JSON.stringify({
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
})
const ITEMS = [
  '{"id":{"S":"a"},"n":{"N":"1"},"bytes":{"B":"aGk="}}',
  '',
  '{"Item":{"id":{"S":"b"},"n":{"N":"0.10000000000000000000000000000000000001"}}}',
].join('\n')
const MANY = Array.from({ length: 250 }, (_, n) => `{"id":{"S":"m${n}"}}\n`).join('')
const FACES = JSON.stringify([{ bucket: 'photos', key: 'a*', faces: [{ person: 'anna' }] }, { bucket: 'photos', key: 'b*', faces: [{ person: 'bert' }] }])

const policy = (statement: object) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
const IAM = {
  policies: [{ PolicyName: 'read', PolicyDocument: policy({ Action: 'dynamodb:GetItem', Resource: '*' }) }],
  groups: [{ GroupName: 'readers', AttachedPolicies: ['arn:aws:iam::000000000000:policy/read'] }],
  users: [{ UserName: 'ann', Groups: ['readers'], Policies: { own: policy({ Action: 's3:*', Resource: '*' }) }, AccessKeys: [{ AccessKeyId: 'ann-key', SecretAccessKey: 'ann-secret' }] }],
  roles: [{ RoleName: 'worker', AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal: { AWS: '000000000000' } }), MaxSessionDuration: 7200 }],
}

test('a seed folder is loaded at the start: tables, items, objects and faces', async (t) => {
  const folder = t.testdir({
    'README.md': 'what it is',
    dynamodb: { 'things.json': THINGS, 'things.jsonl': ITEMS, 'many.json': THINGS, 'many.jsonl': MANY },
    s3: { photos: { 'a.jpg': 'a', deep: { 'b b.txt': 'bytes' }, '.DS_Store': '' }, empty: {} },
    rekognition: { 'faces.json': FACES },
    'iam.json': JSON.stringify(IAM),
  })
  const emulator = await testEmulator(t, { seed: { folder }, iam: true })
  const { dynamodb, s3 } = emulator.clients()

  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'things' }))
  t.strictSame(Items.map(({ id, n, bytes }) => [id!.S, n!.N, bytes && Buffer.from(bytes.B!).toString()]).sort(), [['a', '1', 'hi'], ['b', '0.10000000000000000000000000000000000001', undefined]])
  const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))
  t.match(TimeToLiveDescription, { AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' })
  t.equal((await dynamodb.send(new DescribeTableCommand({ TableName: 'many' }))).Table?.ItemCount, 250)
  const object = await s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'deep/b b.txt' }))
  t.strictSame([await object.Body?.transformToString(), object.ContentType], ['bytes', 'text/plain'])
  await s3.send(new HeadBucketCommand({ Bucket: 'empty' }))
  t.strictSame(emulator.faces.list().map(({ key, faces }) => [key, faces?.[0]?.person]), [['a*', 'anna'], ['b*', 'bert']])

  await emulator.reset()
  t.strictSame(await emulator.seed(), { folder, tables: 2, items: 252, buckets: 2, objects: 2, faces: 2, principals: 4 }, 'again, after a reset')
  t.strictSame(await emulator.seed(), { folder, tables: 2, items: 252, buckets: 2, objects: 2, faces: 2, principals: 4 }, 'and over itself')
  t.ok((await dynamodb.send(new GetItemCommand({ TableName: 'many', Key: { id: { S: 'm249' } } }))).Item)

  const ann = wireClients(t, emulator, { accessKeyId: 'ann-key', secretAccessKey: 'ann-secret' }).dynamodb
  await ann.send(new GetItemCommand({ TableName: 'many', Key: { id: { S: 'm249' } } }))
  await t.rejects(ann.send(new ScanCommand({ TableName: 'many' })), { message: /^User: arn:aws:iam::000000000000:user\/ann is not authorized to perform: dynamodb:Scan/ })
})

test('an error in a seed folder is reported with file and line, and the emulator does not start', async (t) => {
  const cases: [RegExp, Folder][] = [
    [/^notes\.txt does not belong in a seed folder: allowed are dynamodb\/TABLE\.json, /, { 'notes.txt': '' }],
    [/^dynamodb\/things\.json is not JSON: /, { dynamodb: { 'things.json': '{' } }],
    [/^dynamodb\/things\.json is not a JSON object$/, { dynamodb: { 'things.json': '[]' } }],
    [/^dynamodb\/things\.json describes the table "others", but its name says things$/, { dynamodb: { 'things.json': '{"TableName":"others"}' } }],
    [/^dynamodb\/things\.json: .*keySchema/, { dynamodb: { 'things.json': '{}' } }],
    [/^dynamodb\/things\.json: .*attributeName/i, { dynamodb: { 'things.json': THINGS.replace('"expiresAt"', '""') } }],
    [/^dynamodb\/others\.jsonl line 1: there is no table others; dynamodb\/others\.json would describe it$/, { dynamodb: { 'others.jsonl': ITEMS } }],
    [/^dynamodb\/things\.jsonl line 3 is not JSON: /, { dynamodb: { 'things.json': THINGS, 'things.jsonl': `${ITEMS.split('\n', 2).join('\n')}\nnone` } }],
    [/^dynamodb\/things\.jsonl line 2: .*Missing the key id in the item/, { dynamodb: { 'things.json': THINGS, 'things.jsonl': '{"id":{"S":"a"}}\n{"n":{"N":"1"}}' } }],
    [/^s3\/NO: /, { s3: { NO: {} } }],
    [/^iam\.json\.users\.0: /, { 'iam.json': '{"users":[{"Name":"ann"}]}' }],
    [/^iam\.json, user ann: The group with name none cannot be found\.$/, { 'iam.json': '{"users":[{"UserName":"ann","Groups":["none"]}]}' }],
    [/^iam\.json, role worker: Syntax errors in policy\.$/, { 'iam.json': '{"roles":[{"RoleName":"worker","AssumeRolePolicyDocument":{}}]}' }],
    [/^rekognition\/faces\.json is not a JSON array$/, { rekognition: { 'faces.json': '{}' } }],
    [/^rekognition\/faces\.json at \[1\]: /, { rekognition: { 'faces.json': JSON.stringify([{ bucket: 'b', key: 'k', faces: [] }, { bucket: 'b', key: 'k', face: [] }]) } }],
  ]
  const folders = t.testdir(Object.fromEntries(cases.map(([, content], index) => [index, content])))
  for (const [index, [message]] of cases.entries()) {
    await t.rejects(startEmulator({ listen: false, seed: { folder: `${folders}/${index}` } }), { name: 'BadSeed', message }, String(message))
  }
  await t.rejects(startEmulator({ listen: false, seed: { folder: `${folders}/none` } }), { name: 'BadSeed', message: /^The seed folder .* cannot be read: it does not exist$/ })
  const emulator = await testEmulator(t)
  await t.rejects(emulator.seed(), { name: 'BadSeed', message: /^The emulator was started without a seed folder/ })
  const answer = await fetch(`${emulator.url}/_sandtable/seed`, { method: 'POST' })
  t.equal(answer.status, 400)
})
