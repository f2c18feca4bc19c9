import type { DynamodbContext } from '../../context.ts'
import { exportNotFound, validation } from '../../errors.ts'
import type { ExportRecord, ExportScope } from '../../storage/transfer-records.ts'
import { statusOfTransfer } from '../../storage/transfers.ts'

const ARN = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/([a-zA-Z0-9_.-]{3,255})\/export\/\d{13,14}-[0-9a-f]{8}$/

/** @throws ValidationException for an ARN that is not an export's; ExportNotFoundException */
export function findExport (arn: string, { store, notes }: DynamodbContext): ExportRecord {
  const table = ARN.exec(arn)?.[1]
  if (table === undefined) throw validation('Invalid Export ARN')
  notes.resource = table
  const found = store.exports.get(arn)
  if (!found) throw exportNotFound(arn)
  return found
}

/** `ExportDescription`. The results of an export are shown once it has ended. */
export function describeRecord (record: ExportRecord, now: number): object {
  const status = statusOfTransfer(record, now)
  const { failure, encryption } = record
  return {
    ExportArn: record.arn,
    ExportStatus: status,
    StartTime: record.startedAt / 1000,
    TableArn: record.tableArn,
    TableId: record.tableId,
    ...times(record.scope),
    ...(record.clientToken !== undefined && { ClientToken: record.clientToken }),
    S3Bucket: record.bucket,
    ...(record.bucketOwner !== undefined && { S3BucketOwner: record.bucketOwner }),
    ...(record.prefix !== undefined && { S3Prefix: record.prefix }),
    S3SseAlgorithm: encryption.algorithm,
    ...(encryption.kmsKeyId !== undefined && { S3SseKmsKeyId: encryption.kmsKeyId }),
    ExportFormat: record.format,
    ExportType: record.scope.type,
    ...(status !== 'IN_PROGRESS' && { EndTime: record.endsAt / 1000 }),
    ...(status === 'FAILED' && { FailureCode: failure!.code, FailureMessage: failure!.message }), // a failed one has it
    ...(status === 'COMPLETED' && { ExportManifest: record.manifestKey, BilledSizeBytes: record.bytes, ItemCount: record.items }),
  }
}

function times (scope: ExportScope): object {
  if (scope.type === 'FULL_EXPORT') return { ExportTime: scope.at / 1000 }
  return { IncrementalExportSpecification: { ExportFromTime: scope.from / 1000, ExportToTime: scope.to / 1000, ExportViewType: scope.view } }
}
