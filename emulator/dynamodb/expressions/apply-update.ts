import { membersOf, typeOf } from '../values/compare-values.ts'
import { addNumbers, formatNumber, negated, storedNumber } from '../values/decimal.ts'
import { valueAt, type Path } from '../values/document-path.ts'
import { validation } from '../errors.ts'
import type { AttributeValue, Item } from '../values/item.ts'
import { inOrder } from '../values/set-order.ts'
import type { UpdateAction, UpdateOperand } from './update.ts'

const wrongType = () => validation('An operand in the update expression has an incorrect data type')
const wrongPath = () => validation('The document path provided in the update expression is invalid for update')

/**
 * An item as an update leaves it; the item that is handed in stays as it is. Every operand is taken from the item as it
 * was before, and places in lists are those before, too: what is removed leaves no gap, and what is set beyond the end of a
 * list comes after its last element, in the order of the places that were named.
 *
 * @param before  what is changed: the item, or for a new one its key
 * @param isNew  from an item that is not there anything may be removed
 * @throws ValidationException
 */
export function applyUpdate (before: Item, actions: readonly UpdateAction[], isNew: boolean): Item {
  const draft = new Draft(before)
  for (const action of actions) {
    const value = valueOf(action, before)
    const parent = draft.parentOf(action.path)
    if (parent) parent.set(value)
    else if (!(isNew && action.type === 'remove')) throw wrongPath()
  }
  return draft.finish()
}

/** The value that an action leaves at its path; `undefined` for none. */
function valueOf (action: UpdateAction, before: Item): AttributeValue | undefined {
  switch (action.type) {
    case 'set': return resolve(action.val, before)
    case 'remove': return undefined
    case 'add': return added(valueAt(before, action.path), action.val)
    case 'delete': return without(valueAt(before, action.path), action.val)
  }
}

function resolve (operand: UpdateOperand, item: Item): AttributeValue {
  if (Array.isArray(operand)) {
    const value = valueAt(item, operand)
    if (!value) throw validation('The provided expression refers to an attribute that does not exist in the item')
    return value
  }
  if (!('args' in operand)) return operand
  const [first, second] = operand.args
  if (operand.type === 'function') {
    if (operand.name === 'if_not_exists') return valueAt(item, first as Path) ?? resolve(second, item) // the parser ensures that it is a path
    const head = resolve(first, item).L
    const tail = resolve(second, item).L
    if (!head || !tail) throw wrongType()
    return { L: [...head, ...tail] }
  }
  const one = resolve(first, item).N
  const other = resolve(second, item).N
  if (one === undefined || other === undefined) throw wrongType()
  return sum(one, other, operand.type === 'subtract')
}

function sum (one: string, other: string, subtract = false): AttributeValue {
  const right = storedNumber(other)
  const result = addNumbers(storedNumber(one), subtract ? negated(right) : right)
  if (typeof result === 'string') throw validation(result)
  return { N: formatNumber(result) }
}

/** ADD: a sum, or a set with more members. */
function added (existing: AttributeValue | undefined, value: AttributeValue, mismatch = wrongType): AttributeValue {
  if (!existing) return value
  if (typeOf(existing) !== typeOf(value)) throw mismatch()
  if (value.N !== undefined) return sum(existing.N!, value.N)
  const type = typeOf(value) as 'SS' | 'NS' | 'BS' // nothing else can be added
  return { [type]: inOrder(type, [...new Set([...membersOf(existing)!, ...membersOf(value)!])]) }
}

/** DELETE: a set with fewer members, or none at all. */
function without (existing: AttributeValue | undefined, value: AttributeValue, mismatch = wrongType): AttributeValue | undefined {
  if (!existing) return undefined
  if (typeOf(existing) !== typeOf(value)) throw mismatch()
  const gone = new Set(membersOf(value))
  const left = membersOf(existing)!.filter((member) => !gone.has(member))
  return left.length > 0 ? { [typeOf(value)!]: left } : undefined
}

/** `AttributeUpdates`: how an attribute is changed in the legacy form. */
export interface AttributeUpdate { Action?: string, Value?: AttributeValue }

