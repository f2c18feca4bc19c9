import type { DynamodbOperation } from '../../operation.ts'
import { backupArn } from '../../requests/restore-shapes.ts'
import { describeBackup as describe, findBackup } from './backup-description.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html
export const describeBackup: DynamodbOperation<{ BackupArn: string }> = {
  types: { BackupArn: backupArn },
  run: ({ BackupArn }, ctx) => ({ BackupDescription: describe(findBackup(BackupArn, ctx), ctx.startedAt) }),
}
