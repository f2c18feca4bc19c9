import { partitionOf, type Partition } from '../../capacity/partition-keys.ts'
import type { Usage } from '../../capacity/usage.ts'
import { meets } from '../../expressions/evaluate.ts'
import type { Column, SelectPlan } from '../../partiql/select-plan.ts'
import type { EarlierView } from '../../storage/change-log/earlier-view.ts'
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
  /** What reading it costs. */
  readonly usage: Usage
}

/** Reads one page: the ranges one after another, up to `Limit` items or 1 MB in all. */
export async function runSelect (
  reader: ItemReader, plan: SelectPlan, { Limit = Infinity, ConsistentRead = false, from, view }: { Limit?: number, ConsistentRead?: boolean, from?: PagePosition, view?: EarlierView }
): Promise<SelectedPage> {
  const items: Item[] = []
  let scanned = 0
  let bytes = 0
  let units = 0
  const partitions: { partition: Partition, units: number }[] = []
  let next: PagePosition | undefined
  for (let range = from?.range ?? 0; range < plan.ranges.length && !next; range++) {
    const whole = plan.ranges[range]!
    const part = from?.range === range ? rangeAfter(whole, from.key, plan) : whole
    const page = await readItems(reader, { ...plan, range: part }, { Limit: Limit - scanned, ConsistentRead, ...(view && { view }) }, PAGE_BYTES - bytes)
    items.push(...page.items)
    scanned += page.items.length
    bytes += page.bytes
    const total = reader.meter.units().reduce((sum, { readUnits }) => sum + readUnits, 0)
    // All items of a range have one partition key, unless it is all of the table.
    if (!plan.isScan && page.items[0]) partitions.push({ partition: partitionOf(page.items[0], (plan.index ?? plan.table).KeySchema), units: total - units })
    units = total
    const isLast = range === plan.ranges.length - 1
    // There can be no second item under a whole key.
    if (page.isFull && !(isLast && plan.key)) next = { range, key: lastKey(page.items, plan) }
  }
  const found = plan.filter ? items.filter((item) => meets(item, plan.filter!.expression)) : items
  return { items: found.map((item) => selected(item, plan.columns)), scanned, next, usage: { table: plan.table, kind: 'Read', units, partitions, ...(plan.index?.global && { index: plan.index.IndexName }) } }
}

/** The values of the selected paths, each under the name of its last part. */
export function selected (item: Item, columns: readonly Column[] | undefined): Item {
  if (!columns) return item
  return Object.fromEntries(columns.flatMap(({ path, name }) => {
    const value = valueAt(item, path)
    return value ? [[name, value]] : []
  }))
}
