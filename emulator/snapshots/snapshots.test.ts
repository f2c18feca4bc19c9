import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { CreateTableCommand, DescribeTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { CreateCollectionCommand, IndexFacesCommand, SearchFacesByImageCommand } from '@aws-sdk/client-rekognition'
import { CreateBucketCommand, CreateMultipartUploadCommand, GetObjectCommand, ListPartsCommand, PutObjectCommand, UploadPartCommand, type S3Client } from '@aws-sdk/client-s3'
import { GetCommand, PutCommand, ScanCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { AccountStores } from '../core/storage/account-stores.ts'
import { DirectoryStorage } from '../core/storage/directory-storage.ts'
import type { Partition } from '../core/storage/storage.ts'
import { BadSnapshot, NoSuchSnapshot, type Emulator } from '../index.ts'
import { drawPortrait } from '../rekognition/test-support/pictures.ts'
import { testEmulator, TEST_TIME } from '../test-support/emulator.ts'

const TableName = 'things'
const Bucket = 'photos'
const HOUR_MS = 3_600_000
const portrait = await drawPortrait(1)

const createTable = new CreateTableCommand({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
})

/** More items than are read at a time, and more bytes than are in a line. */
const ITEMS = 300
const LARGE = Buffer.alloc(600_000, 'abc')

/** Puts something into every service, in the default account and in another. */
async function fill (emulator: Emulator, { items = ITEMS, large = LARGE } = {}) {
  const { dynamodb, documents, s3, rekognition } = emulator.clients()
  await dynamodb.send(createTable)
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: 'until', Enabled: true } }))
  await Promise.all(Array.from({ length: items }, (_, i) => documents.send(new PutCommand({ TableName, Item: { id: `${i}`, text: 'é€😀\n'.repeat(20) } }))))
  await documents.send(new PutCommand({ TableName, Item: { id: 'passing', until: Math.floor((TEST_TIME + HOUR_MS) / 1000) } }))
  await documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: 'once' } } }], ClientRequestToken: 'token' }))
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'large', Body: large, Metadata: { kind: 'odd' } }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }))
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
  await s3.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'part' }))
  await rekognition.send(new CreateCollectionCommand({ CollectionId: 'people' }))
  await rekognition.send(new IndexFacesCommand({ CollectionId: 'people', Image: { Bytes: portrait }, ExternalImageId: 'anna' }))
  await emulator.clients({ accessKeyId: '111122223333', region: 'eu-west-1' }).dynamodb.send(createTable)
  return { UploadId, items, large }
}

/** Finds all that {@link fill} has put in. */
async function check (t: Test, emulator: Emulator, { UploadId, items, large }: Awaited<ReturnType<typeof fill>>) {
  const { dynamodb, documents, s3, rekognition } = emulator.clients()
  t.match(await dynamodb.send(new DescribeTableCommand({ TableName })), { Table: { ItemCount: items + 2 } })
  t.match(await documents.send(new GetCommand({ TableName, Key: { id: `${items - 1}` } })), { Item: { text: 'é€😀\n'.repeat(20) } })
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: 'twice' } } }], ClientRequestToken: 'token' })), { name: 'IdempotentParameterMismatchException' })
  t.ok(large.equals(await read(s3, 'large')))
  t.equal((await read(s3, 'empty')).length, 0)
  t.match(await s3.send(new ListPartsCommand({ Bucket, Key: 'parts', UploadId })), { Parts: [{ PartNumber: 1, Size: 4 }] })
  t.match(await rekognition.send(new SearchFacesByImageCommand({ CollectionId: 'people', Image: { Bytes: portrait } })), { FaceMatches: [{ Face: { ExternalImageId: 'anna' } }] })
  const other = emulator.clients({ accessKeyId: '111122223333', region: 'eu-west-1' })
  t.equal((await other.documents.send(new ScanCommand({ TableName }))).Count, 0)
}

const read = async (s3: S3Client, Key: string) => Buffer.from(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray())
const bytesOf = async (emulator: Emulator, name: string) => Buffer.concat(await (await emulator.snapshots.download(name)).toArray() as Buffer[]) // files are bytes

