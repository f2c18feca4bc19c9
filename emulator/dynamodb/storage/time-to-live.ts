import type { Cancel, Clock } from '../../core/clock.ts'
import type { Database } from '../../core/storage/database.ts'
import type { Item } from '../values/item.ts'
import { encodeKey, keyAttributes } from '../values/key-encoding.ts'
import { applyWrite } from './item-write.ts'
import { regionOf, type ItemVersions } from './item-versions.ts'
import { allUnder, keys } from './keys.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { ChangeOrigin, UnitOfWork } from './unit-of-work.ts'

/** The tables of an account, whose items expire. */
interface ExpiringStore {
  readonly clock: Clock
  readonly database: Database
  readonly tables: { names (): string[], get (name: string): TableRecord | undefined }
  readonly versions: ItemVersions
  /** Hears of each item that was deleted. */
  expired (table: string): void
  transact<T> (work: (unit: UnitOfWork) => Promise<T>, origin?: ChangeOrigin): Promise<T>
}

/** How many expired items are looked up at a time. */
const CHUNK = 256

/**
 * Deletes expired items by the emulator's clock. Expiry entries are stored in order of time, written in
 * the same step as the item, so that no table has to be searched.
 */
export class TimeToLive {
  readonly #store: ExpiringStore
  readonly #lagMs: number
  readonly #oldestMs: number
  /** Epoch ms of the next sweep, if one is scheduled. */
  #next: number | undefined
  #cancel: Cancel = () => {}

  constructor (store: ExpiringStore, { lagMs, oldestMs }: { lagMs: number, oldestMs: number }) {
    this.#store = store
    this.#lagMs = lagMs
    this.#oldestMs = oldestMs
  }

  /** Adds the changes of expiry entries to a unit of work. */
  follow (work: UnitOfWork): void {
    for (const { table, key, before, after } of work.changes) {
      const was = expiryOf(table, before)
      const is = expiryOf(table, after)
      if (was !== undefined && was !== is) work.write(keys.expiry(table.TableName, was, key), undefined)
      if (is !== undefined) {
        if (was !== is) work.write(keys.expiry(table.TableName, is, key), keyAttributes(after!, table.KeySchema))
        this.#plan(is)
      }
    }
  }

  /** Indexes the expiry of every item of a table whose TTL has been enabled. */
  async enable (table: TableRecord): Promise<void> {
    for await (const chunk of this.#store.database.chunks(allUnder(keys.item(table.TableName, '')), CHUNK)) {
      const writes = chunk.flatMap(([, value]) => {
        const item = value as Item // only items are written under these keys
        const expiry = expiryOf(table, item)
        if (expiry === undefined) return []
        this.#plan(expiry)
        return [{ key: keys.expiry(table.TableName, expiry, encodeKey(item, table.KeySchema)), value: keyAttributes(item, table.KeySchema) }]
      })
      await this.#store.database.commit(writes)
    }
  }

  /** Removes the expiry entries of all items of a table whose TTL has been disabled. */
  async disable (table: TableRecord): Promise<void> {
    await this.#store.database.clear(allUnder(`ttl-${table.TableName}~`))
  }

  /** Deletes items that are already due, and schedules the others. */
  begin (): Promise<void> {
    return this.#round()
  }

  close (): void {
    this.#cancel()
  }

  /** Schedules a sweep for an item of this expiry (epoch seconds), unless an earlier one is scheduled. */
  #plan (expiry: number): void {
    if (expiry * 1000 <= this.#store.clock.now() - this.#oldestMs) return
    // An item is expired once its time is in the past, not at that moment.
    const at = expiry * 1000 + 1 + this.#lagMs
    if (this.#next !== undefined && this.#next <= at) return
    this.#cancel()
    this.#next = at
    this.#cancel = this.#store.clock.schedule(at, () => this.#round())
  }

  /** Deletes all due items, and schedules the next sweep. */
  async #round (): Promise<void> {
    this.#next = undefined
    const now = this.#store.clock.now()
    for (const name of this.#store.tables.names()) {
      const table = this.#store.tables.get(name)!
      if (!table.settings.timeToLive?.enabled) continue
      await this.#deleteExpired(table, now - this.#lagMs)
    }
  }

  async #deleteExpired (table: TableRecord, before: number): Promise<void> {
    const { database } = this.#store
    const from = Math.max(0, Math.floor((before - this.#oldestMs) / 1000))
    const range = { gte: keys.expiry(table.TableName, from, ''), lt: allUnder(`ttl-${table.TableName}~`).lt }
    for await (const chunk of database.chunks(range, CHUNK)) {
      for (const [entry, value] of chunk) {
        const expiry = Number(entry.split('~')[1])
        if (expiry * 1000 >= before) return this.#plan(expiry)
        await this.#deleteIfExpired(table, encodeKey(value as Item, table.KeySchema), before) // an item's key is written there
      }
    }
  }

  /** Deletes one item, unless its expiry was extended meanwhile. */
  async #deleteIfExpired (table: TableRecord, key: string, before: number): Promise<void> {
    const isDeleted = await this.#store.transact(async (work) => {
      await work.useTables([table.TableName])
      await work.lockItems([{ table: table.TableName, key }])
      const isExpired = (expiry: number | undefined) => expiry !== undefined && expiry * 1000 < before && !this.#expiresElsewhere(table, key)
      applyWrite(work, { table, key, next: (found) => isExpired(expiryOf(table, found)) ? undefined : found })
      return work.changes.length > 0
    }, { cause: 'ttl' })
    if (isDeleted) this.#store.expired(table.TableName)
  }

  /** An item of a global table expires in the region that wrote it last, and the deletion is replicated. */
  #expiresElsewhere ({ TableName, settings: { replicas } }: TableRecord, key: string): boolean {
    const version = replicas && this.#store.versions.of(TableName, key)
    return version !== undefined && Object.hasOwn(replicas!, regionOf(version))
  }
}

/** An item's expiry in whole epoch seconds; only a Number in the table's attribute counts, from 1970 on. */
function expiryOf ({ settings }: TableRecord, item: Item | undefined): number | undefined {
  if (!settings.timeToLive?.enabled) return undefined
  const number = item?.[settings.timeToLive.attribute]?.N
  if (number === undefined) return undefined
  const seconds = Math.floor(Number(number))
  return seconds >= 0 && Number.isSafeInteger(seconds) ? seconds : undefined
}
