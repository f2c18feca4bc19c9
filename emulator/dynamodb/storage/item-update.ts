import { TOO_DEEP } from '../values/check-value.ts'
import { typeOf } from '../values/compare-values.ts'
import { project, type Path } from '../values/document-path.ts'
import { engine } from '../requests/dynalite.ts'
import { validation } from '../errors.ts'
import { applyAttributeUpdates, applyUpdate, type AttributeUpdate } from '../expressions/apply-update.ts'
import type { ParsedUpdate, UpdateAction } from '../expressions/update.ts'
import type { Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { indexKeysFault, keyFault, keyPathsFault, updateKeysFault } from '../requests/key-checks.ts'
import type { Limits } from '../limits.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** An UpdateItem's input, once it has been checked. */
export interface ItemUpdate {
  TableName: string
  Key: Item
  AttributeUpdates?: Record<string, AttributeUpdate>
  ReturnValues?: 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW'
  _updates?: ParsedUpdate
}

/**
 * Changes one item, or makes it; an update that only takes away makes none.
 * @throws ValidationException, ConditionalCheckFailedException
 */
export async function updateItem (work: UnitOfWork, input: ItemUpdate, limits: Limits): Promise<{ Attributes?: Item }> {
  const { TableName, Key, AttributeUpdates, ReturnValues, _updates } = input
  const table = work.table(TableName)
  const fault = keyFault(Key, table) ?? updateKeysFault(changesOf(input), table) ?? keyPathsFault(_updates?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  const key = engine.createKey(Key, table)
  await work.lockItems([{ table: TableName, key }])
  const before = work.readItem(TableName, key)
  engine.checkConditional(input, before)
  if (!before && onlyTakesAway(input)) return {}

  const after = _updates
    ? applyUpdate(before ?? Key, _updates.sections, !before)
    : applyAttributeUpdates(before ?? Key, AttributeUpdates ?? {})
  checkUpdated({ before, after }, table, limits)
  work.writeItem(table, key, after)
  const paths: (Path | string)[] = _updates?.paths ?? Object.keys(AttributeUpdates ?? {})
  return returned(ReturnValues, { before, after, paths })
}

/** REMOVE and DELETE alone; an update of nothing at all makes an item. */
function onlyTakesAway ({ _updates, AttributeUpdates = {} }: ItemUpdate): boolean {
  const kinds = _updates ? _updates.sections.map(({ type }) => type) : Object.values(AttributeUpdates).map(({ Action }) => Action?.toLowerCase())
  return kinds.length > 0 && kinds.every((kind) => kind === 'remove' || kind === 'delete')
}

/** What is known of an update's changes before the item is read. */
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
  // An attribute that does not fit an index made later may stay as it is.
  const changed = Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name]))
  const fault = indexKeysFault(changed, table, () => 'The update expression attempted to update the secondary index key to unsupported type')
  if (fault !== undefined) throw validation(fault)
  if (itemSize(after) > itemBytes) throw validation('Item size to update has exceeded the maximum allowed size')
  if (levelsOf(after) > nestingLevels) throw validation(TOO_DEEP)
}

/** How many levels there are: what is in no list or map has one, and an item without attributes none. */
function levelsOf (members: Item | Item[string][]): number {
  let deepest = 0
  for (const { L, M } of Object.values(members)) {
    const inside = L ?? M
    deepest = Math.max(deepest, inside ? 1 + Math.max(1, levelsOf(inside)) : 1)
  }
  return deepest
}

function returned (kind: ItemUpdate['ReturnValues'], { before, after, paths }: { before?: Item, after: Item, paths: (Path | string)[] }): { Attributes?: Item } {
  const from = kind === 'ALL_OLD' || kind === 'UPDATED_OLD' ? before : kind === 'ALL_NEW' || kind === 'UPDATED_NEW' ? after : undefined
  if (!from) return {}
  const Attributes = kind === 'ALL_OLD' || kind === 'ALL_NEW' ? from : project(from, paths)
  return Object.keys(Attributes).length > 0 ? { Attributes } : {}
}
