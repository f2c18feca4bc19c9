import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { describeDetails } from './backup-description.ts'

export interface ListBackupsInput {
  TableName?: string
  Limit?: number
  /** Epoch seconds, inclusive. */
  TimeRangeLowerBound?: number
  /** Epoch seconds, exclusive. */
  TimeRangeUpperBound?: number
  ExclusiveStartBackupArn?: string
  BackupType?: 'USER' | 'SYSTEM' | 'AWS_BACKUP' | 'ALL'
}

const MOST_BACKUPS = 100

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
// The oldest backup comes first. Without a BackupType, user and system backups are listed.
export const listBackups: DynamodbOperation<ListBackupsInput> = {
  types: {
    TableName: { type: 'String', regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 },
    Limit: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: MOST_BACKUPS },
    TimeRangeLowerBound: 'Double',
    TimeRangeUpperBound: 'Double',
    ExclusiveStartBackupArn: { type: 'String', lengthGreaterThanOrEqual: 37, lengthLessThanOrEqual: 1024 },
    BackupType: { type: 'String', enum: ['USER', 'SYSTEM', 'AWS_BACKUP', 'ALL'] },
  },
  custom ({ TimeRangeLowerBound: lower, TimeRangeUpperBound: upper }) {
    if (lower !== undefined && upper !== undefined && lower > upper) {
      throw validation('One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound')
    }
  },
  run (input, { store, startedAt }) {
    const { TableName, Limit = MOST_BACKUPS, TimeRangeLowerBound: lower = -Infinity, TimeRangeUpperBound: upper = Infinity, BackupType = 'ALL' } = input
    const backups = store.backups.all()
    const start = 1 + backups.findIndex(({ arn }) => arn === input.ExclusiveStartBackupArn)
    const found = backups.slice(start).filter(({ table, type, createdAt }) =>
      (TableName === undefined || table.TableName === TableName) && (BackupType === 'ALL' || type === BackupType) &&
      createdAt / 1000 >= lower && createdAt / 1000 < upper)
    const page = found.slice(0, Limit)
    return {
      BackupSummaries: page.map((backup) => ({
        TableName: backup.table.TableName, TableId: backup.table.TableId, TableArn: backup.table.TableArn, ...describeDetails(backup, startedAt),
      })),
      ...(found.length > Limit && { LastEvaluatedBackupArn: page.at(-1)!.arn }),
    }
  },
}
