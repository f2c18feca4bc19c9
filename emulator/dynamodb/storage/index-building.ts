import type { Database, Write } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import { indexEntry } from './index-entries.ts'
import type { Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { encodeKey } from '../values/key-encoding.ts'
import { allUnder, keys } from './keys.ts'
import type { Holdings } from '../tables/table-description.ts'
import type { IndexRecord, TableRecord } from '../tables/table-record.ts'

/**
 * Fills a new global index with the items of its table, which is locked exclusively. Entries that an interrupted attempt
 * left are deleted first: the index exists once its table's record has it.
 * @param table  with the definitions of the index's key attributes
 * @returns how much the index holds
 */
export async function fillIndex (database: Database, table: TableRecord, index: IndexRecord): Promise<Holdings> {
  await emptyIndex(database, table.TableName, index.IndexName)
  const place = { index: index.IndexName, global: true }
  const holdings = { items: 0, bytes: 0 }
  for await (const chunk of database.chunks(allUnder(keys.item(table.TableName, '')), CHUNK)) {
    const writes: Write[] = []
    for (const [, value] of chunk) {
      const item = value as Item // only items are written under these keys
      const entry = indexEntry(table, { index, global: true }, item, encodeKey(item, table.KeySchema))
      if (!entry) continue
      writes.push({ key: keys.indexEntry(table.TableName, place, entry.key), value: entry.item })
      holdings.items++
      holdings.bytes += itemSize(entry.item)
    }
    await database.commit(writes)
    // The in-memory store never yields to the event loop by itself.
    await new Promise(setImmediate)
  }
  return holdings
}

/** Deletes all entries of a global index. */
export async function emptyIndex (database: Database, table: string, index: string): Promise<void> {
  await database.clear(allUnder(keys.indexEntry(table, { index, global: true }, '')))
}
