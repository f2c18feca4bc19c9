import { equalValues } from '../values/compare-values.ts'
import { engine } from './dynalite.ts'
import { validation } from '../errors.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import type { AttributeValue, IndexKeys, Item, KeySchema, TableKeys } from '../values/item.ts'
import { keyFault, keyPathsFault, keyPieceFault } from './key-checks.ts'
import type { LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { UnitOfWork } from '../storage/unit-of-work.ts'

/** A Query's input, once it has been checked by itself. */
export interface QueryInput {
  TableName: string
  IndexName?: string
  KeyConditions: LegacyConditions
  ConsistentRead?: boolean
  ScanIndexForward?: boolean
  Select?: string
  ExclusiveStartKey?: Item
  QueryFilter?: LegacyConditions
  _filter?: ParsedCondition
  _projection?: { nestedPaths?: object }
}

/** What conditions say of a key: attributes that have a value, one after another, and at most one more that has a range. */
interface Conditions { equal: Item, count: number, range?: { name: string, operator: string, values: AttributeValue[] } }

/** Where the keys that meet the conditions lie. */
interface Bounds { gt?: string, gte?: string, lt: string }

const NOT_INDEXABLE = ['NULL', 'NOT_NULL', 'NE', 'CONTAINS', 'NOT_CONTAINS', 'IN']

/** The global index that a query names, if it has several attributes of a kind in its key. */
export function multiAttributeIndex ({ GlobalSecondaryIndexes = [] }: TableRecord, name: string | undefined): IndexKeys | undefined {
  if (name === undefined) return undefined
  return GlobalSecondaryIndexes.find(({ IndexName, KeySchema }) => IndexName === name && (KeySchema.length > 2 || KeySchema[1]?.KeyType === 'HASH'))
}

/**
 * Queries a global index with several attributes of a kind in its key, which dynalite's action does not know. An equality
 * is needed for each HASH attribute; RANGE attributes are given from the left, and only the last of them may have another
 * condition. Entries have the order of the RANGE attributes, one after another.
 *
 * Source: "Multi-attribute keys pattern" (developer guide); the words of the refusals as observed in October 2026.
 */
export async function queryMultiAttribute (work: UnitOfWork, { table, index, input }: { table: TableRecord, index: IndexKeys, input: QueryInput }): Promise<Record<string, unknown>> {
  if (input.ConsistentRead) throw validation('Consistent reads are not supported on global secondary indexes')
  const startKeyNames = [...new Set([...table.KeySchema, ...index.KeySchema].map(({ AttributeName }) => AttributeName))]
  const start = input.ExclusiveStartKey
  if (start) checkStartKey(start, { table, index, names: startKeyNames })
  const conditions = readConditions(input.KeyConditions, table, index.KeySchema)
  const bounds = boundsOf(conditions, table, index.KeySchema)
  if (start) startAfter(bounds, start, { conditions, table, index, reverse: input.ScanIndexForward === false })
  checkRest(input, table, index)
  return new Promise((resolve, reject) => {
    const range = { ...bounds, reverse: input.ScanIndexForward === false }
    work.engineStore.queryTable(table, input, range, false, false, startKeyNames, (error, page) =>
      page ? resolve(page as Record<string, unknown>) : reject(error instanceof Error ? error : new Error('a query came to nothing', { cause: error })))
  })
}

function checkStartKey (start: Item, { table, index, names }: { table: TableRecord, index: IndexKeys, names: string[] }): void {
  const invalid = 'The provided starting key is invalid'
  if (Object.keys(start).length !== names.length || names.some((name) => !Object.hasOwn(start, name))) throw validation(invalid)
  for (const { AttributeName: name, KeyType } of index.KeySchema) {
    const fault = keyPieceFault(start, { name, type: typeIn(table, name), isHash: KeyType === 'HASH' })
    if (fault !== undefined) throw validation(fault)
  }
  const fault = keyFault(Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, start[AttributeName]!])), table)
  if (fault !== undefined) throw validation(`${invalid}: ${fault}`)
}

