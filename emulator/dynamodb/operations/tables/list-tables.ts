import type { DynamodbOperation } from '../../operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
// Names are sorted by their bytes; the name to start after need not be that of a table.
export const listTables: DynamodbOperation<{ Limit?: number, ExclusiveStartTableName?: string }> = {
  types: {
    Limit: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: 100 },
    ExclusiveStartTableName: { type: 'String', regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 },
  },
  run ({ Limit = 100, ExclusiveStartTableName: after = '' }, ctx) {
    const names = ctx.store.tables.names().filter((name) => name > after)
    const TableNames = names.slice(0, Limit)
    return { TableNames, ...(names.length > Limit && { LastEvaluatedTableName: TableNames.at(-1) }) }
  },
}
