import assert from 'node:assert/strict'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { test } from 'tap'
import { compareValues } from '../../values/compare-values.ts'
import type { AttributeValue, Item } from '../../values/item.ts'
import { testEmulator } from '../../../test-support/emulator.ts'
import { invokeRaw } from '../../../test-support/raw-call.ts'
import { dynalite } from '../../../../test/test-support/dynalite.ts'

/*
 * Pages are read by our own reader (`storage/page.ts`). Here they are held against two others, over generated tables and
 * requests: dynalite's own path, streams and all, page by page; and a list of all items, filtered and sorted, which also
 * knows what dynalite does not.
 */

/** How many tables; more by hand: `TAP_TIMEOUT=0 SANDTABLE_FUZZ_RUNS=5000 npx tsx emulator/dynamodb/operations/items/page-read.slow.test.ts`. */
const RUNS = Number(process.env.SANDTABLE_FUZZ_RUNS ?? 40)

type KeyType = 'S' | 'N' | 'B'
type Call = (operation: string, input: object) => Promise<Page>

interface Page { Items?: Item[], Count: number, ScannedCount: number, LastEvaluatedKey?: Item }

/** Texts, numbers and bytes whose order is easily got wrong; each has one form. */
const VALUES: Record<KeyType, AttributeValue[]> = {
  S: ['a', 'A', 'ab', 'b', '/', '~', 'é', '\u{1F600}', '\uFFFF', '0', '10', '9', ' ', 'a/', '\0'].map((S) => ({ S })),
  N: ['-10', '-9', '-1.5', '-1', '-0.001', '0', '0.001', '1', '1.5', '9', '10', '100', '1.0e120', '1e-120', '123456789012345678901234567890']
    .map((text) => ({ N: text === '1.0e120' ? `1${'0'.repeat(120)}` : text === '1e-120' ? `0.${'0'.repeat(119)}1` : text })),
  B: ['AA==', 'AAA=', 'AQ==', 'AQI=', '/w==', '/wA=', 'fw==', 'gA==', 'YQ==', 'Yg==', 'YWI=', 'EA==', 'Dw==', 'Lw==', '/v8='].map((B) => ({ B })),
}

const anyType = fc.constantFrom<KeyType>('S', 'N', 'B')
const projection = fc.constantFrom({ ProjectionType: 'ALL' }, { ProjectionType: 'KEYS_ONLY' }, { ProjectionType: 'INCLUDE', NonKeyAttributes: ['v'] })

/** Which of the 45 places an item is at: three hash keys, and the range keys of one of the types. */
const anyTable = fc.record({
  types: fc.record({ pk: anyType, sk: anyType, a: anyType, g: anyType, r: anyType }),
  local: projection,
  global: projection,
  /** Whether items may stand at the same place in an index; dynalite orders those as it likes. */
  ties: fc.boolean(),
  places: fc.shuffledSubarray(Array.from({ length: 45 }, (_, place) => place), { minLength: 5, maxLength: 25 }),
  order: fc.shuffledSubarray(Array.from({ length: 15 }, (_, n) => n), { minLength: 15 }),
})
type AnyTable = typeof anyTable extends fc.Arbitrary<infer T> ? T : never

const anyRead = fc.record({
  index: fc.constantFrom(undefined, 'local', 'global'),
  scan: fc.boolean(),
  segments: fc.integer({ min: 1, max: 3 }),
  hash: fc.nat(2),
  range: fc.option(fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with'), fc.nat(14), fc.nat(14)), { nil: undefined }),
  forward: fc.boolean(),
  limit: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  filter: fc.option(fc.nat(30), { nil: undefined }),
  select: fc.constantFrom(undefined, 'COUNT', 'ALL_ATTRIBUTES', 'some'),
})
type AnyRead = typeof anyRead extends fc.Arbitrary<infer T> ? T : never

const schema = (hash: string, range: string) => [{ AttributeName: hash, KeyType: 'HASH' }, { AttributeName: range, KeyType: 'RANGE' }]
const KEYS = { table: schema('pk', 'sk'), local: schema('pk', 'a'), global: schema('g', 'r') }
const keyOf = (index: 'local' | 'global' | undefined) => KEYS[index ?? 'table'].map(({ AttributeName }) => AttributeName) as [string, string] // as above

function definition (TableName: string, { types, local, global }: AnyTable) {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: KEYS.table,
    LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: KEYS.local, Projection: local }],
    GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: KEYS.global, Projection: global }],
  }
}

