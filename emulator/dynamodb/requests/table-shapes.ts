import type { StreamViewType } from '../tables/table-record.ts'
import type { IndexKeys, KeySchema, TableKeys } from '../values/item.ts'
import type { ReplicaUpdate } from './replica-updates.ts'
import type { Shape, Shapes } from './shapes.ts'
import type { MaxUnits } from '../tables/on-demand.ts'
import type { Units } from '../tables/throughput.ts'
import type { WarmUnits } from '../tables/warm-throughput.ts'

/** The inputs of CreateTable and UpdateTable, after their shapes have been checked; their order is that of AWS's errors. */

export interface IndexInput extends IndexKeys { ProvisionedThroughput?: Units, OnDemandThroughput?: MaxUnits, WarmThroughput?: WarmUnits }

export interface Encryption { Enabled?: boolean, SSEType?: string, KMSMasterKeyId?: string }

export interface StreamInput { StreamEnabled: boolean, StreamViewType?: StreamViewType }

export type Definitions = TableKeys['AttributeDefinitions']

export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST'

/** Members that CreateTable and UpdateTable share. */
export interface TableSettings {
  TableName: string
  BillingMode?: BillingMode
  ProvisionedThroughput?: Units
  OnDemandThroughput?: MaxUnits
  WarmThroughput?: WarmUnits
  DeletionProtectionEnabled?: boolean
  TableClass?: string
  SSESpecification?: Encryption
  StreamSpecification?: StreamInput
}

export interface TableInput extends TableSettings {
  AttributeDefinitions: Definitions
  KeySchema: KeySchema
  LocalSecondaryIndexes?: IndexInput[]
  GlobalSecondaryIndexes?: IndexInput[]
}

/** A change of a global index's throughput. */
export interface IndexThroughput { IndexName: string, ProvisionedThroughput?: Units, OnDemandThroughput?: MaxUnits, WarmThroughput?: WarmUnits }

export interface IndexUpdate {
  Update?: IndexThroughput
  Create?: IndexInput
  Delete?: { IndexName: string }
}

export interface UpdateTableInput extends TableSettings {
  AttributeDefinitions?: Definitions
  GlobalSecondaryIndexUpdates?: IndexUpdate[]
  ReplicaUpdates?: ReplicaUpdate[]
}

const NAME = '[a-zA-Z0-9_.-]+'
const attributeName: Shape = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 255 }

/** A required table name; an ARN has been converted to a name before. */
export const requiredTableName: Shape = { type: 'String', required: true, regex: NAME, lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 }

export const indexName: Shape = { type: 'String', notNull: true, regex: NAME, lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 }

const units: Shape = { type: 'Long', notNull: true, greaterThanOrEqual: 1 }

export const provisionedThroughput: Shape = {
  type: 'FieldStruct<ProvisionedThroughput>',
  children: { WriteCapacityUnits: units, ReadCapacityUnits: units },
}

export const onDemandThroughput: Shape = {
  type: 'FieldStruct<OnDemandThroughput>',
  children: { MaxReadRequestUnits: 'Long', MaxWriteRequestUnits: 'Long' },
}

export const warmThroughput: Shape = {
  type: 'FieldStruct<WarmThroughput>',
  children: { ReadUnitsPerSecond: 'Long', WriteUnitsPerSecond: 'Long' },
}

export const attributeDefinitions = {
  type: 'List',
  children: {
    type: 'ValueStruct<AttributeDefinition>',
    notNull: true,
    children: { AttributeName: attributeName, AttributeType: { type: 'String', notNull: true, enum: ['B', 'N', 'S'] } },
  },
} satisfies Shape

/** The maximum number of elements depends on the owner, and has another message: see `table-checks.ts`. */
export const keySchema: Shape = {
  type: 'List',
  notNull: true,
  lengthGreaterThanOrEqual: 1,
  children: {
    type: 'ValueStruct<KeySchemaElement>',
    notNull: true,
    children: { AttributeName: attributeName, KeyType: { type: 'String', notNull: true, enum: ['HASH', 'RANGE'] } },
  },
}

export const projection: Shape = {
  type: 'FieldStruct<Projection>',
  notNull: true,
  children: {
    ProjectionType: { type: 'String', enum: ['ALL', 'INCLUDE', 'KEYS_ONLY'] },
    NonKeyAttributes: { type: 'List', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 20, children: attributeName },
  },
}

export const billingMode: Shape = { type: 'String', enum: ['PROVISIONED', 'PAY_PER_REQUEST'] }

/** Members of both CreateTable and UpdateTable. */
export const tableSettings: Shapes = {
  DeletionProtectionEnabled: 'Boolean',
  TableClass: 'String',
  SSESpecification: {
    type: 'FieldStruct<SSESpecification>',
    children: { Enabled: 'Boolean', SSEType: { type: 'String', enum: ['AES256', 'KMS'] }, KMSMasterKeyId: 'String' },
  },
  StreamSpecification: {
    type: 'FieldStruct<StreamSpecification>',
    children: {
      StreamEnabled: { type: 'Boolean', notNull: true },
      StreamViewType: { type: 'String', enum: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] },
    },
  },
}
