import { duplicateItem, validation } from '../errors.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import type { Condition } from '../expressions/evaluate.ts'
import type { ParsedUpdate } from '../expressions/update.ts'
import { itemKeysFault, keyPathsFault, keyPieces } from '../requests/key-checks.ts'
import { conditionCheck, deleteWrite, putWrite, type ItemWrite, type WrittenItem } from '../storage/item-write.ts'
import { returnedAttributes, updateWrite, type ItemUpdate } from '../storage/item-update.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { namesFault } from '../values/check-value.ts'
import { equalValues } from '../values/compare-values.ts'
import type { Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { keyAttributes } from '../values/key-encoding.ts'
import { conditionOf } from './conditions.ts'
import { INCOMPLETE_KEY, wrongKeyType } from './faults.ts'
import { keyConditionOf } from './key-branches.ts'
import type { DeleteStatement, ExistsStatement, Expression, InsertStatement, Returning, UpdateStatement, WriteStatement } from './tree.ts'
import { updateOf } from './updates.ts'
import { membersOfTuple, valueOnly, type Binding } from './values.ts'

/** A write of one item, checked as far as that is possible without its key. */
export interface WritePlan {
  /**
   * Finds the key in the statement.
   * @throws ValidationException if the statement does not name one item of the table
   */
  readonly place: () => { key: Item, write: ItemWrite }
  /** What RETURNING asks for; `undefined` for nothing. */
  readonly returned: (written: WrittenItem) => Item | undefined
}

const RETURN_VALUES = { 'ALL OLD': 'ALL_OLD', 'ALL NEW': 'ALL_NEW', 'MODIFIED OLD': 'UPDATED_OLD', 'MODIFIED NEW': 'UPDATED_NEW' } as const

/**
 * Plans an INSERT, UPDATE or DELETE as PutItem, UpdateItem and DeleteItem plan theirs.
 *
 * Source: "PartiQL insert statements for DynamoDB" and the pages beside it (developer guide).
 * @throws ValidationException
 */
export function planWrite (statement: WriteStatement, table: TableRecord, binding: Binding): WritePlan {
  if (statement.source.index !== undefined) throw validation('This operation is not supported on an index')
  switch (statement.kind) {
    case 'insert': return planInsert(statement, table, binding)
    case 'update': return planUpdate(statement, table, binding)
    case 'delete': return planDelete(statement, table, binding)
  }
}

/** Plans the check of an item that EXISTS is; it needs a condition beside the key. */
export function planExists ({ select: { where } }: ExistsStatement, table: TableRecord, binding: Binding): WritePlan {
  const condition = where && conditionOf(where, binding)
  const { key, others } = splitKey(condition?.expression, table, { firstCounts: true })
  if (!key || others.length === 0) throw validation('EXISTS() must contain a single item read with additional condition')
  const _condition = withExpression(condition!, others)
  return { place: () => ({ key, write: conditionCheck(table, { Key: key, _condition }) }), returned: () => undefined }
}

/** An INSERT writes a new item, or nothing. */
function planInsert ({ item }: InsertStatement, table: TableRecord, binding: Binding): WritePlan {
  const Item = itemOf(item, binding)
  if (itemSize(Item) > binding.limits.itemBytes) throw validation('Item size has exceeded the maximum allowed size')
  return {
    place () {
      for (const { name, type } of keyPieces(table, table.KeySchema)) {
        if (!Object.hasOwn(Item, name)) throw validation(`Key attribute should be present in the item: Key ${name}`)
        if (Item[name]![type] === undefined) throw wrongKeyType(name)
      }
      const fault = itemKeysFault(Item, table)
      if (fault !== undefined) throw validation(fault)
      return { key: keyAttributes(Item, table.KeySchema), write: { ...putWrite(table, { Item }), check: refuseDuplicate } }
    },
    returned: () => undefined,
  }
}

function refuseDuplicate (found: Item | undefined): void {
  if (found) throw duplicateItem()
}

function itemOf (expression: Expression, binding: Binding): Item {
  if (expression.kind !== 'tuple') {
    throw validation('Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.')
  }
  const members = membersOfTuple(expression.members)
  const fault = namesFault(members.map(([name]) => name))
  if (fault !== undefined) throw validation(fault)
  return Object.fromEntries(members.map(([name, value]) => [name, valueOnly(value, binding)]))
}

function planUpdate ({ changes, where, returning }: UpdateStatement, table: TableRecord, binding: Binding): WritePlan {
  const _updates = updateOf(changes, binding)
  const condition = where && conditionOf(where, binding)
  const options = { ...(returning && { ReturnValues: RETURN_VALUES[`${returning.of} ${returning.when}`] }) }
  return {
    place () {
      const { Key, others } = wholeKey(condition, table)
      // There is no update of an item that does not exist.
      const exists: Condition = { type: 'function', name: 'attribute_exists', args: [[table.KeySchema[0]!.AttributeName]] }
      const input: ItemUpdate = { TableName: table.TableName, Key, _updates, _condition: withExpression(condition!, [exists, ...others]) }
      return { key: Key, write: updateWrite(table, input, binding.limits) }
    },
    returned: (written) => returning ? returnedOf(_updates, options, written) : undefined,
  }
}

function returnedOf (_updates: ParsedUpdate, options: Pick<ItemUpdate, 'ReturnValues'>, written: WrittenItem): Item | undefined {
  return returnedAttributes({ TableName: '', Key: {}, _updates, ...options }, written).Attributes
}

function planDelete ({ where, returning }: DeleteStatement, table: TableRecord, binding: Binding): WritePlan {
  if (returning && (returning.of !== 'ALL' || returning.when !== 'OLD')) throw invalidReturning(returning)
  const condition = where && conditionOf(where, binding)
  return {
    place () {
      const { Key, others } = wholeKey(condition, table)
      const write = deleteWrite(table, { Key, ...(others.length > 0 && { _condition: withExpression(condition!, others) }) })
      // Deleting what does not exist succeeds, whatever its condition.
      return { key: Key, write: { ...write, check: (found) => { if (found) write.check?.(found) } } }
    },
    returned: ({ before }) => returning ? before : undefined,
  }
}

function invalidReturning ({ of, when }: Returning) {
  return validation(`Invalid returning clause: RETURNING ${of} ${when} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`)
}

function wholeKey (condition: ParsedCondition | undefined, table: TableRecord): { Key: Item, others: Condition[] } {
  const { key, others } = splitKey(condition?.expression, table)
  if (!key) throw validation(INCOMPLETE_KEY)
  for (const { name, type } of keyPieces(table, table.KeySchema)) if (key[name]![type] === undefined) throw wrongKeyType(name)
  const fault = keyPathsFault(condition?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  return { Key: key, others }
}

/**
 * Parts the equalities on the table's key from the other conditions that are joined to them by AND.
 * @param options.firstCounts  of several values of one key attribute the first is the key's, and the others are conditions
 */
function splitKey (condition: Condition | undefined, table: TableRecord, { firstCounts = false } = {}): { key: Item | undefined, others: Condition[] } {
  const names = table.KeySchema.map(({ AttributeName }) => AttributeName)
  const found: Item = {}
  const others: Condition[] = []
  for (const one of condition ? conjuncts(condition) : []) {
    const { name, operator, values } = keyConditionOf(one) ?? {}
    if (name === undefined || operator !== 'EQ' || !names.includes(name)) {
      others.push(one)
    } else if (!Object.hasOwn(found, name)) {
      found[name] = values![0]!
    } else if (!equalValues(found[name], values![0])) {
      if (!firstCounts) throw validation(`Multiple conditions on same key ${name}. Only single item Update/Insert/Delete are supported`)
      others.push(one)
    }
  }
  return { key: names.every((name) => Object.hasOwn(found, name)) ? found : undefined, others }
}

function conjuncts (condition: Condition): Condition[] {
  return condition.type === 'and' ? (condition.args as Condition[]).flatMap(conjuncts) : [condition] // an `and` consists of conditions
}

function withExpression (condition: ParsedCondition, all: Condition[]): ParsedCondition {
  return { ...condition, expression: { type: 'and', args: all } }
}
