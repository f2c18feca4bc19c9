import { levelsOf, TOO_DEEP } from '../values/check-value.ts'
import { typeOf } from '../values/compare-values.ts'
import { project, type Path } from '../values/document-path.ts'
import { validation } from '../errors.ts'
import { applyAttributeUpdates, applyUpdate, type AttributeUpdate } from '../expressions/apply-update.ts'
import type { ParsedUpdate, UpdateAction } from '../expressions/update.ts'
import type { Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { indexKeysFault, keyPathsFault, updateKeysFault } from '../requests/key-checks.ts'
import type { Limits } from '../limits.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { checkCondition, checkedKey, type Conditional, type ItemWrite, type WrittenItem } from './item-write.ts'

/** The checked input of an UpdateItem. */
export interface ItemUpdate extends Conditional {
  TableName: string
  Key: Item
  AttributeUpdates?: Record<string, AttributeUpdate>
  ReturnValues?: 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW'
  _updates?: ParsedUpdate
}

/**
 * Changes an item, or creates it; an update that only removes attributes creates none.
 * @param actionBytes  what its actions add to the size of the item without its key; see {@link bytesOfActions}
 * @throws ValidationException if the key does not match the table
 */
export function updateWrite (table: TableRecord, input: ItemUpdate, limits: Limits, actionBytes = 0): ItemWrite {
  const { Key, AttributeUpdates, _updates } = input
  return {
    table,
    key: checkedKey(table, Key),
    keyed: Key,
    check (found) {
      const fault = updateKeysFault(changesOf(input), table) ?? keyPathsFault(_updates?.nestedPaths, table)
      if (fault !== undefined) throw validation(fault)
      checkCondition(input, found)
    },
    next (found) {
      if (!found && onlyRemoves(input)) return undefined
      const after = _updates
        ? applyUpdate(found ?? Key, _updates.sections, !found)
        : applyAttributeUpdates(found ?? Key, AttributeUpdates ?? {})
      if (actionBytes > 0 && itemSize(after) - itemSize(Key) + actionBytes > limits.itemBytes) throw tooLarge()
      checkUpdated({ before: found, after }, table, limits)
      return after
    },
  }
}

const tooLarge = () => validation('Item size to update has exceeded the maximum allowed size')

const UPDATE_BYTES = 3
const ASSIGNING_BYTES = 19
const REMOVING_BYTES = 2
const PLACE_BYTES = 1

/**
 * What UpdateItem adds for its actions to the size of the item without its key, which must not exceed 400 KB, as the whole
 * item must not. A transaction and PartiQL add nothing.
 *
 * Source: measured on AWS (eu-west-2) by the public nubo-db/dynoxide-rs.
 */
export function bytesOfActions ({ _updates, AttributeUpdates = {} }: ItemUpdate): number {
  const actions = _updates?.sections ?? Object.values(AttributeUpdates).map(({ Action }) => ({ type: Action === 'DELETE' ? 'delete' : 'set', path: [] as Path }))
  return actions.reduce((sum, { type, path }) => {
    const places = path.filter((piece) => typeof piece === 'number').length
    return sum + (type === 'set' || type === 'add' ? ASSIGNING_BYTES : REMOVING_BYTES) + places * PLACE_BYTES
  }, UPDATE_BYTES)
}

/** Only REMOVE and DELETE; an update without any action creates an item. */
function onlyRemoves ({ _updates, AttributeUpdates = {} }: ItemUpdate): boolean {
  const kinds = _updates ? _updates.sections.map(({ type }) => type) : Object.values(AttributeUpdates).map(({ Action }) => Action?.toLowerCase())
  return kinds.length > 0 && kinds.every((kind) => kind === 'remove' || kind === 'delete')
}

/** The part of an update's changes that is known before the item is read. */
function changesOf ({ _updates, AttributeUpdates = {} }: ItemUpdate) {
  return _updates
    ? _updates.sections.map((action) => ({ name: String(action.path[0]), ...(action.path.length === 1 && valueKnown(action)) }))
    : Object.entries(AttributeUpdates).map(([name, { Value }]) => ({ name, type: typeOf(Value), value: Value }))
}

function valueKnown (action: UpdateAction) {
  const { attrType: type } = action
  const value = action.type === 'set' && !Array.isArray(action.val) && !('args' in action.val) ? action.val : undefined
  return { type, value }
}

function checkUpdated ({ before = {}, after }: { before?: Item, after: Item }, table: TableRecord, { itemBytes, nestingLevels }: Limits): void {
  // An attribute that does not match a later index may keep its value.
  const changed = Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name]))
  const fault = indexKeysFault(changed, table, () => 'The update expression attempted to update the secondary index key to unsupported type')
  if (fault !== undefined) throw validation(fault)
  if (itemSize(after) > itemBytes) throw tooLarge()
  if (levelsOf(after) > nestingLevels) throw validation(TOO_DEEP)
}

/** The `Attributes` of an answer, as `ReturnValues` requests them. */
export function returnedAttributes ({ ReturnValues, _updates, AttributeUpdates = {} }: ItemUpdate, { before, after }: WrittenItem): { Attributes?: Item } {
  const from = ReturnValues === 'ALL_OLD' || ReturnValues === 'UPDATED_OLD' ? before : ReturnValues === 'ALL_NEW' || ReturnValues === 'UPDATED_NEW' ? after : undefined
  if (!from) return {}
  const paths: (Path | string)[] = _updates?.paths ?? Object.keys(AttributeUpdates)
  const Attributes = ReturnValues === 'ALL_OLD' || ReturnValues === 'ALL_NEW' ? from : project(from, paths)
  return Object.keys(Attributes).length > 0 ? { Attributes } : {}
}
