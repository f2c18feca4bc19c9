import type { Clock } from '../core/clock.ts'
import type { AccountStore } from '../dynamodb/storage/account-store.ts'
import { firstSequenceOf, timeOfSequence } from '../dynamodb/storage/change-log/sequence.ts'
import { STREAM_RETENTION_MS, type StreamRecord } from '../dynamodb/storage/change-log/streams.ts'
import { readShard, type ShardPosition } from '../streams/read-shard.ts'
import { shardsOf, type Shard } from '../streams/shards.ts'
import type { DiscardedBatch, Invoke } from './invocation.ts'
import { ShardDelivery, type FullSettings } from './shard-delivery.ts'

/** How far a trigger is: what it has dealt with, by shard, and from where it reads the shards that it has not begun. */
export interface Progress { since: string, shards: Record<string, ShardPosition> }

/** A table of all accounts and regions. */
export interface TableName { readonly account: string, readonly region: string, readonly table: string }

/** What a trigger has done since it was added, or the emulator was started. */
export interface TriggerCounts { delivered: number, failures: number, discarded: number, lastError?: string }

export interface TriggerOptions {
  readonly name: string
  readonly settings: FullSettings
  readonly account: string
  readonly region: string
  readonly clock: Clock
  /** The account's store of now: a reset and a snapshot replace it. */
  store (): Promise<AccountStore>
  readonly invoke: Invoke
  discarded (batch: DiscardedBatch): Promise<void>
  /** Called for each failure. */
  failed (error: unknown): void
  /** Keeps how far it is. */
  keep (progress: Progress): Promise<void>
  track (work: Promise<void>): void
}

/** Delivers the changes of one table to a function. It follows the table's streams, shard by shard, parents first. */
export class Trigger {
  readonly counts: TriggerCounts = { delivered: 0, failures: 0, discarded: 0 }
  readonly #options: TriggerOptions
  readonly #deliveries = new Map<string, ShardDelivery>()
  readonly #ended = new Set<string>()
  #progress: Progress
  #isLooking = false
  #lookAgain = false
  #isStopped = false

  constructor (options: TriggerOptions, progress: Progress) {
    this.#options = options
    this.#progress = progress
  }

  get table (): TableName {
    const { account, region, settings: { table } } = this.#options
    return { account, region, table }
  }

  get settings (): FullSettings {
    return this.#options.settings
  }

  /** Looks for records, and for shards that are new. */
  wake (): void {
    this.#lookAgain = true
    if (this.#isLooking || this.#isStopped) return
    this.#isLooking = true
    this.#options.track(this.#look())
  }

  stop (): void {
    this.#isStopped = true
    for (const delivery of this.#deliveries.values()) delivery.stop()
  }

  /** Stops the current delivery, and looks up its table again. */
  restart (): void {
    for (const delivery of this.#deliveries.values()) delivery.stop()
    this.#deliveries.clear()
    this.#ended.clear()
  }

  async #look (): Promise<void> {
    try {
      while (this.#lookAgain && !this.#isStopped) {
        this.#lookAgain = false
        await this.#wakeShards()
      }
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#isLooking = false
    }
  }

  async #wakeShards (): Promise<void> {
    const store = await this.#options.store()
    if (this.#isStopped) return
    const listed = new Set<string>()
    for (const stream of store.streams.all()) {
      if (stream.table !== this.#options.settings.table) continue
      const shards = this.#shards(store, stream)
      const ids = new Set(shards.map(({ id }) => id))
      for (const shard of shards) {
        const key = `${stream.arn} ${shard.id}`
        listed.add(key)
        if (this.#ended.has(key)) continue
        const isParentLeft = shard.parent !== undefined && ids.has(shard.parent) && !this.#ended.has(`${stream.arn} ${shard.parent}`)
        if (isParentLeft) continue
        let delivery = this.#deliveries.get(key)
        if (!delivery) this.#deliveries.set(key, delivery = this.#begin(store, stream, shard.id, key))
        delivery.wake()
      }
    }
    for (const key of Object.keys(this.#progress.shards)) if (!listed.has(key)) delete this.#progress.shards[key]
    for (const key of this.#ended) if (!listed.has(key)) this.#ended.delete(key)
  }

  #begin (store: AccountStore, stream: StreamRecord, shardId: string, key: string): ShardDelivery {
    const { settings, clock, region, account, name, invoke } = this.#options
    const shard = () => this.#shards(store, store.streams.get(stream.arn) ?? stream).find(({ id }) => id === shardId)
    const start = this.#progress.shards[key] ?? { from: this.#progress.since, after: true }
    return new ShardDelivery({
      settings,
      clock,
      shardId,
      invoke,
      streamArn: stream.arn,
      functionArn: `arn:aws:lambda:${region}:${account}:function:${name}`,
      async read ({ from, after }, bounds) {
        const found = shard()
        if (!found) return { records: [], isRead: true }
        const horizon = firstSequenceOf(Math.max(0, clock.now() - STREAM_RETENTION_MS))
        const lowest = found.first > horizon ? found.first : horizon
        const position = from < lowest ? { from: lowest } : { from, after }
        return readShard(store.changeLog, { stream, shard: found, region }, position, bounds)
      },
      isClosed: () => shard()?.last !== undefined || !shard(),
      track: (work) => this.#options.track(work),
      moved: async (position, delivered) => {
        this.counts.delivered += delivered
        this.#progress.shards[key] = position
        await this.#options.keep(this.#progress)
      },
      discarded: async (batch) => {
        this.counts.discarded += batch.DDBStreamBatchInfo.batchSize
        await this.#options.discarded(batch)
      },
      failed: (error) => this.#failed(error),
      ended: () => {
        this.#deliveries.delete(key)
        this.#ended.add(key)
        this.wake()
      },
    }, start)
  }

  #shards (store: AccountStore, stream: StreamRecord): Shard[] {
    return shardsOf(stream, Math.max(this.#options.clock.now(), timeOfSequence(store.changeLog.lastSequence)))
  }

  #failed (error: unknown): void {
    this.counts.failures++
    this.counts.lastError = error instanceof Error ? error.message : String(error)
    this.#options.failed(error)
  }
}
