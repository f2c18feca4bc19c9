import { NumberValue } from '@aws-sdk/lib-dynamodb'
import { writeExactly } from '../../../core/exact-json.ts'
import type { Bulk } from '../repositories/bulk.ts'

/** An attribute of a type that JSON has not. */
export class NotJson extends Error {}

export interface ExportOptions {
  bulk: Bulk
  /** Items without it are none of the table's own. */
  attribute: string
  /** Parts of the table that are read at once. */
  segments: number
  /** Takes lines, each with its end. */
  write: (lines: string) => Promise<void>
  onProgress: (items: number) => void
}

/**
 * Gives all items of a table as JSON Lines, in no order.
 *
 * @returns how many were given, and how many the table has after it
 * @throws {@link NotJson} an item has sets or bytes in it
 */
export async function exportItems ({ bulk, attribute, segments, write, onProgress }: ExportOptions): Promise<{ exported: number, counted: number }> {
  let exported = 0
  await bulk.scan({
    attribute,
    segments,
    async onPage (items) {
      for (const item of items) requireJson(item, String(item[attribute]))
      if (items.length > 0) await write(items.map((item) => `${writeExactly(item)}\n`).join(''))
      exported += items.length
      onProgress(exported)
    },
  })
  return { exported, counted: await bulk.count({ attribute, segments }) }
}

function requireJson (value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || value instanceof NumberValue) return
  if (value instanceof Set || value instanceof Uint8Array) throw new NotJson(`${path} is ${value instanceof Set ? 'a set' : 'binary'}, which JSON cannot represent`)
  for (const [name, member] of Object.entries(value)) requireJson(member, `${path}.${name}`)
}
