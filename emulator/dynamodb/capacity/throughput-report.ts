import type { TableRecord } from '../tables/table-record.ts'
import type { HotKey } from './partition-keys.ts'
import type { ResourceThroughput, Side } from './resource-throughput.ts'
import type { TableThroughput } from './table-throughput.ts'

/** One limit of a table or an index, and the bucket that keeps it. */
export interface LimitReport {
  /** The reason of a request that is refused by it. */
  limit: string
  /** Units a second. */
  rate: number
  /** Units that are in the bucket, and the most that it holds. */
  level: number
  size: number
}

/** Reads, or writes. */
export interface SideReport {
  limits: LimitReport[]
  /** Units that were used in the last minute. */
  used: number
  /** Requests, items of batches and actions of transactions that were refused in the last minute. */
  refused: number
}

export interface ResourceReport {
  read: SideReport
  write: SideReport
  /** The ten partition keys with the most units since the start of the last whole minute. */
  hottestKeys: HotKey[]
}

export interface TableThroughputReport extends ResourceReport {
  table: string
  billingMode: string
  indexes: (ResourceReport & { index: string })[]
}

const HOTTEST = 10

export function reportOf (table: TableRecord, throughput: TableThroughput, now: number): TableThroughputReport {
  return {
    table: table.TableName,
    billingMode: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
    ...resourceReport(throughput.of(), now),
    indexes: (table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => ({ index: IndexName, ...resourceReport(throughput.of(IndexName), now) })),
  }
}

function resourceReport ({ Read, Write, keys }: ResourceThroughput, now: number): ResourceReport {
  return { read: sideReport(Read, now), write: sideReport(Write, now), hottestKeys: keys.hottest(HOTTEST) }
}

function sideReport (side: Side, now: number): SideReport {
  return {
    limits: side.limits(now).map(({ name, bucket }) => ({ limit: name, rate: bucket.rate, level: bucket.level(now), size: bucket.size })),
    used: side.used.total(now),
    refused: side.refused.total(now),
  }
}
