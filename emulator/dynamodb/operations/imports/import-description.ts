import type { DynamodbContext } from '../../context.ts'
import { importNotFound, validation } from '../../errors.ts'
import type { ImportRecord } from '../../storage/transfer-records.ts'
import { statusOfTransfer } from '../../storage/transfers.ts'

const ARN = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/([a-zA-Z0-9_.-]{3,255})\/import\/\d{13,14}-[0-9a-f]{8}$/

/** @throws ValidationException for an ARN that is not an import's; ImportNotFoundException */
export function findImport (arn: string, { store, notes }: DynamodbContext): ImportRecord {
  const table = ARN.exec(arn)?.[1]
  if (table === undefined) throw validation('Invalid Import ARN')
  notes.resource = table
  const found = store.imports.get(arn)
  if (!found) throw importNotFound(arn)
  return found
}

/** `ImportSummary`. */
export function summarizeRecord (record: ImportRecord, now: number): object {
  const status = statusOfTransfer(record, now)
  return {
    ImportArn: record.arn,
    ImportStatus: status,
    TableArn: record.tableArn,
    S3BucketSource: record.source,
    CloudWatchLogGroupArn: record.logGroupArn,
    InputFormat: record.format,
    StartTime: record.startedAt / 1000,
    ...(status !== 'IN_PROGRESS' && { EndTime: record.endsAt / 1000 }),
  }
}

/** `ImportTableDescription`. Counts are 0 until the import has ended. */
export function describeRecord (record: ImportRecord, now: number): object {
  const status = statusOfTransfer(record, now)
  const { failure } = record
  const { errors, bytes, processed, imported } = status === 'IN_PROGRESS' ? { errors: 0, bytes: 0, processed: 0, imported: 0 } : record
  return {
    ...summarizeRecord(record, now),
    TableId: record.tableId,
    ...(record.clientToken !== undefined && { ClientToken: record.clientToken }),
    ...(record.formatOptions && { InputFormatOptions: record.formatOptions }),
    InputCompressionType: record.compression,
    TableCreationParameters: record.tableParameters,
    ErrorCount: errors,
    ProcessedSizeBytes: bytes,
    ProcessedItemCount: processed,
    ImportedItemCount: imported,
    ...(status === 'FAILED' && { FailureCode: failure!.code, FailureMessage: failure!.message }), // a failed one has it
  }
}
