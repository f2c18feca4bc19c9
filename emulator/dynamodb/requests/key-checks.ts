import { typeOf } from '../values/compare-values.ts'
import type { AttributeValue, Indexed, Item, KeySchema, TableKeys } from '../values/item.ts'

const HASH_BYTES = 2048
const RANGE_BYTES = 1024

const NOT_THE_SCHEMA = 'The provided key element does not match the schema'

/** An attribute of a key, and its position. */
interface KeyPiece { name: string, type: 'S' | 'N' | 'B', isHash: boolean }

/** The attributes of a key, with their types. */
export function keyPieces (table: TableKeys, schema: KeySchema): KeyPiece[] {
  return schema.map(({ AttributeName: name, KeyType }) => {
    const { AttributeType: type } = table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)! // ensured by CreateTable
    return { name, type, isHash: KeyType === 'HASH' }
  })
}

/** AWS's message for an error in the key by which a request names an item. */
export function keyFault (key: Item, table: TableKeys): string | undefined {
  if (table.KeySchema.length !== Object.keys(key).length) return NOT_THE_SCHEMA
  for (const piece of keyPieces(table, table.KeySchema)) {
    const fault = keyPieceFault(key, piece)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** The error of one key attribute. */
export function keyPieceFault (key: Item, { name, type, isHash }: KeyPiece): string | undefined {
  const value = own(key, name)
  if (value?.[type] === undefined) return NOT_THE_SCHEMA
  return emptyKeyFault(value, name) ?? sizeFault(value, isHash)
}

/** The error of an item's attributes for the keys of its table and indexes. */
export function itemKeysFault (item: Item, table: Indexed): string | undefined {
  for (const { name, type, isHash } of keyPieces(table, table.KeySchema)) {
    const value = own(item, name)
    if (!value) return `One or more parameter values were invalid: Missing the key ${name} in the item`
    if (value[type] === undefined) {
      return `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`
    }
    const fault = emptyKeyFault(value, name) ?? sizeFault(value, isHash)
    if (fault !== undefined) return fault
  }
  return indexKeysFault(item, table)
}

/** The error of an item's attributes for the keys of the table's indexes; AWS names the first index by name. */
export function indexKeysFault (item: Item, table: Indexed, wrongType = indexTypeFault): string | undefined {
  for (const { IndexName, KeySchema } of indexesOf(table)) {
    for (const { name, type, isHash } of keyPieces(table, KeySchema)) {
      const value = own(item, name)
      if (!value) continue
      if (value[type] === undefined) return wrongType({ name, type }, typeOf(value)!, IndexName)
      const empty = emptyType(value)
      if (empty) {
        return 'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${empty} value. IndexName: ${IndexName}, IndexKey: ${name}`
      }
      const fault = sizeFault(value, isHash)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

/**
 * The error of an update's changes to keys: the table's key cannot be changed, and index keys only
 * to a value of their type. `values` are the values that are known before the item is read.
 */
export function updateKeysFault (changes: readonly { name: string, type?: string, value?: AttributeValue }[], table: Indexed): string | undefined {
  for (const { AttributeName: name } of table.KeySchema) {
    if (changes.some((change) => change.name === name)) {
      return `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`
    }
  }
  for (const { IndexName, KeySchema } of indexesOf(table)) {
    for (const piece of keyPieces(table, KeySchema)) {
      const change = changes.find(({ name }) => name === piece.name)
      if (!change) continue
      if (change.type && change.type !== piece.type) return indexTypeFault(piece, change.type, IndexName)
      const empty = change.value && emptyType(change.value)
      if (empty) {
        return 'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value ' +
          `that is not supported. The AttributeValue for a key attribute cannot contain an empty ${empty} value.`
      }
    }
  }
  return undefined
}

/** The error of paths that lead into key attributes. */
export function keyPathsFault (heads: object | undefined, table: Indexed): string | undefined {
  if (!heads) return undefined
  const fault = (kind: string, schema: KeySchema) => {
    const inside = schema.find(({ AttributeName }) => AttributeName in heads)
    return inside && `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${inside.AttributeName}`
  }
  const own = fault('Key', table.KeySchema)
  if (own) return own
  for (const { KeySchema } of indexesOf(table)) {
    const found = fault('IndexKey', KeySchema)
    if (found) return found
  }
  return undefined
}

function indexesOf ({ GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: Indexed) {
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes]
  return indexes.length > 1 ? indexes.sort((one, other) => one.IndexName < other.IndexName ? -1 : 1) : indexes
}

function indexTypeFault ({ name, type }: Pick<KeyPiece, 'name' | 'type'>, actual: string, index: string): string {
  return `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index}`
}

/** The error of an empty key value. */
export function emptyKeyFault (value: AttributeValue, name: string): string | undefined {
  const empty = emptyType(value)
  return empty && `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${empty} value. Key: ${name}`
}

function emptyType ({ S, B }: AttributeValue): 'string' | 'binary' | undefined {
  return S === '' ? 'string' : B === '' ? 'binary' : undefined
}

function sizeFault ({ S, B }: AttributeValue, isHash: boolean): string | undefined {
  const bytes = S !== undefined ? Buffer.byteLength(S) : B !== undefined ? Buffer.byteLength(B, 'base64') : 0
  if (isHash && bytes > HASH_BYTES) {
    return `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${HASH_BYTES} bytes`
  }
  if (!isHash && bytes > RANGE_BYTES) {
    return `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${RANGE_BYTES} bytes`
  }
  return undefined
}

function own (item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined
}
