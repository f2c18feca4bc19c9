// More by hand: SANDTABLE_TRANSFER_ITEMS=20000 TAP_TIMEOUT=600 npx tsx emulator/dynamodb/operations/exports/transfers.slow.test.ts
import { isDeepStrictEqual } from 'node:util'
import {
  CreateTableCommand, DescribeExportCommand, DescribeImportCommand, DescribeTableCommand, ExportTableToPointInTimeCommand, ImportTableCommand, ListExportsCommand, ListImportsCommand,
  ListTablesCommand, UpdateContinuousBackupsCommand, type CreateTableCommandInput, type ImportTableCommandInput
} from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { BatchWriteCommand, paginateScan, PutCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { pause } from '../../../core/clock.ts'
import { testEmulator, wireClients } from '../../../test-support/emulator.ts'
import { SpawnedEmulator } from '../../../test-support/spawn-emulator.ts'

/** Their text is more than one data file. */
const ITEMS = Number(process.env.SANDTABLE_TRANSFER_ITEMS ?? 3000)
/** With this many items, an import can be killed before it ends. */
const KILLED_ITEMS = 20_000

const table = {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'n', AttributeType: 'N' }, { AttributeName: 'kind', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'n', KeyType: 'RANGE' }],
  GlobalSecondaryIndexes: [{ IndexName: 'byKind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
} satisfies CreateTableCommandInput

const itemAt = (n: number) => ({
  id: `k${n % 5000}`, n, text: 'é"\n'.repeat(8 * (n % 300)), tags: new Set([`t${n}`, 'all']), ...(n % 3 === 0 && { kind: `kind${n % 7}` }), nested: { list: [n / 8, null, true, { deep: new Uint8Array([n % 256]) }] },
})

for (const dataPath of [false, true]) {
  test(`${ITEMS} items are equal after an export and an import, ${dataPath ? 'on disk' : 'in memory'}`, { timeout: 600_000 }, async (t) => {
    const emulator = await testEmulator(t, { listen: false, ...(dataPath && { dataPath: t.testdir() }) })
    const { dynamodb, documents, s3 } = emulator.clients({ maxAttempts: 1 })
    await s3.send(new CreateBucketCommand({ Bucket: 'archive' }))
    await dynamodb.send(new CreateTableCommand(table))
    await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
    for (let n = 0; n < ITEMS; n += 25) {
      await documents.send(new BatchWriteCommand({ RequestItems: { orders: Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: itemAt(n + at) } })) } }))
    }
    const all = async (TableName: string, IndexName?: string) => {
      const items: Record<string, unknown>[] = []
      for await (const page of paginateScan({ client: documents }, { TableName, IndexName })) items.push(...page.Items!)
      return items
    }
    const [items, indexed] = [await all('orders'), await all('orders', 'byKind')]
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }))
    for (const ExportFormat of ['DYNAMODB_JSON', 'ION'] as const) {
      const { ExportDescription: begun } = await dynamodb.send(new ExportTableToPointInTimeCommand({ TableArn: Table!.TableArn, S3Bucket: 'archive', ExportFormat }))
      const { ExportDescription: done } = await dynamodb.send(new DescribeExportCommand({ ExportArn: begun!.ExportArn }))
      t.match(done, { ExportStatus: 'COMPLETED', ItemCount: ITEMS, BilledSizeBytes: Table!.TableSizeBytes })
      const dataFiles = await s3.send(new ListObjectsV2Command({ Bucket: 'archive', Prefix: done!.ExportManifest!.replace('manifest-summary.json', 'data/') }))
      t.ok(dataFiles.KeyCount! > 1, `${dataFiles.KeyCount} data files`)
      const { ImportTableDescription: imported } = await dynamodb.send(new ImportTableCommand({
        S3BucketSource: { S3Bucket: 'archive', S3KeyPrefix: done!.ExportManifest!.replace('manifest-summary.json', 'data/') },
        InputFormat: ExportFormat,
        InputCompressionType: 'GZIP',
        TableCreationParameters: { ...table, TableName: ExportFormat },
      }))
      t.match((await dynamodb.send(new DescribeImportCommand({ ImportArn: imported!.ImportArn }))).ImportTableDescription, { ImportStatus: 'COMPLETED', ImportedItemCount: ITEMS, ErrorCount: 0 })
      t.ok(isDeepStrictEqual(await all(ExportFormat), items), 'all items are equal')
      t.ok(isDeepStrictEqual(await all(ExportFormat, 'byKind'), indexed), 'all entries of the index are equal')
      t.match((await dynamodb.send(new DescribeTableCommand({ TableName: ExportFormat }))).Table, { ItemCount: ITEMS, TableSizeBytes: Table!.TableSizeBytes })
    }
  })
}

