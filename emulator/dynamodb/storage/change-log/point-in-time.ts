import { CHUNK } from '../../../core/storage/storage.ts'
import type { Database } from '../../../core/storage/database.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import type { ChangeRecord } from './change-log.ts'
import { allUnder, keys } from '../keys.ts'
import { firstSequenceOf } from './sequence.ts'
import type { PlacedItems } from '../table-filling.ts'

/**
 * The items of a table as they were at a time (epoch ms): those of now, with every later change undone. Reads one snapshot of
 * the store, so that writes continue meanwhile.
 */
export async function * itemsAt (database: Database, table: TableRecord, time: number): PlacedItems & AsyncGenerator<{ place: string, item: Item }[]> {
  const snapshot = database.snapshot()
  try {
    const earlier = await itemsBeforeChanges(database, table, firstSequenceOf(time + 1), snapshot)
    const prefix = keys.item(table.TableName, '')
    for await (const chunk of database.chunks(allUnder(prefix), CHUNK, snapshot)) {
      const items: { place: string, item: Item }[] = []
      for (const [key, value] of chunk) {
        const place = key.slice(prefix.length)
        const item = earlier.has(place) ? earlier.get(place) : value as Item // only items are written under these keys
        earlier.delete(place)
        if (item) items.push({ place, item })
      }
      yield items
    }
    // Items that were deleted later.
    const deleted: { place: string, item: Item }[] = []
    for (const [place, item] of earlier) if (item) deleted.push({ place, item })
    for (let start = 0; start < deleted.length; start += CHUNK) yield deleted.slice(start, start + CHUNK)
  } finally {
    await snapshot.close()
  }
}

/**
 * Each item that has changed, as it was before the first of its changes, by its place.
 * @param first  the sequence number of the first change
 */
export async function itemsBeforeChanges (
  database: Database, { TableId }: TableRecord, first: string, snapshot: ReturnType<Database['snapshot']>
): Promise<Map<string, Item | undefined>> {
  const before = new Map<string, Item | undefined>()
  const range = { gte: keys.change(TableId, first), lt: allUnder(keys.change(TableId, '')).lt }
  for await (const chunk of database.chunks(range, CHUNK, snapshot)) {
    for (const [, value] of chunk) {
      const record = value as ChangeRecord // only records are written under these keys
      if (!before.has(record.place)) before.set(record.place, record.before)
    }
  }
  return before
}
