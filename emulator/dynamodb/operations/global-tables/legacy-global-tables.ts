import { globalTableNotFound, notSupported } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { unbounded, type Shape } from '../../requests/shapes.ts'

/*
 * The operations on global tables of 2017, which AWS keeps for accounts that have some. This account has none: replicas of
 * today are part of UpdateTable.
 */

const globalTableName: Shape = { type: 'String', notNull: true, regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 }

/** An operation on one global table, which does not exist. */
function onNone (members: Record<string, Shape> = {}): DynamodbOperation<{ GlobalTableName: string }> {
  return {
    types: { GlobalTableName: globalTableName, ...members },
    run ({ GlobalTableName }, ctx) {
      ctx.notes.resource = GlobalTableName
      throw globalTableNotFound(GlobalTableName)
    },
  }
}

const updates = (type: string): Shape => ({ type: 'List', children: { type: `ValueStruct<${type}>`, children: { RegionName: 'String' } } })

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeGlobalTable.html
export const describeGlobalTable = onNone()

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeGlobalTableSettings.html
export const describeGlobalTableSettings = onNone()

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateGlobalTable.html
export const updateGlobalTable = onNone({ ReplicaUpdates: { ...updates('ReplicaUpdate') as object, type: 'List', notNull: true } })

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateGlobalTableSettings.html
export const updateGlobalTableSettings = onNone({ ReplicaSettingsUpdate: updates('ReplicaSettingsUpdate') })

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListGlobalTables.html
export const listGlobalTables: DynamodbOperation<object> = {
  types: { ExclusiveStartGlobalTableName: unbounded(globalTableName, 'notNull'), Limit: { type: 'Integer', greaterThanOrEqual: 1 }, RegionName: 'String' },
  run: () => ({ GlobalTables: [] }),
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateGlobalTable.html
export const createGlobalTable: DynamodbOperation<object> = {
  types: { GlobalTableName: globalTableName, ReplicationGroup: { type: 'List', notNull: true, children: { type: 'ValueStruct<Replica>', children: { RegionName: 'String' } } } },
  run () {
    throw notSupported('CreateGlobalTable')
  },
}
