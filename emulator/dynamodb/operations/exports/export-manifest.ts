import { createHash } from 'node:crypto'
import type { ExportRecord, ExportScope } from '../../storage/transfer-records.ts'

/*
 * The objects that describe an export, beside its data.
 * Source: "DynamoDB table export output format" (developer guide).
 */

/** A data file as the manifest lists it. */
export interface DataFile { readonly itemCount: number, readonly md5Checksum: string, readonly etag: string, readonly dataFileS3Key: string }

/** The keys of an export's objects. Data of incremental exports is in a folder that they share. */
export function exportKeys (prefix: string | undefined, id: string, { type }: ExportScope) {
  const shared = `${prefix ? `${prefix.replace(/\/$/, '')}/` : ''}AWSDynamoDB`
  const folder = `${shared}/${id}`
  return {
    started: `${folder}/_started`,
    summary: `${folder}/manifest-summary.json`,
    summaryChecksum: `${folder}/manifest-summary.checksum`,
    files: `${folder}/manifest-files.json`,
    filesChecksum: `${folder}/manifest-files.checksum`,
    data: type === 'FULL_EXPORT' ? `${folder}/data` : `${shared}/data`,
  }
}

/** `manifest-files.json`: a line for each data file. */
export function filesManifest (files: readonly DataFile[]): string {
  return files.map((file) => `${JSON.stringify(file)}\n`).join('')
}

/** `manifest-summary.json`. */
export function summaryManifest (record: ExportRecord, manifestFilesS3Key: string): string {
  const { scope, encryption } = record
  const time = (ms: number) => new Date(ms).toISOString()
  return JSON.stringify({
    version: scope.type === 'FULL_EXPORT' ? '2020-06-30' : '2023-08-01',
    exportArn: record.arn,
    startTime: time(record.startedAt),
    endTime: time(record.endsAt),
    tableArn: record.tableArn,
    tableId: record.tableId,
    ...(scope.type === 'FULL_EXPORT'
      ? { exportTime: time(scope.at) }
      : { exportType: scope.type, exportFromTime: time(scope.from), exportToTime: time(scope.to), outputView: scope.view }),
    s3Bucket: record.bucket,
    s3Prefix: record.prefix ?? null,
    s3SseAlgorithm: encryption.algorithm,
    s3SseKmsKeyId: encryption.kmsKeyId ?? null,
    manifestFilesS3Key,
    billedSizeBytes: record.bytes,
    itemCount: record.items,
    outputFormat: record.format,
  })
}

/** The MD5 of a manifest, in base64. */
export function checksumOf (manifest: string): string {
  return createHash('md5').update(manifest).digest('base64')
}
