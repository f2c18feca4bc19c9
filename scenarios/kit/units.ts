/** A value as the API shows it. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined }

const READ_UNIT_BYTES = 4096
const WRITE_UNIT_BYTES = 1024

/** What a read and a write of one unit cost, by the kind of call. */
const READ_FACTOR = { eventual: 0.5, strong: 1 }
const WRITE_FACTOR = { plain: 1, transactional: 2 }

/**
 * What reading items in one call must cost, computed from the items as the API showed them. A missing item costs what one of
 * 4 KB does. This is not the emulator's own arithmetic, so that a wrong one there is noticed.
 *
 * Source: "DynamoDB item sizes and formats" and "DynamoDB read and write operations", developer guide.
 */
export function readUnits (items: readonly object[], consistency: keyof typeof READ_FACTOR = 'eventual'): number {
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0)
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * READ_FACTOR[consistency]
}

/** What writing one item must cost: 1 WCU for each KB, twice that in a transaction. */
export function writeUnits (item: object, kind: keyof typeof WRITE_FACTOR = 'plain'): number {
  return Math.max(1, Math.ceil(itemBytes(item) / WRITE_UNIT_BYTES)) * WRITE_FACTOR[kind]
}

/** An item's size as DynamoDB bills it: attribute names and values. */
export function itemBytes (item: object): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + (value === undefined ? 0 : Buffer.byteLength(name) + valueBytes(value as Json)), 0) // from JSON
}

function valueBytes (value: Json): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return numberBytes(value)
  if (typeof value === 'boolean' || value === null) return 1
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + 1 + valueBytes(one as Json), 3)
  return 3 + Object.values(value).filter((member) => member !== undefined).length + itemBytes(value)
}

/** About a byte for two significant digits, and one more; a sign is another. */
function numberBytes (value: number): number {
  const [mantissa = ''] = String(Math.abs(value)).split('e')
  const digits = mantissa.replace('.', '').replace(/^0+/, '').replace(/0+$/, '')
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0)
}
