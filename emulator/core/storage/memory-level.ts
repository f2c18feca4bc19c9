import sortedBtree from 'sorted-btree'
import type { Level, Range, Snapshot, Write } from './database.ts'

const { default: BTree } = sortedBtree // the package is CommonJS

/** Values by key. */
type Values = InstanceType<typeof BTree<string, unknown>>

/**
 * An ordered store in memory. A value is stored as a frozen object: parsing it at each read would take longer
 * than the rest of the read. Keys are in the order of their UTF-16 code units.
 */
export class MemoryLevel implements Level {
  readonly #values: Values = new BTree<string, unknown>(undefined, inOrder)

  getSync (key: string): unknown {
    return this.#values.get(key)
  }

  /**
   * Stores all writes before it returns.
   * @throws TypeError for a key that is not a string, without any write
   */
  write (writes: readonly Write[]): void {
    for (const { key } of writes) if (typeof key !== 'string') throw new TypeError('A key is no text')
    for (const { key, value } of writes) {
      if (value === undefined) this.#values.delete(key)
      else this.#values.set(key, deepFreeze(value))
    }
  }

  snapshot (): Snapshot {
    return new MemorySnapshot(this.#values.clone())
  }

  /** Reads the values as they are now: a clone shares the parts that are not written. */
  iterator ({ snapshot, ...range }: Range & { snapshot?: Snapshot }): ReturnType<Level['iterator']> {
    const entries = within(snapshot instanceof MemorySnapshot ? snapshot.values : this.#values.clone(), range)
    return {
      async nextv (size) {
        const chunk: [key: string, value: unknown][] = []
        while (chunk.length < size) {
          const { done, value } = entries.next()
          if (done) break
          chunk.push(value)
        }
        return chunk
      },
      async close () {},
    }
  }

  keys ({ limit = Infinity, ...range }: Range & { limit?: number }): { all (): Promise<string[]> } {
    return {
      all: async () => {
        const keys: string[] = []
        for (const [key] of within(this.#values, range)) {
          if (keys.length >= limit) break
          keys.push(key)
        }
        return keys
      },
    }
  }

  async clear (range: Range): Promise<void> {
    for (const key of await this.keys(range).all()) this.#values.delete(key)
  }
}

class MemorySnapshot implements Snapshot {
  constructor (readonly values: Values) {}

  async close (): Promise<void> {}
}

const inOrder = (one: string, other: string): number => one < other ? -1 : one > other ? 1 : 0

/** The entries in a range, in order. */
function * within (values: Values, { gt, gte, lt, lte, reverse = false }: Range): Generator<[key: string, value: unknown], void> {
  const isBelow = (key: string) => (gt !== undefined && key <= gt) || (gte !== undefined && key < gte)
  const isAbove = (key: string) => (lt !== undefined && key >= lt) || (lte !== undefined && key > lte)
  const [isBefore, isPast] = reverse ? [isAbove, isBelow] : [isBelow, isAbove]
  const entries = reverse ? values.entriesReversed(lte ?? lt) : values.entries(gte ?? gt)
  for (const entry of entries) {
    if (isBefore(entry[0])) continue
    if (isPast(entry[0])) return
    yield entry
  }
}

function deepFreeze (value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const name in value) deepFreeze((value as Record<string, unknown>)[name]) // its own members, as of JSON
  return value
}
