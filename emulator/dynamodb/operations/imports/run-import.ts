import type { DynamodbContext } from '../../context.ts'
import type { ImportCounts, ImportRecord } from '../../storage/transfer-records.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { CsvOptions } from './csv-items.ts'
import type { Compression } from './decompress.ts'
import { ImportedItems, type ImportedObject } from './imported-items.ts'
import { itemCheck } from './item-check.ts'
import type { ReadItems } from './item-source.ts'
import { readJsonItems } from './json-items.ts'

interface Source {
  readonly InputFormat: 'DYNAMODB_JSON' | 'ION' | 'CSV'
  readonly InputFormatOptions?: { Csv?: CsvOptions }
  readonly InputCompressionType?: Compression
}

const NOTHING: ImportCounts = { bytes: 0, processed: 0, imported: 0, errors: 0 }

/**
 * Creates a table from the objects that an import names. The table and the import's record are stored in one step, after all
 * items. If there is nothing to read, the import fails and no table is created.
 */
export async function runImport (
  begun: Omit<ImportRecord, keyof ImportCounts>, { table, input, ctx }: { table: TableRecord, input: Source, ctx: DynamodbContext }
): Promise<ImportRecord> {
  const { store } = ctx
  const failure = await findNothing(begun.source, ctx)
  if (failure) {
    const failed = { ...begun, ...NOTHING, failure }
    await store.imports.put(failed)
    return failed
  }
  const items = new ImportedItems()
  const read = items.read(objectsOf(begun.source, ctx), {
    table, compression: input.InputCompressionType ?? 'NONE', reader: await readerOf(table, input), check: itemCheck(table, ctx.limits),
  })
  const ended = (): ImportRecord => ({ ...begun, ...items.counts, ...(items.firstFault !== undefined && { failure: validationFailure(items.firstFault) }) })
  await store.createFilled(table, read, { mayRepeat: true, writes: () => store.imports.writesOf(ended()) })
  const record = ended()
  store.imports.remember(record)
  return record
}

/** There are no logs, so the first error is in the message. */
function validationFailure (first: string): { code: string, message: string } {
  return { code: 'ItemValidationError', message: `Some of the items failed validation checks. Please check CloudWatch error logs for more details. First error: ${first}` }
}

/** The libraries for Ion and CSV are loaded at first use. */
async function readerOf (table: TableRecord, { InputFormat, InputFormatOptions }: Source): Promise<ReadItems> {
  switch (InputFormat) {
    case 'DYNAMODB_JSON': return readJsonItems
    case 'ION': return (await import('./ion-items.ts')).readIonItems
    case 'CSV': return (await import('./csv-items.ts')).readCsvItems(table, InputFormatOptions?.Csv)
  }
}

function bucketOf ({ S3Bucket, S3BucketOwner, S3KeyPrefix }: ImportRecord['source'], { account }: DynamodbContext) {
  return { account: S3BucketOwner ?? account, bucket: S3Bucket, prefix: S3KeyPrefix }
}

/** Why there is nothing to read; `undefined` if there is something. */
async function findNothing (source: ImportRecord['source'], ctx: DynamodbContext): Promise<{ code: string, message: string } | undefined> {
  const bucket = bucketOf(source, ctx)
  if (!await ctx.objects.hasBucket(bucket)) return { code: 'S3NoSuchBucket', message: 'The specified bucket does not exist' }
  const objects = ctx.objects.list(bucket)
  const { done } = await objects.next()
  await objects.return(undefined)
  if (!done) return undefined
  return { code: 'S3NoSuchKey', message: `The bucket has no objects whose keys begin with '${bucket.prefix ?? ''}'` }
}

/** The objects under the prefix; those without content, such as folders, have no items. */
async function * objectsOf (source: ImportRecord['source'], ctx: DynamodbContext): AsyncGenerator<ImportedObject> {
  const bucket = bucketOf(source, ctx)
  for await (const { key, size } of ctx.objects.list(bucket)) {
    const bytes = size > 0 ? await ctx.objects.open({ ...bucket, key }) : undefined
    if (bytes) yield { key, bytes }
  }
}
