// Random writes in three regions, at random times, end in equal tables, which are those of a model. More by hand:
// SANDTABLE_REPLICATION_SEEDS=200 TAP_TIMEOUT=600 npx tsx emulator/dynamodb/replication/convergence.test.ts
import { CreateTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DeleteCommand, paginateScan, PutCommand, TransactWriteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { testEmulator } from '../../test-support/emulator.ts'

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-south-1']
const TableName = 'orders'
const LAG_MS = 1000
const STEPS = 120
const IDS = 6
const SEEDS = Number(process.env.SANDTABLE_REPLICATION_SEEDS ?? 6)

/** Deterministic numbers in [0, 1). */
function randomFrom (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Written { value: number | undefined, at: number, count: number, region: string }

/** Three regions that send each other messages: each keeps of every item the write that is last by time, count and region. */
class Model {
  readonly regions = new Map(REGIONS.map((region) => [region, new Map<string, Written>()]))
  #now = 0
  #inTransit: { due: number, to: string, id: string, written: Written }[] = []

  valueOf (region: string, id: string): number | undefined {
    return this.regions.get(region)!.get(id)?.value
  }

  write (region: string, id: string, value: number | undefined): void {
    const own = this.regions.get(region)!
    const before = own.get(id)
    const written = before && before.at >= this.#now ? { value, at: before.at, count: before.count + 1, region } : { value, at: this.#now, count: 0, region }
    own.set(id, written)
    for (const to of REGIONS) if (to !== region) this.#inTransit.push({ due: this.#now + LAG_MS, to, id, written })
  }

  advance (ms: number): void {
    this.#now += ms
    const due = this.#inTransit.filter((message) => message.due <= this.#now)
    this.#inTransit = this.#inTransit.filter((message) => message.due > this.#now)
    for (const { to, id, written } of due) {
      const there = this.regions.get(to)!
      const before = there.get(id)
      if (!before || isLater(written, before)) there.set(id, written)
    }
  }

  items (region: string): [string, number][] {
    return [...this.regions.get(region)!].flatMap(([id, { value }]): [string, number][] => value === undefined ? [] : [[id, value]]).sort()
  }
}

function isLater (one: Written, other: Written): boolean {
  return one.at !== other.at ? one.at > other.at : one.count !== other.count ? one.count > other.count : one.region > other.region
}

async function itemsOf (client: DynamoDBDocumentClient): Promise<[string, number][]> {
  const items: [string, number][] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) items.push(...Items.map(({ id, value }): [string, number] => [id as string, value as number])) // as they were written
  return items.sort()
}

async function converges (t: Test, seed: number): Promise<void> {
  const emulator = await testEmulator(t, { replicationLag: `${LAG_MS}ms` })
  const clients = new Map(REGIONS.map((region) => [region, emulator.clients({ region, maxAttempts: 1 })]))
  const { dynamodb } = clients.get(REGIONS[0]!)!
  await dynamodb.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }))
  for (const RegionName of REGIONS.slice(1)) await dynamodb.send(new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName } }] }))
  const random = randomFrom(seed)
  const upTo = (most: number) => Math.floor(random() * most)
  const model = new Model()
  for (let step = 0; step < STEPS; step++) {
    const region = REGIONS[upTo(REGIONS.length)]!
    const { documents } = clients.get(region)!
    const id = `i${upTo(IDS)}`
    const other = `i${(Number(id[1]) + 1 + upTo(IDS - 1)) % IDS}`
    // Few values, so that some writes change nothing.
    const value = upTo(4)
    const kind = upTo(6)
    if (kind === 0) {
      await documents.send(new DeleteCommand({ TableName, Key: { id } }))
      // A delete of what is not there writes nothing.
      if (model.valueOf(region, id) !== undefined) model.write(region, id, undefined)
    } else if (kind === 1) {
      await documents.send(new UpdateCommand({ TableName, Key: { id }, UpdateExpression: 'ADD #v :one', ExpressionAttributeNames: { '#v': 'value' }, ExpressionAttributeValues: { ':one': 1 } }))
      model.write(region, id, (model.valueOf(region, id) ?? 0) + 1)
    } else if (kind === 2) {
      await documents.send(new TransactWriteCommand({ TransactItems: [id, other].map((one) => ({ Put: { TableName, Item: { id: one, value } } })) }))
      for (const one of [id, other]) model.write(region, one, value)
    } else if (kind === 3) {
      await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: [id, other].map((one) => ({ PutRequest: { Item: { id: one, value } } })) } }))
      for (const one of [id, other]) model.write(region, one, value)
    } else {
      await documents.send(new PutCommand({ TableName, Item: { id, value } }))
      model.write(region, id, value)
    }
    const ms = random() < 0.4 ? 0 : upTo(LAG_MS)
    await emulator.clock.advance(ms)
    model.advance(ms)
    if (step % 20 === 0) for (const one of REGIONS) t.strictSame(await itemsOf(clients.get(one)!.documents), model.items(one), `seed ${seed}, step ${step}: ${one} is as in the model`)
  }
  await emulator.clock.advance(LAG_MS)
  model.advance(LAG_MS)
  const ended = await Promise.all(REGIONS.map((region) => itemsOf(clients.get(region)!.documents)))
  t.strictSame(ended, REGIONS.map(() => model.items(REGIONS[0]!)), `seed ${seed}: all regions are equal, and as in the model`)
}

test('random writes in three regions end in equal tables, those of a model', async (t) => {
  for (let seed = 1; seed <= SEEDS; seed++) await converges(t, seed)
})