for (const where of ['in memory', 'on disk']) {
  const open = (t: Test) => testEmulator(t, { listen: false, dataPath: where === 'on disk' ? t.testdir() : undefined })

  test(`a restored snapshot equals the saved state, ${where}`, async (t) => {
    const emulator = await open(t)
    const filled = await fill(emulator)
    const saved = await emulator.snapshots.save('full')
    t.match(saved, { name: 'full', bytes: Number, clock: { now: '2026-03-01T12:00:00.000Z', epochMs: TEST_TIME, frozen: true } })
    t.same(await emulator.snapshots.list(), [saved])

    const { documents, s3, rekognition } = emulator.clients()
    await emulator.clock.advance(2 * HOUR_MS)
    await emulator.clock.resume()
    t.notOk((await documents.send(new GetCommand({ TableName, Key: { id: 'passing' } }))).Item, 'it has expired')
    await s3.send(new PutObjectCommand({ Bucket, Key: 'large', Body: 'replaced' }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'new', Body: 'new' }))
    await rekognition.send(new CreateCollectionCommand({ CollectionId: 'others' }))
    await emulator.clients({ accessKeyId: '999988887777' }).dynamodb.send(createTable)
    await emulator.snapshots.save('later')

    t.same(await emulator.snapshots.restore('full'), saved)
    t.match(emulator.clock.state(), { epochMs: TEST_TIME, frozen: true }, 'the clock as well')
    await check(t, emulator, filled)
    await t.rejects(read(s3, 'new'), { name: 'NoSuchKey' })
    await rekognition.send(new CreateCollectionCommand({ CollectionId: 'others' }))
    await t.rejects(emulator.clients({ accessKeyId: '999988887777' }).documents.send(new ScanCommand({ TableName })), { name: 'ResourceNotFoundException' })
    t.ok((await documents.send(new GetCommand({ TableName, Key: { id: 'passing' } }))).Item)
    await emulator.clock.advance(2 * HOUR_MS)
    t.notOk((await documents.send(new GetCommand({ TableName, Key: { id: 'passing' } }))).Item, 'what was to expire expires again')

    await emulator.reset()
    await emulator.snapshots.restore('full')
    await check(t, emulator, filled)
    await emulator.snapshots.restore('later')
    t.equal((await read(s3, 'large')).toString(), 'replaced')
    t.equal(emulator.clock.state().frozen, false)

    t.same((await emulator.snapshots.list()).map(({ name }) => name), ['full', 'later'])
    await emulator.snapshots.delete('full')
    await t.rejects(emulator.snapshots.restore('full'), { name: 'NoSuchSnapshot', message: 'There is no snapshot "full"' })
    await t.rejects(emulator.snapshots.delete('full'), NoSuchSnapshot)
    await t.rejects(emulator.snapshots.download('../later'), NoSuchSnapshot)
    for (const name of ['', '..', '../x', 'a/b', 'A', '.hidden', 'x'.repeat(65)]) await t.rejects(emulator.snapshots.save(name), BadSnapshot, name)
  })

  test(`a snapshot is consistent while writes continue, and they continue during a restore, ${where}`, async (t) => {
    const emulator = await open(t)
    const { dynamodb, documents, s3 } = emulator.clients()
    await dynamodb.send(createTable)
    await s3.send(new CreateBucketCommand({ Bucket }))
    const ids = ['a', 'b', 'c', 'd']
    for (const id of ids) await documents.send(new PutCommand({ TableName, Item: { id, amount: 0 } }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'hot', Body: 'x'.repeat(20_000) }))
    const state = { writes: 0, stop: false }
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = writer; !state.stop; i++) {
        const add = (id: string, by: number) => ({ Update: { TableName, Key: { id }, UpdateExpression: 'ADD amount :by', ExpressionAttributeValues: { ':by': by } } })
        await documents.send(new TransactWriteCommand({ TransactItems: [add(ids[i % 4]!, 1), add(ids[(i + 1) % 4]!, -1)] }))
        await s3.send(new PutObjectCommand({ Bucket, Key: 'hot', Body: `${i % 10}`.repeat(20_000) }))
        state.writes++
        await nextTurn() // in process, nothing else makes them wait
      }
    })
    const names = ['one', 'two']
    for (const name of names) await emulator.snapshots.save(name)
    await emulator.snapshots.restore('two')
    state.stop = true
    await Promise.all(writers)
    t.ok(state.writes > 0)
    for (const name of names) {
      await emulator.snapshots.restore(name)
      const { Items = [] } = await documents.send(new ScanCommand({ TableName }))
      t.equal(Items.reduce((sum, { amount }) => sum + (amount as number), 0), 0, 'every transaction is in it as a whole')
      const hot = (await read(s3, 'hot')).toString()
      t.equal(hot, hot[0]!.repeat(20_000), 'and every object')
    }
  })
}

