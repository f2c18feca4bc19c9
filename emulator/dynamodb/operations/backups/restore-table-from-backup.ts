import { backupInUse } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { backupArn, refusedOverrides, restoreOverrides, type RestoreOverrides } from '../../requests/restore-shapes.ts'
import { findBackup, statusOfBackup } from './backup-description.ts'
import { checkOverrides, checkUnitsOverride, restoreTable } from './restore.ts'

export interface RestoreFromBackupInput extends RestoreOverrides { BackupArn: string }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
// The items are restored at once; the table is CREATING for `tableDelays.restore`.
export const restoreTableFromBackup: DynamodbOperation<RestoreFromBackupInput> = {
  types: { ...restoreOverrides, BackupArn: backupArn },
  custom: checkOverrides,
  refuses: refusedOverrides,
  async run (input, ctx) {
    const backup = findBackup(input.BackupArn, ctx)
    if (statusOfBackup(backup, ctx.startedAt) === 'CREATING') throw backupInUse(`Backup is being created: ${backup.arn}`)
    checkUnitsOverride(input, backup.table)
    const { table, arn, createdAt } = backup
    return restoreTable(input, { table, backupArn: arn, at: createdAt, items: ctx.store.backups.items(backup) }, ctx)
  },
}
