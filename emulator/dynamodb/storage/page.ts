import { engine } from '../requests/dynalite.ts'
import type { Item } from '../values/item.ts'
import { indexOf, unprojected } from '../requests/page-checks.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Database, Range } from '../../core/storage/database.ts'
import { keys } from './keys.ts'
import { itemSize } from '../values/item-size.ts'
import { readUnits, type Meter } from '../capacity/meter.ts'
import { project } from '../values/document-path.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import { meets } from '../expressions/evaluate.ts'
import type { Projection } from '../expressions/projection.ts'
import { meetsLegacy, type LegacyConditions } from '../expressions/legacy-conditions.ts'

/** A Query's or Scan's input, once dynalite has validated it. */
interface PageRequest {
  TableName: string
  IndexName?: string
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

/** A page ends with the item that takes it to this many bytes, before any filter. */
const PAGE_BYTES = 1024 * 1024

/** How many entries are fetched from the store at a time. */
const CHUNK = 256

/** What a page is read from, and charged to. */
export interface PageSource { readonly database: Database, readonly meter: Meter }

/** dynalite's arguments, by name. */
export interface PageInput {
  table: TableRecord
  request: PageRequest
  range: Range & { limit?: number }
  isLocal: boolean
  /** `Select=ALL_ATTRIBUTES` on an index that does not project them all. */
  fetchFromTable: boolean
  /** The members of a `LastEvaluatedKey`. */
  startKeyNames: string[]
}

/**
 * Reads one page of a Query or Scan from the ordered store. Replaces dynalite's, which goes through Node streams: those
 * are its slow spot, and an exception in their callbacks would end the process.
 */
export async function queryTable ({ database, meter }: PageSource, { table, request, range, isLocal, fetchFromTable, startKeyNames }: PageInput): Promise<object> {
  const { limit: _limit, ...bounds } = range
  const { TableName, IndexName, Limit = Infinity } = request
  const index = IndexName === undefined ? undefined : { index: IndexName, global: !isLocal }
  const prefix = index ? keys.indexEntry(TableName, index, '') : keys.item(TableName, '')
  // A local index fetches from the table whatever it does not have itself.
  const local = isLocal ? indexOf(table, IndexName) : undefined
  const fetches = fetchFromTable || (local !== undefined && unprojected(table, local, request).length > 0)
  const mode = request.ConsistentRead ? 'strong' : 'eventual'

  const items: Item[] = []
  let pageBytes = 0
  const full = () => items.length >= Limit || pageBytes >= PAGE_BYTES

  for await (const chunk of database.chunks(within(prefix, bounds), Math.min(Limit, CHUNK))) {
    for (const [, value] of chunk) {
      let item = value as Item // only items are written under these prefixes
      pageBytes += itemSize(item)
      if (fetches) {
        item = (database.get(keys.item(TableName, engine.createKey(item, table))) as Item | undefined) ?? item
        meter.read(TableName, readUnits(itemSize(item), mode))
      }
      items.push(item)
      if (full()) break
    }
    if (full()) break
  }
  meter.read(TableName, readUnits(pageBytes, mode), index ?? 'table')

  const page: Record<string, unknown> = { ScannedCount: items.length }
  const last = items.at(-1)
  if (last && full()) page.LastEvaluatedKey = Object.fromEntries(startKeyNames.map((name) => [name, last[name]]))
  const found = items.filter((item) => matches(item, request))
  page.Count = found.length
  if (request.Select !== 'COUNT') {
    const paths = request._projection?.paths ?? request.AttributesToGet
    page.Items = paths ? found.map((item) => project(item, paths)) : found
  }
  return page
}

/** A range of an index or table, as a range of the whole store. */
function within (prefix: string, { reverse, ...bounds }: Range): Range {
  const range: Range = { reverse }
  for (const [name, value] of Object.entries(bounds)) if (value) range[name as 'gt'] = prefix + value
  if (!range.gt && !range.gte) range.gte = prefix
  // Keys are made of hexadecimal digits and slashes, which all come before a tilde.
  if (!range.lt && !range.lte) range.lt = `${prefix}~`
  return range
}

function matches (item: Item, { _filter, QueryFilter, ScanFilter, ConditionalOperator }: PageRequest): boolean {
  if (_filter) return meets(item, _filter.expression)
  const filter = QueryFilter ?? ScanFilter
  return filter ? meetsLegacy(item, filter, ConditionalOperator) : true
}
