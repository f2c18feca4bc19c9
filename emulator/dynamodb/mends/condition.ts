import type { AttributeValue, Item } from '../item.ts'

/** A condition or filter as dynalite's parser leaves it. */
export interface Condition {
  type: 'and' | 'or' | 'not' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'between' | 'in' | 'function'
  /** Of a function. */
  name?: 'attribute_exists' | 'attribute_not_exists' | 'attribute_type' | 'begins_with' | 'contains'
  args: (Condition | Operand)[]
}

/** A path into the item, a value of the request, or the size of one of these. */
type Operand = Path | AttributeValue | { type: 'function', name: 'size', args: [Path] }
type Path = (string | number)[]

type Value = AttributeValue | undefined

/** dynalite's helpers that conditions are evaluated with. */
export interface ConditionHelpers {
  mapPath: (path: Path, item: Item) => AttributeValue | null | undefined
  /** A string, number or binary as text whose order is AWS's order of the values. */
  toRangeStr: (value: AttributeValue) => string
}

/**
 * Whether an item meets a condition. Replaces dynalite's evaluation, which throws for some absent attributes, finds two
 * absent ones equal, and compares lists, maps and sets by their place in memory.
 *
 * Source: "Condition and filter expressions, operators, and functions" (developer guide).
 */
export function meets (item: Item, condition: Condition, helpers: ConditionHelpers): boolean {
  const conditions = condition.args as Condition[] // of the three that follow
  switch (condition.type) {
    case 'and': return conditions.every((one) => meets(item, one, helpers))
    case 'or': return conditions.some((one) => meets(item, one, helpers))
    case 'not': return !meets(item, conditions[0]!, helpers)
  }
  const values = (condition.args as Operand[]).map((operand) => resolve(item, operand, helpers)) // of all others
  const test = TESTS[condition.type === 'function' ? condition.name! : condition.type]
  return test(values[0], values.slice(1), helpers)
}

type Test = (value: Value, others: Value[], helpers: ConditionHelpers) => boolean

const ordered = (test: (order: number) => boolean): Test => (one, [other], helpers) => {
  const order = compare(one, other, helpers)
  return order !== undefined && test(order)
}

const TESTS: Record<Exclude<Condition['type'], 'and' | 'or' | 'not' | 'function'> | NonNullable<Condition['name']>, Test> = {
  '=': (one, [other], helpers) => equal(one, other, helpers),
  '<>': (one, [other], helpers) => !equal(one, other, helpers),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  between: (value, [low, high], helpers) => (compare(low, value, helpers) ?? 1) <= 0 && (compare(value, high, helpers) ?? 1) <= 0,
  in: (value, others, helpers) => others.some((other) => equal(value, other, helpers)),
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  attribute_type: (value, [type]) => value !== undefined && typeOf(value) === type?.S,
  begins_with: (value, [start]) => value !== undefined && start !== undefined && beginsWith(value, start),
  contains: (value, [part], helpers) => value !== undefined && part !== undefined && contains(value, part, helpers),
}

function resolve (item: Item, operand: Operand, { mapPath }: ConditionHelpers): Value {
  if (Array.isArray(operand)) return mapPath(operand, item) ?? undefined
  if (!('args' in operand)) return operand
  const size = sizeOf(mapPath(operand.args[0], item) ?? undefined)
  return size === undefined ? undefined : { N: String(size) }
}

function sizeOf (value: Value): number | undefined {
  if (value?.S !== undefined) return value.S.length
  if (value?.B !== undefined) return Buffer.byteLength(value.B, 'base64')
  if (value?.M) return Object.keys(value.M).length
  return (value?.L ?? value?.SS ?? value?.NS ?? value?.BS)?.length
}

function typeOf (value: AttributeValue): string {
  return Object.keys(value)[0]!
}

/** Negative, zero or positive for two strings, numbers or binaries; `undefined` for what has no order. */
function compare (one: Value, other: Value, { toRangeStr }: ConditionHelpers): number | undefined {
  if (!one || !other || typeOf(one) !== typeOf(other) || !['S', 'N', 'B'].includes(typeOf(one))) return undefined
  const left = toRangeStr(one)
  const right = toRangeStr(other)
  return left < right ? -1 : left > right ? 1 : 0
}

/** By value and type: numbers by their number, sets whatever their order, lists and maps by what is in them. */
function equal (one: Value, other: Value, helpers: ConditionHelpers): boolean {
  if (!one || !other || typeOf(one) !== typeOf(other)) return false
  const order = compare(one, other, helpers)
  if (order !== undefined) return order === 0
  if (one.L && other.L) return one.L.length === other.L.length && one.L.every((element, index) => equal(element, other.L![index], helpers))
  if (one.M && other.M) {
    const names = Object.keys(one.M)
    return names.length === Object.keys(other.M).length && names.every((name) => equal(one.M![name], other.M![name], helpers))
  }
  const elements = elementsOf(one)
  const others = elementsOf(other)
  if (elements && others) return elements.length === others.length && elements.every((element) => others.some((one) => equal(element, one, helpers)))
  return one.BOOL === other.BOOL && one.NULL === other.NULL
}

/** The members of a set, as values. */
function elementsOf ({ SS, NS, BS }: AttributeValue): AttributeValue[] | undefined {
  return SS?.map((S) => ({ S })) ?? NS?.map((N) => ({ N })) ?? BS?.map((B) => ({ B }))
}

function bytes (value: AttributeValue): Buffer | undefined {
  if (value.S !== undefined) return Buffer.from(value.S)
  return value.B === undefined ? undefined : Buffer.from(value.B, 'base64')
}

function beginsWith (value: AttributeValue, start: AttributeValue): boolean {
  const whole = bytes(value)
  const wanted = bytes(start)
  return whole !== undefined && wanted !== undefined && typeOf(value) === typeOf(start) && whole.subarray(0, wanted.length).equals(wanted)
}

/** A part of a string or binary, a member of a set, or an element of a list. */
function contains (value: AttributeValue, part: AttributeValue, helpers: ConditionHelpers): boolean {
  const members = value.L ?? elementsOf(value)
  if (members) return members.some((member) => equal(member, part, helpers))
  const whole = bytes(value)
  const wanted = bytes(part)
  return whole !== undefined && wanted !== undefined && typeOf(value) === typeOf(part) && whole.includes(wanted)
}
