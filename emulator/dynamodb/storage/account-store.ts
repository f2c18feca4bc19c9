import type { Clock } from '../../core/clock.ts'
import type { Database, Write } from '../../core/storage/database.ts'
import { Locks } from '../../core/storage/locks.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import { Throttle } from '../capacity/throttle.ts'
import type { ThrottleSwitch } from '../capacity/throttle-switch.ts'
import { IdempotencyTokens } from './idempotency-tokens.ts'
import { Backups } from './backups.ts'
import { ChangeLog, isLogged } from './change-log/change-log.ts'
import { EarlierView } from './change-log/earlier-view.ts'
import { ConsistencyLag, type LagSetting } from './consistency-lag.ts'
import { fillTable, type PlacedItems } from './table-filling.ts'
import type { ExportRecord, ImportRecord } from './transfer-records.ts'
import { Transfers } from './transfers.ts'
import type { ItemChange } from './item-change.ts'
import { Streams } from './change-log/streams.ts'
import { ItemVersions } from './item-versions.ts'
import { allUnder, keys } from './keys.ts'
import type { Limits } from '../limits.ts'
import { emptyIndex, fillIndex } from './index-building.ts'
import { itemSize } from '../values/item-size.ts'
import type { Item } from '../values/item.ts'
import type { Holdings } from '../tables/table-description.ts'
import { isGone, settled, type IndexRecord, type TableRecord } from '../tables/table-record.ts'
import type { Replicated } from '../replication/replication.ts'
import { TimeToLive } from './time-to-live.ts'
import { UnitOfWork, type ChangeOrigin, type UnitStore } from './unit-of-work.ts'

const DAY_MS = 86_400_000

export interface AccountStoreOptions {
  account: string
  region: string
  clock: Clock
  limits: Limits
  /** How long after its time an expired item is deleted, in ms. */
  ttlLagMs: number
  /** How many open shards a new stream has. */
  streamShards: () => number
  /** Notified of changes to tables that have a stream. */
  watch: ChangeWatch
  throttling: ThrottleSwitch
  /** How long reads lag that are not strongly consistent. */
  lag: () => LagSetting
  /** How long (ms) after a write it is replicated to other regions. */
  replicationLag: () => number
  /** Takes what a user should know. */
  warn: (text: string) => void
}

/** The follower of the change logs of all accounts; `undefined` while there is none. */
export interface ChangeWatch {
  changed: ((table: TableLocation) => void) | undefined
  /** Who replicates the changes of global tables to other regions. */
  replicate?: (table: TableLocation) => void
  /** Who counts what was replicated. */
  replicated?: (replicated: Replicated) => void
  /** Who counts the items that expire. */
  expired?: (table: TableLocation) => void
}

/** A table of all accounts and regions. */
export interface TableLocation { readonly account: string, readonly region: string, readonly table: string }

/** All of DynamoDB that belongs to one account in one region. */
export class AccountStore implements UnitStore {
  readonly account: string
  readonly region: string
  readonly clock: Clock
  readonly limits: Limits
  readonly database: Database
  readonly locks = new Locks()
  readonly tables: Tables
  readonly timeToLive: TimeToLive
  readonly changeLog: ChangeLog
  readonly streams: Streams
  readonly backups: Backups
  readonly exports: Transfers<ExportRecord>
  readonly imports: Transfers<ImportRecord>
  readonly idempotencyTokens: IdempotencyTokens
  readonly versions: ItemVersions
  readonly throttle: Throttle
  readonly lag: ConsistencyLag
  readonly #holdings = new Map<string, Holdings>()
  readonly #watch: ChangeWatch
  readonly #replicationLag: () => number

  private constructor (database: Database, { account, region, clock, limits, ttlLagMs, streamShards, watch, throttling, lag, replicationLag, warn }: AccountStoreOptions) {
    this.account = account
    this.region = region
    this.clock = clock
    this.limits = limits
    this.database = database
    this.#watch = watch
    this.#replicationLag = replicationLag
    this.tables = new Tables(database, clock)
    this.timeToLive = new TimeToLive(this, { lagMs: ttlLagMs, oldestMs: limits.ttlOldestMs })
    this.versions = new ItemVersions(this)
    this.changeLog = new ChangeLog(this, {
      retentions: () => this.#retentions(),
      isLogged: (table) => this.#isLogged(table),
      stamp: (work, change) => this.versions.stamp(work, change),
      forgetEnded: () => this.streams.forgetEnded(),
    })
    this.streams = new Streams(this, streamShards)
    this.backups = new Backups(this)
    this.exports = new Transfers(this, { keyOf: keys.export, tokenMs: limits.transferTokenMs })
    this.imports = new Transfers(this, { keyOf: keys.import, tokenMs: limits.transferTokenMs })
    this.idempotencyTokens = new IdempotencyTokens(clock, limits.idempotencyMs)
    this.lag = new ConsistencyLag(lag(), { now: () => clock.now(), lastSequence: () => this.changeLog.lastSequence })
    this.throttle = new Throttle(this, { throttling, warn })
  }

