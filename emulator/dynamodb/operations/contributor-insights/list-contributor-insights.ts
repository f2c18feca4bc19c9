import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import { described, targetTable } from './insights.ts'

const PAGE = 100

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListContributorInsights.html
// Lists tables and indexes whose setting was ever changed.
export const listContributorInsights: DynamodbOperation<{ TableName?: string, NextToken?: string, MaxResults?: number }> = {
  types: {
    TableName: { type: 'String', regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 },
    NextToken: 'String',
    MaxResults: { type: 'Integer', lessThanOrEqual: PAGE },
  },
  run ({ TableName, NextToken, MaxResults = PAGE }, ctx) {
    const tables = TableName === undefined ? ctx.store.tables.names().map((name) => ctx.store.tables.get(name)!) : [targetTable({ TableName }, ctx)]
    const all = tables.flatMap(summaries)
    const start = NextToken === undefined ? 0 : Number(NextToken)
    if (!Number.isInteger(start) || start < 0) throw validation('Invalid NextToken')
    const end = start + Math.max(1, MaxResults)
    return { ContributorInsightsSummaries: all.slice(start, end), ...(end < all.length && { NextToken: String(end) }) }
  },
}

function summaries ({ TableName, settings: { insights = {} } }: TableRecord) {
  return Object.entries(insights).map(([index, setting]) => described({ TableName, ...(index !== '' && { IndexName: index }) }, setting))
}
