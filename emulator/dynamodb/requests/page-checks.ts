import { validation } from '../errors.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import type { Projection } from '../expressions/projection.ts'
import type { IndexKeys } from '../values/item.ts'
import { emptyKeyFault } from './key-checks.ts'
import type { LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { TableRecord } from '../tables/table-record.ts'

/** An index that a Query or Scan names. */
export type PageIndex = IndexKeys & { global: boolean }

/** The members of a Query's or Scan's input that are checked against the table. */
export interface PageSelection {
  IndexName?: string
  ConsistentRead?: boolean
  Select?: string
  AttributesToGet?: string[]
  KeyConditions?: LegacyConditions
  QueryFilter?: LegacyConditions
  _projection?: Projection
  _filter?: ParsedCondition
}

/**
 * Checks the index, that no key is empty, and that the index has the requested attributes. A local index fetches missing
 * attributes from the table, except for a filter; in a Scan's filter they are absent.
 * @throws ValidationException
 */
export function checkPage (table: TableRecord, input: PageSelection): PageIndex | undefined {
  const index = indexOf(table, input.IndexName)
  if (input.IndexName !== undefined && !index) throw validation(`The table does not have the specified index: ${input.IndexName}`)
  if (index?.global && input.ConsistentRead) throw validation('Consistent reads are not supported on global secondary indexes')
  for (const [name, { AttributeValueList = [] }] of Object.entries(input.KeyConditions ?? {})) {
    for (const value of AttributeValueList) {
      const fault = emptyKeyFault(value, name)
      if (fault !== undefined) throw validation(fault)
    }
  }
  if (!index) return undefined
  const lacking = unprojected(table, index, input)
  if (index.global && lacking.length > 0) {
    throw validation(`One or more parameter values were invalid: Global secondary index ${index.IndexName} does not project [${lacking.join(', ')}]`)
  }
  if (!input.KeyConditions) return index
  const filtered = notIn(table, index, Object.keys(input.QueryFilter ?? input._filter?.pathHeads ?? {})).sort()
  if (filtered.length > 0) {
    throw validation(`One or more parameter values were invalid: Secondary index ${index.IndexName} does not project one or more filter attributes: [${filtered.join(', ')}]`)
  }
  return index
}

/** The requested attributes that an index does not have. */
function unprojected (table: TableRecord, index: IndexKeys, { _projection, AttributesToGet = [] }: PageSelection): string[] {
  return notIn(table, index, _projection ? _projection.paths.map(([name]) => String(name)) : AttributesToGet)
}

/** Those of some attributes that an index does not project. */
export function notIn (table: TableRecord, index: IndexKeys, names: readonly string[]): string[] {
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection
  if (ProjectionType === 'ALL') return []
  const there = new Set([...[...index.KeySchema, ...table.KeySchema].map(({ AttributeName }) => AttributeName), ...NonKeyAttributes])
  return [...new Set(names)].filter((name) => !there.has(name))
}

/** Whether each item is fetched from the table: a local index does so for attributes that it does not project. */
export function needsTable (table: TableRecord, index: PageIndex | undefined, input: PageSelection): boolean {
  if (!index || index.global || index.Projection.ProjectionType === 'ALL') return false
  return input.Select === 'ALL_ATTRIBUTES' || unprojected(table, index, input).length > 0
}

/** An index of a table, and its kind. */
export function indexOf (table: TableRecord, name: string | undefined): PageIndex | undefined {
  if (name === undefined) return undefined
  const global = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name)
  if (global) return { ...global, global: true }
  const local = table.LocalSecondaryIndexes?.find(({ IndexName }) => IndexName === name)
  return local && { ...local, global: false }
}