test('a snapshot can be moved to another emulator', async (t) => {
  const first = await testEmulator(t, { listen: false })
  const filled = await fill(first)
  await first.snapshots.save('full')
  const dataPath = t.testdir()
  const second = await testEmulator(t, { listen: false, dataPath })
  await second.snapshots.upload('from-elsewhere', await bytesOf(first, 'full'))
  await second.snapshots.restore('from-elsewhere')
  await check(t, second, filled)
  await second.close()

  const again = await testEmulator(t, { listen: false, dataPath, frozenAt: undefined })
  await check(t, again, filled)
  t.equal(again.clock.now(), TEST_TIME)
  t.same((await again.snapshots.list()).map(({ name }) => name), ['from-elsewhere'], 'snapshots stay with the data')
  await again.snapshots.save('back')
  await first.reset()
  await first.snapshots.upload('back', await again.snapshots.download('back'))
  await first.snapshots.restore('back')
  await check(t, first, filled)
})

test('a bad file is refused, and no state is lost', async (t) => {
  for (const dataPath of [undefined, t.testdir()]) {
    const emulator = await testEmulator(t, { listen: false, dataPath })
    const filled = await fill(emulator, { items: 3, large: Buffer.from('few bytes') })
    await emulator.snapshots.save('good')
    const good = await bytesOf(emulator, 'good')
    const lines = gunzipSync(good).toString().trimEnd().split('\n')
    const packed = (...lines: string[]) => gzipSync(`${lines.join('\n')}\n`)
    const changed = (change: (line: string) => string) => packed(...lines.map(change))
    const flipped = Buffer.from(good)
    flipped[good.length - 6]! ^= 1 // of the checksum
    const header = lines[0]!
    const refused = async (what: string, bytes: Uint8Array, message: RegExp) => {
      await t.rejects(emulator.snapshots.upload('good', bytes), { name: 'BadSnapshot', message }, what)
    }
    await refused('nothing', Buffer.alloc(0), /not gzip, or damaged|not a snapshot/)
    await refused('text', Buffer.from('hello'), /not gzip, or damaged/)
    await refused('cut off', good.subarray(0, good.length >> 1), /not gzip, or damaged/)
    await refused('damaged', flipped, /./)
    await refused('something else', packed('{"hello":"world"}'), /not a snapshot of Sandtable/)
    await refused('no JSON', packed('hello'), /not JSON/)
    await refused('newer', changed((line) => line.replace('"version":1', '"version":2')), /version 2; this Sandtable reads 1/)
    await refused('no clock', changed((line) => line.replace('"epochMs":', '"epoch":')), /has no clock/)
    await refused('no end', packed(...lines.slice(0, -1)), /is incomplete: its last line is missing/)
    await refused('a line too few', packed(...lines.slice(0, 5), ...lines.slice(6)), /has wrong counts/)
    await refused('a line too many', packed(...lines, '{}'), /is not the last/)
    await refused('another service', packed(header, '{"partition":"sqs/000000000000"}'), /line 2 names an unknown partition: sqs/)
    await refused('a path', packed(header, '{"partition":"s3/000000000000"}', '{"content":"../../x","size":1}'), /line 3 is not a record of a snapshot/)
    await refused('twice', packed(header, '{"partition":"s3/000000000000"}', '{"partition":"s3/000000000000"}'), /has the partition s3\/000000000000 a second time/)
    await refused('no bytes', packed(header, '{"partition":"s3/000000000000"}', '{"content":"a","size":1}', '{"content":"b","size":1}'), /line 4 is not the expected base64/)
    await refused('null', packed(header, 'null'), /line 2 belongs to no partition/)
    t.same(await bytesOf(emulator, 'good'), good, 'the one that has the name is still there')

    // Errors that only the service can detect are found before any state is replaced.
    const content = lines.findIndex((line) => line.startsWith('{"content":'))
    const renamed = lines.map((line, i) => i === content ? line.replace('"content":"', '"content":"0') : line)
    await emulator.snapshots.upload('lost', packed(...renamed))
    await t.rejects(emulator.snapshots.restore('lost'), { name: 'BadSnapshot', message: /has lost the contents/ })
    await emulator.snapshots.upload('odd', packed(...lines.map((line) => line.startsWith('{"key":"table~') ? '{"key":"table~things","value":{"TableName":"things"}}' : line)))
    await t.rejects(emulator.snapshots.restore('odd'), { name: 'BadSnapshot', message: /does not hold a state/ })
    await check(t, emulator, filled)
    await emulator.snapshots.restore('good')
    await check(t, emulator, filled)
    if (dataPath === undefined) continue
    await writeFile(join(dataPath, 'snapshots', 'foreign.jsonl.gz'), 'hello')
    await t.rejects(emulator.snapshots.list(), { name: 'BadSnapshot', message: /^The snapshot "foreign" cannot be read: / })
    await emulator.snapshots.delete('foreign')
    t.match(await emulator.snapshots.list(), [{ name: 'good' }, { name: 'lost' }, { name: 'odd' }])
  }
})

