import type { Write } from '../../core/storage/database.ts'
import type { LockMode, Locks } from '../../core/storage/locks.ts'
import type { Item } from '../values/item.ts'
import { itemChange, type ItemChange } from './item-change.ts'
import { ItemReader, type ReadableStore } from './item-reader.ts'
import type { Version } from './item-versions.ts'
import { keys } from './keys.ts'
import type { TableRecord } from '../tables/table-record.ts'

/** The cause of a change: a request, or the expiry of the item. */
export interface ChangeOrigin {
  readonly cause: 'user' | 'ttl'
  readonly requestId?: string
  /** Of changes that are replicated from another region: their versions, by the items' places. */
  readonly versions?: ReadonlyMap<string, Version>
}

const BY_USER: ChangeOrigin = { cause: 'user' }

/** What a unit of work needs. */
export interface UnitStore extends ReadableStore {
  readonly locks: Locks
  /** Adds derived writes to a unit of work. */
  follow (work: UnitOfWork): void
  /** Called with the stored changes. */
  committed (changes: readonly ItemChange[], origin: ChangeOrigin): void
}

/**
 * One operation's reads, locks and writes. Reads are synchronous; writes are collected, and {@link commit} stores them in
 * one step. So an operation, a batch and a transaction work in the same way: all of it is stored, or nothing.
 */
export class UnitOfWork extends ItemReader {
  /** Where its changes come from, for the change log. */
  readonly origin: ChangeOrigin
  /** Items as they were read, by table and key. */
  readonly #found = new Map<string, Item | undefined>()
  readonly #writes = new Map<string, unknown>()
  readonly #changes: ItemChange[] = []
  readonly #locks = new Set<string>()
  readonly #store: UnitStore

  constructor (store: UnitStore, origin: ChangeOrigin = BY_USER) {
    super(store)
    this.#store = store
    this.origin = origin
  }

  /** The items that were changed, in the order of their writes. */
  get changes (): readonly ItemChange[] {
    return this.#changes
  }

  /** The item that was read at a key, or the fact that there was none. */
  found (table: string, key: string): Item | undefined {
    return this.#found.get(keys.item(table, key))
  }

  /** Prevents a table from being deleted, and its indexes from being rebuilt, until {@link release}. */
  useTables (names: readonly string[]): Promise<void> | undefined {
    return this.#lockAll(names.map(keys.table), 'shared')
  }

  /** Locks a table exclusively until {@link release}. */
  ownTable (name: string): Promise<void> | undefined {
    return this.#lockAll([keys.table(name)], 'exclusive')
  }

  /** Locks items until {@link release}. */
  lockItems (items: readonly { table: string, key: string }[], mode: LockMode = 'exclusive'): Promise<void> | undefined {
    return this.#lockAll(items.map(({ table, key }) => keys.item(table, key)), mode)
  }

  override readItem (table: string, key: string): Item | undefined {
    const item = super.readItem(table, key)
    this.#found.set(keys.item(table, key), item)
    return item
  }

  /** Collects a write of an item that was read before, with its index entries. */
  writeItem (table: TableRecord, key: string, after: Item | undefined): void {
    const name = keys.item(table.TableName, key)
    const change = itemChange({ table, key, before: this.#found.get(name), after })
    this.#changes.push(change)
    this.write(name, after)
    for (const index of change.indexes) {
      if (index.before && index.before.key !== index.after?.key) this.write(keys.indexEntry(table.TableName, index, index.before.key), undefined)
      if (index.after) this.write(keys.indexEntry(table.TableName, index, index.after.key), index.after.item)
    }
  }

  /** Takes back a write of an item that no other write of this unit depends on. */
  withdraw (change: ItemChange): void {
    const { TableName } = change.table
    this.#changes.splice(this.#changes.indexOf(change), 1)
    this.#writes.delete(keys.item(TableName, change.key))
    for (const index of change.indexes) {
      for (const entry of [index.before, index.after]) if (entry) this.#writes.delete(keys.indexEntry(TableName, index, entry.key))
    }
  }

  /** Collects a write of any kind; `undefined` deletes. */
  write (key: string, value: unknown): void {
    this.#writes.set(key, value)
  }

  /** Stores all collected writes, in one step. */
  async commit (): Promise<void> {
    if (this.#writes.size === 0) return
    this.#store.follow(this)
    const writes: Write[] = []
    for (const [key, value] of this.#writes) writes.push({ key, value })
    await this.database.commit(writes)
    this.#store.committed(this.changes, this.origin)
  }

  release (): void {
    for (const name of this.#locks) this.#store.locks.release(name)
    this.#locks.clear()
  }

  /** Acquires locks in the order of their names, which prevents deadlock. Waits only if it must. */
  #lockAll (names: string[], mode: LockMode): Promise<void> | undefined {
    if (names.length > 1) names.sort()
    for (const [index, name] of names.entries()) {
      if (this.#locks.has(name)) continue
      const waiting = this.#store.locks.acquire(name, mode)
      if (waiting) {
        return waiting.then(() => {
          this.#locks.add(name)
          return this.#lockAll(names.slice(index + 1), mode)
        })
      }
      this.#locks.add(name)
    }
    return undefined
  }
}
