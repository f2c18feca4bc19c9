import type { DynamodbContext } from '../../context.ts'
import { backupNotFound, validation } from '../../errors.ts'
import type { BackupRecord } from '../../storage/backups.ts'

const ARN = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/([a-zA-Z0-9_.-]{3,255})\/backup\/\d{14}-[0-9a-f]{8}$/

/** @throws ValidationException for an ARN that is not a backup's; BackupNotFoundException */
export function findBackup (arn: string, { store, notes }: DynamodbContext): BackupRecord {
  const table = ARN.exec(arn)?.[1]
  if (table === undefined) throw validation('Invalid Request: BackupArn is not valid')
  notes.resource = table
  const backup = store.backups.get(arn)
  if (!backup) throw backupNotFound(arn)
  return backup
}

export function statusOfBackup ({ availableAt }: BackupRecord, now: number): 'CREATING' | 'AVAILABLE' {
  return now < availableAt ? 'CREATING' : 'AVAILABLE'
}

/** `BackupDetails`. */
export function describeDetails (backup: BackupRecord, now: number): object {
  return {
    BackupArn: backup.arn,
    BackupName: backup.name,
    BackupSizeBytes: backup.bytes,
    BackupStatus: statusOfBackup(backup, now),
    BackupType: backup.type,
    BackupCreationDateTime: backup.createdAt / 1000,
    ...(backup.expiresAt !== undefined && { BackupExpiryDateTime: backup.expiresAt / 1000 }),
  }
}

/** `BackupDescription`, with the table as it was. */
export function describeBackup (backup: BackupRecord, now: number): object {
  const { table } = backup
  const { timeToLive, stream } = table.settings
  const index = ({ IndexName, KeySchema, Projection }: { IndexName: string, KeySchema: object, Projection: object }) => ({ IndexName, KeySchema, Projection })
  return {
    BackupDetails: describeDetails(backup, now),
    SourceTableDetails: {
      TableName: table.TableName,
      TableId: table.TableId,
      TableArn: table.TableArn,
      TableSizeBytes: backup.bytes,
      KeySchema: table.KeySchema,
      TableCreationDateTime: table.CreationDateTime,
      ProvisionedThroughput: units(table.ProvisionedThroughput),
      ItemCount: backup.items,
      BillingMode: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
    },
    SourceTableFeatureDetails: {
      ...(table.LocalSecondaryIndexes && { LocalSecondaryIndexes: table.LocalSecondaryIndexes.map(index) }),
      ...(table.GlobalSecondaryIndexes && {
        GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((one) => ({ ...index(one), ProvisionedThroughput: units(one.ProvisionedThroughput!) })),
      }),
      ...(stream?.enabled && { StreamDescription: { StreamEnabled: true, StreamViewType: stream.viewType } }),
      ...(timeToLive?.enabled && { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive.attribute } }),
      ...(table.SSEDescription && { SSEDescription: table.SSEDescription }),
    },
  }
}

function units ({ ReadCapacityUnits, WriteCapacityUnits }: { ReadCapacityUnits: number, WriteCapacityUnits: number }): object {
  return { ReadCapacityUnits, WriteCapacityUnits }
}