test('opening a partition during a restore finds the old or the new state, also after a restart', async (t) => {
  const path = t.testdir()
  for (const account of ['111111111111', '222222222222']) {
    const name = `s3/${account}`
    const storage = await DirectoryStorage.open(path)
    let goOn = () => {}
    const held = new Promise<void>((resolve) => { goOn = resolve })
    const retired: unknown[] = []
    const make = async ({ database }: Partition) => {
      const value = database.get('a')
      if (value === undefined) await held // not a staged one
      return { value }
    }
    const stores = new AccountStores({ service: 's3', storage, make, retire: ({ value }) => { retired.push(value) } })
    const stage = storage.stage()
    await (await stage.open(name)).database.commit([{ key: 'a', value: account }])
    const loaded = await stores.load(stage)
    const early = account === '111111111111' ? stores.get(account) : undefined
    const replaced = stage.replace({ offset: 0 }, () => loaded.use())
    const found = early ?? stores.get(account)
    await replaced
    goOn()
    t.same(await found, { value: account })
    t.equal(await found, stores.get(account), 'what it has is everybody\'s')
    t.notOk(retired.includes(account))
    await storage.close()

    const again = await DirectoryStorage.open(path)
    t.same((await again.open(name)).database.get('a'), account)
    await again.close()
  }
})

test('a state that was staged when the process was killed is deleted at the next start', async (t) => {
  const path = t.testdir()
  const before = await DirectoryStorage.open(path)
  const { database } = await before.open('s3/000000000000')
  await database.commit([{ key: 'a', value: 1 }])
  const stage = before.stage()
  const staged = await stage.open('s3/000000000000')
  await staged.database.commit([{ key: 'a', value: 2 }])
  const content = await staged.contents.write((async function * () { yield Buffer.from('x') })())
  const staging = stage.open('s3/111122223333')
  t.same(before.names(), ['s3/000000000000'])
  await staging
  await before.close()

  const after = await DirectoryStorage.open(path)
  t.same(after.names(), ['s3/000000000000'])
  t.equal((await after.open('s3/000000000000')).database.get('a'), 1)
  const next = after.stage()
  const { database: anew, contents } = await next.open('s3/000000000000')
  t.equal(anew.get('a'), undefined)
  t.same(await contents.retain(new Set([content])), [content])
  await anew.commit([{ key: 'a', value: 3 }])
  await next.replace({ offset: 5 }, () => {})
  await after.close()

  const last = await DirectoryStorage.open(path)
  t.same(last.clock, { offset: 5 })
  t.equal((await last.open('s3/000000000000')).database.get('a'), 3)
  await last.close()
})

test('a snapshot over the unpacked size limit is refused while it is read', async (t) => {
  const emulator = await testEmulator(t, { snapshotBytes: 100_000 })
  const line = `${JSON.stringify({ key: 'item-x', value: { v: { S: 'x'.repeat(10_000) } } })}\n`
  const head = '{"format":"sandtable-snapshot","version":1,"clock":{"epochMs":0,"frozen":true}}\n{"partition":"dynamodb/000000000000/us-east-1"}\n'
  let read = 0
  const bomb = async function * () {
    const packed = gzipSync(head + line.repeat(10_000))
    t.ok(packed.length < 1_000_000, 'a small file')
    for (let from = 0; from < packed.length; from += 4_096) {
      read = from
      yield packed.subarray(from, from + 4_096)
    }
  }
  await t.rejects(emulator.snapshots.upload('bomb', bomb()), { name: 'BadSnapshot', message: /unpacks to more than 100000 bytes/ })
  t.ok(read > 0)
  await t.rejects(emulator.snapshots.restore('bomb'), NoSuchSnapshot)
})
