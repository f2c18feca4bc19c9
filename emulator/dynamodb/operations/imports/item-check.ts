import { AwsError } from '../../../core/errors.ts'
import type { Limits } from '../../limits.ts'
import { checkShape } from '../../requests/dynalite.ts'
import { putItemRules } from '../../requests/item-rules.ts'
import { itemKeysFault } from '../../requests/key-checks.ts'
import { attributes } from '../../requests/shapes.ts'
import { compileShapes } from '../../requests/well-formed.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import { messageOf } from './item-source.ts'

const shapes = { Item: attributes }

/** Checks items as PutItem does: their values, their size, and the keys of a table and its indexes. */
export function itemCheck (table: TableRecord, limits: Limits): (item: unknown) => { item: Item } | { fault: string } {
  const accepts = compileShapes(shapes)
  return (given) => {
    try {
      const input = { Item: given }
      const { Item: item } = (accepts(input) ? input : checkShape(shapes, input)) as { Item: Item } // as the check returns it
      putItemRules({ Item: item }, { limits })
      const fault = itemKeysFault(item, table)
      return fault === undefined ? { item } : { fault }
    } catch (error) {
      // A RangeError means that a value is nested so deeply that it exhausts the stack.
      if (error instanceof AwsError || error instanceof RangeError) return { fault: messageOf(error) || 'The item cannot be read' }
      throw error
    }
  }
}