test('an export or import that a kill interrupts leaves nothing, and a completed one is complete', { timeout: 600_000 }, async (t) => {
  const dataPath = t.testdir()
  const source = Array.from({ length: KILLED_ITEMS }, (_, n) => JSON.stringify({ Item: { id: { S: `k${n}` }, n: { N: String(n) }, kind: { S: `kind${n % 7}` }, text: { S: 'x'.repeat(200) } } })).join('\n')
  let ended = 0
  // The first is killed when all calls have returned, the others after this many ms.
  for (const [round, delay] of [undefined, 0, 100, 300, 800, 2000].entries()) {
    const emulator = await SpawnedEmulator.start(t, dataPath)
    const { dynamodb, documents, s3 } = wireClients(t, emulator)
    const tables = (await dynamodb.send(new ListTablesCommand({}))).TableNames!
    if (round === 0) {
      await s3.send(new CreateBucketCommand({ Bucket: 'archive' }))
      await s3.send(new PutObjectCommand({ Bucket: 'archive', Key: 'source', Body: source }))
    }
    const { ImportSummaryList: imports } = await dynamodb.send(new ListImportsCommand({}))
    t.strictSame(imports!.map(({ TableArn }) => TableArn!.split('/')[1]).sort(), tables, 'each table has its import, and each import its table')
    const { ExportSummaries: exports } = await dynamodb.send(new ListExportsCommand({}))
    for (const { ExportArn } of exports!) {
      t.match((await dynamodb.send(new DescribeExportCommand({ ExportArn }))).ExportDescription, { ExportStatus: 'COMPLETED', ItemCount: KILLED_ITEMS })
    }
    for (const TableName of tables) t.equal((await dynamodb.send(new DescribeTableCommand({ TableName }))).Table!.ItemCount, KILLED_ITEMS)
    ended = tables.length
    const request: ImportTableCommandInput = { S3BucketSource: { S3Bucket: 'archive', S3KeyPrefix: 'source' }, InputFormat: 'DYNAMODB_JSON', TableCreationParameters: { ...table, TableName: `round${round}` } }
    const importing = dynamodb.send(new ImportTableCommand(request)).catch(() => undefined)
    const [whole] = tables
    const exporting = whole === undefined
      ? Promise.resolve()
      : dynamodb.send(new UpdateContinuousBackupsCommand({ TableName: whole, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
        .then(() => dynamodb.send(new ExportTableToPointInTimeCommand({ TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${whole}`, S3Bucket: 'archive' })))
        .catch(() => undefined)
    if (delay === undefined) await importing
    else await pause(delay, { signal: AbortSignal.timeout(60_000) })
    await emulator.kill()
    await Promise.all([importing, exporting])
    documents.destroy()
  }
  const last = await testEmulator(t, { dataPath })
  const { dynamodb, documents } = wireClients(t, last)
  const { TableNames } = await dynamodb.send(new ListTablesCommand({}))
  t.ok(TableNames!.length > 0 && TableNames!.length < 6, `${TableNames!.length} of 6 imports ended, ${ended} before the last`)
  await documents.send(new PutCommand({ TableName: TableNames![0], Item: { id: 'new', n: 1 } }))
})
