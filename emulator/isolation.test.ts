import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { CreateCollectionCommand, DetectFacesCommand, ListCollectionsCommand } from '@aws-sdk/client-rekognition'
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { Clients, Emulator } from './index.ts'
import { drawPortrait } from './rekognition/test-support/pictures.ts'
import { testEmulator, TEST_TIME } from './test-support/emulator.ts'

/** A caller: an account of an emulator. */
interface Caller { emulator: Emulator, clients: Clients, account: string }

const OWN = '111122223333'
const OTHER = '444455556666'

function callerIn (t: Test, emulator: Emulator, account: string): Caller {
  const clients = emulator.clients({ accessKeyId: account, maxAttempts: 1 })
  t.teardown(() => clients.destroy())
  return { emulator, clients, account }
}

/** Makes one of each thing, under names that are the same for everybody. */
async function fill ({ emulator, clients: { dynamodb, documents, s3, rekognition }, account }: Caller, content: string): Promise<void> {
  await dynamodb.send(new CreateTableCommand({
    TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  await documents.send(new PutCommand({ TableName: 'things', Item: { id: 'a', content } }))
  await s3.send(new CreateBucketCommand({ Bucket: 'letters' }))
  await s3.send(new PutObjectCommand({ Bucket: 'letters', Key: 'a', Body: content }))
  await rekognition.send(new CreateCollectionCommand({ CollectionId: content }))
  await emulator.faces.arrange({ account, bucket: 'letters', key: '*', faces: [] })
}

/** What a caller finds of those. */
async function seenBy ({ clients: { dynamodb, documents, s3, rekognition } }: Caller) {
  const { TableNames } = await dynamodb.send(new ListTablesCommand({}))
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  const { CollectionIds } = await rekognition.send(new ListCollectionsCommand({}))
  const hasTable = TableNames?.includes('things')
  return {
    tables: TableNames,
    item: hasTable ? (await documents.send(new GetCommand({ TableName: 'things', Key: { id: 'a' } }))).Item?.content as unknown : undefined,
    buckets: Buckets.map(({ Name }) => Name),
    object: Buckets.length > 0 ? await (await s3.send(new GetObjectCommand({ Bucket: 'letters', Key: 'a' }))).Body?.transformToString() : undefined,
    collections: CollectionIds,
  }
}

const NOTHING = { tables: [], item: undefined, buckets: [], object: undefined, collections: [] }
const filledWith = (content: string) => ({ tables: ['things'], item: content, buckets: ['letters'], object: content, collections: [content] })

const facesIn = async ({ clients: { rekognition, s3 } }: Caller, image: Uint8Array) => {
  await s3.send(new PutObjectCommand({ Bucket: 'letters', Key: 'face', Body: image }))
  return (await rekognition.send(new DetectFacesCommand({ Image: { S3Object: { Bucket: 'letters', Name: 'face' } } }))).FaceDetails?.length
}

/** Holds for any two callers, with what each has of its own. */
async function shareNothing (t: Test, one: Caller, other: Caller): Promise<void> {
  await fill(one, 'one')
  t.same(await seenBy(other), NOTHING)
  await fill(other, 'other')
  t.same([await seenBy(one), await seenBy(other)], [filledWith('one'), filledWith('other')])

  const image = await drawPortrait(1)
  one.emulator.faces.clear(one.account)
  t.same([await facesIn(one, image), await facesIn(other, image)], [1, 0], 'arranged faces')

  await one.emulator.faults.add({ account: one.account, error: 'internal' })
  await t.rejects(one.clients.dynamodb.send(new ListTablesCommand({})), { name: 'InternalServerError' })
  t.same((await seenBy(other)).item, 'other', 'faults')
  one.emulator.faults.clear({ account: one.account })

  const callsOf = ({ emulator, account }: Caller) => emulator.trace.query({ account, operation: 'CreateTable' }).map((call) => call.account)
  t.same([callsOf(one), callsOf(other)], [[one.account], [other.account]], 'the trace')

  await one.emulator.reset({ account: one.account })
  t.same([await seenBy(one), await seenBy(other)], [NOTHING, filledWith('other')], 'a reset')
}

test('two accounts in one emulator share nothing', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  await shareNothing(t, callerIn(t, emulator, OWN), callerIn(t, emulator, OTHER))
})

test('two emulators in one process share nothing, not even for the same account', async (t) => {
  const [one, other] = await Promise.all([testEmulator(t, { listen: false }), testEmulator(t, { listen: false })])
  await shareNothing(t, callerIn(t, one, OWN), callerIn(t, other, OWN))

  await one.clock.advance(86_400_000)
  t.same([one.clock.now(), other.clock.now()], [TEST_TIME + 86_400_000, TEST_TIME], 'the clock')
  await one.faults.add({ error: 'throttle' })
  t.same([one.faults.list().length, other.faults.list().length], [1, 0], 'rules')
  one.trace.clear()
  t.ok(other.trace.query().length > 0, 'what the trace keeps')
  const [keys, otherKeys] = await Promise.all([one.tokens.keys(), other.tokens.keys()])
  t.not(JSON.stringify(keys), JSON.stringify(otherKeys), 'a token of the one is none in the other')
  await one.close()
  t.same((await seenBy(callerIn(t, other, OWN))).item, 'other', 'one goes on when the other has closed')
})
