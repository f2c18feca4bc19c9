import type { Condition, Operand } from '../expressions/evaluate.ts'
import { compareValues } from '../values/compare-values.ts'
import type { AttributeValue, KeySchema } from '../values/item.ts'
import { tooManyReads } from './faults.ts'

/** A comparison of one key attribute with values, which a Query's key condition can hold. */
export interface KeyCondition {
  readonly name: string
  readonly operator: 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH'
  readonly values: readonly AttributeValue[]
}

/** One of the alternatives between which a WHERE clause chooses with OR and IN. */
export interface Branch {
  readonly hash?: AttributeValue
  readonly ranges: readonly KeyCondition[]
  /** First names of the paths in its other conditions. */
  readonly filtered: readonly string[]
  /** Whether one of its other conditions denies something of the sort key. */
  readonly negated: boolean
  /** Whether it asks for two values of the partition key at once. */
  readonly impossible: boolean
}

/** The encoded keys of one partition that a branch reads, half open. */
export interface KeyRange { readonly hash: AttributeValue, readonly gte: string, readonly lt: string }

const EMPTY: Branch = { ranges: [], filtered: [], negated: false, impossible: false }

/** As many reads as AWS makes of one statement. */
const MOST_BRANCHES = 50

const OPERATORS: Partial<Record<Condition['type'], KeyCondition['operator']>> = { '=': 'EQ', '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE', between: 'BETWEEN' }
/** A comparison with its sides changed. */
const TURNED: Partial<Record<Condition['type'], KeyCondition['operator']>> = { '=': 'EQ', '<': 'GT', '<=': 'GE', '>': 'LT', '>=': 'LE' }

/** The key of the table or index that is read: one attribute, or two. */
export interface KeyNames { readonly hash: string, readonly range?: string }

export function keyNames (schema: KeySchema): KeyNames {
  const [hash, range] = schema.map(({ AttributeName }) => AttributeName)
  return { hash: hash!, ...(range !== undefined && { range }) }
}

/** What a condition compares, if it compares one attribute with values. */
export function keyConditionOf ({ type, name, args }: Condition): KeyCondition | undefined {
  const operands = args as readonly Operand[] // of a comparison, or else it has no operator below
  const isFunction = type === 'function'
  if (isFunction && name !== 'begins_with') return undefined
  const turned = !isFunction && type !== 'between' && !Array.isArray(operands[0])
  const operator = isFunction ? 'BEGINS_WITH' : turned ? TURNED[type] : OPERATORS[type]
  if (!operator) return undefined
  const [path, ...values] = turned ? [...operands].reverse() : operands
  if (!Array.isArray(path) || path.length > 1 || !values.every(isValue)) return undefined
  return { name: String(path[0]), operator, values: values as AttributeValue[] } // by the check
}

/** Whether every alternative of a condition names one value of the partition key, so that it can be read by Query. */
export function isKeyed (condition: Condition, names: KeyNames): boolean {
  if (condition.type === 'and') return (condition.args as Condition[]).some((one) => isKeyed(one, names)) // an `and` and an `or` consist of conditions
  if (condition.type === 'or') return (condition.args as Condition[]).every((one) => isKeyed(one, names))
  return equalities(condition, names.hash) !== undefined
}

/**
 * The alternatives of a condition that is keyed.
 * @throws ValidationException when there are more than AWS reads
 */
export function branchesOf (condition: Condition, names: KeyNames): Branch[] {
  return expand(condition, names)
}

function expand (condition: Condition, names: KeyNames): Branch[] {
  const inside = condition.args as Condition[] // of the first two
  if (condition.type === 'and') return inside.map((one) => expand(one, names)).reduce(product, [EMPTY])
  if (condition.type === 'or' && inside.some((one) => mentionsKey(one, names))) return bounded(inside.flatMap((one) => expand(one, names)))
  const hashes = equalities(condition, names.hash)
  if (hashes) return bounded(hashes.map((hash) => ({ ...EMPTY, hash })))
  const ranges = names.range === undefined ? undefined : equalities(condition, names.range)
  if (ranges) return bounded(ranges.map((value) => ({ ...EMPTY, ranges: [{ name: names.range!, operator: 'EQ', values: [value] }] })))
  const range = keyConditionOf(condition)
  if (range && range.name === names.range) return [{ ...EMPTY, ranges: [range] }]
  const filtered = headsOf(condition)
  return [{ ...EMPTY, filtered, negated: (condition.type === 'not' || condition.type === '<>') && names.range !== undefined && filtered.includes(names.range) }]
}

function product (left: readonly Branch[], right: readonly Branch[]): Branch[] {
  return bounded(left.flatMap((one) => right.map((other) => both(one, other))))
}

function both (one: Branch, other: Branch): Branch {
  const hash = one.hash ?? other.hash
  return {
    ...(hash && { hash }),
    ranges: [...one.ranges, ...other.ranges],
    filtered: [...one.filtered, ...other.filtered],
    negated: one.negated || other.negated,
    impossible: one.impossible || other.impossible || (one.hash !== undefined && other.hash !== undefined && compareValues(one.hash, other.hash) !== 0),
  }
}

function bounded (branches: Branch[]): Branch[] {
  if (branches.length > MOST_BRANCHES) throw tooManyReads()
  return branches
}

/** Whether there is a condition on a key attribute in it that a Query can hold. */
function mentionsKey (condition: Condition, names: KeyNames): boolean {
  if (condition.type === 'and' || condition.type === 'or') return (condition.args as Condition[]).some((one) => mentionsKey(one, names)) // of conditions
  if (equalities(condition, names.hash)) return true
  if (names.range === undefined) return false
  return equalities(condition, names.range) !== undefined || keyConditionOf(condition)?.name === names.range
}

/** The values one of which an attribute equals, by `=` or IN. */
function equalities (condition: Condition, name: string): AttributeValue[] | undefined {
  if (condition.type === 'in') {
    const [path, ...values] = condition.args as Operand[] // of a comparison
    return Array.isArray(path) && path.length === 1 && path[0] === name && values.every(isValue) ? values as AttributeValue[] : undefined // by the check
  }
  const found = keyConditionOf(condition)
  return found?.operator === 'EQ' && found.name === name ? [...found.values] : undefined
}

function headsOf (condition: Condition | Operand): string[] {
  if (Array.isArray(condition)) return [String(condition[0])]
  return 'args' in condition ? (condition.args as (Condition | Operand)[]).flatMap(headsOf) : [] // what is not a value has arguments
}

function isValue (operand: Operand): boolean {
  return !Array.isArray(operand) && !('args' in operand)
}
