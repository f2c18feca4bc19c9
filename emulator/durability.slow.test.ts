// What is acknowledged is kept, and nothing else comes of it: under kills, and under contention. Longer by hand:
// SANDTABLE_KILL_ROUNDS=200 SANDTABLE_CONTENTION_MS=10000 npx tsx emulator/durability.slow.test.ts
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateCollectionCommand, DeleteCollectionCommand, ListCollectionsCommand } from '@aws-sdk/client-rekognition'
import {
  CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListMultipartUploadsCommand,
  ListObjectsV2Command, ListPartsCommand, PutObjectCommand, UploadPartCommand
} from '@aws-sdk/client-s3'
import { DeleteCommand, PutCommand, TransactGetCommand, TransactWriteCommand, paginateScan } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { stopwatch } from './core/clock.ts'
import { startEmulator, type Clients } from './index.ts'
import { testEmulator, wireClients } from './test-support/emulator.ts'
import { SpawnedEmulator } from './test-support/spawn-emulator.ts'

const KILL_ROUNDS = Number(process.env.SANDTABLE_KILL_ROUNDS ?? 1)
const CONTENTION_MS = Number(process.env.SANDTABLE_CONTENTION_MS ?? 150)

const Bucket = 'kept'
const TableName = 'kept'
const WRITERS = 12
const NAMES_OF_WRITER = 8
const COUNTERS = 4

/** Numbers that are the same in every run. */
function random (seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9E3779B1) // else neighbours begin alike
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  }
}

/** What is known of one item or object: a write that was not answered may have been done or not. */
interface Known { acknowledged: string | undefined, pending?: { value: string | undefined } }

/** The truth as the clients know it. */
class Ledger {
  readonly known = new Map<string, Known>()
  acknowledged = 0

  /** Writes a value, or deletes; afterwards it is known to be there, unless no answer came. */
  async write (name: string, value: string | undefined, send: () => Promise<unknown>): Promise<void> {
    const entry = this.known.get(name) ?? { acknowledged: undefined }
    this.known.set(name, entry)
    entry.pending = { value }
    await send()
    entry.acknowledged = value
    entry.pending = undefined
    this.acknowledged++
  }

  /** Compares with what is there, which is the truth from here on. */
  settle (kind: string, found: ReadonlyMap<string, string>): string[] {
    const faults: string[] = []
    for (const [name, entry] of this.known) {
      if (!name.startsWith(kind)) continue
      const value = found.get(name)
      if (value !== entry.acknowledged && !(entry.pending && entry.pending.value === value)) {
        faults.push(`${name} is ${value?.slice(0, 20)}; acknowledged was ${entry.acknowledged?.slice(0, 20)}, on its way ${JSON.stringify(entry.pending)?.slice(0, 40)}`)
      }
      entry.acknowledged = value
      entry.pending = undefined
    }
    for (const name of found.keys()) if (!this.known.has(name)) faults.push(`${name} is there, and nobody wrote it`)
    return faults
  }
}

