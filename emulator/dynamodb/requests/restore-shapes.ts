import type { IndexInput } from './table-shapes.ts'
import { billingMode, indexName, keySchema, projection, provisionedThroughput, requiredTableName, tableSettings, type BillingMode, type Encryption } from './table-shapes.ts'
import type { Shapes } from './shapes.ts'
import type { Units } from '../tables/throughput.ts'

/** The members that both restore operations share. */
export interface RestoreOverrides {
  TargetTableName: string
  BillingModeOverride?: BillingMode
  ProvisionedThroughputOverride?: Units
  GlobalSecondaryIndexOverride?: IndexInput[]
  LocalSecondaryIndexOverride?: IndexInput[]
  SSESpecificationOverride?: Encryption
}

const index = { IndexName: indexName, KeySchema: keySchema, Projection: projection }

export const restoreOverrides: Shapes = {
  TargetTableName: requiredTableName,
  BillingModeOverride: billingMode,
  ProvisionedThroughputOverride: provisionedThroughput,
  GlobalSecondaryIndexOverride: {
    type: 'List',
    children: { type: 'ValueStruct<GlobalSecondaryIndex>', notNull: true, children: { ...index, ProvisionedThroughput: provisionedThroughput } },
  },
  LocalSecondaryIndexOverride: { type: 'List', children: { type: 'ValueStruct<LocalSecondaryIndex>', notNull: true, children: index } },
  SSESpecificationOverride: tableSettings.SSESpecification!,
}

/** Overrides that DynamoDB honours and this emulator does not. */
export const refusedOverrides = ['OnDemandThroughputOverride', 'VectorIndexOverride', 'GlobalSecondaryIndexOverride.OnDemandThroughput', 'GlobalSecondaryIndexOverride.WarmThroughput']

export const backupArn = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 37, lengthLessThanOrEqual: 1024 }
