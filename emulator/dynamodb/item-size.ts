import type { AttributeValue, Item } from './item.ts'

/**
 * The size of an item as DynamoDB bills it: names and values, in UTF-8 bytes.
 * Source: "DynamoDB item sizes and formats" (developer guide). A number takes about a byte for two significant digits
 * and one more; AWS calls this approximate.
 */
export function itemSize (item: Item): number {
  const known = sizes.get(item)
  if (known !== undefined) return known
  const size = membersSize(item)
  if (Object.isFrozen(item)) sizes.set(item, size)
  return size
}

/** Of items as they are stored, which never change and are read over and over. */
const sizes = new WeakMap<Item, number>()

function membersSize (item: Item): number {
  let size = 0
  for (const name in item) size += textSize(name) + valueSize(item[name]!)
  return size
}

function valueSize (value: AttributeValue): number {
  if (value.S !== undefined) return textSize(value.S)
  if (value.N !== undefined) return numberSize(value.N)
  if (value.B !== undefined) return binarySize(value.B)
  if (value.L) return 3 + value.L.length + sumOf(value.L, valueSize)
  if (value.M) return 3 + Object.keys(value.M).length + membersSize(value.M)
  if (value.SS) return sumOf(value.SS, textSize)
  if (value.NS) return sumOf(value.NS, numberSize)
  if (value.BS) return sumOf(value.BS, binarySize)
  return 1 // BOOL, NULL
}

function sumOf<T> (values: readonly T[], size: (value: T) => number): number {
  let sum = 0
  for (const value of values) sum += size(value)
  return sum
}

/** UTF-8 bytes. Most texts are short and ASCII, and counted sooner than Buffer is asked. */
function textSize (text: string): number {
  if (text.length > SHORT) return Buffer.byteLength(text)
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > LAST_ASCII) return Buffer.byteLength(text)
  return text.length
}

const SHORT = 64
const LAST_ASCII = 0x7f

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
