import { lasts } from './lasts.ts'
import type { Status, TableRecord } from './table-record.ts'

/** The replicas of a table in other regions, by region. */
export type Replicas = Readonly<Record<string, ReplicaRecord>>

/** What a region knows about a replica in another one. Its times are epoch ms. */
export interface ReplicaRecord extends ReplicaOverrides {
  readonly creatingUntil?: number
  readonly updatingUntil?: number
  /** When it was created, if it was created from here: for 24 hours this region cannot be removed before it. */
  readonly createdFromHereAt?: number
}

/** Settings that a replica has for itself. */
export interface ReplicaOverrides {
  readonly ReadCapacityUnits?: number
  readonly MaxReadRequestUnits?: number
  readonly TableClass?: string
  readonly KMSMasterKeyId?: string
  readonly indexes?: Readonly<Record<string, { readonly ReadCapacityUnits?: number, readonly MaxReadRequestUnits?: number }>>
}

export const GLOBAL_TABLE_VERSION = '2019.11.21'

const DAY_MS = 86_400_000

/** The regions of a table's replicas, without its own. */
export function replicaRegions ({ settings: { replicas } }: TableRecord): string[] {
  return replicas ? Object.keys(replicas) : []
}

/** The table with other replicas; with none it is a table of one region. */
export function withReplicas (table: TableRecord, replicas: Replicas): TableRecord {
  const { replicas: _before, ...settings } = table.settings
  return { ...table, settings: { ...settings, ...(Object.keys(replicas).length > 0 && { replicas }) } }
}

/** The table without a replica, which it shows until it is gone (epoch ms). */
export function withoutReplica (table: TableRecord, region: string, goneAt: number): TableRecord {
  const { [region]: _removed, ...replicas } = table.settings.replicas ?? {}
  const { settings, ...rest } = withReplicas(table, replicas)
  return { ...rest, settings: { ...settings, removedReplicas: { ...settings.removedReplicas, [region]: goneAt } } }
}

/** The overrides of a replica that differ from the table; equal ones are not shown. */
export function withoutInherited<T extends ReplicaOverrides> (replica: T, table: TableRecord): T {
  const { ReadCapacityUnits, MaxReadRequestUnits, ...rest } = replica
  return {
    ...rest,
    ...(ReadCapacityUnits !== table.ProvisionedThroughput.ReadCapacityUnits && { ReadCapacityUnits }),
    ...(MaxReadRequestUnits !== table.OnDemandThroughput?.MaxReadRequestUnits && { MaxReadRequestUnits }),
  } as T // the same members
}

/** The replicas without transitional states that have ended. */
export function settledReplicas (replicas: Replicas, now: number): Replicas {
  return Object.fromEntries(Object.entries(replicas).map(([region, { creatingUntil, updatingUntil, ...replica }]) => [region, {
    ...replica,
    ...(lasts(creatingUntil, now) && { creatingUntil }),
    ...(lasts(updatingUntil, now) && { updatingUntil }),
  }]))
}

/** Whether a replica is being created, changed or removed. */
export function isChangingReplicas ({ settings: { replicas = {}, removedReplicas = {} } }: TableRecord, now: number): boolean {
  return Object.values(replicas).some((replica) => statusOf(replica, now) !== 'ACTIVE') || Object.values(removedReplicas).some((until) => lasts(until, now))
}

/** Whether this region created a replica in the last 24 hours that is still there. */
export function isRecentSource ({ settings: { replicas = {} } }: TableRecord, now: number): boolean {
  return Object.values(replicas).some(({ createdFromHereAt: at }) => at !== undefined && now < at + DAY_MS)
}

/** The members of a `TableDescription` that a global table has. The replica of the region that is asked is not shown. */
export function describeReplicas (table: TableRecord, at: number): Record<string, unknown> {
  const { replicas = {}, removedReplicas = {} } = table.settings
  const shown = [
    ...Object.entries(replicas).map(([region, replica]) => describeReplica(region, replica, statusOf(replica, at), table)),
    ...Object.entries(removedReplicas).filter(([, until]) => lasts(until, at)).map(([region]) => describeReplica(region, {}, 'DELETING', table)),
  ]
  return shown.length > 0 ? { GlobalTableVersion: GLOBAL_TABLE_VERSION, Replicas: shown } : {}
}

function statusOf ({ creatingUntil, updatingUntil }: ReplicaRecord, now: number): Status {
  if (lasts(creatingUntil, now)) return 'CREATING'
  return lasts(updatingUntil, now) ? 'UPDATING' : 'ACTIVE'
}

function describeReplica (RegionName: string, replica: ReplicaOverrides, ReplicaStatus: Status, table: TableRecord): Record<string, unknown> {
  const { KMSMasterKeyId, TableClass, indexes = {} } = replica
  return {
    RegionName,
    ReplicaStatus,
    ReplicaArn: table.TableArn.replace(/^(arn:aws:dynamodb:)[^:]+/, `$1${RegionName}`),
    ...(KMSMasterKeyId !== undefined && { KMSMasterKeyId }),
    ...describeOverrides(replica),
    ...(table.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(({ IndexName }) => ({ IndexName, ...describeOverrides(indexes[IndexName] ?? {}) })),
    }),
    ...(TableClass !== undefined && { ReplicaTableClassSummary: { TableClass } }),
  }
}

function describeOverrides ({ ReadCapacityUnits, MaxReadRequestUnits }: Pick<ReplicaOverrides, 'ReadCapacityUnits' | 'MaxReadRequestUnits'>): Record<string, unknown> {
  return {
    ...(ReadCapacityUnits !== undefined && { ProvisionedThroughputOverride: { ReadCapacityUnits } }),
    ...(MaxReadRequestUnits !== undefined && { OnDemandThroughputOverride: { MaxReadRequestUnits } }),
  }
}
