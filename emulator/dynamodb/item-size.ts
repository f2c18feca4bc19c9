import type { AttributeValue, Item } from './item.ts'

/**
 * The size of an item as DynamoDB bills it: names and values, in UTF-8 bytes.
 * Source: "DynamoDB item sizes and formats" (developer guide). A number takes about a byte for two significant digits
 * and one more; AWS calls this approximate.
 */
export function itemSize (item: Item): number {
  let size = 0
  for (const name in item) size += Buffer.byteLength(name) + valueSize(item[name]!)
  return size
}

function valueSize (value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return numberSize(value.N)
  if (value.B !== undefined) return binarySize(value.B)
  if (value.L) return value.L.reduce((sum, one) => sum + 1 + valueSize(one), 3)
  if (value.M) return 3 + Object.keys(value.M).length + itemSize(value.M)
  if (value.SS) return value.SS.reduce((sum, one) => sum + Buffer.byteLength(one), 0)
  if (value.NS) return value.NS.reduce((sum, one) => sum + numberSize(one), 0)
  if (value.BS) return value.BS.reduce((sum, one) => sum + binarySize(one), 0)
  return 1 // BOOL, NULL
}

/** Leading and trailing zeros are not stored; a sign and an odd number of digits cost a byte. */
function numberSize (number: string): number {
  let digits = 0 // significant ones so far
  let zeros = 0 // since the last digit that is none
  let negative = 0
  for (let i = 0; i < number.length; i++) {
    const character = number.charCodeAt(i)
    if (character === ZERO) {
      if (digits > 0) zeros++
    } else if (character > ZERO && character <= NINE) {
      digits += zeros + 1
      zeros = 0
    } else if (character === MINUS) {
      negative = 1
    } else if (character !== POINT) {
      break // an exponent moves the point, and nothing else
    }
  }
  return Math.ceil(digits / 2) + 1 + negative
}

const ZERO = 48
const NINE = 57
const MINUS = 45
const POINT = 46

function binarySize (base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}
