import { backupInUse, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { backupArn } from '../../requests/restore-shapes.ts'
import { describeBackup, findBackup, statusOfBackup } from './backup-description.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteBackup.html
export const deleteBackup: DynamodbOperation<{ BackupArn: string }> = {
  types: { BackupArn: backupArn },
  async run ({ BackupArn }, ctx) {
    const backup = findBackup(BackupArn, ctx)
    if (backup.type === 'SYSTEM') {
      throw validation(`Invalid Request: User is not allowed to delete the system backup with arn ${backup.arn}. ` +
        `It will automatically expire on ${new Date(backup.expiresAt!).toISOString()}`)
    }
    if (statusOfBackup(backup, ctx.startedAt) === 'CREATING') throw backupInUse(`Backup is being created: ${backup.arn}`)
    const BackupDescription = describeBackup(backup, ctx.startedAt) as { BackupDetails: object } // it has them
    await ctx.store.backups.delete(backup)
    return { BackupDescription: { ...BackupDescription, BackupDetails: { ...BackupDescription.BackupDetails, BackupStatus: 'DELETED' } } }
  },
}
