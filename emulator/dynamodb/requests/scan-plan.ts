import { validation } from '../errors.ts'
import type { Range } from '../../core/storage/database.ts'
import type { PageOptions } from '../storage/page.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { keyPathsFault } from './key-checks.ts'
import type { PageIndex } from './page-checks.ts'
import { checkAllAttributes } from './query-plan.ts'
import { checkStartKey, checkStartShape, INVALID_START, startPlace } from './start-key.ts'

/** A Scan's input, checked by itself. */
export interface ScanInput extends PageOptions {
  TableName: string
  IndexName?: string
  ExclusiveStartKey?: Item
  Segment?: number
  TotalSegments?: number
}

/**
 * Plans a Scan of a table or an index, or of one segment of it: the range of keys to read.
 * @throws ValidationException
 */
export function planScan (table: TableRecord, index: PageIndex | undefined, input: ScanInput): Range {
  const start = input.ExclusiveStartKey
  const message = index ? INVALID_START : `${INVALID_START}: The provided key element does not match the schema`
  if (start) checkStartShape(start, table, index, { schema: index?.KeySchema ?? [], message })
  checkAllAttributes(index, input)
  if (start) checkStartKey(start, table)
  const range = segmentOf(input)
  if (start) startAfter(range, startPlace(start, table, index), input)
  const fault = keyPathsFault(input._projection?.nestedPaths, table) ?? keyPathsFault(input._filter?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  return range
}

/** Segments divide the first three of the six hexadecimal digits that keys begin with. */
function segmentOf ({ Segment = 0, TotalSegments = 1 }: ScanInput): Range {
  const boundary = (segment: number) => Math.ceil(4096 * segment / TotalSegments)
  const digits = (number: number) => number.toString(16).padStart(3, '0')
  const range: Range = {}
  if (Segment > 0) range.gt = digits(boundary(Segment))
  if (TotalSegments > 1) range.lt = `${digits(boundary(Segment + 1) - 1)}~`
  return range
}

function startAfter (range: Range, place: string, { Segment, TotalSegments }: ScanInput): void {
  if ((range.gt !== undefined && place < range.gt) || (range.lt !== undefined && place > range.lt)) {
    throw validation(`${INVALID_START}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
      `TotalSegments: ${TotalSegments} Segment: ${Segment}`)
  }
  range.gt = place
}
