import { tableNotFound, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { lasts } from '../../tables/lasts.ts'
import { isUsable, statusOf } from '../../tables/table-record.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
export const describeTimeToLive: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run ({ TableName }, ctx) {
    ctx.notes.resource = TableName
    const table = ctx.store.tables.get(TableName)
    if (!table) throw tableNotFound(TableName)
    const now = ctx.clock.now()
    if (!isUsable(table, now)) {
      const status = statusOf(table, now)
      throw validation(`Cannot describe time to live while table is in ${status} state: Current table state is ${status}`)
    }
    const setting = table.settings.timeToLive
    if (!setting) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }
    const isChanging = lasts(setting.changingUntil, now)
    const TimeToLiveStatus = setting.enabled ? (isChanging ? 'ENABLING' : 'ENABLED') : (isChanging ? 'DISABLING' : 'DISABLED')
    const named = setting.enabled || isChanging
    return { TimeToLiveDescription: { TimeToLiveStatus, ...(named && { AttributeName: setting.attribute }) } }
  },
}
