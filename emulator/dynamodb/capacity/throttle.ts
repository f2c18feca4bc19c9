import type { Cancel, Clock } from '../../core/clock.ts'
import type { Database } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import type { Limits } from '../limits.ts'
import { allUnder, keys } from '../storage/keys.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { reportOf, type TableThroughputReport } from './throughput-report.ts'
import type { ThrottleSwitch } from './throttle-switch.ts'
import type { TokenBucket } from './token-bucket.ts'
import { TableThroughput, type TableState } from './table-throughput.ts'
import type { Usage } from './usage.ts'
import type { Kind } from './partition-keys.ts'
import type { LimitName, ResourceThroughput } from './resource-throughput.ts'

/** Why a request, or a part of it, is refused. */
export interface Refusal {
  /** The ARN of the table or index. */
  readonly resource: string
  /** AWS's word for it, such as `TableWriteProvisionedThroughputExceeded`. */
  readonly reason: string
  readonly limit: LimitName
  readonly isIndex: boolean
  /** Whether the table is billed by request. */
  readonly onDemand: boolean
}

/** What a throttle works on. */
export interface ThrottledStore {
  readonly clock: Clock
  readonly database: Database
  readonly limits: Limits
  readonly tables: { all (): TableRecord[] }
}

/** A part of a request and one limit that it counts against. */
interface Charge { readonly bucket: TokenBucket, readonly units: number, readonly name: LimitName, readonly resource: ResourceThroughput, readonly kind: Kind }

const MINUTE_MS = 60_000

/** One partition key with more than this share of a table's traffic is hot. */
const HOT_SHARE = 0.8
/** A table with fewer units in a minute is not looked at. */
const LEAST_TRAFFIC = 60

/**
 * The throughput of an account's tables in a region: what each may use, has used and was refused. Its state is stored every
 * minute of the clock in which there is traffic, and at the end; after a kill it goes on with what was stored last.
 */
export class Throttle {
  readonly #store: ThrottledStore
  readonly #switch: ThrottleSwitch
  readonly #warn: (text: string) => void
  #tables = new Map<string, TableThroughput>()
  /** What was stored of tables that have not been used since the start. */
  #stored = new Map<string, TableState>()
  /** Keys that have been warned of. */
  readonly #warned = new Set<string>()
  #turn: number
  #cancelMinute: Cancel | undefined

  constructor (store: ThrottledStore, { throttling, warn }: { throttling: ThrottleSwitch, warn: (text: string) => void }) {
    this.#store = store
    this.#switch = throttling
    this.#warn = warn
    this.#turn = throttling.turn
  }

  /** Reads what was stored. */
  async load (): Promise<void> {
    for await (const chunk of this.#store.database.chunks(allUnder(keys.capacity('')), CHUNK)) {
      for (const [key, state] of chunk) this.#stored.set(key.slice(keys.capacity('').length), state as TableState) // only states are written under these keys
    }
  }

