import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'
import { settled } from '../../tables/table-record.ts'
import { describeRecovery, tableToBackUp } from './continuous-backups.ts'

export interface UpdateContinuousBackupsInput {
  TableName: string
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean, RecoveryPeriodInDays?: number }
}

const MOST_DAYS = 35

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
// Changing only the period keeps the time at which recovery was enabled.
export const updateContinuousBackups: DynamodbOperation<UpdateContinuousBackupsInput> = {
  types: {
    TableName: requiredTableName,
    PointInTimeRecoverySpecification: {
      type: 'FieldStruct<PointInTimeRecoverySpecification>',
      notNull: true,
      children: {
        PointInTimeRecoveryEnabled: { type: 'Boolean', notNull: true },
        RecoveryPeriodInDays: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: MOST_DAYS },
      },
    },
  },
  custom ({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled, RecoveryPeriodInDays } }) {
    if (!PointInTimeRecoveryEnabled && RecoveryPeriodInDays !== undefined) {
      throw validation('Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.')
    }
  },
  run: ({ TableName, PointInTimeRecoverySpecification: wanted }, ctx) => ctx.store.transact(async (work) => {
    await work.ownTable(TableName)
    const { store, startedAt } = ctx
    const table = settled(tableToBackUp(TableName, ctx), startedAt)
    const { recovery: before, ...settings } = table.settings
    const recovery = wanted.PointInTimeRecoveryEnabled
      ? { enabledAt: before?.enabledAt ?? startedAt, days: wanted.RecoveryPeriodInDays ?? before?.days ?? MOST_DAYS }
      : undefined
    const updated = { ...table, settings: recovery ? { ...settings, recovery } : settings }
    await store.tables.put(updated)
    return { ContinuousBackupsDescription: describeRecovery(updated, startedAt) }
  }),
}
