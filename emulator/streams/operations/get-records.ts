import type { StreamsOperation } from '../context.ts'
import { expiredIterator, invalidIterator, shardNotFound, trimmedData } from '../errors.ts'
import { findStream, readableShards, trimHorizon } from '../find-stream.ts'
import { readShard } from '../read-shard.ts'
import { ITERATOR_LIFE_MS, readIterator, writeIterator } from '../shard-iterator.ts'

export interface GetRecordsInput { ShardIterator: string, Limit?: number }

const MOST_RECORDS = 1000
/** An answer ends with the record that reaches this many bytes. */
const MOST_BYTES = 1024 * 1024

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
export const getRecords: StreamsOperation<GetRecordsInput> = {
  types: {
    ShardIterator: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 2048 },
    Limit: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: MOST_RECORDS },
  },
  async run ({ ShardIterator, Limit = MOST_RECORDS }, ctx) {
    const iterator = readIterator(ShardIterator)
    if (iterator.madeAt > ctx.startedAt + ITERATOR_LIFE_MS) throw invalidIterator()
    if (ctx.startedAt - iterator.madeAt > ITERATOR_LIFE_MS) throw expiredIterator()
    const stream = findStream(iterator.stream, ctx)
    const shard = readableShards(stream, ctx).find(({ id }) => id === iterator.shard)
    if (!shard) throw iterator.from < trimHorizon(ctx) ? trimmedData() : shardNotFound(iterator.shard, stream.arn)
    const { from, after, oldest } = iterator
    const horizon = trimHorizon(ctx)
    if (from < horizon && !oldest) throw trimmedData()
    const { records, isRead } = await readShard(ctx.store.changeLog, { stream, shard, region: ctx.region },
      { from: from < horizon ? horizon : from, after }, { records: Limit, bytes: MOST_BYTES })
    const last = records.at(-1)?.dynamodb.SequenceNumber
    ctx.notes.items = records.length
    ctx.notes.stream = stream.label
    // A closed shard that is read to its end has no next iterator.
    if (isRead && shard.last !== undefined) return { Records: records }
    const position = last === undefined ? {} : { from: last, after: true }
    // Who has read everything misses nothing when it is trimmed.
    return { Records: records, NextShardIterator: writeIterator({ ...iterator, ...position, oldest: isRead, madeAt: ctx.startedAt }) }
  },
}
