import { engine } from '../engine.ts'
import type { DynamodbOperation } from '../operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
export const listTables: DynamodbOperation<{ Limit?: number, ExclusiveStartTableName?: string }> = {
  types: engine.types('listTables'),
  custom: engine.custom('listTables'),
  run ({ Limit = 100, ExclusiveStartTableName: after = '' }, ctx) {
    const names = ctx.store.tables.names().filter((name) => name > after)
    const TableNames = names.slice(0, Limit)
    return { TableNames, ...(names.length > Limit && { LastEvaluatedTableName: TableNames.at(-1) }) }
  },
}
