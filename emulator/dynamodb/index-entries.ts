import { engine } from './engine.ts'
import type { Item, TableKeys } from './item.ts'

/** A secondary index as its entries need it. */
export interface IndexKeys {
  IndexName: string
  KeySchema: { AttributeName: string, KeyType: string }[]
  Projection: { ProjectionType?: string, NonKeyAttributes?: string[] }
}

export interface Indexed extends TableKeys {
  LocalSecondaryIndexes?: IndexKeys[]
  GlobalSecondaryIndexes?: IndexKeys[]
}

/** What an index holds of an item: the projected attributes, under the index's key. */
export interface IndexEntry {
  index: string
  global: boolean
  key: string
  item: Item
}

/** The entries that an item has in the indexes of its table, by `local/name` or `global/name`; none for no item. */
export function indexEntries (table: Indexed, item: Item | undefined): Map<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>()
  if (!item) return entries
  for (const [global, indexes] of [[false, table.LocalSecondaryIndexes], [true, table.GlobalSecondaryIndexes]] as const) {
    for (const index of indexes ?? []) {
      // An item without an index's key attributes is not in it: that is what makes an index sparse.
      if (index.KeySchema.some(({ AttributeName }) => item[AttributeName] === undefined)) continue
      entries.set(`${global ? 'global' : 'local'}/${index.IndexName}`, {
        index: index.IndexName,
        global,
        key: engine.indexKey(item, table, index.KeySchema),
        item: project(item, table, index),
      })
    }
  }
  return entries
}

function project (item: Item, table: TableKeys, { KeySchema, Projection }: IndexKeys): Item {
  if (Projection.ProjectionType === 'ALL') return item
  const projected: Item = {}
  for (const { AttributeName } of [...KeySchema, ...table.KeySchema]) projected[AttributeName] = item[AttributeName]!
  for (const name of Projection.NonKeyAttributes ?? []) if (item[name] !== undefined) projected[name] = item[name]
  return projected
}
