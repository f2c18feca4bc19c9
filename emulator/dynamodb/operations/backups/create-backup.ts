import { stillInUse } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'
import { statusOf } from '../../tables/table-record.ts'
import { describeDetails } from './backup-description.ts'
import { tableToBackUp } from './continuous-backups.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
// A consistent copy at one moment. It is CREATING for `tableDelays.backup`.
export const createBackup: DynamodbOperation<{ TableName: string, BackupName: string }> = {
  types: {
    TableName: requiredTableName,
    BackupName: { type: 'String', notNull: true, regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 },
  },
  run: ({ TableName, BackupName: name }, ctx) => ctx.store.transact(async (work) => {
    await work.useTables([TableName])
    const table = tableToBackUp(TableName, ctx)
    if (statusOf(table, ctx.startedAt) === 'CREATING') throw stillInUse(`Table is being created: ${TableName}`)
    const backup = await ctx.store.backups.create(table, { name, type: 'USER', delayMs: ctx.delays.backup })
    return { BackupDetails: { ...describeDetails(backup, ctx.startedAt), BackupStatus: 'CREATING' } }
  }),
}
