import type { Range } from '../../core/storage/database.ts'
import { validation } from '../errors.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import { keyPathsFault, keyPieces, emptyKeyFault } from '../requests/key-checks.ts'
import { checkPage, indexOf, needsTable, notIn, type PageIndex } from '../requests/page-checks.ts'
import { rangeOf } from '../requests/query-plan.ts'
import { startKeyNames } from '../requests/start-key.ts'
import type { PagePlan } from '../storage/page.ts'
import { isBackfilling, type TableRecord } from '../tables/table-record.ts'
import type { Path } from '../values/document-path.ts'
import type { AttributeValue, Item, KeySchema } from '../values/item.ts'
import { conditionOf } from './conditions.ts'
import { faultAt, overlapping, wrongKeyType } from './faults.ts'
import { branchesOf, isKeyed, keyNames, type Branch, type KeyRange } from './key-branches.ts'
import { orderOf, type Order } from './order.ts'
import type { Expression, SelectStatement } from './tree.ts'
import type { Binding } from './values.ts'

/** A path that is selected, and the name under which its value is returned. */
export interface Column { readonly path: Path, readonly name: string }

/** What a SELECT reads: one range after another, each as Query or, if it has no bounds, as Scan reads it. */
export interface SelectPlan extends Omit<PagePlan, 'range'> {
  readonly index: PageIndex | undefined
  readonly ranges: readonly Range[]
  /** Whether all of the table or index is read. */
  readonly isScan: boolean
  /** The values of the partition key that are read, of a plan that is no Scan. */
  readonly leading: readonly AttributeValue[]
  /** The key of the one item that there can be. */
  readonly key: Item | undefined
  readonly filter: ParsedCondition | undefined
  readonly columns: readonly Column[] | undefined
}

const MULTI_ATTRIBUTE = 'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.'

/**
 * Plans a SELECT: a Query for each value of the partition key that its WHERE clause names, or else a Scan.
 *
 * Source: "PartiQL select statements for DynamoDB" (developer guide).
 * @param options.now  epoch ms, by which an index may still be filled
 * @throws ValidationException
 */
