import { meets } from '../../expressions/evaluate.ts'
import type { Column, SelectPlan } from '../../partiql/select-plan.ts'
import type { ItemReader } from '../../storage/item-reader.ts'
import { lastKey, PAGE_BYTES, readItems } from '../../storage/page.ts'
import { valueAt } from '../../values/document-path.ts'
import type { Item } from '../../values/item.ts'
import { rangeAfter, type PagePosition } from './next-token.ts'

/** One page of what a SELECT finds. */
export interface SelectedPage {
  readonly items: Item[]
  /** How many items were read, before the WHERE clause filtered them. */
  readonly scanned: number
  /** Where the next page begins, if there may be more. */
  readonly next: PagePosition | undefined
}

/** Reads one page: the ranges one after another, up to `Limit` items or 1 MB in all. */
export async function runSelect (
  reader: ItemReader, plan: SelectPlan, { Limit = Infinity, ConsistentRead = false, from }: { Limit?: number, ConsistentRead?: boolean, from?: PagePosition }
): Promise<SelectedPage> {
  const items: Item[] = []
  let scanned = 0
  let bytes = 0
  let next: PagePosition | undefined
  for (let range = from?.range ?? 0; range < plan.ranges.length && !next; range++) {
    const whole = plan.ranges[range]!
    const part = from?.range === range ? rangeAfter(whole, from.key, plan) : whole
    const page = await readItems(reader, { ...plan, range: part }, { Limit: Limit - scanned, ConsistentRead }, PAGE_BYTES - bytes)
    items.push(...page.items)
    scanned += page.items.length
    bytes += page.bytes
    const isLast = range === plan.ranges.length - 1
    // There can be no second item under a whole key.
    if (page.isFull && !(isLast && plan.key)) next = { range, key: lastKey(page.items, plan) }
  }
  const found = plan.filter ? items.filter((item) => meets(item, plan.filter!.expression)) : items
  return { items: found.map((item) => selected(item, plan.columns)), scanned, next }
}

/** The values of the selected paths, each under the name of its last part. */
export function selected (item: Item, columns: readonly Column[] | undefined): Item {
  if (!columns) return item
  return Object.fromEntries(columns.flatMap(({ path, name }) => {
    const value = valueAt(item, path)
    return value ? [[name, value]] : []
  }))
}
