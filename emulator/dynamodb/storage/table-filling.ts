import type { Database, Write } from '../../core/storage/database.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { encodeKey } from '../values/key-encoding.ts'
import { indexEntries } from './index-entries.ts'
import { keys } from './keys.ts'

/** Items by the place that they have in their table. */
export type PlacedItems = AsyncIterable<readonly { readonly place: string, readonly item: Item }[]>

/**
 * Writes items with their index entries under the name of a table that has no record yet. They are not visible, and a change
 * log does not record them.
 */
export async function fillTable (database: Database, table: TableRecord, items: PlacedItems): Promise<void> {
  for await (const chunk of items) {
    const writes: Write[] = []
    for (const { place, item } of chunk) {
      writes.push({ key: keys.item(table.TableName, place), value: item })
      for (const entry of indexEntries(table, item, place).values()) {
        writes.push({ key: keys.indexEntry(table.TableName, entry, entry.key), value: entry.item })
      }
    }
    await database.commit(writes)
    // The store in memory commits without returning to the event loop.
    await new Promise(setImmediate)
  }
}

/** Items in chunks with their places. */
export function placed (chunk: readonly Item[], table: TableRecord): { place: string, item: Item }[] {
  return chunk.map((item) => ({ place: encodeKey(item, table.KeySchema), item }))
}
