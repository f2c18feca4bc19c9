import type { Operation } from '../core/operation.ts'
import type { DynamodbContext } from './context.ts'
import type { Item } from './values/item.ts'
import type { ConsumedCapacity, Meter } from './capacity/meter.ts'
import type { Shapes } from './requests/shapes.ts'

/** An operation of DynamoDB; `types` is in dynalite's grammar. */
export interface DynamodbOperation<I = any, O = object> extends Operation<DynamodbContext, I, O, Shapes> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: Shapes
  /** Throws errors that AWS reports alone, before it checks the bounds of `types`. */
  readonly beforeBounds?: (input: object) => void
  /**
   * Members that DynamoDB honours and this emulator does not: refused by name, and listed in GAPS.md. A dot separates a member
   * of a structure, or of each element of a list.
   */
  readonly refuses?: readonly string[]
}

/** The reports that every operation on items can return. */
export interface ReturnsCapacity {
  ReturnConsumedCapacity?: 'TOTAL' | 'INDEXES' | 'NONE'
}

/** What every operation gets. */
interface Metered { readonly meter: Meter }

/** Records for the trace what a call was about and what it consumed. */
export function note (ctx: DynamodbContext, work: Metered, { tables, keys, items, index }: { tables: string[], keys?: Item[], items?: number, index?: string }): void {
  ctx.notes.resource = tables.join(',')
  if (index !== undefined) ctx.notes.index = index
  if (keys) ctx.notes.keys = keys
  if (items !== undefined) ctx.notes.items = items
  ctx.notes.capacity = work.meter.units()
}

/** `ConsumedCapacity` of a call on one table, if requested. */
export function oneConsumed (input: ReturnsCapacity, work: Metered): { ConsumedCapacity?: ConsumedCapacity } {
  const { ReturnConsumedCapacity: detail } = input
  return detail === 'TOTAL' || detail === 'INDEXES' ? { ConsumedCapacity: work.meter.consumed(detail)[0] } : {}
}

/** `ConsumedCapacity` of a call on several tables, if requested. */
export function allConsumed (input: ReturnsCapacity, work: Metered, split = false): object {
  const { ReturnConsumedCapacity: detail } = input
  return detail === 'TOTAL' || detail === 'INDEXES' ? { ConsumedCapacity: work.meter.consumed(detail, split) } : {}
}

/** Whether an unparsed input has a member; see {@link DynamodbOperation.refuses}. */
export function hasMember (input: unknown, path: string): boolean {
  if (Array.isArray(input)) return input.some((element) => hasMember(element, path))
  if (input === null || typeof input !== 'object') return false
  const [name, ...rest] = path.split('.')
  const value = (input as Record<string, unknown>)[name!] // of any shape
  return rest.length === 0 ? value != null : hasMember(value, rest.join('.'))
}
