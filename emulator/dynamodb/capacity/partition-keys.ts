import type { Item, KeySchema } from '../values/item.ts'
import { TokenBucket } from './token-bucket.ts'

export type Kind = 'Read' | 'Write'

/** The partition key of an item: one attribute, or several of a global index. */
export interface Partition {
  readonly id: string
  readonly key: Item
}

/** A partition key, and the units that it took. */
export interface HotKey { key: Item, units: number }

/** Beyond this many keys, those with the least use are no longer followed. */
const MOST_KEYS = 10_000

/** @param item  has the HASH attributes of the schema */
export function partitionOf (item: Item, schema: KeySchema): Partition {
  let id = ''
  const key: Item = {}
  for (const { AttributeName, KeyType } of schema) {
    if (KeyType !== 'HASH') break
    const value = item[AttributeName]!
    key[AttributeName] = value
    id += value.S !== undefined ? `S${value.S}` : value.N !== undefined ? `N${value.N}` : `B${value.B}`
    id += '\0'
  }
  return { id, key }
}

/** One partition key that is in use: what it has left, and what it has taken. */
export class KeyUse {
  readonly key: Item
  /** Units in the minute that is running, and in the one before. */
  current = 0
  before = 0
  readonly #limits: Readonly<Record<Kind, number>>
  #buckets: Partial<Record<Kind, TokenBucket>> = {}

  constructor (key: Item, limits: Readonly<Record<Kind, number>>) {
    this.key = key
    this.#limits = limits
  }

  bucket (kind: Kind, now: number): TokenBucket {
    this.#buckets[kind] ??= new TokenBucket({ rate: this.#limits[kind], seconds: 1, at: now })
    return this.#buckets[kind]
  }
}

/** The partition keys of a table or of an index that are in use. */
export class PartitionKeys {
  #keys = new Map<string, KeyUse>()
  readonly #limits: Readonly<Record<Kind, number>>

  /** @param limits  the units a second that a partition gives, to all of its keys or to a single one */
  constructor (limits: Readonly<Record<Kind, number>>) {
    this.#limits = limits
  }

  use ({ id, key }: Partition): KeyUse {
    let use = this.#keys.get(id)
    if (!use) {
      if (this.#keys.size >= MOST_KEYS) this.#forgetColdest()
      this.#keys.set(id, use = new KeyUse(key, this.#limits))
    }
    return use
  }

  /** Begins a minute. @returns the hottest key of the one that ends */
  endMinute (): HotKey | undefined {
    let hottest: HotKey | undefined
    for (const [id, use] of this.#keys) {
      if (use.current > (hottest?.units ?? 0)) hottest = { key: use.key, units: use.current }
      if (use.current === 0) this.#keys.delete(id) // after a minute its buckets are full again
      use.before = use.current
      use.current = 0
    }
    return hottest
  }

  /** The keys with the most units since the start of the last whole minute, the hottest first. */
  hottest (count: number): HotKey[] {
    return [...this.#keys.values()]
      .map(({ key, current, before }) => ({ key, units: current + before }))
      .filter(({ units }) => units > 0)
      .sort((one, other) => other.units - one.units)
      .slice(0, count)
  }

  #forgetColdest (): void {
    const sorted = [...this.#keys].sort(([, one], [, other]) => (other.current + other.before) - (one.current + one.before))
    this.#keys = new Map(sorted.slice(0, MOST_KEYS / 2))
  }
}
