import type { StreamsContext, StreamsOperation } from '../context.ts'
import { expiredIterator, invalidIterator, shardNotFound, trimmedData } from '../errors.ts'
import { findStream, readableShards, trimHorizon } from '../find-stream.ts'
import { ITERATOR_LIFE_MS, readIterator, writeIterator, type ShardIterator } from '../shard-iterator.ts'
import { isInShard, type Shard } from '../shards.ts'
import { showRecord, type ShownRecord } from '../stream-record.ts'
import type { StreamRecord } from '../../dynamodb/storage/streams.ts'

export interface GetRecordsInput { ShardIterator: string, Limit?: number }

const MOST_RECORDS = 1000
/** An answer ends with the record that brings it to so many bytes. */
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
    const { records, last, isRead } = await readShard(iterator, { stream, shard, limit: Limit }, ctx)
    ctx.notes.items = records.length
    // A closed shard that is read to its end has no next iterator.
    if (isRead && shard.last !== undefined) return { Records: records }
    const position = last === undefined ? {} : { from: last, after: true }
    // Who has read everything misses nothing when it is trimmed.
    return { Records: records, NextShardIterator: writeIterator({ ...iterator, ...position, oldest: isRead, madeAt: ctx.startedAt }) }
  },
}

async function readShard (
  { from: start, after, oldest }: ShardIterator, { stream, shard, limit }: { stream: StreamRecord, shard: Shard, limit: number }, ctx: StreamsContext
): Promise<{ records: ShownRecord[], last: string | undefined, isRead: boolean }> {
  const horizon = trimHorizon(ctx)
  if (start < horizon && !oldest) throw trimmedData()
  const records: ShownRecord[] = []
  let bytes = 0
  for await (const chunk of ctx.store.changeLog.read(stream.tableId, { from: start < horizon ? horizon : start, to: shard.last }, Math.min(limit + 1, 256))) {
    for (const change of chunk) {
      if ((after && change.sequence === start) || !isInShard(change.place, shard)) continue
      if (records.length >= limit || bytes >= MOST_BYTES) return { records, last: records.at(-1)?.dynamodb.SequenceNumber, isRead: false }
      const record = showRecord(change, stream, ctx.region)
      records.push(record)
      bytes += record.dynamodb.SizeBytes
    }
  }
  return { records, last: records.at(-1)?.dynamodb.SequenceNumber, isRead: true }
}
