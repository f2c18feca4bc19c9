import type { Item } from '../values/item.ts'
import { indexEntries, type IndexEntry } from './index-entries.ts'
import { itemSize } from '../values/item-size.ts'
import type { TableRecord } from '../tables/table-record.ts'

/** A write of one item with its consequences, computed once for the indexes, the meter and the counts. */
export interface ItemChange {
  readonly table: TableRecord
  /** The item's key within its table, as stored. */
  readonly key: string
  readonly before: Item | undefined
  readonly after: Item | undefined
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly indexes: readonly IndexChange[]
}

/** The change of an item's entry in one index; at least one of the two exists. */
export interface IndexChange {
  readonly index: string
  readonly global: boolean
  readonly before: IndexEntry | undefined
  readonly after: IndexEntry | undefined
  readonly bytesBefore: number
  readonly bytesAfter: number
}

export function itemChange ({ table, key, before, after }: Pick<ItemChange, 'table' | 'key' | 'before' | 'after'>): ItemChange {
  const old = indexEntries(table, before, key)
  const now = indexEntries(table, after, key)
  const indexes = [...new Set([...old.keys(), ...now.keys()])].map((id) => {
    const was = old.get(id)
    const is = now.get(id)
    const { index, global } = (was ?? is)!
    return { index, global, before: was, after: is, bytesBefore: itemSize(was?.item), bytesAfter: itemSize(is?.item) }
  })
  return { table, key, before, after, bytesBefore: itemSize(before), bytesAfter: itemSize(after), indexes }
}
