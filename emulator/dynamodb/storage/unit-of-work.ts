import type { Write } from '../../core/storage/database.ts'
import type { LockMode, Locks } from '../../core/storage/locks.ts'
import type { Callback, EngineStore, EngineWork } from '../requests/dynalite.ts'
import type { Item, TableKeys } from '../values/item.ts'
import { tableNotFound, validation } from '../errors.ts'
import { itemChange, type ItemChange } from './item-change.ts'
import { ItemReader, type ReadableStore } from './item-reader.ts'
import { keys } from './keys.ts'
import { queryTable, type PageInput } from './page.ts'
import type { Limits } from '../limits.ts'
import { isBackfilling, type TableRecord } from '../tables/table-record.ts'

/** What a unit of work works on. */
export interface UnitStore extends ReadableStore {
  readonly account: string
  readonly region: string
  readonly limits: Limits
  readonly locks: Locks
  /** Adds to a unit of work whatever its writes bring with them. */
  follow (work: UnitOfWork): void
  /** Is told what was stored. */
  committed (changes: readonly ItemChange[]): void
}

/**
 * One operation's reads, locks and writes. Reads answer at once; writes are gathered, and {@link commit} stores them in
 * one step, so that an operation, a batch and a transaction are all of the same kind: everything of it is done, or
 * nothing. It is what dynalite's actions take for their store.
 */
export class UnitOfWork extends ItemReader implements EngineWork {
  onThrow: (error: unknown) => void = () => {}
  /** Items as they were found, by table and key. */
  readonly #found = new Map<string, Item | undefined>()
  readonly #writes = new Map<string, unknown>()
  readonly #changes: ItemChange[] = []
  readonly #locks = new Set<string>()
  readonly #store: UnitStore
  #engineStore?: EngineStore

  constructor (store: UnitStore) {
    super(store)
    this.#store = store
  }

  /** The store as dynalite's actions call it. Operations of our own do without it. */
  get engineStore (): EngineStore {
    this.#engineStore ??= this.#forEngine()
    return this.#engineStore
  }

  /** The items that were changed, in the order of their writes. */
  get changes (): readonly ItemChange[] {
    return this.#changes
  }

  /** The item that was read at a key, whether or not there was one. */
  found (table: string, key: string): Item | undefined {
    return this.#found.get(keys.item(table, key))
  }

  /** Keeps a table from being deleted, or its indexes from being rebuilt, until {@link release}. */
  async useTables (names: Iterable<string>): Promise<void> {
    for (const name of [...new Set(names)].sort()) await this.#lock(keys.table(name), 'shared')
  }

  /** Has a table to itself until {@link release}. */
  async ownTable (name: string): Promise<void> {
    await this.#lock(keys.table(name), 'exclusive')
  }

  /** Locks items, in an order that is the same for everybody, so that nobody waits in a circle. */
  async lockItems (items: Iterable<{ table: string, key: string }>, mode: LockMode = 'exclusive'): Promise<void> {
    const names = Array.from(items, ({ table, key }) => keys.item(table, key)).sort()
    for (const name of new Set(names)) await this.#lock(name, mode)
  }

  override readItem (table: string, key: string): Item | undefined {
    const item = super.readItem(table, key)
    this.#found.set(keys.item(table, key), item)
    return item
  }

  /** Gathers a write of an item that was read before, with its entries in indexes. */
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

  /** Gathers a write of any kind; `undefined` deletes. */
  write (key: string, value: unknown): void {
    this.#writes.set(key, value)
  }

  /** Stores all that was gathered, in one step. */
  async commit (): Promise<void> {
    if (this.#writes.size === 0) return
    this.#store.follow(this)
    const writes: Write[] = []
    for (const [key, value] of this.#writes) writes.push({ key, value })
    await this.database.commit(writes)
    this.#store.committed(this.changes)
  }

  release (): void {
    for (const name of this.#locks) this.#store.locks.release(name)
    this.#locks.clear()
  }

  async #lock (name: string, mode: LockMode): Promise<void> {
    if (this.#locks.has(name)) return
    await this.#store.locks.acquire(name, mode)
    this.#locks.add(name)
  }

  #forEngine (): EngineStore {
    const guard = (run: () => void): void => {
      try {
        run()
      } catch (error) {
        this.onThrow(error)
      }
    }
    return {
      options: { maxItemSize: this.#store.limits.itemBytes },
      tableDb: { awsAccountId: this.#store.account, awsRegion: this.#store.region },
      getTable: (name: string, checkStatus: boolean | Callback<TableKeys>, callback?: Callback<TableKeys>) => {
        if (typeof checkStatus === 'function') return checkStatus(undefined, this.table(name))
        const table = this.#store.tables.get(name)
        if (!table) throw tableNotFound(name)
        callback!(undefined, table)
      },
      getItemDb: (table) => ({
        lock: (key, run) => {
          // The unit of work holds its locks until it is released: an action's own release only goes on.
          const goOn = () => run((callback) => callback)
          const name = keys.item(table, key)
          if (this.#locks.has(name)) return goOn()
          const locked = () => {
            this.#locks.add(name)
            goOn()
          }
          const waiting = this.#store.locks.acquire(name, 'exclusive')
          if (!waiting) return locked()
          void waiting.then(() => guard(locked))
        },
        get: (key, callback) => callback(undefined, this.readItem(table, key)),
        put: (key, item, callback) => {
          this.writeItem(this.table(table), key, item)
          callback()
        },
        del: (key, callback) => {
          this.writeItem(this.table(table), key, undefined)
          callback()
        },
      }),
      queryTable: (table, request, range, isLocal, fetchFromTable, startKeyNames, callback) => {
        const { IndexName } = request as { IndexName?: string } // validated by dynalite
        if (IndexName !== undefined && isBackfilling(this.table(table.TableName), IndexName, this.#store.clock.now())) {
          throw validation(`Cannot read from backfilling global secondary index: ${IndexName}`)
        }
        const input = { table, request, range, isLocal: isLocal === true, fetchFromTable, startKeyNames } as PageInput // validated by dynalite
        queryTable(this, input).then((page) => callback(undefined, page), callback)
      },
      // An item's index entries are written with the item.
      updateIndexes: (_table, _before, _after, callback) => callback(),
    }
  }
}
