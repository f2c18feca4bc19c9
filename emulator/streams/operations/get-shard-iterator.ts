import { validation } from '../../dynamodb/errors.ts'
import type { StreamsOperation } from '../context.ts'
import { shardNotFound, trimmedData } from '../errors.ts'
import { checkStreamArn, findStream, readableShards, trimHorizon } from '../find-stream.ts'
import { writeIterator, type ShardIterator } from '../shard-iterator.ts'
import type { Shard } from '../shards.ts'
import { shardIdShape, streamArnShape } from '../shapes.ts'

export interface GetShardIteratorInput {
  StreamArn: string
  ShardId: string
  ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' | 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'
  SequenceNumber?: string
}

const NUMBERED = ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER']

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
// LATEST is exact: it reads from the next change on.
export const getShardIterator: StreamsOperation<GetShardIteratorInput> = {
  types: {
    StreamArn: streamArnShape,
    ShardId: { ...shardIdShape, notNull: true },
    ShardIteratorType: { type: 'String', notNull: true, enum: ['TRIM_HORIZON', 'LATEST', ...NUMBERED] },
    SequenceNumber: { type: 'String', lengthGreaterThanOrEqual: 21, lengthLessThanOrEqual: 40 },
  },
  custom ({ StreamArn, ShardIteratorType: type, SequenceNumber: sequence }) {
    checkStreamArn(StreamArn)
    const isNumbered = NUMBERED.includes(type)
    if (isNumbered && sequence === undefined) throw validation(`SequenceNumber must be specified when ShardIteratorType is ${type}`)
    if (!isNumbered && sequence !== undefined) throw validation(`SequenceNumber must not be specified when ShardIteratorType is ${type}`)
    if (sequence !== undefined && !/^\d+$/.test(sequence)) throw validation(`Invalid SequenceNumber: ${sequence}`)
  },
  run (input, ctx) {
    const stream = findStream(input.StreamArn, ctx)
    const shard = readableShards(stream, ctx).find(({ id }) => id === input.ShardId)
    if (!shard) throw shardNotFound(input.ShardId, stream.arn)
    const position = positionOf(input, shard, { newest: ctx.store.changeLog.lastSequence, horizon: trimHorizon(ctx) })
    return { ShardIterator: writeIterator({ stream: stream.arn, shard: shard.id, madeAt: ctx.startedAt, ...position }) }
  },
}

function positionOf (
  { ShardIteratorType: type, SequenceNumber: sequence = '' }: GetShardIteratorInput, { first, last }: Shard, { newest, horizon }: { newest: string, horizon: string }
): Pick<ShardIterator, 'from' | 'after' | 'oldest'> {
  if (type === 'TRIM_HORIZON') return { from: first, oldest: true }
  if (type === 'LATEST') return { from: last ?? newest, after: true, oldest: true }
  if (BigInt(sequence) < BigInt(first) || (last !== undefined && BigInt(sequence) > BigInt(last))) {
    throw validation(`Invalid SequenceNumber: ${sequence} is not in the range of the shard`)
  }
  // The start of a shard whose oldest records are gone still reads all that there is.
  if (sequence === first) return type === 'AT_SEQUENCE_NUMBER' ? { from: first, oldest: true } : { from: first, after: true, oldest: true }
  if (sequence < horizon) throw trimmedData()
  return { from: sequence, after: type === 'AFTER_SEQUENCE_NUMBER' }
}
