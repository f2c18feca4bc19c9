import type { Cancel, Clock } from '../../core/clock.ts'
import { Turns } from '../../core/turns.ts'
import type { AccountStore, TableLocation } from '../storage/account-store.ts'
import { replicaRegions } from '../tables/replicas.ts'
import { deliverNext } from './delivery.ts'
import { removeUnknownReplicas } from './unknown-replicas.ts'
import { sweepTombstones } from './tombstones.ts'

/** Writes that have arrived in another region. */
export interface Replicated {
  readonly account: string
  readonly from: string
  readonly to: string
  readonly table: string
  /** How long (ms) each was in transit. */
  readonly latencies: readonly number[]
  /** Write units that they consumed there, by table and index. */
  readonly consumed: readonly { readonly resource: string, readonly writeUnits: number, readonly local?: boolean }[]
}

export interface ReplicationOptions {
  readonly clock: Clock
  readonly lagMs: number
  /** The store of an account in a region; made if there is none. */
  store (account: string, region: string): AccountStore | Promise<AccountStore>
  /** Whether Application Auto Scaling scales a table or an index. */
  isScaled (account: string, region: string, target: { ResourceId: string, ScalableDimension: string }): Promise<boolean>
  replicated (replicated: Replicated): void
  onError (error: unknown): void
}

/** One table in one region, whose changes others get. */
interface Source {
  readonly name: TableLocation
  running?: Promise<void>
  again: boolean
  /** Epoch ms of the next look at its log. */
  next?: number
  cancel: Cancel
}

const HOUR_MS = 3_600_000
/** How long (ms of the clock) after a failure it is tried again. */
const RETRY_MS = 1000

/**
 * Replicates the changes of global tables between regions. It reads each replica's change log; how far a region has read is
 * stored there in the batch that stores what was read, so that a kill neither loses a change nor applies one twice.
 */
export class Replication {
  /** Changes of the replicas of an account: one at a time, since each locks tables in several regions. */
  readonly turns = new Turns()
  readonly #options: ReplicationOptions
  readonly #sources = new Map<string, Source>()
  readonly #work = new Set<Promise<void>>()
  readonly #sweeps = new Map<string, Cancel>()
  #lagMs: number
  #isClosed = false

  constructor (options: ReplicationOptions) {
    this.#options = options
    this.#lagMs = options.lagMs
  }

  /** How long (ms of the clock) after a write it arrives in other regions. */
  get lagMs (): number {
    return this.#lagMs
  }

  /** Changes that are in transit arrive by the new lag. */
  set lagMs (lagMs: number) {
    this.#lagMs = lagMs
    for (const { name } of this.#sources.values()) void this.#look(name)
  }

  /** The store of an account in a region. */
  store (account: string, region: string): AccountStore | Promise<AccountStore> {
    return this.#options.store(account, region)
  }

  /** Whether the write units of a table, or of one of its indexes, are scaled. */
  isWriteScaled ({ account, region, table }: TableLocation, index?: string): Promise<boolean> {
    return this.#options.isScaled(account, region, index === undefined
      ? { ResourceId: `table/${table}`, ScalableDimension: 'dynamodb:table:WriteCapacityUnits' }
      : { ResourceId: `table/${table}/index/${index}`, ScalableDimension: 'dynamodb:index:WriteCapacityUnits' })
  }

  /** A table that has replicas was written. */
  readonly changed = (name: TableLocation): void => {
    if (this.#lagMs === 0) void this.#look(name)
    else this.#plan(this.#source(name), this.#options.clock.now() + this.#lagMs)
  }

  /** Resolves when all that is due now has arrived. */
  async settled (): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
  }

  get isSettled (): boolean {
    return this.#work.size === 0
  }

  /** Delivers all changes of a table in a region, whatever the lag: it is about to be removed. */
  async flush (name: TableLocation): Promise<void> {
    await this.#source(name).running
    await this.#deliver(name, Infinity)
  }

