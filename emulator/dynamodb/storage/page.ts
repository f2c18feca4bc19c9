import type { Database, Range } from '../../core/storage/database.ts'
import { readUnits, type Arm, type Meter } from '../capacity/meter.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import { meets } from '../expressions/evaluate.ts'
import { meetsLegacy, type LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { Projection } from '../expressions/projection.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { project } from '../values/document-path.ts'
import { itemSize } from '../values/item-size.ts'
import type { Item } from '../values/item.ts'
import { encodeKey } from '../values/key-encoding.ts'
import { keys } from './keys.ts'

/** A range of encoded keys of one table or index. */
export type KeyRange = Range

/** One page to read, planned without looking at any item. */
export interface PagePlan {
  readonly table: TableRecord
  /** The index that is read in place of the table. */
  readonly index?: { readonly index: string, readonly global: boolean }
  readonly range: KeyRange
  /** Whether each item is fetched from the table, because the index does not have all that was asked for. */
  readonly fetches: boolean
  /** The attributes of `LastEvaluatedKey`. */
  readonly startKeyNames: readonly string[]
}

/** The members of a Query or Scan that decide what of a page is returned. */
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

/** One page as Query and Scan answer it. */
export interface Page { Count: number, ScannedCount: number, Items?: Item[], LastEvaluatedKey?: Item }

/** Where a page is read from, and where it is charged. */
export interface PageSource { readonly database: Database, readonly meter: Meter }

/** A page ends with the item that brings it to this many bytes, before any filter. */
const PAGE_BYTES = 1024 * 1024

/** How many entries are fetched from the store at a time. */
const CHUNK = 256

/** The one way to read a page of a table or index. */
export async function readPage (source: PageSource, plan: PagePlan, options: PageOptions): Promise<Page> {
  const { items, isFull } = await readItems(source, plan, options)
  const found = hasFilter(options) ? items.filter((item) => meetsFilter(item, options)) : items
  const page: Page = { Count: found.length, ScannedCount: items.length }
  if (isFull) page.LastEvaluatedKey = startKeyOf(items.at(-1)!, plan)
  if (options.Select !== 'COUNT') {
    const paths = options._projection?.paths ?? options.AttributesToGet
    page.Items = paths ? found.map((item) => project(item, paths)) : found
  }
  return page
}

/** Reads and charges the items of a page, before any filter. */
async function readItems (
  { database, meter }: PageSource, { table, index, range, fetches }: PagePlan, { Limit = Infinity, ConsistentRead }: PageOptions
): Promise<{ items: Item[], isFull: boolean }> {
  const { TableName } = table
  const prefix = index ? keys.indexEntry(TableName, index, '') : keys.item(TableName, '')
  const mode = ConsistentRead ? 'strong' : 'eventual'
  const items: Item[] = []
  let bytes = 0
  const isFull = () => items.length >= Limit || bytes >= PAGE_BYTES
  for await (const chunk of database.chunks(within(prefix, range), Math.min(Limit, CHUNK))) {
    for (const [, value] of chunk) {
      let item = value as Item // only items are written under these prefixes
      bytes += itemSize(item)
      if (fetches) {
        item = (database.get(keys.item(TableName, encodeKey(item, table.KeySchema))) as Item | undefined) ?? item
        meter.read(TableName, readUnits(itemSize(item), mode))
      }
      items.push(item)
      if (isFull()) break
    }
    if (isFull()) break
  }
  const arm: Arm = index ?? 'table'
  meter.read(TableName, readUnits(bytes, mode), arm)
  return { items, isFull: items.length > 0 && isFull() }
}

/** A range of a table or index as a range of the whole store. */
function within (prefix: string, { reverse, ...bounds }: KeyRange): Range {
  const range: Range = { reverse }
  for (const [name, value] of Object.entries(bounds)) if (value) range[name as 'gt'] = prefix + value
  if (!range.gt && !range.gte) range.gte = prefix
  // Keys consist of hexadecimal digits and slashes, which all sort before a tilde.
  if (!range.lt && !range.lte) range.lt = `${prefix}~`
  return range
}

function startKeyOf (item: Item, { startKeyNames }: PagePlan): Item {
  const key: Item = {}
  for (const name of startKeyNames) key[name] = item[name]!
  return key
}

function hasFilter ({ _filter, QueryFilter, ScanFilter }: PageOptions): boolean {
  return _filter !== undefined || QueryFilter !== undefined || ScanFilter !== undefined
}

function meetsFilter (item: Item, { _filter, QueryFilter, ScanFilter, ConditionalOperator }: PageOptions): boolean {
  if (_filter) return meets(item, _filter.expression)
  return meetsLegacy(item, QueryFilter ?? ScanFilter ?? {}, ConditionalOperator)
}
