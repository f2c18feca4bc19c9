import { backupTableNotFound, exportConflict, limitExceeded, recoveryUnavailable, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { bucketName, bucketOwner, clientToken, digestOf } from '../../requests/transfer-shapes.ts'
import type { ExportFormat } from '../../storage/transfer-records.ts'
import { transferId } from '../../storage/transfers.ts'
import { tableOfArn } from '../../tables/table-arn.ts'
import { describeRecord } from './export-description.ts'
import { checkScope, scopeOf, type ScopeInput } from './export-scope.ts'
import { writeExport } from './write-export.ts'

export interface ExportTableInput extends ScopeInput {
  TableArn: string
  S3Bucket: string
  ClientToken?: string
  S3BucketOwner?: string
  S3Prefix?: string
  S3SseAlgorithm?: 'AES256' | 'KMS'
  S3SseKmsKeyId?: string
  ExportFormat?: ExportFormat
}

const TABLE_ARN = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255}$/

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
// All objects exist when the call returns; the export is IN_PROGRESS for `tableDelays.export`.
export const exportTableToPointInTime: DynamodbOperation<ExportTableInput> = {
  types: {
    TableArn: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 1024 },
    ExportTime: 'Double',
    ClientToken: clientToken,
    S3Bucket: bucketName,
    S3BucketOwner: bucketOwner,
    S3Prefix: { type: 'String', lengthLessThanOrEqual: 1024 },
    S3SseAlgorithm: { type: 'String', enum: ['AES256', 'KMS'] },
    S3SseKmsKeyId: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 2048 },
    ExportFormat: { type: 'String', enum: ['DYNAMODB_JSON', 'ION'] },
    ExportType: { type: 'String', enum: ['FULL_EXPORT', 'INCREMENTAL_EXPORT'] },
    IncrementalExportSpecification: {
      type: 'FieldStruct<IncrementalExportSpecification>',
      children: {
        ExportFromTime: 'Double',
        ExportToTime: 'Double',
        ExportViewType: { type: 'String', enum: ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'] },
      },
    },
  },
  custom (input) {
    if (!TABLE_ARN.test(input.TableArn)) throw validation('tableArn is not a valid ARN')
    if (input.S3SseKmsKeyId !== undefined && input.S3SseAlgorithm !== 'KMS') throw validation('Invalid Request: KMS Key Id is not supported for this encryption type')
    checkScope(input)
  },
  refuses: ['FilterSpecification'],
  async run (input, ctx) {
    const { store, startedAt, delays, limits } = ctx
    const name = tableOfArn(input.TableArn, ctx, 'ExportTableToPointInTime')
    ctx.notes.resource = name
    const digest = digestOf(input)
    let isNew = false
    const record = await store.exports.once({ token: input.ClientToken, digest, conflict: exportConflict }, async () => {
      isNew = true
      const table = store.tables.get(name)
      if (!table || table.settings.deletingUntil !== undefined) throw backupTableNotFound(name)
      const { recovery } = table.settings
      if (!recovery) throw recoveryUnavailable(name)
      const scope = scopeOf(input, recovery, startedAt)
      if (store.exports.inProgress(startedAt) >= limits.concurrentExports) throw limitExceeded(`Exports are limited to ${limits.concurrentExports} at a time`)
      const id = transferId(startedAt)
      const written = await writeExport({
        id,
        arn: `${table.TableArn}/export/${id}`,
        tableArn: table.TableArn,
        tableId: table.TableId,
        clientToken: input.ClientToken,
        digest,
        startedAt,
        endsAt: startedAt + delays.export,
        scope,
        format: input.ExportFormat ?? 'DYNAMODB_JSON',
        bucket: input.S3Bucket,
        bucketOwner: input.S3BucketOwner,
        prefix: input.S3Prefix,
        encryption: { algorithm: input.S3SseAlgorithm ?? 'AES256', kmsKeyId: input.S3SseKmsKeyId },
        items: 0,
        bytes: 0,
      }, table, ctx)
      await store.exports.put(written)
      return written
    })
    // The answer to the call that begins an export shows it as in progress, even if it has ended.
    return { ExportDescription: describeRecord(record, isNew ? -Infinity : startedAt) }
  },
}
