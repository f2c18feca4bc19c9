import type { Cancel, Clock } from '../../core/clock.ts'
import type { CallRecord } from '../../core/traced-call.ts'
import type { AccountStore } from '../../dynamodb/storage/account-store.ts'
import type { BucketHoldings } from '../../s3/index.ts'
import type { CloudwatchStore } from '../store.ts'
import { CHARGES_EVERY_MS, chargeMetrics, chargesOf } from './charges.ts'
import { Counters, type Count } from './counters.ts'
import { countDynamodbCall, countStreamsCall } from './dynamodb-calls.ts'
import { publishProvisioned } from './provisioned.ts'
import { countRekognitionCall } from './rekognition-calls.ts'
import { countS3Call } from './s3-calls.ts'
import { recordStorage, STORAGE_EVERY_MS } from './s3-storage.ts'

export interface PublishingOptions {
  clock: Clock
  /** The metrics of an account in a region; made if there are none. */
  store (owner: string): Promise<CloudwatchStore>
  stores (): Iterable<CloudwatchStore>
  /** The tables of an account in a region, if it has any. */
  tables (account: string, region: string): Promise<AccountStore>
  /** What the buckets of an account hold. */
  buckets (account: string): AsyncIterable<BucketHoldings>
  onError (error: unknown): void
}

const MINUTE_MS = 60_000

/** Calls that wait to be counted, at most. */
const MOST_PENDING = 256

/** Where AWS publishes charges, whatever region they are for. */
const BILLING_REGION = 'us-east-1'

/** Calls of DynamoDB that can change what is provisioned. */
const TABLE_CALLS = new Set(['CreateTable', 'UpdateTable', 'DeleteTable', 'RestoreTableFromBackup', 'RestoreTableToPointInTime', 'ImportTable'])

const SERVICES: Readonly<Record<string, (call: CallRecord, count: Count) => void>> = {
  dynamodb: countDynamodbCall,
  dynamodbstreams: countStreamsCall,
  rekognition: countRekognitionCall,
  s3: countS3Call,
}

/**
 * Publishes the metrics of the emulated services. A call costs an addition to a list; calls are counted some hundred at a time,
 * and the counts are stored when a minute ends or somebody reads.
 */
export class Publishing {
  readonly #options: PublishingOptions
  readonly #counters = new Counters()
  #pending: CallRecord[] = []
  #planned = false
  #cancelMinute: Cancel = () => {}
  #cancelCharges: Cancel = () => {}
  /** Accounts and regions whose tables may have changed. */
  readonly #changed = new Set<string>()
  /** Forgets what belongs to a state that was replaced meanwhile. */
  #epoch = 0

  constructor (options: PublishingOptions) {
    this.#options = options
  }

  /** Takes a call; its notes may still grow. */
  record (call: CallRecord): void {
    this.#pending.push(call)
    if (!this.#planned) this.#planMinute()
    if (this.#pending.length >= MOST_PENDING) this.#count()
    if (TABLE_CALLS.has(call.operation) && call.service === 'dynamodb') {
      const owner = `${call.account}/${call.region}`
      this.#changed.add(owner)
      this.#provisioned(call.startedAt).catch((error: unknown) => this.#options.onError(error))
    }
  }

  /** Counts what no call does: items that expired. */
  count (account: string, region: string, ...what: Parameters<Count>): void {
    this.#counters.add(account, region, this.#options.clock.now(), ...what)
    if (!this.#planned) this.#planMinute()
  }

  /** Stores all that was counted. */
  async catchUp (now: number): Promise<void> {
    this.#count()
    const epoch = this.#epoch
    for (const [owner, data] of this.#counters.take()) {
      const { metrics } = await this.#options.store(owner)
      if (epoch !== this.#epoch) return
      for (const datum of data) metrics.record(datum)
    }
    await this.#provisioned(now)
    for (const { metrics } of this.#options.stores()) await metrics.flush()
  }

  /** Begins: on a state that was loaded, tables have what they have. */
  begin (owners: Iterable<string>): void {
    for (const owner of owners) this.#changed.add(owner)
    this.#planCharges()
  }

  /** Forgets what was not stored. */
  clear (): void {
    this.#epoch++
    this.#pending = []
    this.#counters.clear()
    this.#changed.clear()
  }

  /** Tables may have gone without a call. */
  tablesChanged (): void {
    for (const { account, region } of this.#options.stores()) this.#changed.add(`${account}/${region}`)
  }

  /** Ends. What was counted is stored by {@link catchUp}. */
  close (): void {
    this.#cancelMinute()
    this.#cancelCharges()
  }

  #count (): void {
    const calls = this.#pending
    this.#pending = []
    for (const call of calls) {
      const { account, region, startedAt } = call
      SERVICES[call.service]?.(call, (namespace, name, value, unit, ...dimensions) => this.#counters.add(account, region, startedAt, namespace, name, value, unit, ...dimensions))
    }
  }

  async #provisioned (at: number): Promise<void> {
    const owners = [...this.#changed]
    this.#changed.clear()
    const epoch = this.#epoch
    for (const owner of owners) {
      const [account = '', region = ''] = owner.split('/')
      const tables = await this.#options.tables(account, region)
      const { metrics } = await this.#options.store(owner)
      if (epoch !== this.#epoch) return
      publishProvisioned(tables, metrics, at)
    }
  }

  #planMinute (): void {
    this.#planned = true
    const { clock } = this.#options
    this.#cancelMinute = clock.schedule((Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS, async () => {
      this.#planned = false
      await this.catchUp(clock.now())
    })
  }

  #planCharges (): void {
    this.#cancelCharges()
    const { clock } = this.#options
    const at = (Math.floor(clock.now() / CHARGES_EVERY_MS) + 1) * CHARGES_EVERY_MS
    this.#cancelCharges = clock.schedule(at, async () => {
      try {
        await this.#publishCharges(at)
      } finally {
        this.#planCharges()
      }
    })
  }

  async #publishStorage (at: number): Promise<void> {
    const epoch = this.#epoch
    for (const account of new Set(Array.from(this.#options.stores(), ({ account }) => account))) {
      for await (const holdings of this.#options.buckets(account)) {
        const { metrics } = await this.#options.store(`${account}/${holdings.region}`)
        if (epoch !== this.#epoch) return
        recordStorage(metrics, holdings, at)
      }
    }
  }

  async #publishCharges (at: number): Promise<void> {
    await this.catchUp(at)
    if (at % STORAGE_EVERY_MS === 0) await this.#publishStorage(at)
    const all = [...this.#options.stores()]
    for (const account of new Set(all.map(({ account }) => account))) {
      const stores = all.filter((store) => store.account === account)
      const { metrics } = await this.#options.store(`${account}/${BILLING_REGION}`)
      for (const [metric, charge] of chargeMetrics(chargesOf(stores.map(({ metrics }) => metrics), at))) {
        metrics.record({ metric, unit: 'None', at, sample: { n: 1, sum: charge, min: charge, max: charge, values: [[charge, 1]] } })
      }
    }
    for (const { metrics, alarms } of this.#options.stores()) {
      await metrics.trim(at)
      await alarms.trim(at - 14 * 24 * 60 * MINUTE_MS)
    }
  }
}
