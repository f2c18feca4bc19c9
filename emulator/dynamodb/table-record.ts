import type { KeySchema, TableKeys } from './item.ts'
import type { Indexed, IndexKeys } from './index-entries.ts'

export interface Throughput { ReadCapacityUnits: number, WriteCapacityUnits: number, NumberOfDecreasesToday: number, LastIncreaseDateTime?: number, LastDecreaseDateTime?: number }

export interface IndexRecord extends IndexKeys {
  IndexArn: string
  KeySchema: KeySchema
  /** Global indexes only. */
  ProvisionedThroughput?: Throughput
}

/**
 * What is stored of a table: what DescribeTable shows of it that does not change by itself, and, under `settings`, what
 * it is computed from. Statuses are not stored: they follow from these times and the clock.
 */
export interface TableRecord extends TableKeys, Indexed {
  TableArn: string
  TableId: string
  /** Epoch seconds, as AWS shows it. */
  CreationDateTime: number
  LocalSecondaryIndexes?: IndexRecord[]
  GlobalSecondaryIndexes?: IndexRecord[]
  ProvisionedThroughput: Throughput
  BillingModeSummary?: { BillingMode: string, LastUpdateToPayPerRequestDateTime?: number }
  TableThroughputModeSummary?: { TableThroughputMode: string, LastUpdateToPayPerRequestDateTime?: number }
  DeletionProtectionEnabled: boolean
  TableClassSummary?: { TableClass: string, LastUpdateDateTime?: number }
  SSEDescription?: { Status: string, SSEType: string, KMSMasterKeyArn: string }
  settings: {
    /** Epoch ms until which it is CREATING, UPDATING or DELETING. */
    creatingUntil: number
    updatingUntil?: number
    deletingUntil?: number
    tags: Record<string, string>
    timeToLive?: TimeToLiveSetting
  }
}

export interface TimeToLiveSetting {
  attribute: string
  enabled: boolean
  /** Epoch ms at which ENABLING becomes ENABLED, or DISABLING DISABLED. */
  settledAt: number
}

export type TableStatus = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE'

/** How long tables stay in their passing states, in ms of the emulator's clock. */
export interface TableDelays { create: number, update: number, delete: number, timeToLive: number }

export function statusOf ({ settings }: TableRecord, now: number): TableStatus {
  if (settings.deletingUntil !== undefined) return 'DELETING'
  if (now < settings.creatingUntil) return 'CREATING'
  if (settings.updatingUntil !== undefined && now < settings.updatingUntil) return 'UPDATING'
  return 'ACTIVE'
}

/** Whether a deleted table is gone by now. */
export function isGone ({ settings }: TableRecord, now: number): boolean {
  return settings.deletingUntil !== undefined && now >= settings.deletingUntil
}

/** Whether operations on items may use it. */
export function isUsable (table: TableRecord, now: number): boolean {
  return table.settings.deletingUntil === undefined && now >= table.settings.creatingUntil
}

/** How much a table or an index holds. */
export interface Holdings { items: number, bytes: number }

/** A `TableDescription` as AWS gives it, at a moment. */
export function describeTable (
  table: TableRecord, { now, holdings, status = statusOf(table, now) }: { now: number, holdings: (index?: string) => Holdings, status?: TableStatus }
): Record<string, unknown> {
  const { settings: _settings, LocalSecondaryIndexes, GlobalSecondaryIndexes, ...shown } = table
  const { items, bytes } = holdings()
  const index = (record: IndexRecord) => {
    const { items: ItemCount, bytes: IndexSizeBytes } = holdings(record.IndexName)
    return { ...record, IndexSizeBytes, ItemCount }
  }
  return {
    ...shown,
    TableStatus: status,
    ItemCount: items,
    TableSizeBytes: bytes,
    ...(LocalSecondaryIndexes && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(index) }),
    // AWS leaves the global indexes out of the description of a table that is going.
    ...(GlobalSecondaryIndexes && status !== 'DELETING' && {
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((record) => ({ ...index(record), IndexStatus: status })),
    }),
  }
}
