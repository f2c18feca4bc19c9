import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../core/clock.ts'
import type { ShardPage, ShardPosition } from '../streams/read-shard.ts'
import { STREAM_RETENTION_MS } from '../dynamodb/storage/change-log/streams.ts'
import { succeeded, triggerRecord, type DiscardedBatch, type Invoke, type TriggerRecord } from './invocation.ts'
import type { DEFAULT_SETTINGS, TriggerSettings } from './trigger-rule.ts'

/** A batch ends with the record that reaches this many bytes, since the payload of a function is limited. */
const MOST_BYTES = 6 * 1024 * 1024
const LONGEST_PAUSE_MS = 60_000

/** Settings of which none is left out but account and region. */
export type FullSettings = TriggerSettings & { [name in keyof typeof DEFAULT_SETTINGS]-?: NonNullable<TriggerSettings[name]> }

/** A batch, or a part of one, that is still to be delivered. */
interface Piece { records: TriggerRecord[], failures: number }

export interface ShardDeliveryOptions {
  readonly settings: FullSettings
  readonly clock: Clock
  readonly streamArn: string
  readonly shardId: string
  /** What the trigger is called, in the descriptions of discarded batches. */
  readonly functionArn: string
  readonly invoke: Invoke
  /** Reads on in the shard. */
  read (position: ShardPosition, bounds: { records: number, bytes: number }): Promise<ShardPage>
  /** Whether the shard has an end now. */
  isClosed (): boolean
  /** Called when records are processed: delivery continues after them. */
  moved (position: ShardPosition, delivered: number): Promise<void>
  discarded (batch: DiscardedBatch): Promise<void>
  failed (error: unknown): void
  /** Called once the shard is closed and all of it is dealt with. */
  ended (): void
  /** Called with each promise of running work. */
  track (work: Promise<void>): void
}

/**
 * Delivers the records of one shard to a function, in their order and at least once, as Lambda does. It waits for records,
 * for the window of a batch and before a retry; {@link wake} has it look again.
 */
export class ShardDelivery {
  readonly #options: ShardDeliveryOptions
  #position: ShardPosition
  #pieces: Piece[] = []
  #isRunning = false
  #isWoken = false
  #isStopped = false
  /** When its oldest waiting record was seen. */
  #seenAt: number | undefined
  #retryAt = -Infinity
  #cancel: Cancel | undefined

  constructor (options: ShardDeliveryOptions, position: ShardPosition) {
    this.#options = options
    this.#position = position
  }

  wake (): void {
    this.#isWoken = true
    if (this.#isRunning || this.#isStopped) return
    this.#isRunning = true
    this.#options.track(this.#run())
  }

  /** Delivers nothing more; a call under way is not awaited. */
  stop (): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  async #run (): Promise<void> {
    try {
      while (this.#isWoken && !this.#isStopped) {
        this.#isWoken = false
        while (!this.#isStopped && await this.#step());
      }
    } catch (error) {
      this.#options.failed(error)
    } finally {
      this.#isRunning = false
    }
  }

  /** Does what is due. @returns whether there may be more */
  async #step (): Promise<boolean> {
    const { clock } = this.#options
    if (clock.now() < this.#retryAt) return false
    const piece = this.#pieces[0] ?? await this.#nextBatch()
    if (!piece) return false
    const tooOld = this.#tooOld(piece.records)
    if (tooOld > 0) await this.#giveUp(piece, tooOld, 'RecordAgeExceeded')
    else await this.#deliver(piece)
    return true
  }

  async #nextBatch (): Promise<Piece | undefined> {
    const { settings: { batchSize, maximumBatchingWindowInSeconds: window }, clock, streamArn } = this.#options
    const isClosed = this.#options.isClosed()
    const { records, isRead } = await this.#options.read(this.#position, { records: batchSize, bytes: MOST_BYTES })
    if (records.length === 0) {
      if (isClosed) {
        this.stop()
        this.#options.ended()
      }
      return undefined
    }
    const isFull = records.length === batchSize || !isRead
    this.#seenAt ??= clock.now()
    const due = this.#seenAt + window * 1000
    if (!isFull && clock.now() < due) {
      this.#wakeAt(due)
      return undefined
    }
    this.#seenAt = undefined
    const piece = { records: records.map((record) => triggerRecord(record, streamArn)), failures: 0 }
    this.#pieces.push(piece)
    return piece
  }