/** One client's work, until the emulator is killed under it. */
async function write (clients: Clients, ledger: Ledger, { writer, round, next }: { writer: number, round: number, next: () => number }): Promise<never> {
  const { documents, rekognition, s3 } = clients
  const below = random(round * 1000 + writer)
  for (;;) {
    const step = next()
    const value = `${round}.${writer}.${step}`
    const slot = `${writer}.${below(NAMES_OF_WRITER)}`
    const item = `item-${slot}`
    const object = `object/${slot}`
    const CollectionId = `collection-${slot}`
    const actions = [
      () => ledger.write(item, value, () => documents.send(new PutCommand({ TableName, Item: { id: item, value, kind: `kind ${below(3)}` } }))),
      () => ledger.write(item, undefined, () => documents.send(new DeleteCommand({ TableName, Key: { id: item } }))),
      () => {
        const move = `move-${step}`
        const [from, to] = [below(COUNTERS), below(COUNTERS - 1)]
        const add = (counter: number, amount: number) => ({
          Update: { TableName, Key: { id: `counter-${counter}` }, UpdateExpression: 'ADD amount :a', ExpressionAttributeValues: { ':a': amount } },
        })
        const other = to >= from ? to + 1 : to
        return ledger.write(move, `${from}>${other}`, () => documents.send(new TransactWriteCommand({
          TransactItems: [add(from, -1), add(other, 1), { Put: { TableName, Item: { id: move, value: `${from}>${other}` } } }],
        })))
      },
      () => ledger.known.get(CollectionId)?.acknowledged === undefined
        ? ledger.write(CollectionId, 'made', () => rekognition.send(new CreateCollectionCommand({ CollectionId })))
        : ledger.write(CollectionId, undefined, () => rekognition.send(new DeleteCollectionCommand({ CollectionId }))),
      () => ledger.write(object, value.repeat(1000), () => s3.send(new PutObjectCommand({ Bucket, Key: object, Body: value.repeat(1000) }))),
      () => ledger.write(object, undefined, () => s3.send(new DeleteObjectCommand({ Bucket, Key: object }))),
      async () => {
        const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: object }))
        // The upload that takes an object's place has a part of its own that has to be there as well.
        const part = `part/${UploadId}`
        let ETag: string | undefined
        await ledger.write(part, object, async () => {
          ({ ETag } = await s3.send(new UploadPartCommand({ Bucket, Key: object, UploadId, PartNumber: 1, Body: value })))
        })
        const complete = new CompleteMultipartUploadCommand({ Bucket, Key: object, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } })
        await ledger.write(object, value, () => ledger.write(part, undefined, () => s3.send(complete)))
      },
    ]
    await actions[below(actions.length)]!()
  }
}

interface Item { id: string, value: string, kind?: string, amount?: number }

/** Everything that a started emulator has. */
async function readAll ({ documents, rekognition, s3 }: Clients) {
  const items: Item[] = []
  const indexed: Item[] = []
  for await (const { Items } of paginateScan({ client: documents }, { TableName })) items.push(...Items as Item[])
  for await (const { Items } of paginateScan({ client: documents }, { TableName, IndexName: 'kinds' })) indexed.push(...Items as Item[])
  const objects = new Map<string, string>()
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key } of Contents) objects.set(Key!, await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString())
  const parts = new Map<string, string>()
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
  for (const { Key, UploadId } of Uploads) {
    const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))
    if (Parts.length > 0) parts.set(`part/${UploadId}`, Key!)
  }
  const { CollectionIds = [] } = await rekognition.send(new ListCollectionsCommand({}))
  return { items, indexed, objects, parts, collections: new Map(CollectionIds.map((id) => [id, 'made'])) }
}

test(`acknowledged writes survive kill -9 (rounds: ${KILL_ROUNDS}), and no operation is half done`, { timeout: 30_000 + KILL_ROUNDS * 20_000 }, async (t) => {
  const dataPath = t.testdir()
  const setUp = await testEmulator(t, { dataPath, listen: false })
  const { dynamodb, s3 } = setUp.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [{ IndexName: 'kinds', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  await s3.send(new CreateBucketCommand({ Bucket }))
  await setUp.close()

  const ledger = new Ledger()
  const below = random(1)
  let begun = 0
  for (let round = 1; round <= KILL_ROUNDS; round++) {
    const emulator = await SpawnedEmulator.start(t, dataPath)
    const clients = wireClients(t, emulator)
    const enough = ledger.acknowledged + 20 + below(150)
    let killed: Promise<void> | undefined
    await Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
      const next = () => {
        if (ledger.acknowledged >= enough) killed ??= emulator.kill()
        return ++begun
      }
      await write(clients, ledger, { writer, round, next }).catch((error: Error) => {
        if (!killed) throw error
      })
    }))
    await killed

    const after = await startEmulator({ dataPath, listen: false, onError: (event) => t.fail('internal error', { event }) })
    const found = await readAll(after.clients())
    await after.close()
    const only = (kind: string) => found.items.filter(({ id }) => id.startsWith(kind))
    const values = (kind: string) => new Map(only(kind).map(({ id, value }) => [id, value]))
    const faults = [...ledger.settle('item-', values('item-')), ...ledger.settle('move-', values('move-')),
      ...ledger.settle('object/', found.objects), ...ledger.settle('part/', found.parts),
      ...ledger.settle('collection-', found.collections)]
    t.same(faults, [], `round ${round}: everything is as it was acknowledged`)
    t.same(new Set(found.indexed.map(({ id, value, kind }) => `${id} ${value} ${kind}`)),
      new Set(only('item-').map(({ id, value, kind }) => `${id} ${value} ${kind}`)), 'the index agrees with its table')
    const expected = new Map<string, number>()
    for (const move of only('move-')) {
      const [from, to] = move.value.split('>') as [string, string]
      expected.set(`counter-${from}`, (expected.get(`counter-${from}`) ?? 0) - 1)
      expected.set(`counter-${to}`, (expected.get(`counter-${to}`) ?? 0) + 1)
    }
    t.same(new Map(only('counter-').map(({ id, amount }) => [id, amount])), expected, 'transactions were done whole or not at all')
    const [partition] = await readdir(join(dataPath, 'contents'))
    t.equal((await readdir(join(dataPath, 'contents', partition!))).length, found.objects.size + found.parts.size, 'no content is left over')
  }
  t.comment(`${KILL_ROUNDS} rounds, ${ledger.acknowledged} acknowledged writes in ${begun} steps`)
})