/**
 * An item as `AttributeUpdates` leave it; ADD appends to lists, too.
 * @throws ValidationException
 */
export function applyAttributeUpdates (before: Item, updates: Record<string, AttributeUpdate>): Item {
  const mismatch = () => validation('Type mismatch for attribute to update')
  const after = copyOf(before)
  for (const [name, { Action = 'PUT', Value }] of Object.entries(updates)) {
    const existing = valueAt(before, [name])
    let value = Value
    if (Action === 'ADD') value = Value!.L ? appended(existing, Value!.L, mismatch) : added(existing, Value!, mismatch) // it has one, by `custom`
    if (Action === 'DELETE') value = Value && without(existing, Value, mismatch)
    if (value) define(after, name, value)
    else delete after[name]
  }
  return after
}

function appended (existing: AttributeValue | undefined, elements: AttributeValue[], mismatch: () => Error): AttributeValue {
  if (existing && !existing.L) throw mismatch()
  return { L: [...existing?.L ?? [], ...elements] }
}

interface ListChange { list: AttributeValue[], removed: Set<number>, beyond: Map<number, AttributeValue> }

/** A copy of an item, made only where it is changed. */
class Draft {
  readonly #item: Item
  /** Containers that are copies already. */
  readonly #copies = new Set<object>()
  readonly #lists = new Map<AttributeValue[], ListChange>()

  constructor (before: Item) {
    this.#item = copyOf(before)
  }

  /** The container of a path's last element; `undefined` if it does not exist. */
  parentOf (path: Path): { set (value: AttributeValue | undefined): void } | undefined {
    let container: Item | AttributeValue[] = this.#item
    for (const piece of path.slice(0, -1)) {
      const value: AttributeValue | undefined = childOf(container, piece)
      const inside = value?.M ?? value?.L
      if (!inside) return undefined
      container = this.#copied(container, piece, inside)
    }
    const last = path.at(-1)!
    if (Array.isArray(container) !== (typeof last === 'number')) return undefined
    if (Array.isArray(container)) {
      const list = this.#listChange(container)
      return { set: (value) => setElement(list, last as number, value) }
    }
    const members = container
    return {
      set (value) {
        if (value) define(members, last as string, value) // not a list, by the check above
        else delete members[last]
      },
    }
  }

  finish (): Item {
    for (const { list, removed, beyond } of this.#lists.values()) {
      const kept = list.filter((_, index) => !removed.has(index))
      const appended = [...beyond].sort(([one], [other]) => one - other).map(([, value]) => value)
      list.length = 0
      for (const element of [...kept, ...appended]) list.push(element)
    }
    return this.#item
  }

  #copied (container: Item | AttributeValue[], piece: string | number, inside: Item | AttributeValue[]): Item | AttributeValue[] {
    if (this.#copies.has(inside)) return inside
    const copy = Array.isArray(inside) ? [...inside] : copyOf(inside)
    this.#copies.add(copy)
    const replaced: AttributeValue = Array.isArray(copy) ? { L: copy } : { M: copy }
    if (Array.isArray(container)) container[piece as number] = replaced // found there
    else define(container, piece as string, replaced)
    return copy
  }

  #listChange (list: AttributeValue[]): ListChange {
    let change = this.#lists.get(list)
    if (!change) this.#lists.set(list, change = { list, removed: new Set(), beyond: new Map() })
    return change
  }
}

function setElement ({ list, removed, beyond }: ListChange, index: number, value: AttributeValue | undefined): void {
  if (!value) removed.add(index)
  else if (index < list.length) list[index] = value
  else beyond.set(index, value)
}

function childOf (container: Item | AttributeValue[], piece: string | number): AttributeValue | undefined {
  if (Array.isArray(container)) return typeof piece === 'number' ? container[piece] : undefined
  return typeof piece === 'string' && Object.hasOwn(container, piece) ? container[piece] : undefined
}

/** Spreads a member named `__proto__` as an own member. */
function copyOf (members: Item): Item {
  return Object.fromEntries(Object.entries(members))
}

function define (members: Item, name: string, value: AttributeValue): void {
  Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true })
}
