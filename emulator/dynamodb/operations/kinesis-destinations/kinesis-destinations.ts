import type { DynamodbContext } from '../../context.ts'
import { tableNotFound, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import type { Shape, Shapes } from '../../requests/shapes.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'

export interface KinesisDestinationInput { TableName: string, StreamArn: string, UpdateKinesisStreamingConfiguration?: { ApproximateCreationDateTimePrecision?: string } }

const streamArn: Shape = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 37, lengthLessThanOrEqual: 1024 }
const precision: Shape = { type: 'String', enum: ['MILLISECOND', 'MICROSECOND'] }
const destination: Shapes = { TableName: requiredTableName, StreamArn: streamArn }
const configuration = (type: string): Shape => ({ type: `FieldStruct<${type}>`, children: { ApproximateCreationDateTimePrecision: precision } })

function checkTable (TableName: string, { store, notes }: DynamodbContext): void {
  notes.resource = TableName
  if (!store.tables.get(TableName)) throw tableNotFound(TableName)
}

/** There is no Kinesis here, so that no stream of it exists: AWS says this of one that the caller cannot see. */
function refuse ({ TableName }: KinesisDestinationInput, ctx: DynamodbContext): never {
  checkTable(TableName, ctx)
  throw validation('User does not have a permission to use kinesis stream')
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeKinesisStreamingDestination.html
export const describeKinesisStreamingDestination: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run ({ TableName }, ctx) {
    checkTable(TableName, ctx)
    return { TableName, KinesisDataStreamDestinations: [] }
  },
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html
export const enableKinesisStreamingDestination: DynamodbOperation<KinesisDestinationInput> = {
  types: { ...destination, EnableKinesisStreamingConfiguration: configuration('EnableKinesisStreamingConfiguration') },
  run: refuse,
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DisableKinesisStreamingDestination.html
export const disableKinesisStreamingDestination: DynamodbOperation<KinesisDestinationInput> = {
  types: { ...destination, EnableKinesisStreamingConfiguration: configuration('EnableKinesisStreamingConfiguration') },
  run: refuse,
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateKinesisStreamingDestination.html
export const updateKinesisStreamingDestination: DynamodbOperation<KinesisDestinationInput> = {
  types: { ...destination, UpdateKinesisStreamingConfiguration: configuration('UpdateKinesisStreamingConfiguration') },
  custom ({ UpdateKinesisStreamingConfiguration: update }) {
    if (update?.ApproximateCreationDateTimePrecision !== undefined) return
    throw validation('Streaming destination cannot be updated with given parameters: ' +
      'UpdateKinesisStreamingConfiguration cannot be null or contain only null values')
  },
  run: refuse,
}
