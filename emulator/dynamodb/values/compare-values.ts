import { compareNumbers, storedNumber } from './decimal.ts'
import type { AttributeValue, Item } from './item.ts'

export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'

/** A value's type; `undefined` for a value that has none. */
export function typeOf (value: AttributeValue | undefined): TypeName | undefined {
  return value && Object.keys(value)[0] as TypeName | undefined // a value's one member
}

/**
 * Negative, zero or positive for two strings, numbers or binaries; `undefined` for values without an order. Strings are compared
 * by their bytes in UTF-8.
 */
export function compareValues (one: AttributeValue | undefined, other: AttributeValue | undefined): number | undefined {
  if (one?.S !== undefined && other?.S !== undefined) {
    return one.S === other.S ? 0 : Buffer.compare(Buffer.from(one.S), Buffer.from(other.S))
  }
  if (one?.N !== undefined && other?.N !== undefined) {
    return one.N === other.N ? 0 : compareNumbers(storedNumber(one.N), storedNumber(other.N))
  }
  if (one?.B !== undefined && other?.B !== undefined) return Buffer.compare(Buffer.from(one.B, 'base64'), Buffer.from(other.B, 'base64'))
  return undefined
}

/** Compares by value and type: numbers as numbers, sets in any order, lists and maps by their members. */
export function equalValues (one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  if (!one || !other || typeOf(one) !== typeOf(other)) return false
  const order = compareValues(one, other)
  if (order !== undefined) return order === 0
  if (one.L && other.L) return one.L.length === other.L.length && one.L.every((element, index) => equalValues(element, other.L![index]))
  if (one.M && other.M) {
    const names = Object.keys(one.M)
    return names.length === Object.keys(other.M).length &&
      names.every((name) => Object.hasOwn(other.M!, name) && equalValues(one.M![name], other.M![name]))
  }
  const members = membersOf(one)
  const others = membersOf(other)
  if (members && others) return members.length === others.length && new Set([...members, ...others]).size === members.length
  return one.BOOL === other.BOOL && one.NULL === other.NULL
}

/** Whether two items have the same attributes with equal values. */
export function equalItems (one: Item, other: Item): boolean {
  return one === other || equalValues({ M: one }, { M: other })
}

/** The members of a set, as text: equal texts mean equal members, since checked numbers and binaries have one text each. */
export function membersOf ({ SS, NS, BS }: AttributeValue): string[] | undefined {
  return SS ?? NS ?? BS
}

/** The members of a set, as values. */
export function elementsOf ({ SS, NS, BS }: AttributeValue): AttributeValue[] | undefined {
  return SS?.map((S) => ({ S })) ?? NS?.map((N) => ({ N })) ?? BS?.map((B) => ({ B }))
}
