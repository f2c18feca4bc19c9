import { MemoryLevel } from './memory-level.ts'

/** A put of a JSON value, or a deletion. */
export type Write = { key: string, value: unknown } | { key: string, value?: undefined }

/** A range of keys; bounds as in abstract-level. */
export interface Range {
  gt?: string
  gte?: string
  lt?: string
  lte?: string
  reverse?: boolean
}

/** A store as it was at one moment, until it is closed. */
export interface Snapshot {
  close (): Promise<void>
}

/** What values are kept in, whether in memory or on disk: the part of `abstract-level` that is read by. */
export interface Level {
  getSync (key: string): unknown
  snapshot (): Snapshot
  iterator (range: Range & { snapshot?: Snapshot }): { nextv (size: number): Promise<[key: string, value: unknown][]>, close (): Promise<void> }
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

  static openInMemory (): Database {
    const level = new MemoryLevel()
    return new Database(level, async (writes) => level.write(writes))
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
  snapshot (): Snapshot {
    return this.#level.snapshot()
  }

  /**
   * The entries in a range as they were when the iteration began, in key order, in chunks.
   * @param size      entries in each chunk; only the last has fewer
   * @param snapshot  read from this earlier state instead
   */
  async * chunks (range: Range, size: number, snapshot?: Snapshot): AsyncGenerator<[key: string, value: unknown][]> {
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
