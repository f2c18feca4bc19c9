import { test } from 'tap'
import { loadPriceBook, priceBookNames } from './price-book.ts'
import { costOfLoad, type Load } from './load.ts'
import { costOfCalls, type MeteredCall } from './calls.ts'

const MB = 2 ** 20
const GB = 2 ** 30
const nothing: Load = { reads: 0, writes: 0, itemBytes: 1024, storedBytes: 0, consistent: false, indexes: 0, recovery: false }

/** The price of each line on demand, in dollars and cents. */
async function monthly (book: string, load: Partial<Load>): Promise<string[]> {
  return costOfLoad(await loadPriceBook(book), { ...nothing, ...load }).onDemand.lines.map(({ price }) => price.toFixed(2))
}

test('the seeds\' tables of costs follow from their prices, or it is said where they do not', async (t) => {
  t.test('seed 000: 10,000 reads and writes a day', async (t) => {
    const [reads, writes, storage] = await monthly('seed-000', { reads: 300_000, writes: 300_000, itemBytes: 1000, storedBytes: 300 * MB })
    t.equal(reads, '0.07', 'the seed rounds 0.075 up to 0.08')
    t.equal(writes, '0.36')
    t.not(storage, '0.15', 'the seed\'s price of a KB makes more of 300 MB than its table says')
    t.ok(Number(storage) > 0.38)
    const { provisioned, onDemand } = costOfLoad(await loadPriceBook(), { ...nothing, reads: 300_000, writes: 300_000, storedBytes: 300 * MB })
    t.equal(provisioned?.total, 0, '"1 WCU + 1 RCU = $25/month": one unit of each is free, and would cost less than a dollar')
    t.equal(onDemand.total.toFixed(2), '0.21', 'what AWS charges since November 2024')
  })

  t.test('seed 003: $0.25 a million reads, $1.25 a million writes, 25 GB free', async (t) => {
    t.same(await monthly('seed-003', { reads: 1e6, writes: 1e6, consistent: true, storedBytes: 20 * GB, itemBytes: 1000 }), ['0.25', '1.25', '0.00'])
  })

  t.test('seed 004: 100,000 reads, 20,000 writes, 1 GB with an index and recovery', async (t) => {
    // An item of 100 KB, so that the 100 bytes that AWS adds to each do not count.
    const book = await loadPriceBook('seed-004')
    const { onDemand: { lines } } = costOfLoad(book, { ...nothing, reads: 100_000, writes: 20_000, consistent: true })
    t.same(lines.map(({ price }) => price.toFixed(3)), ['0.125', '0.125', '0.000'], 'the seed rounds to 0.13')
    const stored = costOfLoad(book, { ...nothing, itemBytes: 100 * 1024, storedBytes: GB, indexes: 1, recovery: true }).onDemand
    t.same(stored.lines.map(({ what, price }) => [what, price.toFixed(2)]), [
      ['reads', '0.00'], ['writes, table and index', '0.00'], ['storage', '0.25'], ['storage of indexes', '0.25'], ['point-in-time recovery', '0.20'],
    ])
    t.equal((0.125 + 0.125 + stored.total).toFixed(2), '0.95', 'the seed adds up its rounded lines, to 0.96')
    t.equal((await monthly('seed-004', { reads: 1e6, consistent: true }))[0], '1.25', 'at a million reads')
    const capacity = costOfLoad(book, nothing).provisioned?.lines.map(({ price }) => price.toFixed(2))
    t.same(capacity?.slice(0, 2), ['0.47', '2.34'], 'a unit for a month; the seed has 2.35')
  })
})

test('a load is priced as AWS rounds it', async (t) => {
  const book = await loadPriceBook()
  const units = (load: Partial<Load>) => costOfLoad(book, { ...nothing, ...load }).onDemand.lines.slice(0, 2).map(({ quantity }) => quantity)
  t.same(units({ reads: 100, writes: 100 }), [50, 100])
  t.same(units({ reads: 100, writes: 100, itemBytes: 4097, consistent: true }), [200, 500])
  t.same(units({ writes: 100, indexes: 2 }), [0, 300])
  const { breakEven, provisioned } = costOfLoad(book, { ...nothing, reads: 0, writes: 730 * 3600 * 70 })
  t.equal(breakEven?.writes.toFixed(3), '0.289', 'source: aws-facts, break-even at 28.9 % of the provisioned capacity')
  t.equal(breakEven?.reads.toFixed(3), '0.289')
  t.match(provisioned?.lines, [{ what: '1 RCU', price: 0 }, { what: '100 WCU', price: (73_000 - 18_600) * 0.00065 }], '70 writes a second at 70 %, less the free tier')
  const { onDemand } = costOfLoad(book, { ...nothing, itemBytes: 100, storedBytes: 50 * GB })
  t.equal(onDemand.total.toFixed(2), ((100 - 25) * 0.25).toFixed(2), 'each item has 100 bytes more, and 25 GB are free')
  t.throws(() => costOfLoad(book, { ...nothing, recovery: true }) && costOfLoad({ ...book, dynamodb: { ...book.dynamodb, gigabyteMonth: { storage: [] } } }, { ...nothing, recovery: true }), /no price of point-in-time recovery/)
})

test('every price book is complete enough to price a load, and says where it is from', async (t) => {
  for (const name of await priceBookNames()) {
    const book = await loadPriceBook(name)
    t.equal(book.name, name)
    t.match(book, { asOf: /^20\d\d-\d\d-\d\d$/, currency: 'USD', sources: [/./] })
    t.ok(costOfLoad(book, { ...nothing, reads: 1e9, writes: 1e9, storedBytes: 100 * GB }).onDemand.total > 100)
  }
})

test('the calls of a trace are summed by table, index and operation', async (t) => {
  const call = (operation: string, capacity: MeteredCall['capacity'], service = 'dynamodb'): MeteredCall => ({ service, operation, resource: 'orders', capacity })
  t.same(costOfCalls(await loadPriceBook(), [
    call('GetItem', [{ resource: 'orders', readUnits: 0.5, writeUnits: 0 }]),
    call('GetItem', [{ resource: 'orders', readUnits: 0.5, writeUnits: 0 }]),
    call('PutItem', [{ resource: 'orders', readUnits: 0, writeUnits: 1 }, { resource: 'orders/ByUser', readUnits: 0, writeUnits: 2 }]),
    call('DescribeTable', undefined),
    call('PutObject', undefined, 's3'),
  ]), [
    { resource: 'orders/ByUser', operation: 'PutItem', calls: 1, readUnits: 0, writeUnits: 2, price: 2 * 0.625e-6 },
    { resource: 'orders', operation: 'PutItem', calls: 1, readUnits: 0, writeUnits: 1, price: 0.625e-6 },
    { resource: 'orders', operation: 'GetItem', calls: 2, readUnits: 1, writeUnits: 0, price: 0.125e-6 },
    { resource: 'orders', operation: 'DescribeTable', calls: 1, readUnits: 0, writeUnits: 0, price: 0 },
  ])
})
