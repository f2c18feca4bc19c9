import { engine } from '../engine.ts'
import { tableNotFound } from '../errors.ts'
import type { DynamodbOperation } from '../operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
export const describeTimeToLive: DynamodbOperation<{ TableName: string }> = {
  types: engine.types('describeTable'),
  run ({ TableName }, ctx) {
    ctx.notes.resource = TableName
    const table = ctx.store.tables.get(TableName)
    if (!table) throw tableNotFound(TableName)
    const setting = table.settings.timeToLive
    if (!setting) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }
    const settled = ctx.clock.now() >= setting.settledAt
    const TimeToLiveStatus = setting.enabled ? (settled ? 'ENABLED' : 'ENABLING') : (settled ? 'DISABLED' : 'DISABLING')
    const named = setting.enabled || !settled
    return { TimeToLiveDescription: { TimeToLiveStatus, ...(named && { AttributeName: setting.attribute }) } }
  },
}