export function planSelect (
  statement: SelectStatement, table: TableRecord, { binding, consistent = false, now }: { binding: Binding, consistent?: boolean, now: number }
): SelectPlan {
  const { source: { index: name }, where, orderBy } = statement
  const index = indexOf(table, name)
  if (name !== undefined && !index) throw validation('The table does not have the specified index')
  const schema = (index ?? table).KeySchema
  if (schema.length > 2 || schema[1]?.KeyType === 'HASH') throw validation(MULTI_ATTRIBUTE)
  if (index?.global && consistent) throw validation('Strongly consistent read is not supported on Global Secondary Indexes')
  const columns = statement.columns?.map(columnOf)
  const filter = where && conditionOf(where, binding)
  const names = keyNames(schema)
  const branches = filter && isKeyed(filter.expression, names) ? branchesOf(filter.expression, names) : undefined
  const order = orderOf(orderBy, { names, branches, hasWhere: where !== undefined })
  const selection = { ...(name !== undefined && { IndexName: name }), ...(columns && { _projection: { paths: columns.map(({ path }) => path), nestedPaths: {} } }) }
  checkPage(table, selection)
  if (index && branches) checkFiltered(branches, table, index)
  const fault = keyPathsFault(nestedHeads(columns), table) ?? keyPathsFault(filter?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  if (name !== undefined && isBackfilling(table, name, now)) throw validation(`Cannot read from backfilling global secondary index: ${name}`)
  const ranges = branches && inOrder(rangesOf(branches, table, schema), order)
  return {
    table,
    index,
    ranges: ranges ?? [{ reverse: false }],
    isScan: !ranges,
    leading: branches?.map(({ hash }) => hash!) ?? [], // each branch of a keyed condition has it
    key: index || !branches ? undefined : onlyKey(branches, table),
    fetches: needsTable(table, index, selection),
    startKeyNames: startKeyNames(table, index),
    filter,
    columns,
  }
}

function columnOf (expression: Expression): Column {
  if (expression.kind !== 'path') throw faultAt('Unexpected path component', expression.at)
  const { path } = expression
  const named = path.findLastIndex((piece) => typeof piece === 'string')
  return { path, name: path.slice(named).map((piece) => typeof piece === 'number' ? `[${piece}]` : piece).join('') }
}

function nestedHeads (columns: readonly Column[] = []): Record<string, true> {
  return Object.fromEntries(columns.filter(({ path }) => path.length > 1).map(({ path }) => [String(path[0]), true as const]))
}

/** A Query's filter needs its attributes in the index; AWS looks at this in the alternatives only if each has such a filter. */
function checkFiltered (branches: readonly Branch[], table: TableRecord, index: PageIndex): void {
  const lacking = branches.map(({ filtered }) => notIn(table, index, filtered))
  if (lacking.length === 0 || lacking.some(({ length }) => length === 0)) return
  throw validation(`One or more parameter values were invalid: Secondary index ${index.IndexName} does not project one or more filter attributes: [${lacking.at(-1)!.sort().join(', ')}]`)
}

/** The ranges of a condition's alternatives, of which no two overlap. */
function rangesOf (branches: readonly Branch[], table: TableRecord, schema: KeySchema): KeyRange[] {
  const ranges: (KeyRange & { negated: boolean })[] = []
  for (const branch of branches) {
    const range = keyRange(branch, table, schema)
    if (!range) continue
    for (const other of ranges) if (overlap(range, other) && !range.negated && !other.negated) throw overlapping()
    ranges.push(range)
  }
  return ranges.reduce<KeyRange[]>(joined, [])
}

function overlap (one: KeyRange, other: KeyRange): boolean {
  return one.gte < other.lt && other.gte < one.lt
}

/** Adds a range to those that do not overlap: with each that it overlaps it becomes one. */
function joined (ranges: KeyRange[], range: KeyRange): KeyRange[] {
  const apart = ranges.filter((other) => !overlap(range, other))
  const whole = ranges.filter((other) => overlap(range, other)).reduce((one, { gte, lt }) => ({ ...one, gte: gte < one.gte ? gte : one.gte, lt: lt > one.lt ? lt : one.lt }), range)
  return [...apart, whole]
}

/** The keys that meet all of a branch's key conditions, if there can be any. */
function keyRange ({ hash, ranges, impossible, negated }: Branch, table: TableRecord, schema: KeySchema): KeyRange & { negated: boolean } | undefined {
  for (const { name, type } of keyPieces(table, schema)) {
    const values = name === schema[0]!.AttributeName ? [hash!] : ranges.flatMap(({ values }) => values) // a branch of a keyed condition has it
    for (const value of values) {
      if (value[type] === undefined) throw wrongKeyType(name)
      const fault = emptyKeyFault(value, name)
      if (fault !== undefined) throw validation(fault)
    }
  }
  if (impossible) return undefined
  const equal: Item = { [schema[0]!.AttributeName]: hash! }
  let { gte = '', lt = '' } = rangeOf({ equal }, schema)
  for (const { name, operator, values } of ranges) {
    const bounds = operator === 'EQ' ? rangeOf({ equal: { ...equal, [name]: values[0]! } }, schema) : rangeOf({ equal, range: { name, operator, values: [...values] } }, schema)
    const low = bounds.gte ?? bounds.gt! // it has one of the two
    if (low > gte) gte = low
    if (bounds.lt! < lt) lt = bounds.lt!
  }
  return gte < lt ? { hash: hash!, gte, lt, negated } : undefined
}

function inOrder (ranges: KeyRange[], { arrange, reverse }: Order): Range[] {
  return arrange(ranges).map(({ gte, lt }) => ({ gte, lt, reverse }))
}

/** The key of a table that a condition names with `=` or an IN of one value, and nothing else beside it. */
function onlyKey (branches: readonly Branch[], table: TableRecord): Item | undefined {
  const [branch, ...more] = branches
  if (!branch?.hash || more.length > 0 || branch.impossible || branch.filtered.length > 0) return undefined
  const { hash, range } = keyNames(table.KeySchema)
  if (range === undefined) return { [hash]: branch.hash }
  const [only] = branch.ranges
  const sorts = new Set(branch.ranges.map(({ operator, values }) => operator === 'EQ' ? JSON.stringify(values[0]) : ''))
  return only && sorts.size === 1 && !sorts.has('') ? { [hash]: branch.hash, [range]: only.values[0]! } : undefined
}
