import { hash } from 'node:crypto'
import { hashPrefix, toRangeString } from '../requests/dynalite.ts'
import type { AttributeValue, Item, KeySchema } from './item.ts'

/**
 * A key as text: a hash of its first attribute, then each attribute in turn. Texts with the same hash key are adjacent, in
 * DynamoDB's order of the other attributes.
 * @param item  has all attributes of the schema, with the types of a key
 */
export function encodeKey (item: Item, schema: KeySchema): string {
  let key = ''
  for (const { AttributeName } of schema) {
    const value = item[AttributeName]!
    if (key === '') key = `${prefixOf(value)}/`
    key += `${toRangeString(value)}/`
  }
  return key
}

/**
 * The position of an item in an index: the index's key, then the table's, since items may share an index key.
 * @param key  the item's key in its table, encoded
 */
export function encodeIndexKey (item: Item, schema: KeySchema, key: string): string {
  return encodeKey(item, schema) + key
}

/** The attributes of an item that a key schema names. */
export function keyAttributes (item: Item, schema: KeySchema): Item {
  return Object.fromEntries(schema.map(({ AttributeName }) => [AttributeName, item[AttributeName]!]))
}

/** dynalite's hash for strings, in a third of the time. */
function prefixOf ({ S, N, B }: AttributeValue): string {
  if (S !== undefined) return hash('md5', `Outliers${S}`, 'hex').slice(0, 6)
  return N !== undefined ? hashPrefix(N, 'N') : hashPrefix(B!, 'B')
}
