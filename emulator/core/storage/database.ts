import type { AbstractLevel } from 'abstract-level'
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

/**
 * An ordered store of JSON values by string key: reads are synchronous, and what is committed together is there
 * together or not at all, also after the process was killed.
 */
export class Database {
  readonly #level: AbstractLevel<string | Buffer | Uint8Array, string, unknown>

  private constructor (level: AbstractLevel<string | Buffer | Uint8Array, string, unknown>) {
    this.#level = level
  }

  static async openInMemory (): Promise<Database> {
    const level = new MemoryLevel<string, unknown>({ keyEncoding: 'utf8', valueEncoding: AS_IT_IS, storeEncoding: 'utf8' })
    await level.open()
    return new Database(level)
  }

  /** The value at a key, which nobody can change; `undefined` when there is none. */
  get (key: string): unknown {
    return this.#level.getSync(key)
  }

  /** Writes everything, in one step. */
  async commit (writes: readonly Write[]): Promise<void> {
    await this.#level.batch(writes.map(({ key, value }) =>
      value === undefined ? { type: 'del', key } : { type: 'put', key, value }))
  }

  /**
   * The entries in a range as they were when the iteration began, in the order of their keys, so many at a time.
   * @param size  entries in each chunk
   */
  async * chunks (range: Range, size: number): AsyncGenerator<[key: string, value: unknown][]> {
    const iterator = this.#level.iterator(range)
    try {
      for (let chunk = await iterator.nextv(size); chunk.length > 0; chunk = await iterator.nextv(size)) yield chunk
    } finally {
      await iterator.close()
    }
  }

  /** The keys in a range. */
  async keys (range: Range): Promise<string[]> {
    return this.#level.keys(range).all()
  }

  /** Deletes every key in a range. */
  async clear (range: Range = {}): Promise<void> {
    await this.#level.clear(range)
  }

  async close (): Promise<void> {
    await this.#level.close()
  }
}

function deepFreeze (value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const name in value) deepFreeze((value as Record<string, unknown>)[name]) // its own members, as of JSON
  return value
}
