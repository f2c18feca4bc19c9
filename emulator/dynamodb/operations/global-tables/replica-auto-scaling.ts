import { notSupported, tableNotFound } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'
import { statusOf } from '../../tables/table-record.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTableReplicaAutoScaling.html
// A table has no replicas here.
export const describeTableReplicaAutoScaling: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run ({ TableName }, ctx) {
    ctx.notes.resource = TableName
    const table = ctx.store.tables.get(TableName)
    if (!table) throw tableNotFound(TableName)
    return { TableAutoScalingDescription: { TableName, TableStatus: statusOf(table, ctx.clock.now()), Replicas: [] } }
  },
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTableReplicaAutoScaling.html
export const updateTableReplicaAutoScaling: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run ({ TableName }, ctx) {
    ctx.notes.resource = TableName
    if (!ctx.store.tables.get(TableName)) throw tableNotFound(TableName)
    throw notSupported('UpdateTableReplicaAutoScaling')
  },
}
