import type { ItemChange } from '../storage/item-change.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { indexWriteUnits, itemWriteUnits } from './meter.ts'
import { partitionOf, type Kind, type Partition } from './partition-keys.ts'

/** What a request asks of a table or of one of its global indexes; local indexes are the table's. */
export interface Usage {
  readonly table: TableRecord
  /** The global index. */
  readonly index?: string
  readonly kind: Kind
  readonly units: number
  /** How the units are spread over partition keys; empty where they are over all of them, as of a Scan. */
  readonly partitions: readonly { readonly partition: Partition, readonly units: number }[]
}

/** Of the item with a key, or its place when there is none. */
export function keyUsage (table: TableRecord, kind: Kind, key: Item, units: number): Usage {
  return { table, kind, units, partitions: [{ partition: partitionOf(key, table.KeySchema), units }] }
}

/** Of a write of an item with its entries in indexes; see {@link Meter.writeItem}. */
export function changeUsage (change: ItemChange, transactional = false): Usage[] {
  const { table, indexes } = change
  let units = itemWriteUnits(change, transactional)
  for (const index of indexes) if (!index.global) units += indexWriteUnits(index)
  const usages = [keyUsage(table, 'Write', (change.after ?? change.before)!, units)] // one of the two is there
  for (const index of indexes) {
    const used = index.global ? indexWriteUnits(index) : 0
    if (used === 0) continue
    const { KeySchema } = table.GlobalSecondaryIndexes!.find(({ IndexName }) => IndexName === index.index)! // the change is of this table
    usages.push({ table, index: index.index, kind: 'Write', units: used, partitions: [{ partition: partitionOf((index.after ?? index.before)!.item, KeySchema), units: used }] })
  }
  return usages
}
