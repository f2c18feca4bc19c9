import type { Range } from '../../core/storage/database.ts'
import { readUnits } from '../capacity/meter.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import { meets } from '../expressions/evaluate.ts'
import { meetsLegacy, type LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { Projection } from '../expressions/projection.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { project } from '../values/document-path.ts'
import { itemSize } from '../values/item-size.ts'
import type { Item } from '../values/item.ts'
import { encodeKey } from '../values/key-encoding.ts'
import type { EarlierView } from './change-log/earlier-view.ts'
import type { ItemReader } from './item-reader.ts'
import { keys } from './keys.ts'

/** The index that a page is read from. */
export interface IndexPlace { readonly IndexName: string, readonly global: boolean }

/** One page to read, planned without reading any item. */
export interface PagePlan {
  readonly table: TableRecord
  /** The index that is read instead of the table. */
  readonly index: IndexPlace | undefined
  readonly range: Range
  /** Whether each item is fetched from the table, because the index lacks requested attributes. */
  readonly fetches: boolean
  /** The attributes of `LastEvaluatedKey`. */
  readonly startKeyNames: readonly string[]
}

/** The members of a Query or Scan that decide which part of a page is returned. */
export interface PageOptions {
  Limit?: number
  ConsistentRead?: boolean
  Select?: string
  AttributesToGet?: string[]
  QueryFilter?: LegacyConditions
  ScanFilter?: LegacyConditions
  ConditionalOperator?: string
  _filter?: ParsedCondition
  _projection?: Projection
}

/** One page as returned by Query and Scan. */
export interface Page { Count: number, ScannedCount: number, Items?: Item[], LastEvaluatedKey?: Item }

/** A page ends with the item that reaches this many bytes, before any filter. */
export const PAGE_BYTES = 1024 * 1024

/** How many entries are fetched from the store at a time. */
const CHUNK = 256

/**
 * The one way to read a page of a table or index.
 * @param options.view  the table as it is to be seen, where that is not as it is
 */
export async function readPage (source: ItemReader, plan: PagePlan, options: PageOptions & { view?: EarlierView }): Promise<Page> {
  const { items, isFull } = await readItems(source, plan, options)
  const filter = filterOf(options)
  const found = filter ? items.filter(filter) : items
  const page: Page = { Count: found.length, ScannedCount: items.length }
  if (isFull) page.LastEvaluatedKey = lastKey(items, plan)
  if (options.Select !== 'COUNT') {
    const paths = options._projection?.paths ?? options.AttributesToGet
    page.Items = paths ? found.map((item) => project(item, paths)) : found
  }
  return page
}

/** The key from which the next page is read. */
export function lastKey (items: readonly Item[], { startKeyNames }: Pick<PagePlan, 'startKeyNames'>): Item {
  return Object.fromEntries(startKeyNames.map((name) => [name, items.at(-1)![name]!]))
}

/** The items of a page before any filter, how many bytes they have, and whether the page ended before its range did. */
export interface ReadItems { readonly items: Item[], readonly bytes: number, readonly isFull: boolean }

/** Reads and charges the items of a page, before any filter. */
export async function readItems (
  { database, meter }: ItemReader, { table, index: place, range, fetches }: PagePlan,
  { Limit = Infinity, ConsistentRead, view }: PageOptions & { view?: EarlierView }, mostBytes = PAGE_BYTES
): Promise<ReadItems> {
  const { TableName } = table
  const index = place && { index: place.IndexName, global: place.global }
  const prefix = index ? keys.indexEntry(TableName, index, '') : keys.item(TableName, '')
  const mode = ConsistentRead ? 'strong' : 'eventual'
  const items: Item[] = []
  let bytes = 0
  const isFull = () => items.length >= Limit || bytes >= mostBytes
  const size = Math.min(Limit, CHUNK)
  for await (const chunk of view ? view.chunks(within(prefix, range), size, index) : database.chunks(within(prefix, range), size)) {
    for (const [, value] of chunk) {
      let item = value as Item // only items are written under these prefixes
      bytes += itemSize(item)
      if (fetches) {
        const place = encodeKey(item, table.KeySchema)
        item = (view ? await view.item(place) : database.get(keys.item(TableName, place)) as Item | undefined) ?? item
        meter.read(TableName, readUnits(itemSize(item), mode))
      }
      items.push(item)
      if (isFull()) break
    }
    if (isFull()) break
  }
  meter.read(TableName, readUnits(bytes, mode), index ?? 'table')
  return { items, bytes, isFull: items.length > 0 && isFull() }
}

/** A range of a table or index as a range of the whole store. */
function within (prefix: string, { reverse, ...bounds }: Range): Range {
  const range: Range = { reverse }
  for (const [name, value] of Object.entries(bounds)) if (value) range[name as 'gt'] = prefix + value
  if (!range.gt && !range.gte) range.gte = prefix
  // Keys consist of hexadecimal digits and slashes, which all sort before a tilde.
  if (!range.lt && !range.lte) range.lt = `${prefix}~`
  return range
}

function filterOf ({ _filter, QueryFilter, ScanFilter, ConditionalOperator }: PageOptions): ((item: Item) => boolean) | undefined {
  if (_filter) return (item) => meets(item, _filter.expression)
  const conditions = QueryFilter ?? ScanFilter
  return conditions && ((item) => meetsLegacy(item, conditions, ConditionalOperator))
}
