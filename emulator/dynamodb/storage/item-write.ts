import { conditionalCheckFailed, validation } from '../errors.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import { meets } from '../expressions/evaluate.ts'
import { meetsLegacy, type LegacyConditions } from '../expressions/legacy-conditions.ts'
import { itemKeysFault, keyFault } from '../requests/key-checks.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { encodeKey } from '../values/key-encoding.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** A write of one item, planned before the item is read. Its functions are pure. */
export interface ItemWrite {
  readonly table: TableRecord
  /** The item's key within the table, encoded. */
  readonly key: string
  /** Has the attributes of its key. */
  readonly keyed: Item
  /** Throws if the current item does not allow the write. */
  readonly check?: (found: Item | undefined) => void
  /** The item after the write; `undefined` deletes it, and returning the current item changes nothing. */
  readonly next: (found: Item | undefined) => Item | undefined
}

/** The item before and after a write. */
export interface WrittenItem { readonly before: Item | undefined, readonly after: Item | undefined }

/**
 * The one way to write an item: reads it, checks its condition, computes the new item and adds the change to the unit of
 * work, which stores it with its index entries. The caller holds the item's lock.
 */
export function applyWrite (work: UnitOfWork, { table, key, check, next }: Omit<ItemWrite, 'keyed'>): WrittenItem {
  const before = work.readItem(table.TableName, key)
  check?.(before)
  const after = next(before)
  if (after !== before) work.writeItem(table, key, after)
  return { before, after }
}

/** A request's condition, in either form. */
export interface Conditional { _condition?: ParsedCondition, Expected?: LegacyConditions, ConditionalOperator?: string }

/** @throws ConditionalCheckFailedException if an item does not meet a request's condition */
export function checkCondition ({ _condition, Expected, ConditionalOperator }: Conditional, found: Item | undefined): void {
  if (_condition && !meets(found ?? {}, _condition.expression)) throw conditionalCheckFailed()
  if (Expected && !meetsLegacy(found ?? {}, Expected, ConditionalOperator)) throw conditionalCheckFailed()
}

/**
 * Replaces an item.
 * @throws ValidationException if its attributes do not match the keys of the table or of its indexes
 */
export function putWrite (table: TableRecord, input: Conditional & { Item: Item }): ItemWrite {
  const fault = itemKeysFault(input.Item, table)
  if (fault !== undefined) throw validation(fault)
  return { table, key: encodeKey(input.Item, table.KeySchema), keyed: input.Item, check: (found) => checkCondition(input, found), next: () => input.Item }
}

/**
 * Deletes an item.
 * @throws ValidationException if the key does not match the table
 */
export function deleteWrite (table: TableRecord, input: Conditional & { Key: Item }): ItemWrite {
  return { table, key: checkedKey(table, input.Key), keyed: input.Key, check: (found) => checkCondition(input, found), next: () => undefined }
}

/**
 * Checks a condition without a change.
 * @throws ValidationException if the key does not match the table
 */
export function conditionCheck (table: TableRecord, input: Conditional & { Key: Item }): ItemWrite {
  return { table, key: checkedKey(table, input.Key), keyed: input.Key, check: (found) => checkCondition(input, found), next: (found) => found }
}

/**
 * A request's key, encoded.
 * @throws ValidationException if it does not match the table
 */
export function checkedKey (table: TableRecord, key: Item): string {
  const fault = keyFault(key, table)
  if (fault !== undefined) throw validation(fault)
  return encodeKey(key, table.KeySchema)
}
