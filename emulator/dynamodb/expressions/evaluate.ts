import { compareValues, elementsOf, equalValues, typeOf } from '../values/compare-values.ts'
import { valueAt, type Path } from '../values/document-path.ts'
import type { AttributeValue, Item } from '../values/item.ts'

/** A parsed condition or filter. */
export interface Condition {
  type: 'and' | 'or' | 'not' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'between' | 'in' | 'function'
  /** The arguments of a function. */
  name?: 'attribute_exists' | 'attribute_not_exists' | 'attribute_type' | 'begins_with' | 'contains'
  args: (Condition | Operand)[]
}

/** A path into the item, a value of the request, the size of one of these, or whether the item meets a condition: PartiQL compares that with other values. */
export type Operand = Path | AttributeValue | { type: 'function', name: 'size', args: [Path | AttributeValue] } | { type: 'test', args: [Condition] }

type Value = AttributeValue | undefined

/**
 * Whether an item meets a condition.
 * Source: "Condition and filter expressions, operators, and functions" (developer guide).
 */
export function meets (item: Item, condition: Condition): boolean {
  const conditions = condition.args as Condition[] // of the three that follow
  switch (condition.type) {
    case 'and': return conditions.every((one) => meets(item, one))
    case 'or': return conditions.some((one) => meets(item, one))
    case 'not': return !meets(item, conditions[0]!)
  }
  const values = (condition.args as Operand[]).map((operand) => resolve(item, operand)) // for all other operators
  const test = TESTS[condition.type === 'function' ? condition.name! : condition.type]
  return test(values[0], values.slice(1))
}

type Test = (value: Value, others: Value[]) => boolean

const ordered = (test: (order: number) => boolean): Test => (one, [other]) => {
  const order = compareValues(one, other)
  return order !== undefined && test(order)
}

const TESTS: Record<Exclude<Condition['type'], 'and' | 'or' | 'not' | 'function'> | NonNullable<Condition['name']>, Test> = {
  '=': (one, [other]) => equalValues(one, other),
  '<>': (one, [other]) => !equalValues(one, other),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  between: (value, [low, high]) => isBetween(value, low, high),
  in: (value, others) => others.some((other) => equalValues(value, other)),
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  attribute_type: (value, [type]) => value !== undefined && typeOf(value) === type?.S,
  begins_with: beginsWith,
  contains,
}

export function isBetween (value: Value, low: Value, high: Value): boolean {
  return (compareValues(low, value) ?? 1) <= 0 && (compareValues(value, high) ?? 1) <= 0
}

export function beginsWith (value: Value, [start]: Value[]): boolean {
  const whole = bytes(value)
  const wanted = bytes(start)
  return whole !== undefined && wanted !== undefined && typeOf(value) === typeOf(start) && whole.subarray(0, wanted.length).equals(wanted)
}

/** A part of a string or binary, a member of a set, or an element of a list. */
export function contains (value: Value, [part]: Value[]): boolean {
  if (!value || !part) return false
  const members = value.L ?? elementsOf(value)
  if (members) return members.some((member) => equalValues(member, part))
  const whole = bytes(value)
  const wanted = bytes(part)
  return whole !== undefined && wanted !== undefined && typeOf(value) === typeOf(part) && whole.includes(wanted)
}

function resolve (item: Item, operand: Operand): Value {
  if (Array.isArray(operand)) return valueAt(item, operand)
  if (!('args' in operand)) return operand
  if (operand.type === 'test') return { BOOL: meets(item, operand.args[0]) }
  const size = sizeOf(resolve(item, operand.args[0]))
  return size === undefined ? undefined : { N: String(size) }
}

function sizeOf (value: Value): number | undefined {
  if (value?.S !== undefined) return value.S.length
  if (value?.B !== undefined) return Buffer.byteLength(value.B, 'base64')
  if (value?.M) return Object.keys(value.M).length
  return (value?.L ?? value?.SS ?? value?.NS ?? value?.BS)?.length
}

function bytes (value: Value): Buffer | undefined {
  if (value?.S !== undefined) return Buffer.from(value.S)
  return value?.B === undefined ? undefined : Buffer.from(value.B, 'base64')
}
