import { stillInUse, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { changeGroup, type OwnedTable } from '../../replication/replica-group.ts'
import { lasts } from '../../tables/lasts.ts'
import { statusOf } from '../../tables/table-record.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'

export interface UpdateTimeToLiveInput {
  TableName: string
  TimeToLiveSpecification: { Enabled: boolean, AttributeName: string }
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
// AWS may take up to an hour, and refuses another change until then. Here it takes `tableDelays.timeToLive`, by default
// no time.
export const updateTimeToLive: DynamodbOperation<UpdateTimeToLiveInput> = {
  types: {
    TableName: requiredTableName,
    TimeToLiveSpecification: {
      type: 'FieldStruct<TimeToLiveSpecification>',
      notNull: true,
      children: {
        Enabled: { type: 'Boolean', notNull: true },
        AttributeName: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 255 },
      },
    },
  },
  run: ({ TableName, TimeToLiveSpecification }, ctx) => changeGroup(TableName, ctx, async ({ table, peers }) => {
    const { startedAt } = ctx
    const { Enabled: enabled, AttributeName: attribute } = TimeToLiveSpecification
    const status = statusOf(table, startedAt)
    if (status === 'CREATING' || status === 'DELETING') throw stillInUse(`Table ${TableName} is being ${status === 'CREATING' ? 'created' : 'deleted'}`)
    const current = table.settings.timeToLive
    if (current?.enabled && current.attribute !== attribute) {
      throw validation(`TimeToLive is active on a different AttributeName: current AttributeName is ${current.attribute}`)
    }
    if (enabled === (current?.enabled ?? false)) throw validation(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`)
    if (lasts(current?.changingUntil, startedAt)) throw validation('Time to live has been modified multiple times within a fixed interval')
    // All replicas of a global table have the same setting.
    for (const one of [...peers, { table, ctx }]) await setTimeToLive(one, { attribute, enabled })
    return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } }
  }),
}

async function setTimeToLive ({ table, ctx: { store, startedAt, delays } }: OwnedTable, { attribute, enabled }: { attribute: string, enabled: boolean }): Promise<void> {
  const updated = { ...table, settings: { ...table.settings, timeToLive: { attribute, enabled, changingUntil: startedAt + delays.timeToLive } } }
  // In this order, so that after a kill an enabled TTL has all its entries.
  if (enabled) await store.timeToLive.enable(updated)
  await store.tables.put(updated)
  if (!enabled) await store.timeToLive.disable(table)
}
