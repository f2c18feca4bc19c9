import { validation } from '../errors.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item, KeySchema } from '../values/item.ts'
import { encodeIndexKey, encodeKey, keyAttributes } from '../values/key-encoding.ts'
import { keyFault, keyPieceFault, keyPieces } from './key-checks.ts'
import type { PageIndex } from './page-checks.ts'

export const INVALID_START = 'The provided starting key is invalid'

/** The attributes of a starting key: the table's key, then those of the index's key that it lacks. */
export function startKeyNames (table: TableRecord, index: PageIndex | undefined): string[] {
  return [...new Set([...table.KeySchema, ...index?.KeySchema ?? []].map(({ AttributeName }) => AttributeName))]
}

/** @throws ValidationException unless a starting key has exactly the attributes it needs, with the types of the schema */
export function checkStartShape (start: Item, table: TableRecord, index: PageIndex | undefined, { schema, message }: { schema: KeySchema, message: string }): void {
  if (Object.keys(start).length !== startKeyNames(table, index).length) throw validation(message)
  for (const piece of keyPieces(table, schema)) {
    if (!Object.hasOwn(start, piece.name)) throw validation(message)
    const fault = keyPieceFault(start, piece)
    if (fault !== undefined) throw validation(fault)
  }
}

/** @throws ValidationException unless the table's key in a starting key is a key of the table */
export function checkStartKey (start: Item, table: TableRecord): void {
  const fault = keyFault(keyAttributes(start, table.KeySchema), table)
  if (fault !== undefined) throw validation(`${INVALID_START}: ${fault}`)
}

/** The position of a starting key in its table or index. */
export function startPlace (start: Item, table: TableRecord, index: PageIndex | undefined): string {
  const key = encodeKey(start, table.KeySchema)
  return index ? encodeIndexKey(start, index.KeySchema, key) : key
}
