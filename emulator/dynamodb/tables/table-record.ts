import type { Indexed, IndexKeys, KeySchema, TableKeys } from '../values/item.ts'
import { lasts } from './lasts.ts'
import type { MaxUnits } from './on-demand.ts'
import { settledReplicas, type Replicas } from './replicas.ts'
import type { Throughput } from './throughput.ts'
import type { WarmUnits } from './warm-throughput.ts'

export interface IndexRecord extends IndexKeys {
  IndexArn: string
  KeySchema: KeySchema
  /** Global indexes only. */
  ProvisionedThroughput?: Throughput
  OnDemandThroughput?: MaxUnits
  /** The most that it was warmed to or provisioned with, where that was ever set or changed: it does not cool down. */
  WarmThroughput?: WarmUnits
}

/**
 * The stored record of a table: the part of DescribeTable that does not change by itself and, under `settings`, the values
 * from which the rest is computed. Statuses are not stored: they follow from these times and the clock.
 */
export interface TableRecord extends TableKeys, Indexed {
  TableArn: string
  TableId: string
  /** Epoch seconds, as AWS shows it. */
  CreationDateTime: number
  LocalSecondaryIndexes?: IndexRecord[]
  /** The indexes that reads and writes use; one that is being deleted is in `settings.dropping`. */
  GlobalSecondaryIndexes?: IndexRecord[]
  ProvisionedThroughput: Throughput
  OnDemandThroughput?: MaxUnits
  /** The most that it was warmed to or provisioned with, where that was ever set or changed: it does not cool down. */
  WarmThroughput?: WarmUnits
  BillingModeSummary?: { BillingMode: string, LastUpdateToPayPerRequestDateTime?: number }
  TableThroughputModeSummary?: { TableThroughputMode: string, LastUpdateToPayPerRequestDateTime?: number }
  DeletionProtectionEnabled: boolean
  TableClassSummary?: { TableClass: string, LastUpdateDateTime?: number }
  SSEDescription?: { Status: string, SSEType: string, KMSMasterKeyArn: string }
  settings: Transitions & {
    tags: Record<string, string>
    timeToLive?: TimeToLiveSetting
    /** Point-in-time recovery, while it is enabled. */
    recovery?: RecoverySetting
    /** Where a restored table comes from; it is CREATING until the restore ends. */
    restored?: { backupArn?: string, tableArn: string, at: number, until: number }
    /** When it was switched to on-demand mode in the last 24 hours, epoch ms. */
    onDemandSwitches?: number[]
    /** The latest stream, enabled or not. */
    stream?: StreamSetting
    /** Contributor Insights, by global index, and by no name for the table, as far as it was ever changed. */
    insights?: Record<string, InsightsSetting>
    /** The replicas of a global table in other regions, by region; absent when it has none. */
    replicas?: Replicas
    /** Policies by the ARN of the table or of its stream. */
    policies?: Record<string, { policy: string, revision: string }>
  }
}

/** The transitional states of a table and its global indexes, each with the time (epoch ms) at which it ends. */
export interface Transitions {
  creatingUntil?: number
  deletingUntil?: number
  /** UPDATING, and the reason. */
  updating?: { until: number, what: 'throughput' | 'class' | 'stream' | 'replica' }
  /** The encryption changes; the table stays ACTIVE. */
  encryptingUntil?: number
  /** The one index that is being created: its table is UPDATING at first, then ACTIVE while the index is filled. */
  building?: { index: string, allocatedAt: number, until: number }
  /** The one index that is being deleted, as it was. */
  dropping?: { index: IndexRecord, until: number }
  /** Replicas that were removed, until they are gone. */
  removedReplicas?: Record<string, number>
  /** Indexes whose throughput changes. */
  updatingIndexes?: Record<string, number>
  /** What is being warmed, by global index, and by no name for the table: what it could take before. */
  warming?: Record<string, { before: Required<WarmUnits>, until: number }>
}

export type InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS' | 'THROTTLED_KEYS'

/** @property changedAt  epoch ms */
export interface InsightsSetting { enabled: boolean, mode: InsightsMode, changedAt: number }

