import t from 'tap'
import { seededRandom } from '../random.ts'
import type { Range } from './database.ts'
import { MemoryLevel } from './memory-level.ts'

const all = async (level: MemoryLevel, range: Parameters<MemoryLevel['iterator']>[0], size = 1000) => {
  const iterator = level.iterator(range)
  const found: [string, unknown][] = []
  for (let chunk = await iterator.nextv(size); chunk.length > 0; chunk = await iterator.nextv(size)) found.push(...chunk)
  return found
}

await t.test('ranges, reads and deletions agree with a plain map, whatever is written', async (t) => {
  const random = seededRandom(7)
  const level = new MemoryLevel()
  const model = new Map<string, unknown>()
  const key = () => String.fromCharCode(97 + Math.floor(random() * 6)).repeat(1 + Math.floor(random() * 4)) + Math.floor(random() * 50)
  for (let round = 0; round < 400; round++) {
    const writes = Array.from({ length: 5 }, () => ({ key: key(), value: random() < 0.3 ? undefined : { round } }))
    level.write(writes)
    for (const { key, value } of writes) value === undefined ? model.delete(key) : model.set(key, value)
    const range: Range = { reverse: random() < 0.5 }
    if (random() < 0.7) range[random() < 0.5 ? 'gt' : 'gte'] = key()
    if (random() < 0.7) range[random() < 0.5 ? 'lt' : 'lte'] = key()
    const { gt, gte, lt, lte } = range
    const expected = [...model].sort(([one], [other]) => one < other ? -1 : 1)
      .filter(([key]) => (gt === undefined || key > gt) && (gte === undefined || key >= gte) && (lt === undefined || key < lt) && (lte === undefined || key <= lte))
    if (range.reverse) expected.reverse()
    const found = await all(level, range, 1 + Math.floor(random() * 20))
    if (JSON.stringify(found) !== JSON.stringify(expected)) t.same(found, expected, JSON.stringify(range))
    const keys = await level.keys({ ...range, limit: 3 }).all()
    if (keys.join() !== expected.slice(0, 3).map(([key]) => key).join()) t.same(keys, expected.slice(0, 3).map(([key]) => key))
    if (round % 100 === 99) {
      await level.clear(range)
      for (const [key] of expected) model.delete(key)
    }
  }
  t.same(await all(level, {}), [...model].sort(([one], [other]) => one < other ? -1 : 1))
})

await t.test('an iteration and a snapshot read what was there when they began', async (t) => {
  const level = new MemoryLevel()
  level.write(['a', 'b', 'c'].map((key) => ({ key, value: 1 })))
  const snapshot = level.snapshot()
  const iterator = level.iterator({})
  t.same(await iterator.nextv(1), [['a', 1]])
  level.write([{ key: 'b' }, { key: 'c', value: 2 }, { key: 'd', value: 2 }])
  t.same(await iterator.nextv(10), [['b', 1], ['c', 1]])
  t.same(await all(level, { snapshot }), [['a', 1], ['b', 1], ['c', 1]])
  t.same(await all(level, {}), [['a', 1], ['c', 2], ['d', 2]])
  t.equal(level.getSync('b'), undefined)
})

await t.test('a stored value is frozen all the way down', (t) => {
  const level = new MemoryLevel()
  level.write([{ key: 'a', value: { M: { list: [{ S: 'x' }] } } }])
  const value = level.getSync('a') as { M: { list: [{ S: string }] } }
  t.throws(() => { value.M.list[0].S = 'y' }, TypeError)
  t.end()
})
