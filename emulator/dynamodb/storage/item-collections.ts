import { encodeKey } from '../values/key-encoding.ts'
import type { Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { keys } from './keys.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { UnitOfWork } from './unit-of-work.ts'

const GB = 1024 ** 3
/** How many entries are read at a time. */
const CHUNK = 1000

/** What an answer reports about the items that share a hash key. */
export interface ItemCollectionMetrics { ItemCollectionKey: Item, SizeEstimateRangeGB: [number, number] }

export interface ReturnsCollectionMetrics { ReturnItemCollectionMetrics?: 'SIZE' | 'NONE' }

/**
 * The size of a written item's collection before the write, if requested. Item
 * collections exist in tables with local indexes, and their sizes include these.
 * @param key  the item, or its key
 */
export async function collectionMetrics (
  work: UnitOfWork, table: TableRecord, { ReturnItemCollectionMetrics }: ReturnsCollectionMetrics, key: Item
): Promise<ItemCollectionMetrics | undefined> {
  if (ReturnItemCollectionMetrics !== 'SIZE' || !table.LocalSecondaryIndexes) return undefined
  const hash = table.KeySchema[0]!
  const ItemCollectionKey = { [hash.AttributeName]: key[hash.AttributeName]! } // checked by the write
  const under = encodeKey(ItemCollectionKey, [hash])
  const prefixes = [
    keys.item(table.TableName, under),
    ...table.LocalSecondaryIndexes.map(({ IndexName }) => keys.indexEntry(table.TableName, { index: IndexName, global: false }, under)),
  ]
  let bytes = 0
  for (const prefix of prefixes) {
    // Keys are made of hexadecimal digits and slashes, which all come before a tilde.
    for await (const chunk of work.database.chunks({ gte: prefix, lt: `${prefix}~` }, CHUNK)) {
      for (const [, item] of chunk) bytes += itemSize(item as Item) // only items are written under these prefixes
    }
  }
  const whole = Math.floor(bytes / GB)
  return { ItemCollectionKey, SizeEstimateRangeGB: [whole, whole + 1] }
}

/** The metrics of several writes, by table; AWS reports a collection only once, even with several writes. */
export async function collectionMetricsByTable (
  work: UnitOfWork, asked: ReturnsCollectionMetrics, writes: readonly { table: TableRecord, key: Item }[]
): Promise<{ ItemCollectionMetrics?: Record<string, ItemCollectionMetrics[]> }> {
  if (asked.ReturnItemCollectionMetrics !== 'SIZE') return {}
  const byTable = new Map<string, Map<string, ItemCollectionMetrics>>()
  for (const { table, key } of writes) {
    const metrics = await collectionMetrics(work, table, asked, key)
    if (!metrics) continue
    const collections = byTable.get(table.TableName) ?? new Map<string, ItemCollectionMetrics>()
    byTable.set(table.TableName, collections.set(JSON.stringify(metrics.ItemCollectionKey), metrics))
  }
  return byTable.size === 0 ? {} : { ItemCollectionMetrics: Object.fromEntries([...byTable].map(([name, all]) => [name, [...all.values()]])) }
}
