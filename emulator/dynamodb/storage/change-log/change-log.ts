import type { Cancel, Clock } from '../../../core/clock.ts'
import type { Database, Range } from '../../../core/storage/database.ts'
import { CHUNK } from '../../../core/storage/storage.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import { equalItems } from '../../values/compare-values.ts'
import type { Item } from '../../values/item.ts'
import { keyAttributes } from '../../values/key-encoding.ts'
import type { ItemChange } from '../item-change.ts'
import type { Version } from '../item-versions.ts'
import { allUnder, keys } from '../keys.ts'
import { firstSequenceOf, SequenceNumbers } from './sequence.ts'
import type { UnitOfWork } from '../unit-of-work.ts'

/** One change of one item. */
export interface ChangeRecord {
  readonly sequence: string
  /** Commit time, epoch ms. */
  readonly at: number
  /** The item's encoded key within its table. */
  readonly place: string
  readonly key: Item
  readonly before?: Item
  readonly after?: Item
  readonly cause: 'user' | 'ttl'
  /** The request that made the change; none for TTL. */
  readonly requestId?: string
  /** In a global table: when and where the item was written. */
  readonly version?: Version
  /** The write left the item as it was: for replicas, since it is the last one nevertheless. Streams do not show it. */
  readonly isUnchanged?: true
}

/** The readers of the logs. */
export interface LogReaders {
  /** How long (ms) the log of each table, by its id, is kept; 0 if it no longer has a reader. */
  retentions (): Map<string, number>
  /** Whether a table's changes are read, now or later. */
  isLogged (table: TableRecord): boolean
  /** Stores the version of a change to a global table, and returns it. */
  stamp (work: UnitOfWork, change: ItemChange): Version
  /** Removes readers that have ended; called when their logs are empty. */
  forgetEnded (): Promise<void>
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/**
 * The changes of the tables whose log has a reader, in commit order. A record is written in the batch that
 * commits its item. Old records are deleted by the clock, at most an hour after they can no longer be read.
 */
export class ChangeLog {
  readonly #clock: Clock
  readonly #database: Database
  readonly #readers: LogReaders
  readonly #sequences = new SequenceNumbers()
  #cancelTrim: Cancel | undefined

  constructor ({ clock, database }: { clock: Clock, database: Database }, readers: LogReaders) {
    this.#clock = clock
    this.#database = database
    this.#readers = readers
  }

  /** The newest sequence number of any table. */
  get lastSequence (): string {
    return this.#sequences.last
  }

  /** Continues the sequence numbers of the database. */
  async load (): Promise<void> {
    for (const id of this.#readers.retentions().keys()) {
      const [newest] = await this.#database.keys({ ...allUnder(keys.change(id, '')), reverse: true }, 1)
      if (newest !== undefined) this.#sequences.continueAfter(newest.slice(keys.change(id, '').length))
    }
  }

  /** Adds to a unit of work the records of its changes. A write that does not change the item adds none, except to replicas. */
  follow (work: UnitOfWork): void {
    for (const change of work.changes) {
      const { table, key: place, before, after } = change
      if (!this.#readers.isLogged(table)) continue
      const version = table.settings.replicas ? this.#readers.stamp(work, change) : undefined
      const isUnchanged = before && after ? equalItems(before, after) : before === after
      if (isUnchanged && (version === undefined || work.origin.versions)) continue
      const now = this.#clock.now()
      const sequence = this.#sequences.next(now)
      const key = keyAttributes((after ?? before)!, table.KeySchema)
      const { cause, requestId } = work.origin
      work.write(keys.change(table.TableId, sequence), { sequence, at: now, place, key, before, after, cause, requestId, ...(version !== undefined && { version }), ...(isUnchanged && { isUnchanged }) } satisfies ChangeRecord)
      this.#planTrim()
    }
  }

  /** The changes of a table in a range of sequence numbers, in order, in chunks. */
  async * read (tableId: string, range: { from?: string, to?: string, reverse?: boolean } = {}, size = CHUNK): AsyncGenerator<ChangeRecord[]> {
    for await (const chunk of this.readWrites(tableId, range, size)) yield chunk.filter(({ isUnchanged }) => !isUnchanged)
  }

  /** As {@link read}, with writes that left their item as it was. */
  async * readWrites (tableId: string, { from = '', to = '9', reverse = false }: { from?: string, to?: string, reverse?: boolean } = {}, size = CHUNK): AsyncGenerator<ChangeRecord[]> {
    const range: Range = { gte: keys.change(tableId, from), lte: keys.change(tableId, to), reverse }
    for await (const chunk of this.#database.chunks(range, size)) yield chunk.map(([, record]) => record as ChangeRecord) // only records are written under these keys
  }

  /** Deletes the log of a table that nobody reads any more. */
  async forget (tableId: string): Promise<void> {
    await this.#database.clear(allUnder(keys.change(tableId, '')))
  }

  close (): void {
    this.#cancelTrim?.()
  }

  #planTrim (): void {
    this.#cancelTrim ??= this.#clock.schedule(this.#clock.now() + this.#trimAfter(), () => this.#trim())
  }

  /** A log that is kept for less than an hour is trimmed as often. */
  #trimAfter (): number {
    let shortest = HOUR_MS
    for (const keptMs of this.#readers.retentions().values()) if (keptMs > 0) shortest = Math.min(shortest, keptMs)
    return Math.max(shortest, MINUTE_MS)
  }

  async #trim (): Promise<void> {
    this.#cancelTrim = undefined
    let isLeft = false
    for (const [id, keptMs] of this.#readers.retentions()) {
      const { gte, lt } = allUnder(keys.change(id, ''))
      const oldest = keptMs === 0 ? lt : keys.change(id, firstSequenceOf(Math.max(0, this.#clock.now() - keptMs)))
      await this.#database.clear({ gte, lt: oldest })
      isLeft ||= (await this.#database.keys({ gte, lt }, 1)).length > 0
    }
    await this.#readers.forgetEnded()
    if (isLeft) this.#planTrim()
  }
}

/** Whether a table's log has a reader by the table's own settings. */
export function isLogged ({ settings: { stream, recovery } }: TableRecord): boolean {
  return stream?.enabled === true || recovery !== undefined
}
