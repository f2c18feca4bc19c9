import { randomUUID } from 'node:crypto'
import { engine } from '../engine.ts'
import type { KeySchema, TableKeys } from '../item.ts'
import type { Shapes } from '../shapes.ts'
import { tableAlreadyExists, validation } from '../errors.ts'
import type { DynamodbOperation } from '../operation.ts'
import { describeTable, type IndexRecord, type TableRecord, type Throughput } from '../table-record.ts'
import { checkTags, tagList, type Tag } from '../tags.ts'
import type { IndexKeys } from '../index-entries.ts'

export interface CreateTableInput {
  TableName: string
  AttributeDefinitions: TableKeys['AttributeDefinitions']
  KeySchema: KeySchema
  BillingMode?: 'PROVISIONED' | 'PAY_PER_REQUEST'
  ProvisionedThroughput?: Pick<Throughput, 'ReadCapacityUnits' | 'WriteCapacityUnits'>
  LocalSecondaryIndexes?: IndexKeys[]
  GlobalSecondaryIndexes?: (IndexKeys & { ProvisionedThroughput?: Pick<Throughput, 'ReadCapacityUnits' | 'WriteCapacityUnits'> })[]
  DeletionProtectionEnabled?: boolean
  TableClass?: string
  SSESpecification?: { Enabled?: boolean, SSEType?: string, KMSMasterKeyId?: string }
  StreamSpecification?: { StreamEnabled?: boolean }
  Tags?: Tag[]
}

/** Members of CreateTable and UpdateTable that dynalite does not know. */
export const tableSettings: Shapes = {
  DeletionProtectionEnabled: 'Boolean',
  TableClass: { type: 'String', enum: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] },
  SSESpecification: {
    type: 'FieldStruct<SSESpecification>',
    children: { Enabled: 'Boolean', SSEType: { type: 'String', enum: ['AES256', 'KMS'] }, KMSMasterKeyId: 'String' },
  },
  StreamSpecification: {
    type: 'FieldStruct<StreamSpecification>',
    children: { StreamEnabled: 'Boolean', StreamViewType: 'String' },
  },
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
// dynalite's reads the wall clock and sets timers; here a table's status follows from when it was made.
export const createTable: DynamodbOperation<CreateTableInput> = {
  types: { ...engine.types('createTable'), ...tableSettings, Tags: tagList },
  custom (input, ctx) {
    engine.custom('createTable')(input, ctx)
    if (input.StreamSpecification?.StreamEnabled) throw validation('One or more parameter values were invalid: StreamSpecification is not supported by this emulator')
    if (input.Tags) checkTags(input.Tags, ctx.limits)
  },
  refuses: ['OnDemandThroughput', 'WarmThroughput', 'ResourcePolicy', 'VectorIndexes', 'GlobalTableSourceArn'],
  run: (input, ctx) => ctx.store.transact(async (work) => {
    const { store, startedAt } = ctx
    ctx.notes.resource = input.TableName
    await work.ownTable(input.TableName)
    if (store.tables.get(input.TableName)) throw tableAlreadyExists(input.TableName)
    const table = newTable(input, { account: ctx.account, region: ctx.region, now: startedAt, delay: ctx.delays.create })
    await store.tables.put(table)
    return { TableDescription: describeTable(table, { now: startedAt, holdings: () => ({ items: 0, bytes: 0 }), status: 'CREATING' }) }
  }),
}

function newTable (input: CreateTableInput, { account, region, now, delay }: { account: string, region: string, now: number, delay: number }): TableRecord {
  const TableArn = `arn:aws:dynamodb:${region}:${account}:table/${input.TableName}`
  const onDemand = input.BillingMode === 'PAY_PER_REQUEST'
  const index = (keys: IndexKeys): IndexRecord => ({
    IndexName: keys.IndexName,
    KeySchema: keys.KeySchema,
    Projection: keys.Projection,
    IndexArn: `${TableArn}/index/${keys.IndexName}`,
  })
  return {
    TableName: input.TableName,
    TableArn,
    TableId: randomUUID(),
    AttributeDefinitions: input.AttributeDefinitions,
    KeySchema: input.KeySchema,
    CreationDateTime: now / 1000,
    ProvisionedThroughput: throughput(input.ProvisionedThroughput),
    ...(onDemand && {
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: now / 1000 },
      TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: now / 1000 },
    }),
    ...(input.LocalSecondaryIndexes && { LocalSecondaryIndexes: input.LocalSecondaryIndexes.map(index) }),
    ...(input.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: input.GlobalSecondaryIndexes.map((one) => ({ ...index(one), ProvisionedThroughput: throughput(one.ProvisionedThroughput) })),
    }),
    DeletionProtectionEnabled: input.DeletionProtectionEnabled ?? false,
    ...(input.TableClass && { TableClassSummary: { TableClass: input.TableClass } }),
    ...sse(input.SSESpecification, { account, region }),
    settings: {
      creatingUntil: now + delay,
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    },
  }
}

/** Encryption with AWS's own key is not described; with a KMS key it is. Nothing is encrypted here. */
export function sse (specification: CreateTableInput['SSESpecification'], { account, region }: { account: string, region: string }): Pick<TableRecord, 'SSEDescription'> {
  if (!specification?.Enabled) return {}
  const KMSMasterKeyArn = specification.KMSMasterKeyId ?? `arn:aws:kms:${region}:${account}:alias/aws/dynamodb`
  return { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn } }
}

function throughput (given?: Pick<Throughput, 'ReadCapacityUnits' | 'WriteCapacityUnits'>): Throughput {
  return { ReadCapacityUnits: given?.ReadCapacityUnits ?? 0, WriteCapacityUnits: given?.WriteCapacityUnits ?? 0, NumberOfDecreasesToday: 0 }
}
