import type { Replicated } from '../../dynamodb/replication/replication.ts'
import { resourceDimensions } from './dynamodb-calls.ts'
import type { Publishing } from './index.ts'

const NAMESPACE = 'AWS/DynamoDB'

/**
 * Counts writes of a global table that have arrived in another region: how long they were in transit, where they were made, and
 * the units that they consumed, where they have arrived.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function countReplicated ({ account, from, to, table, latencies, consumed }: Replicated, publishing: Pick<Publishing, 'count'>): void {
  for (const latency of latencies) publishing.count(account, from, NAMESPACE, 'ReplicationLatency', latency, 'Milliseconds', 'TableName', table, 'ReceivingRegion', to)
  for (const { resource, writeUnits, local } of consumed) {
    if (writeUnits > 0) publishing.count(account, to, NAMESPACE, 'ConsumedWriteCapacityUnits', writeUnits, 'Count', ...resourceDimensions(resource, local))
  }
}