  /** Continues with the state of these stores: removes replicas whose creation or removal was interrupted, and looks for changes in transit. */
  async begin (stores: readonly AccountStore[]): Promise<void> {
    await removeUnknownReplicas(stores)
    for (const { account, region, tables } of stores) {
      for (const table of tables.all()) {
        if (!table.settings.replicas) continue
        void this.#look({ account, region, table: table.TableName })
        this.#planSweep({ account, region, table: table.TableName })
      }
    }
    await this.settled()
  }

  /** Forgets what it has planned for an account, or for all: their state is replaced. */
  async stop (account?: string): Promise<void> {
    const isMeant = (key: string) => account === undefined || key.startsWith(`${account}/`)
    for (const [key, cancel] of this.#sweeps) {
      if (!isMeant(key)) continue
      cancel()
      this.#sweeps.delete(key)
    }
    await this.settled()
    for (const [key, { cancel }] of this.#sources) {
      if (!isMeant(key)) continue
      cancel()
      this.#sources.delete(key)
    }
  }

  async close (): Promise<void> {
    this.#isClosed = true
    await this.stop()
  }

  #source (name: TableLocation): Source {
    const key = keyOf(name)
    let source = this.#sources.get(key)
    if (!source) this.#sources.set(key, source = { name, again: false, cancel: () => {} })
    return source
  }

  #plan (source: Source, at: number): void {
    if (this.#isClosed || (source.next !== undefined && source.next <= at)) return
    source.cancel()
    source.next = at
    source.cancel = this.#options.clock.schedule(at, () => {
      source.next = undefined
      return this.#look(source.name)
    })
  }

  /** Delivers what is due of a table's changes. */
  #look (name: TableLocation): Promise<void> {
    const source = this.#source(name)
    source.again = true
    source.running ??= this.#track(this.#run(source))
    return source.running
  }

  async #run (source: Source): Promise<void> {
    try {
      while (source.again && !this.#isClosed) {
        source.again = false
        const next = await this.#deliver(source.name, this.#lagMs === 0 ? Infinity : this.#options.clock.now() - this.#lagMs)
        if (next !== undefined) this.#plan(source, next + this.#lagMs)
      }
    } catch (error) {
      this.#options.onError(error)
      this.#plan(source, this.#options.clock.now() + RETRY_MS)
    } finally {
      source.running = undefined
    }
    if (source.again && !this.#isClosed) void this.#look(source.name)
  }

  /**
   * Delivers the changes of a table up to a time to all its replicas.
   * @returns when the first one was made that is not delivered yet
   */
  async #deliver (name: TableLocation, until: number): Promise<number | undefined> {
    const { account, region, table: TableName } = name
    const source = await this.store(account, region)
    const table = source.tables.get(TableName)
    let next: number | undefined
    for (const to of table ? replicaRegions(table) : []) {
      const target = await this.store(account, to)
      for (;;) {
        const delivery = await deliverNext(source, target, { table: table!, until })
        if (delivery.delivered) this.#options.replicated({ account, from: region, to, table: TableName, ...delivery.delivered })
        if (delivery.hasDeletions) this.#planSweep(name)
        if (delivery.next !== undefined) next = Math.min(next ?? Infinity, delivery.next)
        if (delivery.isDone) break
      }
    }
    return next
  }

  /** Tombstones are needed while an older write can be in transit. */
  #planSweep (name: TableLocation): void {
    const { clock } = this.#options
    const key = `${name.account}/${name.table}`
    if (this.#sweeps.has(key) || this.#isClosed) return
    this.#sweeps.set(key, clock.schedule(clock.now() + HOUR_MS, async () => {
      this.#sweeps.delete(key)
      const isSwept = await sweepTombstones(name, (region) => this.store(name.account, region))
      if (!isSwept) this.#planSweep(name)
    }))
  }

  #track (work: Promise<void>): Promise<void> {
    this.#work.add(work)
    return work.finally(() => this.#work.delete(work))
  }
}

const keyOf = ({ account, region, table }: TableLocation) => `${account}/${region}/${table}`
