import type { Database } from '../../../core/storage/database.ts'
import { CHUNK } from '../../../core/storage/storage.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import type { ChangeRecord } from './change-log.ts'
import { keys } from '../keys.ts'
import { firstSequenceOf, lastSequenceBefore } from './sequence.ts'

/** How an item changed within a window of time; at least one of its images exists. */
export interface ChangedItem {
  readonly key: Item
  /** Epoch ms of the last change. */
  readonly at: number
  readonly before?: Item
  readonly after?: Item
}

/**
 * The items that changed from one time (epoch ms, inclusive) to another (exclusive), each once, in the order of their last
 * changes. An item that was inserted and deleted in between is left out. Reads one snapshot of the change log, twice: the
 * first time only the keys, so that memory holds only images between an item's first and last change.
 */
export async function * changesBetween (database: Database, { TableId }: TableRecord, { from, to }: { from: number, to: number }): AsyncGenerator<ChangedItem> {
  const snapshot = database.snapshot()
  try {
    const range = { gte: keys.change(TableId, firstSequenceOf(from)), lte: keys.change(TableId, lastSequenceBefore(to)) }
    const spans = new Map<string, { first: string, last: string }>()
    for await (const chunk of database.chunks(range, CHUNK, snapshot)) {
      for (const [, value] of chunk) {
        const { place, sequence, isUnchanged } = value as ChangeRecord // only records are written under these keys
        if (isUnchanged) continue
        const span = spans.get(place)
        if (span) span.last = sequence
        else spans.set(place, { first: sequence, last: sequence })
      }
    }
    const firsts = new Map<string, Item | undefined>()
    for await (const chunk of database.chunks(range, CHUNK, snapshot)) {
      for (const [, value] of chunk) {
        const { place, sequence, key, at, before, after, isUnchanged } = value as ChangeRecord // as above
        if (isUnchanged) continue
        const { first, last } = spans.get(place)!
        if (sequence === first) firsts.set(place, before)
        if (sequence !== last) continue
        const original = firsts.get(place)
        firsts.delete(place)
        if (original || after) yield { key, at, before: original, after }
      }
    }
  } finally {
    await snapshot.close()
  }
}
