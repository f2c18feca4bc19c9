import { randomUUID } from 'node:crypto'
import type { DynamodbContext } from '../context.ts'
import type { IndexKeys } from '../values/item.ts'
import { usedDefinitions } from './table-description.ts'
import type { IndexRecord, TableRecord } from './table-record.ts'
import type { Encryption, TableInput } from '../requests/table-shapes.ts'
import { tagsOf, type Tag } from './tags.ts'
import { withMaxUnits } from './on-demand.ts'
import { newThroughput } from './throughput.ts'
import { isGiven } from './warm-throughput.ts'

/** A table as CreateTable creates it. */
export function newTable (input: TableInput, { account, region, startedAt: now, delays }: DynamodbContext, tags: readonly Tag[] = []): TableRecord {
  const TableArn = `arn:aws:dynamodb:${region}:${account}:table/${input.TableName}`
  const onDemand = input.BillingMode === 'PAY_PER_REQUEST'
  return {
    TableName: input.TableName,
    TableArn,
    TableId: randomUUID(),
    AttributeDefinitions: usedDefinitions(input),
    KeySchema: input.KeySchema,
    CreationDateTime: now / 1000,
    ProvisionedThroughput: newThroughput(input.ProvisionedThroughput),
    ...(onDemand && withMaxUnits({}, input.OnDemandThroughput)),
    ...(isGiven(input.WarmThroughput) && { WarmThroughput: input.WarmThroughput }),
    ...(onDemand && {
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: now / 1000 },
      TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: now / 1000 },
    }),
    ...(input.LocalSecondaryIndexes && { LocalSecondaryIndexes: input.LocalSecondaryIndexes.map((keys) => newIndex(keys, TableArn)) }),
    ...(input.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: input.GlobalSecondaryIndexes.map((one) => ({
        ...newIndex(one, TableArn),
        ProvisionedThroughput: newThroughput(one.ProvisionedThroughput),
        ...(onDemand && withMaxUnits({}, one.OnDemandThroughput)),
        ...(isGiven(one.WarmThroughput) && { WarmThroughput: one.WarmThroughput }),
      })),
    }),
    DeletionProtectionEnabled: input.DeletionProtectionEnabled ?? false,
    // A table of the standard class has no class summary.
    ...(input.TableClass && input.TableClass !== 'STANDARD' && { TableClassSummary: { TableClass: input.TableClass } }),
    ...encryption(input.SSESpecification, { account, region }),
    settings: { creatingUntil: now + delays.create, tags: tagsOf(tags) },
  }
}

export function newIndex ({ IndexName, KeySchema, Projection }: IndexKeys, tableArn: string): IndexRecord {
  return { IndexName, KeySchema, Projection, IndexArn: `${tableArn}/index/${IndexName}` }
}

/** Encryption with AWS's own key is not shown; encryption with a KMS key is. Nothing is encrypted here. */
export function encryption (specification: Encryption | undefined, { account, region }: { account: string, region: string }): Pick<TableRecord, 'SSEDescription'> {
  if (!specification || specification.Enabled === false || (!specification.Enabled && !specification.SSEType)) return {}
  const key = specification.KMSMasterKeyId ?? 'alias/aws/dynamodb'
  const KMSMasterKeyArn = key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${account}:${key.startsWith('alias/') ? '' : 'key/'}${key}`
  return { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn } }
}