function itemsOf ({ types, ties, places, order }: AnyTable): Item[] {
  return places.map((place, n) => {
    const item: Item = { pk: VALUES[types.pk][place % 3]!, sk: VALUES[types.sk][Math.floor(place / 3)]!, v: { N: String(place) }, m: { M: { x: { N: String(n) }, y: { S: 'y' } } } }
    // An index has at most one item at a place, unless there may be ties; and some items are not in it.
    const inIndex = ties ? n % 4 : n < 15 ? order[n]! : undefined
    if (inIndex !== undefined && n % 5 > 0) item.a = VALUES[types.a][inIndex]!
    if (inIndex !== undefined && n % 6 > 0) Object.assign(item, { g: VALUES[types.g][n % 2]!, r: VALUES[types.r][inIndex]! })
    return item
  })
}

/** The request, without the page that it asks for. */
function requestOf (table: AnyTable, { index, scan, hash, range, forward, limit, filter, select }: AnyRead) {
  const [hashName, rangeName] = keyOf(index)
  const type = (name: string) => table.types[name as keyof typeof table.types]
  const values: Record<string, AttributeValue> = {}
  let condition: string | undefined
  if (!scan) {
    values[':h'] = VALUES[type(hashName)][hash]!
    condition = `${hashName} = :h`
    const [operator, ...ends] = range ?? []
    if (operator !== undefined) {
      const [low, high] = ends.map((n) => VALUES[type(rangeName)][n]!).sort((one, other) => compareValues(one, other)!) as [AttributeValue, AttributeValue]
      values[':r'] = low
      if (operator === 'BETWEEN') values[':s'] = high
      const usable = operator === 'begins_with' && low.N !== undefined ? '>=' : operator
      condition += usable === 'BETWEEN' ? ` AND ${rangeName} BETWEEN :r AND :s` : usable === 'begins_with' ? ` AND begins_with(${rangeName}, :r)` : ` AND ${rangeName} ${usable} :r`
    }
  }
  if (filter !== undefined) values[':f'] = { N: String(filter) }
  return {
    IndexName: index,
    Limit: limit,
    ...(!scan && { KeyConditionExpression: condition, ScanIndexForward: forward }),
    ...(filter !== undefined && { FilterExpression: 'v > :f OR attribute_not_exists(v)' }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ...(select === 'some' ? { ProjectionExpression: 'pk, v, m.x' } : { Select: select }),
  }
}

/** What a request gives in all, in no order where there is none. */
function expected (table: AnyTable, items: Item[], read: AnyRead) {
  const { index, scan, hash, range, filter, select } = read
  const [hashName, rangeName] = keyOf(index)
  const { ExpressionAttributeValues: values = {} } = requestOf(table, read)
  const has = projected(table, index)
  const whole = !index || select === 'ALL_ATTRIBUTES' || (index === 'local' && select === 'some' && !has('m'))
  const bytes = ({ S, B }: AttributeValue) => S === undefined ? Buffer.from(B!, 'base64') : Buffer.from(S)
  const meets = (item: Item) => {
    if (!item[hashName] || !item[rangeName]) return false
    if (scan) return true
    if (compareValues(item[hashName], VALUES[table.types[hashName as 'pk' | 'g']][hash]) !== 0) return false
    if (!range) return true
    const order = compareValues(item[rangeName], values[':r'])!
    switch (range[0]) {
      case '=': return order === 0
      case '<': return order < 0
      case '<=': return order <= 0
      case '>': return order > 0
      case '>=': return order >= 0
      case 'BETWEEN': return order >= 0 && compareValues(item[rangeName], values[':s'])! <= 0
      default: return values[':r']!.N === undefined ? bytes(item[rangeName]).subarray(0, bytes(values[':r']!).length).equals(bytes(values[':r']!)) : order >= 0
    }
  }
  const scanned = items.filter(meets)
  const seen = scanned.map((item) => whole ? item : Object.fromEntries(Object.entries(item).filter(([name]) => has(name))))
    .filter(({ v }) => filter === undefined || !v || Number(v.N) > filter)
  const some = ({ pk, v, m }: Item): Item => ({ pk: pk!, ...(v && { v }), ...(m && { m: { M: { x: m.M!.x! } } }) })
  return { scanned: scanned.length, found: select === 'some' ? seen.map(some) : seen }
}

/** Which attributes an index has. */
function projected (table: AnyTable, index: AnyRead['index']): (name: string) => boolean {
  const { ProjectionType, NonKeyAttributes = [] } = index ? table[index] as { ProjectionType: string, NonKeyAttributes?: string[] } : { ProjectionType: 'ALL' }
  const names = [...keyOf(undefined), ...keyOf(index)]
  return (name) => ProjectionType === 'ALL' || names.includes(name) || NonKeyAttributes.includes(name)
}

/** What AWS refuses: an index that lacks what is filtered by, and a global one that lacks what is asked for. */
function isRefused (table: AnyTable, { index, scan, filter, select }: AnyRead): boolean {
  if (!scan && filter !== undefined && !projected(table, index)('v')) return true
  return index === 'global' && !projected(table, 'global')('m') && (select === 'some' || select === 'ALL_ATTRIBUTES')
}

async function pagesOf (call: Call, read: AnyRead, request: object): Promise<Page[]> {
  const pages: Page[] = []
  for (let Segment = 0; Segment < (read.scan ? read.segments : 1); Segment++) {
    let ExclusiveStartKey: Item | undefined
    do {
      const segment = read.scan && read.segments > 1 ? { Segment, TotalSegments: read.segments } : {}
      const page: Page = await call(read.scan ? 'Scan' : 'Query', { ...request, ...segment, ExclusiveStartKey })
      pages.push(page)
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
  }
  return pages
}

function check (table: AnyTable, items: Item[], read: AnyRead, pages: Page[]): void {
  const { index, scan, forward, limit = Infinity, select } = read
  const { scanned, found } = expected(table, items, read)
  assert.equal(pages.reduce((sum, { ScannedCount }) => sum + ScannedCount, 0), scanned)
  assert.equal(pages.reduce((sum, { Count }) => sum + Count, 0), found.length)
  for (const page of pages) {
    assert.equal(page.LastEvaluatedKey !== undefined, page.ScannedCount === limit)
    assert.ok(page.ScannedCount <= limit)
    assert.equal(page.Items?.length, select === 'COUNT' ? undefined : page.Count)
  }
  if (select === 'COUNT') return
  const all = pages.flatMap(({ Items }) => Items!)
  const sorted = (list: Item[]) => list.map((item) => JSON.stringify(Object.entries(item).sort(([one], [other]) => one < other ? -1 : 1))).sort()
  assert.deepEqual(sorted(all), sorted(found))
  if (scan || select === 'some') return
  const range = keyOf(index)[1]
  for (const [n, item] of all.slice(1).entries()) assert.ok(compareValues(all[n]![range], item[range])! * (forward ? 1 : -1) <= 0, 'in order')
}

test('pages equal those of dynalite, and of a list of all items', { timeout: RUNS * 500 + 30_000 }, async (t) => {
  const client: DynamoDBClient = (await testEmulator(t)).clients({ maxAttempts: 1 }).dynamodb
  const ours: Call = async (operation, input) => {
    const { status, body } = await invokeRaw(client, operation, input)
    assert.equal(status, 200, JSON.stringify(body))
    return body as unknown as Page
  }
  const theirs = dynalite<Page>()
  let tables = 0
  await fc.assert(fc.asyncProperty(anyTable, fc.array(anyRead, { minLength: 1, maxLength: 6 }), async (table, reads) => {
    const TableName = `table-${tables++}`
    const items = itemsOf(table)
    await ours('CreateTable', definition(TableName, table))
    await theirs.createTable(definition(TableName, table))
    for (const call of [ours, theirs.call]) for (const Item of items) await call('PutItem', { TableName, Item })
    for (const read of reads) {
      if (isRefused(table, read)) continue
      const request = { TableName, ...requestOf(table, read) }
      const pages = await pagesOf(ours, read, request)
      check(table, items, read, pages)
      // dynalite does not fetch for a projection what a local index lacks, and compares the key of a page's start by UTF-16.
      const knows = !table.ties && !(read.index === 'local' && read.select === 'some' && !projected(table, 'local')('m')) &&
        !JSON.stringify([items, request]).includes('\uFFFF')
      if (knows) assert.deepEqual(pages, await pagesOf(theirs.call, read, request))
    }
  }), { numRuns: RUNS, seed: RUNS })
  t.pass(`${RUNS} tables`)
})

test('a page ends with the item that reaches one megabyte, before any filter', async (t) => {
  const client = (await testEmulator(t)).clients({ maxAttempts: 1 }).dynamodb
  const call = async (operation: string, input: object) => (await invokeRaw(client, operation, input)).body as unknown as Page
  const [TableName, pk] = ['large', { S: 'a' }]
  await call('CreateTable', { TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: AttributeName === 'pk' ? 'S' : 'N' })), KeySchema: KEYS.table })
  // Of 128 KB each: pk 3, sk 4, v 1 and the rest.
  const item = (n: number): Item => ({ pk, sk: { N: String(n) }, v: { S: 'x'.repeat(128 * 1024 - 8) } })
  for (let n = 11; n < 29; n++) await call('PutItem', { TableName, Item: item(n) })
  const query = { TableName, KeyConditionExpression: 'pk = :a', FilterExpression: 'attribute_not_exists(v)', ExpressionAttributeValues: { ':a': pk } }
  for (const [operation, request, ends] of [
    ['Query', query, [18, 26, undefined]], ['Query', { ...query, ScanIndexForward: false }, [21, 13, undefined]], ['Scan', { TableName, Select: 'COUNT' }, [18, 26, undefined]],
  ] as const) {
    let ExclusiveStartKey: Item | undefined
    for (const end of ends) {
      const page: Page = await call(operation, { ...request, ExclusiveStartKey })
      t.equal(page.ScannedCount, end === undefined ? 2 : 8)
      t.strictSame(page.LastEvaluatedKey, end && { pk, sk: { N: String(end) } })
      ExclusiveStartKey = page.LastEvaluatedKey
    }
  }
})

test('a page may start within a range whose ends are beyond the basic plane', async (t) => {
  const client = (await testEmulator(t)).clients({ maxAttempts: 1 }).dynamodb
  const call = async (operation: string, input: object) => (await invokeRaw(client, operation, input)).body as unknown as Page
  const [TableName, pk] = ['texts', { S: 'a' }]
  const AttributeDefinitions = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))
  await call('CreateTable', { TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema: KEYS.table })
  for (const S of ['\uFFFF', '\u{1F600}', '\uE000']) await call('PutItem', { TableName, Item: { pk, sk: { S } } })
  const start = { pk, sk: { S: '\uE000' } }
  const page = await call('Query', {
    TableName, KeyConditionExpression: 'pk = :a AND sk <= :z', ExpressionAttributeValues: { ':a': pk, ':z': { S: '\u{1F600}' } }, ExclusiveStartKey: start,
  })
  t.strictSame(page.Items, [{ pk, sk: { S: '\uFFFF' } }, { pk, sk: { S: '\u{1F600}' } }])
})