  async #deliver (piece: Piece): Promise<void> {
    const { settings, clock, invoke } = this.#options
    const { records } = piece
    const reportsItems = settings.functionResponseTypes.includes('ReportBatchItemFailures')
    let done = 0
    let error: unknown
    try {
      const answer = await invoke({ Records: records })
      done = reportsItems ? succeeded(records, answer) : records.length
      if (done < records.length) error = new Error(`The function reports ${records[done]!.dynamodb.SequenceNumber} as failed`)
    } catch (reason) {
      error = reason
    }
    if (this.#isStopped) return
    await this.#passOver(piece, done)
    if (error === undefined) return
    piece.failures++
    this.#options.failed(error)
    if (settings.bisectBatchOnFunctionError && (done > 0 || piece.records.length > 1)) {
      // A split is not a retry: it neither counts nor waits.
      piece.failures--
      if (done === 0) this.#split(piece)
    } else if (settings.maximumRetryAttempts >= 0 && piece.failures > settings.maximumRetryAttempts) {
      await this.#giveUp(piece, piece.records.length, 'RetryAttemptsExhausted')
    } else {
      this.#retryAt = clock.now() + Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (piece.failures - 1))
      this.#wakeAt(this.#retryAt)
    }
  }

  #split (piece: Piece): void {
    const half = Math.ceil(piece.records.length / 2)
    this.#pieces.splice(0, 1, { records: piece.records.slice(0, half), failures: piece.failures }, { records: piece.records.slice(half), failures: piece.failures })
  }

  /** How many of the first records are older than the function or the stream takes them. */
  #tooOld (records: readonly TriggerRecord[]): number {
    const { settings: { maximumRecordAgeInSeconds: age }, clock } = this.#options
    const oldest = Math.floor((clock.now() - (age < 0 ? STREAM_RETENTION_MS : Math.min(age * 1000, STREAM_RETENTION_MS))) / 1000)
    const first = records.findIndex(({ dynamodb }) => createdAt(dynamodb) >= oldest)
    return first < 0 ? records.length : first
  }

  async #giveUp (piece: Piece, count: number, condition: DiscardedBatch['requestContext']['condition']): Promise<void> {
    const { clock, shardId, streamArn, functionArn } = this.#options
    const records = piece.records.slice(0, count)
    const [first, last] = [records[0]!.dynamodb, records.at(-1)!.dynamodb]
    await this.#options.discarded({
      requestContext: { requestId: randomUUID(), functionArn, condition, approximateInvokeCount: piece.failures },
      ...(piece.failures > 0 && { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' } }),
      version: '1.0',
      timestamp: new Date(clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: first.SequenceNumber,
        endSequenceNumber: last.SequenceNumber,
        approximateArrivalOfFirstRecord: new Date(createdAt(first) * 1000).toISOString(),
        approximateArrivalOfLastRecord: new Date(createdAt(last) * 1000).toISOString(),
        batchSize: count,
        streamArn,
      },
    })
    await this.#passOver(piece, count, 0)
  }

  /** Takes the first records of the first piece as dealt with. */
  async #passOver (piece: Piece, count: number, delivered = count): Promise<void> {
    if (count === 0) return
    this.#position = { from: piece.records[count - 1]!.dynamodb.SequenceNumber, after: true }
    piece.records = piece.records.slice(count)
    if (piece.records.length === 0) this.#pieces.shift()
    await this.#options.moved(this.#position, delivered)
  }

  #wakeAt (time: number): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.schedule(time, () => this.wake())
  }
}

/** Epoch seconds. */
const createdAt = (dynamodb: Record<string, unknown>) => dynamodb['ApproximateCreationDateTime'] as number // showRecord writes a number
