import type { Database, Write } from '../../core/storage/database.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { encodeKey } from '../values/key-encoding.ts'
import { indexEntries } from './index-entries.ts'
import { keys } from './keys.ts'

/** Items by their key in their table. */
export type PlacedItems = AsyncIterable<readonly { readonly place: string, readonly item: Item }[]>

/**
 * Writes items with their index entries for a table that has no record yet. They are not visible, and not recorded in a change
 * log.
 * @param mayRepeat  an item may have the key of an earlier one, also within a chunk: it replaces it
 */
export async function fillTable (database: Database, table: TableRecord, items: PlacedItems, mayRepeat = false): Promise<void> {
  for await (const chunk of items) {
    const writes: Write[] = []
    if (mayRepeat) removeReplaced(database, table, chunk, writes)
    for (const { place, item } of mayRepeat ? lastOfEach(chunk) : chunk) {
      writes.push({ key: keys.item(table.TableName, place), value: item })
      for (const entry of indexEntries(table, item, place).values()) {
        writes.push({ key: keys.indexEntry(table.TableName, entry, entry.key), value: entry.item })
      }
    }
    await database.commit(writes)
    // The in-memory store commits without yielding to the event loop.
    await new Promise(setImmediate)
  }
}

type Placed = { readonly place: string, readonly item: Item }

function lastOfEach (chunk: readonly Placed[]): Iterable<Placed> {
  return new Map(chunk.map((one) => [one.place, one])).values()
}

/** Deletes the index entries of the items that are replaced. */
function removeReplaced (database: Database, table: TableRecord, chunk: readonly Placed[], writes: Write[]): void {
  for (const { place } of lastOfEach(chunk)) {
    const replaced = database.get(keys.item(table.TableName, place)) as Item | undefined // only items are written under these keys
    for (const entry of indexEntries(table, replaced, place).values()) {
      writes.push({ key: keys.indexEntry(table.TableName, entry, entry.key), value: undefined })
    }
  }
}

/** Items in chunks, with their keys. */
export function placed (chunk: readonly Item[], table: TableRecord): { place: string, item: Item }[] {
  return chunk.map((item) => ({ place: encodeKey(item, table.KeySchema), item }))
}
