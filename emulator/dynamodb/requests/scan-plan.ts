import { validation } from '../errors.ts'
import type { KeyRange, PageOptions, PagePlan } from '../storage/page.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { encodeIndexKey, encodeKey, keyAttributes } from '../values/key-encoding.ts'
import { keyFault, keyPathsFault, keyPieceFault } from './key-checks.ts'
import { indexOf, needsTable, startKeyNames, type PageIndex } from './page-checks.ts'
import { checkAllAttributes } from './query-plan.ts'

/** A Scan's input, checked by itself. */
export interface ScanInput extends PageOptions {
  TableName: string
  IndexName?: string
  ExclusiveStartKey?: Item
  Segment?: number
  TotalSegments?: number
}

const INVALID_START = 'The provided starting key is invalid'

/**
 * Plans a Scan of a table or an index, or of one segment of it: which range of keys it reads.
 * @throws ValidationException
 */
export function planScan (table: TableRecord, input: ScanInput): PagePlan {
  const index = indexOf(table, input.IndexName)
  const names = startKeyNames(table, index)
  const start = input.ExclusiveStartKey
  if (start) checkStartShape(start, { table, index, names })
  checkAllAttributes(index, input)
  if (start) checkStartKey(start, table)
  const range = segmentOf(input)
  if (start) startAfter(range, { start, table, index, input })
  const fault = keyPathsFault(input._projection?.nestedPaths, table) ?? keyPathsFault(input._filter?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  return {
    table,
    range,
    startKeyNames: names,
    fetches: needsTable(table, index, input),
    ...(index && { index: { index: index.IndexName, global: index.global } }),
  }
}

/** Segments divide the first three of the six hexadecimal digits that keys begin with. */
function segmentOf ({ Segment = 0, TotalSegments = 1 }: ScanInput): KeyRange {
  const boundary = (segment: number) => Math.ceil(4096 * segment / TotalSegments)
  const digits = (number: number) => number.toString(16).padStart(3, '0')
  const range: KeyRange = {}
  if (Segment > 0) range.gt = digits(boundary(Segment))
  if (TotalSegments > 1) range.lt = `${digits(boundary(Segment + 1) - 1)}~`
  return range
}

function startAfter (range: KeyRange, { start, table, index, input }: { start: Item, table: TableRecord, index: PageIndex | undefined, input: ScanInput }): void {
  const tableKey = encodeKey(start, table.KeySchema)
  const key = index ? encodeIndexKey(start, index.KeySchema, tableKey) : tableKey
  if ((range.gt !== undefined && key < range.gt) || (range.lt !== undefined && key > range.lt)) {
    throw validation(`${INVALID_START}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
      `TotalSegments: ${input.TotalSegments} Segment: ${input.Segment}`)
  }
  range.gt = key
}

function checkStartShape (start: Item, { table, index, names }: { table: TableRecord, index: PageIndex | undefined, names: string[] }): void {
  if (Object.keys(start).length !== names.length) {
    throw validation(index ? INVALID_START : `${INVALID_START}: The provided key element does not match the schema`)
  }
  for (const { AttributeName: name, KeyType } of index?.KeySchema ?? []) {
    if (!Object.hasOwn(start, name)) throw validation(INVALID_START)
    const { AttributeType: type } = table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)! // a key's attributes are defined
    const fault = keyPieceFault(start, { name, type, isHash: KeyType === 'HASH' })
    if (fault !== undefined) throw validation(fault)
  }
}

function checkStartKey (start: Item, table: TableRecord): void {
  const fault = keyFault(keyAttributes(start, table.KeySchema), table)
  if (fault !== undefined) throw validation(`${INVALID_START}: ${fault}`)
}
