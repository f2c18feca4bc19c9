import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { RawItem } from '../repositories/migration-tables.ts'

/** A backup that cannot be read. */
export class DamagedBackup extends Error {
  override name = 'DamagedBackup'
}

/**
 * An item as one line of JSON, in the form of DynamoDB's own exports (DYNAMODB_JSON), which ImportTable reads as well.
 *
 * Source: "DynamoDB table export output format", developer guide.
 */
export const lineOf = (item: RawItem): string => `${JSON.stringify({ Item: mapBytes(item, (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')) })}\n`

/** @throws {@link DamagedBackup} */
export function itemOf (line: string): RawItem {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch (error) {
    throw new DamagedBackup('it is not JSON', { cause: error })
  }
  const item = (parsed as { Item?: unknown } | null)?.Item // if it is an object with one
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw new DamagedBackup('it has no "Item"')
  return mapBytes(item as RawItem, (text: string) => Buffer.from(text, 'base64')) as RawItem // as lineOf() writes them
}

/**
 * The items of a backup, in batches, so that a large one needs little memory.
 * @throws {@link DamagedBackup} with the number of the line
 */
export async function * readItems (path: string, batch: number): AsyncGenerator<RawItem[]> {
  let items: RawItem[] = []
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1
    if (line === '') continue
    try {
      items.push(itemOf(line))
    } catch (error) {
      if (!(error instanceof DamagedBackup)) throw error
      throw new DamagedBackup(`Line ${number} of ${path} cannot be restored: ${error.message}`, { cause: error })
    }
    if (items.length < batch) continue
    yield items
    items = []
  }
  if (items.length > 0) yield items
}

/** The item with all binary values converted: JSON has none, and DynamoDB's own exports use base64. */
function mapBytes<T, U> (item: Record<string, unknown>, convert: (bytes: T) => U): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, mapValue(value as AttributeValue, convert)])) // an item has no others
}

function mapValue<T, U> (value: AttributeValue, convert: (bytes: T) => U): unknown {
  const { B, BS, L, M } = value
  // The type of a member says which values are binary only in one of the two directions.
  if (B !== undefined) return { B: convert(B as T) }
  if (BS !== undefined) return { BS: BS.map((one) => convert(one as T)) }
  if (L !== undefined) return { L: L.map((one) => mapValue(one, convert)) }
  if (M !== undefined) return { M: mapBytes(M, convert) }
  return value
}
