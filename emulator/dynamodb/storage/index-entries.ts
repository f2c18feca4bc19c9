import { encodeIndexKey } from '../values/key-encoding.ts'
import type { Indexed, IndexKeys, Item, TableKeys } from '../values/item.ts'

/** An item's entry in an index: the projected attributes, under the index's key. */
export interface IndexEntry {
  index: string
  global: boolean
  key: string
  item: Item
}

/** Maximum bytes of a hash key and a range key. */
const KEY_BYTES: Record<string, number> = { HASH: 2048, RANGE: 1024 }

/**
 * An item's entries, by index.
 * @param key  the item's key in its table, encoded
 */
export function indexEntries (table: Indexed, item: Item | undefined, key: string): Map<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>()
  if (!item) return entries
  for (const [global, indexes] of [[false, table.LocalSecondaryIndexes], [true, table.GlobalSecondaryIndexes]] as const) {
    for (const index of indexes ?? []) {
      const entry = indexEntry(table, { index, global }, item, key)
      if (entry) entries.set(`${global ? 'global' : 'local'}/${index.IndexName}`, entry)
    }
  }
  return entries
}

/**
 * An item's entry in one index; `undefined` if the item lacks one of the index's key attributes (a sparse
 * index). Writes ensure the types of key attributes; an item that is older than the index is left
 * out if its types differ.
 */
export function indexEntry (table: TableKeys, { index, global }: { index: IndexKeys, global: boolean }, item: Item, key: string): IndexEntry | undefined {
  for (const { AttributeName, KeyType } of index.KeySchema) {
    if (item[AttributeName] === undefined || !isKey(table, AttributeName, item[AttributeName], KEY_BYTES[KeyType]!)) return undefined
  }
  return { index: index.IndexName, global, key: encodeIndexKey(item, index.KeySchema, key), item: project(item, table, index) }
}

function isKey ({ AttributeDefinitions }: TableKeys, name: string, value: Item[string], bytes: number): boolean {
  for (const { AttributeName, AttributeType } of AttributeDefinitions) {
    if (AttributeName !== name) continue
    const key = value[AttributeType]
    // A UTF-16 unit has at most three bytes of UTF-8, and four characters of base64 are three bytes: most texts need no counting.
    return key !== undefined && (AttributeType === 'N' || (key !== '' && (key.length * 3 <= bytes || Buffer.byteLength(key, AttributeType === 'B' ? 'base64' : 'utf8') <= bytes)))
  }
  return false
}

function project (item: Item, table: TableKeys, { KeySchema, Projection }: IndexKeys): Item {
  if (Projection.ProjectionType === 'ALL') return item
  const projected: Item = {}
  for (const { AttributeName } of [...KeySchema, ...table.KeySchema]) projected[AttributeName] = item[AttributeName]!
  for (const name of Projection.NonKeyAttributes ?? []) if (item[name] !== undefined) projected[name] = item[name]
  return projected
}
