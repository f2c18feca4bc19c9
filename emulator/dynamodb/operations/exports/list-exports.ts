import type { DynamodbOperation } from '../../operation.ts'
import { pageOf } from '../../requests/transfer-page.ts'
import { LONGEST_LIST, tableArnFilter } from '../../requests/transfer-shapes.ts'
import { statusOfTransfer } from '../../storage/transfers.ts'

export interface ListExportsInput { TableArn?: string, MaxResults?: number, NextToken?: string }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListExports.html
// The oldest comes first; those that ended more than 90 days ago are left out.
export const listExports: DynamodbOperation<ListExportsInput> = {
  types: {
    TableArn: tableArnFilter,
    MaxResults: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: LONGEST_LIST },
    NextToken: 'String',
  },
  run ({ TableArn, MaxResults = LONGEST_LIST, NextToken }, { store, startedAt }) {
    const { page, next } = pageOf(store.exports.listed(TableArn), { size: MaxResults, token: NextToken })
    return {
      ExportSummaries: page.map((record) => ({ ExportArn: record.arn, ExportStatus: statusOfTransfer(record, startedAt), ExportType: record.scope.type })),
      ...(next !== undefined && { NextToken: next }),
    }
  },
}