  /** Stores the state of all tables, and forgets those that are no longer there. */
  async save (): Promise<void> {
    if (this.#tables.size === 0) return
    const now = this.#store.clock.now()
    const there = new Set(this.#store.tables.all().map(({ TableId }) => TableId))
    for (const id of this.#tables.keys()) if (!there.has(id)) this.#tables.delete(id)
    const gone = await this.#store.database.keys(allUnder(keys.capacity(''))).then((stored) => stored.filter((key) => !there.has(key.slice(keys.capacity('').length))))
    await this.#store.database.commit([
      ...gone.map((key) => ({ key, value: undefined })),
      ...Array.from(this.#tables, ([id, table]) => ({ key: keys.capacity(id), value: table.state(now) })),
    ])
  }

  close (): void {
    this.#cancelMinute?.()
  }

  /**
   * Asks for the units of a request, all or nothing.
   * @returns why it is refused; `undefined` when its units have been taken
   */
  admit (usages: readonly Usage[]): Refusal[] | undefined {
    const now = this.#begin()
    const charges = usages.flatMap((usage) => this.#charges(usage, now))
    const refused = charges.filter(({ bucket, units }) => !bucket.admits(units, now))
    if (refused.length === 0) {
      this.#take(usages, charges, now)
      return undefined
    }
    return this.#refuse(refused, now)
  }

  /**
   * Asks for the units of several parts, all of them or none.
   * @returns why each part is refused, in their order; `undefined` when the units of all have been taken
   */
  admitAll (parts: readonly (readonly Usage[])[]): (Refusal[] | undefined)[] | undefined {
    const now = this.#begin()
    const charges = parts.map((usages) => usages.flatMap((usage) => this.#charges(usage, now)))
    const totals = new Map<TokenBucket, number>()
    for (const { bucket, units } of charges.flat()) totals.set(bucket, (totals.get(bucket) ?? 0) + units)
    if ([...totals].every(([bucket, units]) => bucket.admits(units, now))) {
      this.#take(parts.flat(), charges.flat(), now)
      return undefined
    }
    // Each part after those before it; a part that does not fit leaves its units to the next.
    const asked = new Map<TokenBucket, number>()
    return charges.map((part) => {
      const refused = part.filter(({ bucket, units }) => !bucket.admits((asked.get(bucket) ?? 0) + units, now))
      if (refused.length > 0) return this.#refuse(refused, now)
      for (const { bucket, units } of part) asked.set(bucket, (asked.get(bucket) ?? 0) + units)
      return undefined
    })
  }

  /** Takes over what has changed of a table, from now on. */
  follow (record: TableRecord): void {
    this.#table(record, this.#startAnew())
  }

  /** Every table, or one, as it stands, in the order of their names. */
  report (name?: string): TableThroughputReport[] {
    const now = this.#startAnew()
    return this.#store.tables.all()
      .filter(({ TableName }) => name === undefined || TableName === name)
      .sort((one, other) => one.TableName < other.TableName ? -1 : 1)
      .map((table) => reportOf(table, this.#table(table, now), now))
  }

  /** The time of a request. */
  #begin (): number {
    const now = this.#startAnew()
    this.#cancelMinute ??= this.#store.clock.schedule((Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS, () => this.#endMinute())
    return now
  }

  /** Forgets all when throttling has been turned on again. */
  #startAnew (): number {
    const now = this.#store.clock.now()
    if (this.#turn !== this.#switch.turn) {
      this.#turn = this.#switch.turn
      this.#tables = new Map()
      this.#stored = new Map()
    }
    return now
  }

  #charges ({ table, index, kind, units, partitions }: Usage, now: number): Charge[] {
    const resource = this.#table(table, now).of(index)
    const charges: Charge[] = resource[kind].limits(now).map(({ name, bucket }) => ({ bucket, units, name, resource, kind }))
    for (const { partition, units } of partitions) {
      charges.push({ bucket: resource.keys.use(partition).bucket(kind, now), units, name: 'KeyRangeThroughputExceeded', resource, kind })
    }
    return charges
  }

  #take (usages: readonly Usage[], charges: readonly Charge[], now: number): void {
    for (const { bucket, units } of charges) bucket.take(units)
    for (const { table, index, kind, units, partitions } of usages) {
      const resource = this.#table(table, now).of(index)
      resource[kind].use(units, now)
      for (const { partition, units } of partitions) resource.keys.use(partition).current += units
    }
  }

  #refuse (charges: readonly Charge[], now: number): Refusal[] {
    const refusals = new Map<string, Refusal>()
    const counted = new Set<ResourceThroughput>()
    for (const { name: limit, resource, kind } of charges) {
      const reason = `${resource.scope}${kind}${limit}`
      refusals.set(`${resource.arn} ${reason}`, { resource: resource.arn, reason, limit, isIndex: resource.scope === 'Index', onDemand: resource[kind].onDemand })
      if (!counted.has(resource)) resource[kind].refused.add(1, now)
      counted.add(resource)
    }
    return [...refusals.values()]
  }

  #table (record: TableRecord, now: number): TableThroughput {
    let table = this.#tables.get(record.TableId)
    if (!table) {
      const since = Math.max(record.CreationDateTime * 1000, this.#switch.since)
      this.#tables.set(record.TableId, table = new TableThroughput(record, { limits: this.#store.limits, since, now, stored: this.#stored.get(record.TableId) }))
      this.#stored.delete(record.TableId)
    }
    table.follow(record, now)
    return table
  }

  async #endMinute (): Promise<void> {
    this.#cancelMinute = undefined
    for (const table of this.#tables.values()) {
      for (const { name, units, hottest } of table.endMinute()) {
        if (!hottest || units < LEAST_TRAFFIC || hottest.units <= units * HOT_SHARE) continue
        const key = JSON.stringify(hottest.key)
        const id = `${name} ${key}`
        if (this.#warned.has(id)) continue
        this.#warned.add(id)
        this.#warn(`hotKeys: ${Math.round(hottest.units / units * 100)} % of the traffic of ${name} in the last minute was for one partition key, ${key}`)
      }
    }
    await this.save()
  }
}
