import { validation } from '../errors.ts'
import { meetsLegacy, type LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { Range } from '../../core/storage/database.ts'
import type { PageOptions } from '../storage/page.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { equalValues } from '../values/compare-values.ts'
import type { AttributeValue, Item, KeySchema } from '../values/item.ts'
import { encodeKey } from '../values/key-encoding.ts'
import { shownValue } from '../values/shown-value.ts'
import { keyPathsFault, keyPieces } from './key-checks.ts'
import type { PageIndex } from './page-checks.ts'
import { checkStartKey, checkStartShape, INVALID_START, startPlace } from './start-key.ts'

/** A Query's input, checked by itself. */
export interface QueryInput extends PageOptions {
  TableName: string
  IndexName?: string
  KeyConditions: LegacyConditions
  /** The same conditions, as the client wrote them. */
  KeyConditionExpression?: string
  ScanIndexForward?: boolean
  ExclusiveStartKey?: Item
}

/** The key conditions of a query: attributes with a value, one after another, and at most one more with a range. */
export interface KeyConditions { equal: Item, range?: { name: string, operator: string, values: AttributeValue[] } }

const NOT_INDEXABLE = ['NULL', 'NOT_NULL', 'NE', 'CONTAINS', 'NOT_CONTAINS', 'IN']

/**
 * Plans a Query on a table or an index: which range of keys it reads. A global index may have several HASH and several
 * RANGE attributes: each HASH attribute needs an equality, RANGE attributes are given from the left, and only the last of
 * those given may have another condition.
 *
 * Source: "Key condition expressions for the Query operation", "Multi-attribute keys pattern" (developer guide).
 * @throws ValidationException
 */
export function planQuery (table: TableRecord, index: PageIndex | undefined, input: QueryInput): Range {
  const schema = (index ?? table).KeySchema
  const start = input.ExclusiveStartKey
  checkCount(input, schema)
  if (start) checkStartShape(start, table, index, { schema, message: INVALID_START })
  const conditions = readConditions(input.KeyConditions, table, schema)
  if (start) checkStartKey(start, table)
  const range = rangeOf(conditions, schema)
  if (start) startAfter(range, start, { input, conditions, schema, place: startPlace(start, table, index) })
  checkSelection(input, { table, index, schema })
  return { ...range, reverse: input.ScanIndexForward === false }
}

/** A key with one attribute of each kind accepts one or two conditions, whatever they are. */
function checkCount ({ KeyConditions, KeyConditionExpression }: QueryInput, schema: KeySchema): void {
  const conditions = Object.keys(KeyConditions).length
  if (conditions <= 2 || isMultiAttribute(schema)) return
  throw validation(KeyConditionExpression === undefined
    ? 'Conditions can be of length 1 or 2 only'
    : `The number of query conditions (${conditions}) exceeds the number of key attributes defined in the schema (${schema.length})`)
}

function isMultiAttribute (schema: KeySchema): boolean {
  return schema.length > 2 || schema[1]?.KeyType === 'HASH'
}

function readConditions (given: LegacyConditions, table: TableRecord, schema: KeySchema): KeyConditions {
  const names = schema.map(({ AttributeName }) => AttributeName)
  const conditionOf = (name: string) => Object.hasOwn(given, name) ? given[name] : undefined
  const hashes = schema.filter(({ KeyType }) => KeyType === 'HASH').map(({ AttributeName }) => AttributeName)
  for (const { name, type, isHash } of keyPieces(table, schema)) {
    if (schema.length === 1 && Object.keys(given).length > 1) throw validation('Query key condition not supported')
    const condition = conditionOf(name)
    if (isHash && hashes.length > 1 && !['EQ', ...NOT_INDEXABLE].includes(condition?.ComparisonOperator ?? '')) {
      // AWS does not publish its exact message.
      throw validation(`HASH key attributes ${hashes.join(', ')} must all have equality conditions specified in the query`)
    }
    if (!condition && (isHash || (!isMultiAttribute(schema) && Object.keys(given).length > 1))) {
      throw validation(`Query condition missed key schema element: ${name}`)
    }
    if (!condition) continue
    const { ComparisonOperator: operator = '', AttributeValueList: values = [] } = condition
    if (NOT_INDEXABLE.includes(operator)) throw validation('Attempted conditional constraint is not an indexable operation')
    if (values.some((value) => value[type] === undefined)) {
      throw validation('One or more parameter values were invalid: Condition parameter type does not match schema type')
    }
    if (isHash && operator !== 'EQ') throw validation('Query key condition not supported')
  }
  if (Object.keys(given).some((name) => !names.includes(name))) throw validation('Query key condition not supported')

  const last = names.findLastIndex((name) => conditionOf(name))
  const open = names.slice(0, last).filter((name) => conditionOf(name)?.ComparisonOperator !== 'EQ')
  if (open.length > 0) {
    throw validation(`RANGE key attributes ${open.join(', ')} must have equality conditions specified in the query ` +
      `because a condition is present on key attribute ${names[last]}`)
  }
  const name = names[last]!
  const { ComparisonOperator: operator = '', AttributeValueList: values = [] } = given[name]!
  const equal = Object.fromEntries(names.slice(0, operator === 'EQ' ? last + 1 : last).map((name) => [name, given[name]!.AttributeValueList![0]!]))
  return operator === 'EQ' ? { equal } : { equal, range: { name, operator, values } }
}

/** The encoded keys that meet conditions. */
export function rangeOf ({ equal, range }: KeyConditions, schema: KeySchema): Range {
  const count = Object.keys(equal).length
  const prefix = encodeKey(equal, schema.slice(0, count))
  const after = (key: string) => `${key}~` // after all keys with this prefix: keys consist of hexadecimal digits and slashes
  if (!range) return { gte: prefix, lt: after(prefix) }
  const [low, high] = range.values.map((value) => encodeKey({ ...equal, [range.name]: value }, schema.slice(0, count + 1)))
  switch (range.operator) {
    case 'LT': return { gte: prefix, lt: low! }
    case 'LE': return { gte: prefix, lt: after(low!) }
    case 'GT': return { gt: after(low!), lt: after(prefix) }
    case 'GE': return { gte: low!, lt: after(prefix) }
    case 'BETWEEN': return { gte: low!, lt: after(high!) }
    default: return { gte: low!.slice(0, -1), lt: after(low!.slice(0, -1)) } // BEGINS_WITH: without the terminator of the attribute
  }
}

/** Moves a bound of the range past the starting key, which has to meet the conditions. */
function startAfter (range: Range, start: Item, { input, conditions: { equal }, schema, place }: { input: QueryInput, conditions: KeyConditions, schema: KeySchema, place: string }): void {
  const has = (KeyType: string) => schema.filter((key) => key.KeyType === KeyType && Object.hasOwn(input.KeyConditions, key.AttributeName))
  const ranges = has('RANGE')
  const outside = 'The provided starting key is outside query boundaries based on provided conditions'
  if (isMultiAttribute(schema) && Object.entries(equal).some(([name, value]) => !equalValues(value, start[name]))) throw validation(outside)
  for (const { AttributeName: name } of ranges) {
    if (meetsLegacy(start, { [name]: input.KeyConditions[name]! })) continue
    throw validation('The provided starting key does not match the range key predicate')
  }
  if (has('HASH').some(({ AttributeName: name }) => !equalValues(equal[name], start[name]))) {
    throw validation(ranges.length > 0 ? 'The query can return at most one row and cannot be restarted' : outside)
  }
  // A table without a sort key has one item at most under a hash key. An index may have more.
  if (input.IndexName === undefined && schema.length === 1) {
    const shown = Object.entries(start).map(([name, value]) => `${name}=${shownValue(value)}`)
    throw validation(`The provided exclusive start key is invalid: ExclusiveStartKey: {${shown.join(', ')}}`)
  }
  if (input.ScanIndexForward === false) {
    range.lt = place
  } else {
    range.gt = place
    delete range.gte
  }
}

/** Checks projection and filter against the keys. */
function checkSelection (input: QueryInput, { table, index, schema }: { table: TableRecord, index: PageIndex | undefined, schema: KeySchema }): void {
  const fault = keyPathsFault(input._projection?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  const filtered: object = input.QueryFilter ?? input._filter?.pathHeads ?? {}
  for (const { AttributeName } of schema) {
    if (!Object.hasOwn(filtered, AttributeName)) continue
    throw validation(`${input.QueryFilter ? 'QueryFilter' : 'Filter Expression'} can only contain non-primary key attributes: Primary key attribute: ${AttributeName}`)
  }
  checkAllAttributes(index, input)
  const inFilter = keyPathsFault(input._filter?.nestedPaths, table)
  if (inFilter !== undefined) throw validation(inFilter)
}

/** @throws ValidationException if a global index is asked for attributes that it does not project */
export function checkAllAttributes (index: PageIndex | undefined, { Select }: PageOptions): void {
  if (Select !== 'ALL_ATTRIBUTES' || !index?.global || index.Projection.ProjectionType === 'ALL') return
  throw validation('One or more parameter values were invalid: ' +
    `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.IndexName} because its projection type is not ALL`)
}
