import type { AbstractSnapshot } from 'abstract-level'
import { MemoryLevel } from 'memory-level'

/** A put of a JSON value, or a deletion. */
export type Write = { key: string, value: unknown } | { key: string, value?: undefined }

/**
 * In memory a value is kept as the object that it is, frozen, since reading it back from text takes longer than all else
 * of a read.
 */
const AS_IT_IS = { name: 'as-it-is', format: 'utf8' as const, encode: (value: unknown) => deepFreeze(value) as string, decode: (value: unknown) => value } // the store looks at keys only

/** A range of keys; bounds as in abstract-level. */
export interface Range {
  gt?: string
  gte?: string
  lt?: string
  lte?: string
  reverse?: boolean
}

/** What values are kept in, whether in memory or on disk: the part of `abstract-level` that is read by. */
export interface Level {
  getSync (key: string): unknown
  snapshot (): AbstractSnapshot
  iterator (range: Range & { snapshot?: AbstractSnapshot }): { nextv (size: number): Promise<[key: string, value: unknown][]>, close (): Promise<void> }
  keys (range: Range & { limit?: number }): { all (): Promise<string[]> }
  clear (range: Range): Promise<void>
}

/**
 * An ordered store of JSON values by string key: reads are synchronous, and what is committed together is there
 * together or not at all, also after the process was killed. Keys are made of the characters up to U+00FF or of any
 * others, if their order does not matter.
 */
export class Database {
  readonly #level: Level
  readonly #commit: (writes: readonly Write[]) => Promise<void>

  /** @param commit  how writes are stored in the level, in one step */
  constructor (level: Level, commit: (writes: readonly Write[]) => Promise<void>) {
    this.#level = level
    this.#commit = commit
  }

  static async openInMemory (): Promise<Database> {
    const level = new MemoryLevel<string, unknown>({ keyEncoding: 'utf8', valueEncoding: AS_IT_IS, storeEncoding: 'utf8' })
    await level.open()
    return new Database(level, (writes) => level.batch(writes.map(({ key, value }) =>
      value === undefined ? { type: 'del', key } : { type: 'put', key, value })))
  }

  /** The value at a key, which must not be changed; `undefined` when there is none. */
  get (key: string): unknown {
    return this.#level.getSync(key)
  }

  /** Writes everything, in one step. What is committed first is there first. */
  commit (writes: readonly Write[]): Promise<void> {
    return this.#commit(writes)
  }

  /** What is there at this moment, for {@link chunks}; to be closed when it has been read. */
  snapshot (): AbstractSnapshot {
    return this.#level.snapshot()
  }

  /**
   * The entries in a range as they were when the iteration began, in the order of their keys, so many at a time.
   * @param size      entries in each chunk; only the last has fewer
   * @param snapshot  as they were then, instead
   */
  async * chunks (range: Range, size: number, snapshot?: AbstractSnapshot): AsyncGenerator<[key: string, value: unknown][]> {
    const iterator = this.#level.iterator(snapshot ? { ...range, snapshot } : range)
    try {
      for (;;) {
        const chunk = await iterator.nextv(size)
        // LevelDB gives fewer when they are large.
        while (chunk.length > 0 && chunk.length < size) {
          const more = await iterator.nextv(size - chunk.length)
          if (more.length === 0) break
          chunk.push(...more)
        }
        if (chunk.length > 0) yield chunk
        if (chunk.length < size) return
      }
    } finally {
      await iterator.close()
    }
  }

  /** The keys in a range, or the first of them. */
  async keys (range: Range, limit?: number): Promise<string[]> {
    return this.#level.keys(limit === undefined ? range : { ...range, limit }).all()
  }

  /** Deletes every key in a range; what is written there meanwhile may stay. Not in one step: see to what a kill leaves. */
  async clear (range: Range = {}): Promise<void> {
    await this.#level.clear(range)
  }
}

function deepFreeze (value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const name in value) deepFreeze((value as Record<string, unknown>)[name]) // its own members, as of JSON
  return value
}