  /** Loads the state from the database. */
  static async open (database: Database, options: AccountStoreOptions): Promise<AccountStore> {
    const store = new AccountStore(database, options)
    await store.idempotencyTokens.load(database)
    for (const table of await store.tables.load()) {
      // A kill may have left some of it.
      if (table.settings.deletingUntil !== undefined) await store.drop(table)
      else await store.#countAll(table)
    }
    for (const key of await database.keys(allUnder(keys.filling('')))) await store.#dropUnfinished(key)
    await store.backups.load()
    await store.exports.load()
    await store.imports.load()
    await store.throttle.load()
    await store.streams.load()
    await store.forgetUnread()
    await store.changeLog.load()
    await store.streams.endUnknown(store.tables)
    return store
  }

  /** Deletes items that expired while the emulator was not running, and schedules the others. */
  begin (): Promise<void> {
    return this.timeToLive.begin()
  }

  /** Runs a unit of work, stores its writes if it did not throw, and releases its locks in any case. */
  async transact<T> (work: (unit: UnitOfWork) => Promise<T>, origin?: ChangeOrigin): Promise<T> {
    const unit = new UnitOfWork(this, origin)
    try {
      const result = await work(unit)
      await unit.commit()
      return result
    } finally {
      unit.release()
    }
  }

  /** The number and size of the items in a table or one of its indexes. */
  holdings (table: string, index?: string): Holdings {
    return this.#holdings.get(index === undefined ? table : `${table}/${index}`) ?? { items: 0, bytes: 0 }
  }

  follow (work: UnitOfWork): void {
    this.timeToLive.follow(work)
    this.changeLog.follow(work)
  }

  /** An item of a table has expired, and was deleted. */
  expired (table: string): void {
    this.#watch.expired?.({ account: this.account, region: this.region, table })
  }

  /** Counts the stored items, and notifies the followers of the change logs. */
  committed (changes: readonly ItemChange[], { versions }: ChangeOrigin): void {
    const { changed } = this.#watch
    if (changed) {
      for (const { table } of changes) {
        if (table.settings.stream?.enabled) changed({ account: this.account, region: this.region, table: table.TableName })
      }
    }
    for (const change of changes) {
      if (change.table.settings.replicas && !versions) this.#watch.replicate?.({ account: this.account, region: this.region, table: change.table.TableName })
      this.#add(change.table.TableName, change)
      for (const index of change.indexes) this.#add(`${change.table.TableName}/${index.index}`, index)
    }
  }

  /** Fills a new global index of a table that is locked exclusively. */
  async fillIndex (table: TableRecord, index: IndexRecord): Promise<void> {
    this.#holdings.set(`${table.TableName}/${index.IndexName}`, await fillIndex(this.database, table, index))
  }

  /** Deletes all entries of a global index. */
  async emptyIndex ({ TableName }: TableRecord, index: string): Promise<void> {
    await emptyIndex(this.database, TableName, index)
    this.#holdings.delete(`${TableName}/${index}`)
  }

  /**
   * Creates a table from items of another source: its record is stored after all of them, or not at all.
   * @param items  with their keys in the new table
   * @param options.mayRepeat  several items may have the same key: the last of them wins
   * @param options.writes     writes for the same step as the table's record, requested when all items are stored
   */
  async createFilled (table: TableRecord, items: PlacedItems, { mayRepeat = false, writes = () => [] }: { mayRepeat?: boolean, writes?: () => Write[] } = {}): Promise<void> {
    const marker = keys.filling(table.TableName)
    await this.database.commit([{ key: marker, value: table }])
    try {
      await fillTable(this.database, table, items, mayRepeat)
      await this.#countAll(table)
      await this.tables.put(table, writes())
    } catch (error) {
      await this.drop(table)
      throw error
    } finally {
      await this.database.commit([{ key: marker, value: undefined }])
    }
  }

