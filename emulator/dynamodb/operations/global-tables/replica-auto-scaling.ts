import { notSupported, tableNotFound } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'
import { describeReplicas } from '../../tables/replicas.ts'
import { statusOf } from '../../tables/table-record.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTableReplicaAutoScaling.html
// Its scaling in each region is Application Auto Scaling's, and not shown here.
export const describeTableReplicaAutoScaling: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run ({ TableName }, ctx) {
    ctx.notes.resource = TableName
    const table = ctx.store.tables.get(TableName)
    if (!table) throw tableNotFound(TableName)
    const now = ctx.clock.now()
    const { Replicas = [] } = describeReplicas(table, now) as { Replicas?: { RegionName: string, ReplicaStatus: string }[] } // as it makes them
    const own = { RegionName: ctx.region, ReplicaStatus: 'ACTIVE' }
    const shown = Replicas.length > 0 ? [own, ...Replicas.map(({ RegionName, ReplicaStatus }) => ({ RegionName, ReplicaStatus }))] : []
    return { TableAutoScalingDescription: { TableName, TableStatus: statusOf(table, now), Replicas: shown } }
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