for (const where of ['in memory', 'on disk']) {
  test(`50 writers on 10 counters lose no update, and no reader sees half a transaction, ${where}`, { timeout: 30_000 + CONTENTION_MS }, async (t) => {
    const dataPath = where === 'on disk' ? t.testdir() : undefined
    const emulator = await testEmulator(t, { listen: false, dataPath })
    const expected = await contend(t, emulator.clients())
    t.same(await readCounters(emulator.clients()), expected, 'each counter has what was acknowledged')
    if (dataPath === undefined) return
    await emulator.close()
    const again = await testEmulator(t, { listen: false, dataPath })
    t.same(await readCounters(again.clients()), expected, 'also after a restart')
  })
}

const counters = Array.from({ length: 10 }, (_, i) => `counter-${i}`)

async function readCounters ({ documents }: Clients): Promise<Map<string, number>> {
  const { Responses } = await documents.send(new TransactGetCommand({ TransactItems: counters.map((id) => ({ Get: { TableName, Key: { id } } })) }))
  return new Map(Responses!.map(({ Item }) => [Item!.id as string, Item!.amount as number]))
}

/** @returns what the counters have to have then */
async function contend (t: Test, clients: Clients): Promise<Map<string, number>> {
  const { dynamodb, documents } = clients
  await dynamodb.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  }))
  const START = 100
  await documents.send(new TransactWriteCommand({ TransactItems: counters.map((id) => ({ Put: { TableName, Item: { id, amount: START } } })) }))

  const began = stopwatch()
  const expected = new Map(counters.map((id) => [id, START]))
  let [done, refused, reads] = [0, 0, 0]
  const sums = new Set<number>()
  const running = () => stopwatch() - began < CONTENTION_MS
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    const below = random(writer)
    do {
      const [from, amount] = [below(10), 1 + below(9)]
      const to = (from + 1 + below(9)) % 10
      const move = (counter: number, by: number) => ({
        Update: {
          TableName,
          Key: { id: counters[counter] },
          UpdateExpression: 'ADD amount :by',
          ConditionExpression: 'amount >= :least',
          ExpressionAttributeValues: { ':by': by, ':least': Math.max(-by, 0) },
        },
      })
      try {
        await documents.send(new TransactWriteCommand({ TransactItems: [move(from, -amount), move(to, amount)] }))
        expected.set(counters[from]!, expected.get(counters[from]!)! - amount)
        expected.set(counters[to]!, expected.get(counters[to]!)! + amount)
        done++
      } catch (error) {
        if ((error as Error).name !== 'TransactionCanceledException') throw error
        refused++
      }
    } while (running())
  })
  const readers = Array.from({ length: 10 }, async () => {
    do {
      const amounts = [...(await readCounters(clients)).values()]
      sums.add(amounts.reduce((sum, amount) => sum + amount, 0))
      if (amounts.some((amount) => amount < 0)) sums.add(NaN)
      reads++
    } while (running())
  })
  await Promise.all([...writers, ...readers])
  t.same([...sums], [10 * START], 'every reader saw the whole sum, and no counter below zero')
  t.ok(done > 20 && reads > 5)
  t.comment(`${done} transactions, ${refused} refused by their condition, ${reads} reads in ${Math.round(stopwatch() - began)} ms`)
  return expected
}
