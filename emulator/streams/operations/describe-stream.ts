import { validation } from '../../dynamodb/errors.ts'
import type { StreamsOperation } from '../context.ts'
import { checkStreamArn, findStream, readableShards } from '../find-stream.ts'
import { shardIdShape, streamArnShape } from '../shapes.ts'

export interface DescribeStreamInput {
  StreamArn: string
  Limit?: number
  ExclusiveStartShardId?: string
  ShardFilter?: { Type?: string, ShardId?: string }
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
// A stream is ENABLED or DISABLED at once.
export const describeStream: StreamsOperation<DescribeStreamInput> = {
  types: {
    StreamArn: streamArnShape,
    Limit: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: 100 },
    ExclusiveStartShardId: shardIdShape,
    ShardFilter: {
      type: 'FieldStruct<ShardFilter>',
      children: { Type: { type: 'String', enum: ['CHILD_SHARDS'] }, ShardId: shardIdShape },
    },
  },
  custom ({ StreamArn, ShardFilter: filter }) {
    checkStreamArn(StreamArn)
    if (filter && (filter.Type === undefined || filter.ShardId === undefined)) {
      throw validation(`1 validation error detected: Value null at 'shardFilter.${filter.Type === undefined ? 'type' : 'shardId'}' failed to satisfy constraint: Member must not be null`)
    }
  },
  run ({ StreamArn, Limit = 100, ExclusiveStartShardId: start, ShardFilter: filter }, ctx) {
    const stream = findStream(StreamArn, ctx)
    let shards = readableShards(stream, ctx)
    if (filter) shards = shards.filter(({ parent }) => parent === filter.ShardId)
    if (start !== undefined) shards = shards.slice(1 + (shards.findIndex(({ id }) => id === start) + 1 || shards.length) - 1)
    const page = shards.slice(0, Limit)
    return {
      StreamDescription: {
        StreamArn: stream.arn,
        StreamLabel: stream.label,
        StreamStatus: stream.disabled ? 'DISABLED' : 'ENABLED',
        StreamViewType: stream.viewType,
        CreationRequestDateTime: stream.createdAt / 1000,
        TableName: stream.table,
        KeySchema: stream.keySchema,
        Shards: page.map(({ id, parent, first, last }) => ({
          ShardId: id,
          SequenceNumberRange: { StartingSequenceNumber: first, ...(last !== undefined && { EndingSequenceNumber: last }) },
          ...(parent !== undefined && { ParentShardId: parent }),
        })),
        ...(shards.length > Limit && { LastEvaluatedShardId: page.at(-1)!.id }),
      },
    }
  },
}
