import type { DynamodbOperation } from '../../operation.ts'
import { pageOf } from '../../requests/transfer-page.ts'
import { LONGEST_LIST, tableArnFilter } from '../../requests/transfer-shapes.ts'
import { summarizeRecord } from './import-description.ts'

export interface ListImportsInput { TableArn?: string, PageSize?: number, NextToken?: string }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListImports.html
// The oldest comes first; those that ended more than 90 days ago are left out.
export const listImports: DynamodbOperation<ListImportsInput> = {
  types: {
    TableArn: tableArnFilter,
    PageSize: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: LONGEST_LIST },
    NextToken: { type: 'String', regex: '([0-9a-f]{16})+', lengthGreaterThanOrEqual: 112, lengthLessThanOrEqual: 1024 },
  },
  run ({ TableArn, PageSize = LONGEST_LIST, NextToken }, { store, startedAt }) {
    const { page, next } = pageOf(store.imports.listed(TableArn), { size: PageSize, token: NextToken })
    return { ImportSummaryList: page.map((record) => summarizeRecord(record, startedAt)), ...(next !== undefined && { NextToken: next }) }
  },
}
