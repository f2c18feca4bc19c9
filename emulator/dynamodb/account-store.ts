import type { Clock } from '../core/clock.ts'
import { Database } from '../core/storage/database.ts'
import { Locks } from '../core/storage/locks.ts'
import { IdempotencyTokens } from './idempotency-tokens.ts'
import type { ItemChange } from './item-change.ts'
import { allUnder, keys } from './keys.ts'
import type { Limits } from './limits.ts'
import { isGone, type Holdings, type TableRecord } from './table-record.ts'
import { TimeToLive } from './time-to-live.ts'
import { UnitOfWork, type UnitStore } from './unit-of-work.ts'

export interface AccountStoreOptions {
  account: string
  region: string
  clock: Clock
  limits: Limits
  /** How long after its time an expired item is deleted, in ms. */
  ttlLagMs: number
}

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
  readonly idempotencyTokens: IdempotencyTokens
  readonly #holdings = new Map<string, Holdings>()

  private constructor (database: Database, { account, region, clock, limits, ttlLagMs }: AccountStoreOptions) {
    this.account = account
    this.region = region
    this.clock = clock
    this.limits = limits
    this.database = database
    this.tables = new Tables(database, clock)
    this.timeToLive = new TimeToLive(this, { lagMs: ttlLagMs, oldestMs: limits.ttlOldestMs })
    this.idempotencyTokens = new IdempotencyTokens(clock, limits.idempotencyMs)
  }

  static async open (options: AccountStoreOptions): Promise<AccountStore> {
    return new AccountStore(await Database.openInMemory(), options)
  }

  /** Runs a piece of work, stores what it wrote if it did not throw, and gives its locks back either way. */
  async transact<T> (work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const unit = new UnitOfWork(this)
    try {
      const result = await work(unit)
      await unit.commit()
      return result
    } finally {
      unit.release()
    }
  }

  /** How much a table holds, or one of its indexes. */
  holdings (table: string, index?: string): Holdings {
    return this.#holdings.get(index === undefined ? table : `${table}/${index}`) ?? { items: 0, bytes: 0 }
  }

  follow (work: UnitOfWork): void {
    this.timeToLive.follow(work)
  }

  /** Counts what was stored. */
  committed (changes: readonly ItemChange[]): void {
    for (const change of changes) {
      this.#count(change.table.TableName, change)
      for (const index of change.indexes) this.#count(`${change.table.TableName}/${index.index}`, index)
    }
  }

  /** Deletes a table with all that is in it. */
  async drop (table: TableRecord): Promise<void> {
    const { TableName: name } = table
    const indexes = [
      ...(table.LocalSecondaryIndexes ?? []).map(({ IndexName }) => ({ index: IndexName, global: false })),
      ...(table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => ({ index: IndexName, global: true })),
    ]
    const prefixes = [keys.item(name, ''), `ttl-${name}~`, ...indexes.map((index) => keys.indexEntry(name, index, ''))]
    for (const prefix of prefixes) await this.database.clear(allUnder(prefix))
    for (const held of [name, ...indexes.map(({ index }) => `${name}/${index}`)]) this.#holdings.delete(held)
  }

  async close (): Promise<void> {
    this.timeToLive.close()
    await this.database.close()
  }

  #count (name: string, { before, after, bytesBefore, bytesAfter }: { before: unknown, after: unknown, bytesBefore: number, bytesAfter: number }): void {
    const { items, bytes } = this.#holdings.get(name) ?? { items: 0, bytes: 0 }
    this.#holdings.set(name, { items: items + Number(!!after) - Number(!!before), bytes: bytes + bytesAfter - bytesBefore })
  }
}

/** The tables, kept at hand since every operation asks for one. */
class Tables {
  readonly #records = new Map<string, TableRecord>()
  readonly #database: Database
  readonly #clock: Clock

  constructor (database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** The table, whatever its status; `undefined` when there is none or it has been deleted by now. */
  get (name: string): TableRecord | undefined {
    const table = this.#records.get(name)
    return table && !isGone(table, this.#clock.now()) ? table : undefined
  }

  /** Names in the order that ListTables gives them. */
  names (): string[] {
    return [...this.#records.keys()].filter((name) => this.get(name)).sort()
  }

  async put (table: TableRecord): Promise<void> {
    await this.#database.commit([{ key: keys.table(table.TableName), value: table }])
    this.#records.set(table.TableName, table)
  }
}
