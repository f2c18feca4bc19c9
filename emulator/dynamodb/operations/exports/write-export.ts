import type { Database } from '../../../core/storage/database.ts'
import type { DynamodbContext } from '../../context.ts'
import { changesBetween } from '../../storage/change-log/change-window.ts'
import { itemsAt } from '../../storage/change-log/point-in-time.ts'
import type { ExportRecord, ExportScope } from '../../storage/transfer-records.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import { itemSize } from '../../values/item-size.ts'
import { writeDataFiles, type PutObject } from './data-files.ts'
import { lineFormat, type ExportLine, type LineFormat } from './export-lines.ts'
import { checksumOf, exportKeys, filesManifest, summaryManifest } from './export-manifest.ts'

/** The bucket does not exist, or no longer. */
class NoSuchBucket extends Error {}

/**
 * Writes the objects of an export to the emulated S3, the summary last.
 * @returns the record with the results, or with the failure
 */
export async function writeExport (begun: ExportRecord, table: TableRecord, { store, objects, account, startedAt }: DynamodbContext): Promise<ExportRecord> {
  const { bucket, bucketOwner, prefix, id, scope, format } = begun
  const lines = await lineFormat(format)
  const names = exportKeys(prefix, id, scope)
  const put: PutObject = async (key, bytes) => {
    const written = await objects.write({ account: bucketOwner ?? account, bucket, key }, bytes, { at: startedAt })
    if (!written) throw new NoSuchBucket()
    return written.md5
  }
  const putText = (key: string, text: string) => put(key, text === '' ? [] : [Buffer.from(text)])
  try {
    await putText(names.started, '')
    const { files, items, bytes } = await writeDataFiles(linesOf({ scope, lines, table }, store.database), put, { folder: names.data, extension: lines.extension })
    const record = { ...begun, items, bytes, manifestKey: names.summary }
    const manifest = filesManifest(files)
    await putText(names.files, manifest)
    await putText(names.filesChecksum, checksumOf(manifest))
    const summary = summaryManifest(record, names.files)
    await putText(names.summary, summary)
    await putText(names.summaryChecksum, checksumOf(summary))
    return record
  } catch (error) {
    if (!(error instanceof NoSuchBucket)) throw error
    return { ...begun, failure: { code: 'S3NoSuchBucket', message: 'The specified bucket does not exist' } }
  }
}

async function * linesOf ({ scope, lines, table }: { scope: ExportScope, lines: LineFormat, table: TableRecord }, database: Database): AsyncGenerator<ExportLine> {
  if (scope.type === 'FULL_EXPORT') {
    for await (const chunk of itemsAt(database, table, scope.at)) {
      for (const { item } of chunk) yield { text: lines.item(item), bytes: itemSize(item) }
    }
    return
  }
  for await (const change of changesBetween(database, table, scope)) {
    const old = scope.view === 'NEW_AND_OLD_IMAGES' ? itemSize(change.before) : 0
    yield { text: lines.change(change, scope.view), bytes: itemSize(change.after) + old }
  }
}