  /** Deletes what a kill left of a table that was being filled. */
  async #dropUnfinished (marker: string): Promise<void> {
    const table = this.database.get(marker) as TableRecord // only tables are written under these keys
    if (!this.tables.get(table.TableName)) await this.drop(table)
    await this.database.commit([{ key: marker, value: undefined }])
  }

  /** Deletes a table with all its items, and entries of an index whose creation or deletion was interrupted by a kill. */
  async drop (table: TableRecord): Promise<void> {
    const { TableName: name } = table
    if (table.settings.replicas) await this.versions.forget(table)
    for (const prefix of [keys.item(name, ''), `ttl-${name}~`, keys.indexes(name, false), keys.indexes(name, true)]) await this.database.clear(allUnder(prefix))
    if (!this.streams.retentions().has(table.TableId)) await this.changeLog.forget(table.TableId)
    for (const held of [name, ...indexesOf(table).map(({ index }) => `${name}/${index}`)]) this.#holdings.delete(held)
  }

  /** Deletes the change logs that nobody reads any more. */
  async forgetUnread (): Promise<void> {
    const retentions = this.#retentions()
    for (const { TableId } of this.tables.all()) {
      if (!retentions.has(TableId) && (await this.database.keys(allUnder(keys.change(TableId, '')), 1)).length > 0) await this.changeLog.forget(TableId)
    }
  }

  /**
   * A table as a read sees it that is not strongly consistent, to be closed when it has been read.
   * @returns `undefined` when it is seen as it is
   */
  lagged (table: TableRecord): Promise<EarlierView> | undefined {
    const first = this.lag.firstHidden(table.TableName)
    return first === undefined ? undefined : EarlierView.open(this.database, table, first)
  }

  /** Cancels all scheduled work. */
  close (): void {
    this.timeToLive.close()
    this.changeLog.close()
    this.throttle.close()
  }

  /** Counts the items of a table and its indexes by reading all of them. */
  async #countAll (table: TableRecord): Promise<void> {
    const { TableName: name } = table
    this.#holdings.set(name, await this.#count(keys.item(name, '')))
    for (const index of indexesOf(table)) this.#holdings.set(`${name}/${index.index}`, await this.#count(keys.indexEntry(name, index, '')))
  }

  async #count (prefix: string): Promise<Holdings> {
    const holdings = { items: 0, bytes: 0 }
    for await (const chunk of this.database.chunks(allUnder(prefix), CHUNK)) {
      for (const [, item] of chunk) {
        holdings.items++
        holdings.bytes += itemSize(item as Item) // only items are written under these keys
      }
    }
    return holdings
  }

  /** How long (ms) each table's log is kept: for its streams and replicas, for point-in-time recovery, and for reads that lag. */
  #retentions (): Map<string, number> {
    const retentions = this.streams.retentions()
    for (const { TableId, TableName, settings: { recovery, replicas } } of this.tables.all()) {
      const keptMs = Math.max(this.lag.of(TableName), recovery ? recovery.days * DAY_MS : 0, replicas ? this.#replicationLag() + DAY_MS : 0)
      if (keptMs > 0) retentions.set(TableId, Math.max(retentions.get(TableId) ?? 0, keptMs))
    }
    return retentions
  }

  #isLogged (table: TableRecord): boolean {
    return isLogged(table) || this.lag.of(table.TableName) > 0
  }

  #add (name: string, { before, after, bytesBefore, bytesAfter }: { before: unknown, after: unknown, bytesBefore: number, bytesAfter: number }): void {
    const { items, bytes } = this.#holdings.get(name) ?? { items: 0, bytes: 0 }
    this.#holdings.set(name, { items: items + Number(!!after) - Number(!!before), bytes: bytes + bytesAfter - bytesBefore })
  }
}

function indexesOf (table: TableRecord): { index: string, global: boolean }[] {
  return [
    ...(table.LocalSecondaryIndexes ?? []).map(({ IndexName }) => ({ index: IndexName, global: false })),
    ...(table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => ({ index: IndexName, global: true })),
  ]
}

/** The tables, in memory, since every operation needs one. */
class Tables {
  readonly #records = new Map<string, TableRecord>()
  readonly #database: Database
  readonly #clock: Clock

  constructor (database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** Reads them from the database; also returns those that are being deleted, or were. */
  async load (): Promise<TableRecord[]> {
    const found: TableRecord[] = []
    for await (const chunk of this.#database.chunks(allUnder(keys.table('')), CHUNK)) {
      for (const [, record] of chunk) {
        const table = record as TableRecord // only put writes there
        this.#records.set(table.TableName, table)
        found.push(table)
      }
    }
    return found
  }

  /** The table, whatever its status; `undefined` if it does not exist or has been deleted. */
  get (name: string): TableRecord | undefined {
    const table = this.#records.get(name)
    return table && !isGone(table, this.#clock.now()) ? table : undefined
  }

  /** Names in the order of ListTables. */
  names (): string[] {
    return this.all().map(({ TableName }) => TableName).sort()
  }

  /** All existing tables, whatever their status. */
  all (): TableRecord[] {
    const now = this.#clock.now()
    return [...this.#records.values()].filter((table) => !isGone(table, now))
  }

  /** Stores a table, without transitional states that take no time: moving the clock back must not restore them. */
  async put (table: TableRecord, writes: readonly Write[] = []): Promise<void> {
    const kept = settled(table, this.#clock.now())
    await this.#database.commit([{ key: keys.table(kept.TableName), value: kept }, ...writes])
    this.#records.set(kept.TableName, kept)
  }

  /** Removes a table of which nothing is left. */
  async remove (name: string): Promise<void> {
    await this.#database.commit([{ key: keys.table(name), value: undefined }])
    this.#records.delete(name)
  }
}
