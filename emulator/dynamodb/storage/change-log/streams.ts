import type { Clock } from '../../../core/clock.ts'
import type { Database } from '../../../core/storage/database.ts'
import { CHUNK } from '../../../core/storage/storage.ts'
import type { StreamSetting, StreamViewType, TableRecord } from '../../tables/table-record.ts'
import type { KeySchema } from '../../values/item.ts'
import type { ChangeLog } from './change-log.ts'
import { allUnder, keys } from '../keys.ts'
import { timeOfSequence } from './sequence.ts'

/** A stream of a table, also after it was disabled or its table deleted. Its shards follow from these times. */
export interface StreamRecord {
  readonly arn: string
  /** When it was created, in UTC, as AWS writes it; unique within the table's name. */
  readonly label: string
  readonly table: string
  readonly tableId: string
  readonly keySchema: KeySchema
  readonly viewType: StreamViewType
  /** Epoch ms. */
  readonly createdAt: number
  /** When it ended (epoch ms) and its last sequence number; absent while it is enabled. */
  readonly disabled?: Moment
  /** How many open shards it has from each moment on, in order of time. */
  readonly splits: readonly (Moment & { readonly shards: number })[]
}

/** A time (epoch ms), and the newest sequence number then: while a clock is frozen, sequence numbers still increase. */
export interface Moment { readonly at: number, readonly after: string }

/** Retention of records and streams. */
export const STREAM_RETENTION_MS = 24 * 3_600_000

/** The streams of an account in a region. They are also kept in memory, since every reader needs one. */
export class Streams {
  readonly #records = new Map<string, StreamRecord>()
  readonly #database: Database
  readonly #clock: Clock
  readonly #shards: () => number

  readonly #changeLog: Pick<ChangeLog, 'lastSequence'>

  /** @param shards  returns the number of open shards of a new stream */
  constructor ({ database, clock, changeLog }: { database: Database, clock: Clock, changeLog: Pick<ChangeLog, 'lastSequence'> }, shards: () => number) {
    this.#database = database
    this.#clock = clock
    this.#changeLog = changeLog
    this.#shards = shards
  }

  /** Reads the streams from the database. */
  async load (): Promise<void> {
    for await (const chunk of this.#database.chunks(allUnder(keys.stream('', '')), CHUNK)) {
      for (const [, value] of chunk) {
        const stream = value as StreamRecord // only streams are written under these keys
        this.#records.set(stream.arn, stream)
      }
    }
  }

  /** Ends each stream that its table does not refer to; a kill during its creation leaves one. */
  async endUnknown (tables: { get (name: string): TableRecord | undefined }): Promise<void> {
    for (const stream of [...this.#records.values()]) {
      const setting = tables.get(stream.table)?.settings.stream
      if (!stream.disabled && !(setting?.enabled && setting.arn === stream.arn)) await this.#put({ ...stream, disabled: this.#moment() })
    }
  }

  /** A stream that can be read; `undefined` also if it was disabled more than a day ago. */
  get (arn: string): StreamRecord | undefined {
    const stream = this.#records.get(arn)
    return stream && this.#isReadable(stream) ? stream : undefined
  }

  /** The streams that can be read, by their ARN. */
  all (): StreamRecord[] {
    return [...this.#records.values()].filter((stream) => this.#isReadable(stream)).sort((one, other) => one.arn < other.arn ? -1 : 1)
  }

  /** How long (ms) the log of each table is needed, by the table's id. */
  retentions (): Map<string, number> {
    const retentions = new Map<string, number>()
    for (const stream of this.#records.values()) {
      if (this.#isReadable(stream)) retentions.set(stream.tableId, STREAM_RETENTION_MS)
      else if (!retentions.has(stream.tableId)) retentions.set(stream.tableId, 0)
    }
    return retentions
  }

  /** Removes streams that can no longer be read. */
  async forgetEnded (): Promise<void> {
    const ended = [...this.#records.values()].filter((stream) => !this.#isReadable(stream))
    await this.#database.commit(ended.map(({ table, label }) => ({ key: keys.stream(table, label), value: undefined })))
    for (const { arn } of ended) this.#records.delete(arn)
  }

  /** Starts a stream; its return value is part of the table's record. */
  async start (table: TableRecord, viewType: StreamViewType): Promise<StreamSetting> {
    let createdAt = this.#clock.now()
    const arnOf = (ms: number) => `${table.TableArn}/stream/${labelOf(ms)}`
    while (this.#records.has(arnOf(createdAt))) createdAt++
    const arn = arnOf(createdAt)
    const label = labelOf(createdAt)
    await this.#put({
      arn, label, table: table.TableName, tableId: table.TableId, keySchema: table.KeySchema, viewType, createdAt, splits: [{ ...this.#moment(), shards: this.#shards() }],
    })
    return { arn, label, viewType, enabled: true }
  }

  /** Ends a table's stream; it can be read for another day. */
  async stop ({ settings: { stream: setting } }: TableRecord): Promise<void> {
    const stream = setting && this.#records.get(setting.arn)
    if (stream && !stream.disabled) await this.#put({ ...stream, disabled: this.#moment() })
  }

  /**
   * Closes every open shard of a stream; each gets two children.
   * @returns how many open shards it has now
   */
  async split (stream: StreamRecord): Promise<number> {
    const shards = stream.splits.at(-1)!.shards * 2
    await this.#put({ ...stream, splits: [...stream.splits, { ...this.#moment(), shards }] })
    return shards
  }

  async #put (stream: StreamRecord): Promise<void> {
    await this.#database.commit([{ key: keys.stream(stream.table, stream.label), value: stream }])
    this.#records.set(stream.arn, stream)
  }

  /** If the clock was moved back, it does not return a time before the last record. */
  #moment (): Moment {
    const after = this.#changeLog.lastSequence
    return { at: Math.max(this.#clock.now(), timeOfSequence(after)), after }
  }

  #isReadable ({ disabled }: StreamRecord): boolean {
    return !disabled || this.#clock.now() < disabled.at + STREAM_RETENTION_MS
  }
}

function labelOf (ms: number): string {
  return new Date(ms).toISOString().slice(0, -1)
}
