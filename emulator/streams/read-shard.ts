import type { ChangeLog } from '../dynamodb/storage/change-log/change-log.ts'
import type { StreamRecord } from '../dynamodb/storage/change-log/streams.ts'
import { isInShard, type Shard } from './shards.ts'
import { showRecord, type ShownRecord } from './stream-record.ts'

/** Where a reader of a shard continues. */
export interface ShardPosition {
  readonly from: string
  /** Whether the record of that sequence number itself is passed over. */
  readonly after?: boolean
}

/** What a read of a shard gives. */
export interface ShardPage {
  records: ShownRecord[]
  /** Whether the shard has no record behind these. */
  isRead: boolean
}

/**
 * Reads records of one shard, in order.
 * @param bounds.records  the maximum number of records
 * @param bounds.bytes    a page ends with the record that reaches this many bytes
 */
export async function readShard (
  changeLog: Pick<ChangeLog, 'read'>,
  { stream, shard, region }: { stream: StreamRecord, shard: Shard, region: string },
  { from, after }: ShardPosition,
  bounds: { records: number, bytes: number }
): Promise<ShardPage> {
  const records: ShownRecord[] = []
  let bytes = 0
  for await (const chunk of changeLog.read(stream.tableId, { from, to: shard.last }, Math.min(bounds.records + 1, 256))) {
    for (const change of chunk) {
      if ((after && change.sequence === from) || !isInShard(change.place, shard)) continue
      if (records.length >= bounds.records || bytes >= bounds.bytes) return { records, isRead: false }
      const record = showRecord(change, stream, region)
      records.push(record)
      bytes += record.dynamodb.SizeBytes
    }
  }
  return { records, isRead: true }
}
