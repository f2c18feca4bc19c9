import { tableNotFound } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { describeTable as describe } from '../../tables/table-description.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
// ItemCount and the sizes are exact and immediate; AWS updates them about every six hours.
export const describeTable: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run ({ TableName }, ctx) {
    ctx.notes.resource = TableName
    const table = ctx.store.tables.get(TableName)
    if (!table) throw tableNotFound(TableName)
    return { Table: describe(table, { now: ctx.clock.now(), holdings: (index) => ctx.store.holdings(TableName, index), limits: ctx.limits }) }
  },
}
