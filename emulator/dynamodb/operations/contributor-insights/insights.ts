import type { DynamodbContext } from '../../context.ts'
import { indexNotFound, tableNotFound } from '../../errors.ts'
import type { Shape } from '../../requests/shapes.ts'
import type { InsightsSetting, TableRecord } from '../../tables/table-record.ts'

/** A table, or one of its global indexes. */
export interface InsightsTarget { TableName: string, IndexName?: string }

export const insightsMode: Shape = { type: 'String', enum: ['ACCESSED_AND_THROTTLED_KEYS', 'THROTTLED_KEYS'] }

/** @throws ResourceNotFoundException if there is no such table or index */
export function targetTable ({ TableName, IndexName }: InsightsTarget, { store, notes }: DynamodbContext): TableRecord {
  notes.resource = TableName
  const table = store.tables.get(TableName)
  if (!table) throw tableNotFound(TableName)
  if (IndexName !== undefined && !table.GlobalSecondaryIndexes?.some((index) => index.IndexName === IndexName)) throw indexNotFound(IndexName, TableName)
  return table
}

/** The setting of the table or of an index; `undefined` if it was never changed. */
export function settingOf ({ settings: { insights = {} } }: TableRecord, IndexName = ''): InsightsSetting | undefined {
  return insights[IndexName]
}

/** The members that every answer about a table or an index has. */
export function described ({ TableName, IndexName }: InsightsTarget, setting: InsightsSetting | undefined) {
  return {
    TableName,
    ...(IndexName !== undefined && { IndexName }),
    ContributorInsightsStatus: setting?.enabled ? 'ENABLED' : 'DISABLED',
    ...(setting?.enabled && { ContributorInsightsMode: setting.mode }),
  }
}

/** The names of CloudWatch's rules for accessed keys and throttled keys; a table with a sort key has some for both. */
export function rulesOf (table: TableRecord, { IndexName }: InsightsTarget, { mode, changedAt }: InsightsSetting): string[] {
  const { KeySchema } = table.GlobalSecondaryIndexes?.find((index) => index.IndexName === IndexName) ?? table
  const keys = KeySchema.length > 1 ? ['PK', 'SK'] : ['PK']
  const kinds = mode === 'THROTTLED_KEYS' ? ['T'] : ['C', 'T']
  const name = [table.TableName, ...(IndexName === undefined ? [] : [IndexName])].join('-')
  return keys.flatMap((key) => kinds.map((kind) => `DynamoDBContributorInsights-${key}${kind}-${name}-${changedAt}`))
}
