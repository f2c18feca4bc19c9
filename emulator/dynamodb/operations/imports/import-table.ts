import { importConflict, limitExceeded, tableAlreadyExists, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkEncryption, checkKeys } from '../../requests/table-checks.ts'
import {
  attributeDefinitions, billingMode, indexName, keySchema, onDemandThroughput, projection, provisionedThroughput, tableSettings, warmThroughput, type TableInput
} from '../../requests/table-shapes.ts'
import { tableName } from '../../requests/shapes.ts'
import { bucketName, bucketOwner, clientToken, digestOf } from '../../requests/transfer-shapes.ts'
import type { ImportRecord } from '../../storage/transfer-records.ts'
import { transferId } from '../../storage/transfers.ts'
import { newTable } from '../../tables/new-table.ts'
import { checkAccountUnits, checkUnits } from '../../tables/throughput.ts'
import { checkBilling, checkMaximums, checkWarm, provisioned } from '../tables/create-table.ts'
import type { CsvOptions } from './csv-items.ts'
import { checkCompression, type Compression } from './decompress.ts'
import { describeRecord } from './import-description.ts'
import { runImport } from './run-import.ts'

export interface ImportTableInput {
  ClientToken?: string
  S3BucketSource: ImportRecord['source']
  InputFormat: 'DYNAMODB_JSON' | 'ION' | 'CSV'
  InputFormatOptions?: { Csv?: CsvOptions }
  InputCompressionType?: Compression
  TableCreationParameters: TableInput
}

const index = {
  IndexName: indexName,
  KeySchema: keySchema,
  Projection: projection,
  ProvisionedThroughput: provisionedThroughput,
  OnDemandThroughput: onDemandThroughput,
  WarmThroughput: warmThroughput,
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ImportTable.html
// All items exist when the call returns; the import is IN_PROGRESS and its table CREATING for `tableDelays.import`.
export const importTable: DynamodbOperation<ImportTableInput> = {
  types: {
    ClientToken: clientToken,
    S3BucketSource: {
      type: 'FieldStruct<S3BucketSource>',
      notNull: true,
      children: { S3BucketOwner: bucketOwner, S3Bucket: bucketName, S3KeyPrefix: { type: 'String', lengthLessThanOrEqual: 1024 } },
    },
    InputFormat: { type: 'String', notNull: true, enum: ['DYNAMODB_JSON', 'ION', 'CSV'] },
    InputFormatOptions: {
      type: 'FieldStruct<InputFormatOptions>',
      children: {
        Csv: {
          type: 'FieldStruct<CsvOptions>',
          children: {
            Delimiter: { type: 'String', regex: '[,;:|\\t ]', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 1 },
            HeaderList: {
              type: 'List',
              lengthGreaterThanOrEqual: 1,
              lengthLessThanOrEqual: 255,
              children: { type: 'String', notNull: true, regex: '[\\x20-\\x21\\x23-\\x2B\\x2D-\\x7E]*', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 65_536 },
            },
          },
        },
      },
    },
    InputCompressionType: { type: 'String', enum: ['GZIP', 'ZSTD', 'NONE'] },
    TableCreationParameters: {
      type: 'FieldStruct<TableCreationParameters>',
      notNull: true,
      children: {
        TableName: tableName,
        AttributeDefinitions: { ...attributeDefinitions, notNull: true },
        KeySchema: keySchema,
        BillingMode: billingMode,
        ProvisionedThroughput: provisionedThroughput,
        OnDemandThroughput: onDemandThroughput,
        SSESpecification: tableSettings.SSESpecification!,
        GlobalSecondaryIndexes: { type: 'List', children: { type: 'ValueStruct<GlobalSecondaryIndex>', notNull: true, children: index } },
      },
    },
  },
  custom (input, ctx) {
    const { InputFormat, InputFormatOptions, TableCreationParameters: parameters } = input
    if (InputFormatOptions?.Csv && InputFormat !== 'CSV') throw validation(`Invalid Request: Unsupported InputFormatOptions for the given input format: ${InputFormat}.`)
    checkCompression(input.InputCompressionType)
    checkBilling(parameters)
    checkKeys(parameters, ctx.limits)
    checkMaximums(parameters)
    checkWarm(parameters, ctx)
    checkEncryption(parameters.SSESpecification)
    for (const { units, index } of provisioned(parameters)) checkUnits(units, ctx, index)
  },
  refuses: ['TableCreationParameters.VectorIndexes'],
  async run (input, ctx) {
    const { store, startedAt, account, region, delays, limits } = ctx
    const { TableCreationParameters: parameters } = input
    const { TableName: name } = parameters
    ctx.notes.resource = name
    const digest = digestOf(input)
    let isNew = false
    const record = await store.imports.once({ token: input.ClientToken, digest, conflict: importConflict }, () => store.transact(async (work) => {
      isNew = true
      if (store.imports.inProgress(startedAt) >= limits.concurrentImports) throw limitExceeded(`Imports are limited to ${limits.concurrentImports} at a time`)
      await work.ownTable(name)
      if (store.tables.get(name)) throw tableAlreadyExists(name)
      checkAccountUnits(provisioned(parameters).map(({ units }) => units), store.tables.all(), ctx)
      const made = newTable(parameters, ctx)
      const endsAt = startedAt + delays.import
      const table = { ...made, settings: { ...made.settings, creatingUntil: endsAt } }
      const id = transferId(startedAt)
      return runImport({
        id,
        arn: `${table.TableArn}/import/${id}`,
        tableArn: table.TableArn,
        tableId: table.TableId,
        clientToken: input.ClientToken,
        digest,
        startedAt,
        endsAt,
        source: input.S3BucketSource,
        format: input.InputFormat,
        formatOptions: input.InputFormatOptions,
        compression: input.InputCompressionType ?? 'NONE',
        tableParameters: parameters,
        logGroupArn: `arn:aws:logs:${region}:${account}:log-group:/aws-dynamodb/imports:*`,
      }, { table, input, ctx })
    }))
    // The answer to the call that begins an import shows it as in progress, even if it has ended.
    return { ImportTableDescription: describeRecord(record, isNew ? -Infinity : startedAt) }
  },
}