export type StreamViewType = 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY'

export interface StreamSetting { arn: string, label: string, viewType: StreamViewType, enabled: boolean }

/** Since when (epoch ms) a table can be restored, and how many days back. */
export interface RecoverySetting { enabledAt: number, days: number }

export interface TimeToLiveSetting {
  attribute: string
  enabled: boolean
  /** Epoch ms at which ENABLING becomes ENABLED, or DISABLING DISABLED; absent when that is over. */
  changingUntil?: number
}

export type Status = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE'

/** How long tables stay in their transitional states, in ms of the emulator's clock. */
export interface TableDelays {
  create: number
  update: number
  delete: number
  timeToLive: number
  /** How long a new index is filled, after its table has been UPDATING. */
  backfill: number
  /** How long a replica in another region is CREATING. */
  replica: number
  /** How long a backup is CREATING. */
  backup: number
  /** How long a restored table is CREATING. */
  restore: number
  /** How long an export is IN_PROGRESS. */
  export: number
  /** How long an import is IN_PROGRESS and its table CREATING. */
  import: number
}

export function statusOf ({ settings }: TableRecord, now: number): Status {
  const { creatingUntil, deletingUntil, updating, building, dropping } = settings
  if (deletingUntil !== undefined) return 'DELETING'
  if (lasts(creatingUntil, now)) return 'CREATING'
  return [updating?.until, building?.allocatedAt, dropping?.until].some((until) => lasts(until, now)) ? 'UPDATING' : 'ACTIVE'
}

/** The status of a global index, one that is being deleted included. */
export function indexStatusOf ({ settings }: TableRecord, index: string, now: number): Status {
  const { creatingUntil, building, dropping, updatingIndexes } = settings
  if (dropping?.index.IndexName === index && lasts(dropping.until, now)) return 'DELETING'
  if (lasts(creatingUntil, now) || (building?.index === index && lasts(building.until, now))) return 'CREATING'
  return lasts(updatingIndexes?.[index], now) ? 'UPDATING' : 'ACTIVE'
}

/** The table without the transitional states that have ended. */
export function settled (table: TableRecord, now: number): TableRecord {
  const { creatingUntil, updating, encryptingUntil, building, dropping, updatingIndexes = {}, removedReplicas = {}, warming = {}, replicas, timeToLive, ...rest } = table.settings
  const changing = Object.entries(updatingIndexes).filter(([, until]) => lasts(until, now))
  const leaving = Object.entries(removedReplicas).filter(([, until]) => lasts(until, now))
  const stillWarming = Object.entries(warming).filter(([, { until }]) => lasts(until, now))
  return {
    ...table,
    settings: {
      ...rest,
      ...(lasts(creatingUntil, now) && { creatingUntil }),
      ...(lasts(updating?.until, now) && { updating }),
      ...(lasts(encryptingUntil, now) && { encryptingUntil }),
      ...(lasts(building?.until, now) && { building }),
      ...(lasts(dropping?.until, now) && { dropping }),
      ...(timeToLive && { timeToLive: lasts(timeToLive.changingUntil, now) ? timeToLive : { ...timeToLive, changingUntil: undefined } }),
      ...(changing.length > 0 && { updatingIndexes: Object.fromEntries(changing) }),
      ...(leaving.length > 0 && { removedReplicas: Object.fromEntries(leaving) }),
      ...(replicas && { replicas: settledReplicas(replicas, now) }),
      ...(stillWarming.length > 0 && { warming: Object.fromEntries(stillWarming) }),
    },
  }
}

/** Whether a deleted table is gone at this time. */
export function isGone ({ settings }: TableRecord, now: number): boolean {
  return settings.deletingUntil !== undefined && now >= settings.deletingUntil
}

/** Whether operations on items may use it. */
export function isUsable ({ settings }: TableRecord, now: number): boolean {
  return settings.deletingUntil === undefined && !lasts(settings.creatingUntil, now)
}

/** Whether an index is still being created, so that it cannot be read. */
export function isBackfilling ({ settings: { building } }: TableRecord, index: string, now: number): boolean {
  return building?.index === index && lasts(building.until, now)
}