function readConditions (given: LegacyConditions, table: TableRecord, schema: KeySchema): Conditions {
  const names = schema.map(({ AttributeName }) => AttributeName)
  for (const { AttributeName: name, KeyType } of schema) {
    const condition = given[name]
    if (!condition && KeyType === 'HASH') throw validation(`Query condition missed key schema element: ${name}`)
    if (!condition) continue
    const { ComparisonOperator: operator = '', AttributeValueList: values = [] } = condition
    if (NOT_INDEXABLE.includes(operator)) throw validation('Attempted conditional constraint is not an indexable operation')
    if (values.some((value) => value[typeIn(table, name)] === undefined)) {
      throw validation('One or more parameter values were invalid: Condition parameter type does not match schema type')
    }
    if (KeyType === 'HASH' && operator !== 'EQ') throw validation('Query key condition not supported')
  }
  if (Object.keys(given).some((name) => !names.includes(name))) throw validation('Query key condition not supported')

  const last = names.findLastIndex((name) => given[name])
  const open = names.slice(0, last).filter((name) => given[name]?.ComparisonOperator !== 'EQ')
  if (open.length > 0) {
    throw validation(`RANGE key attributes ${open.join(', ')} must have equality conditions specified in the query ` +
      `because a condition is present on key attribute ${names[last]}`)
  }
  const { ComparisonOperator: operator = '', AttributeValueList: values = [] } = given[names[last]!]!
  const count = operator === 'EQ' ? last + 1 : last
  const equal = Object.fromEntries(names.slice(0, count).map((name) => [name, given[name]!.AttributeValueList![0]!]))
  return { equal, count, ...(count === last && { range: { name: names[last]!, operator, values } }) }
}

function boundsOf ({ equal, count, range }: Conditions, table: TableRecord, schema: KeySchema): Bounds {
  const prefix = engine.createKey(equal, table, schema.slice(0, count))
  const after = (key: string) => `${key}~` // after all keys that begin with it: they are made of hexadecimal digits and slashes
  if (!range) return { gte: prefix, lt: after(prefix) }
  const [low, high] = range.values.map((value) => engine.createKey({ ...equal, [range.name]: value }, table, schema.slice(0, count + 1)))
  switch (range.operator) {
    case 'LT': return { gte: prefix, lt: low! }
    case 'LE': return { gte: prefix, lt: after(low!) }
    case 'GT': return { gt: after(low!), lt: after(prefix) }
    case 'GE': return { gte: low!, lt: after(prefix) }
    case 'BETWEEN': return { gte: low!, lt: after(high!) }
    default: return { gte: low!.slice(0, -1), lt: after(low!.slice(0, -1)) } // BEGINS_WITH: without the end of the attribute
  }
}

/** Moves a bound to behind the starting key, which has to lie between them. */
function startAfter (
  bounds: Bounds, start: Item, { conditions, table, index, reverse }: { conditions: Conditions, table: TableRecord, index: IndexKeys, reverse: boolean }
): void {
  if (Object.entries(conditions.equal).some(([name, value]) => !equalValues(value, start[name]))) {
    throw validation('The provided starting key is outside query boundaries based on provided conditions')
  }
  const key = engine.indexKey(start, table, index.KeySchema)
  if (key < (bounds.gt ?? bounds.gte!) || key >= bounds.lt) throw validation('The provided starting key does not match the range key predicate')
  if (reverse) {
    bounds.lt = key
  } else {
    bounds.gt = key
    delete bounds.gte
  }
}

function checkRest (input: QueryInput, table: TableRecord, { IndexName, KeySchema, Projection }: IndexKeys): void {
  const fault = keyPathsFault(input._projection?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  const filtered: object = input.QueryFilter ?? input._filter?.pathHeads ?? {}
  for (const { AttributeName } of KeySchema) {
    if (!(AttributeName in filtered)) continue
    throw validation(`${input.QueryFilter ? 'QueryFilter' : 'Filter Expression'} can only contain non-primary key attributes: Primary key attribute: ${AttributeName}`)
  }
  if (input.Select === 'ALL_ATTRIBUTES' && Projection.ProjectionType !== 'ALL') {
    throw validation('One or more parameter values were invalid: ' +
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${IndexName} because its projection type is not ALL`)
  }
  const inFilter = keyPathsFault(input._filter?.nestedPaths, table)
  if (inFilter !== undefined) throw validation(inFilter)
}

function typeIn ({ AttributeDefinitions }: TableKeys, name: string): 'S' | 'N' | 'B' {
  return AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)!.AttributeType // of a key: it is defined
}
