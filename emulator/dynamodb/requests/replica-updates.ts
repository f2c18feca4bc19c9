import { REGIONS } from '../../core/regions.ts'
import { validation } from '../errors.ts'
import type { ReplicaOverrides } from '../tables/replicas.ts'
import type { Shape } from './shapes.ts'
import { indexName } from './table-shapes.ts'

/**
 * `ReplicaUpdates` of UpdateTable. The messages are those that AWS was observed to give; the order of the checks is
 * unverified.
 */

interface IndexOverrides {
  IndexName: string
  ProvisionedThroughputOverride?: { ReadCapacityUnits?: number }
  OnDemandThroughputOverride?: { MaxReadRequestUnits?: number }
}

/** What a replica is created or changed with. */
export interface ReplicaAction {
  RegionName: string
  KMSMasterKeyId?: string
  ProvisionedThroughputOverride?: { ReadCapacityUnits?: number }
  OnDemandThroughputOverride?: { MaxReadRequestUnits?: number }
  GlobalSecondaryIndexes?: IndexOverrides[]
  TableClassOverride?: string
}

export interface ReplicaUpdate {
  Create?: ReplicaAction
  Update?: ReplicaAction
  Delete?: { RegionName: string }
}

const regionName: Shape = { type: 'String', notNull: true }

const provisioned: Shape = { type: 'FieldStruct<ProvisionedThroughputOverride>', children: { ReadCapacityUnits: { type: 'Long', greaterThanOrEqual: 1 } } }
const onDemand: Shape = { type: 'FieldStruct<OnDemandThroughputOverride>', children: { MaxReadRequestUnits: 'Long' } }

const action = {
  RegionName: regionName,
  KMSMasterKeyId: 'String',
  ProvisionedThroughputOverride: provisioned,
  OnDemandThroughputOverride: onDemand,
  GlobalSecondaryIndexes: {
    type: 'List',
    lengthGreaterThanOrEqual: 1,
    children: {
      type: 'ValueStruct<ReplicaGlobalSecondaryIndex>',
      notNull: true,
      children: { IndexName: indexName, ProvisionedThroughputOverride: provisioned, OnDemandThroughputOverride: onDemand },
    },
  },
  TableClassOverride: { type: 'String', enum: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] },
} satisfies Record<string, Shape>

export const replicaUpdates: Shape = {
  type: 'List',
  lengthGreaterThanOrEqual: 1,
  children: {
    type: 'ValueStruct<ReplicationGroupUpdate>',
    notNull: true,
    children: {
      Create: { type: 'FieldStruct<CreateReplicationGroupMemberAction>', children: action },
      Update: { type: 'FieldStruct<UpdateReplicationGroupMemberAction>', children: action },
      Delete: { type: 'FieldStruct<DeleteReplicationGroupMemberAction>', children: { RegionName: regionName } },
    },
  },
}

/**
 * Checks `ReplicaUpdates` by itself.
 * @throws ValidationException
 */
export function checkReplicaUpdates (updates: readonly ReplicaUpdate[], here: string): void {
  for (const { Create, Update, Delete } of updates) {
    const actions = [Create, Update, Delete].filter((one) => one !== undefined)
    if (actions.length === 0 || (Update && Object.keys(Update).length === 1)) throw validation('There are no actions specified in the Replica Update Action of the request.')
    if (actions.length > 1) throw validation('Update table operation with more than one type of replica actions not allowed.')
  }
  const kinds = new Set(updates.flatMap((update) => Object.keys(update)))
  if (kinds.size > 1) throw validation('Update table operation with more than one type of replica actions not allowed.')
  const regions = new Set(updates.map(({ Create, Update, Delete }) => (Create ?? Update ?? Delete)!.RegionName)) // one is there
  if (regions.size > 1 && !kinds.has('Update')) throw validation('Update table operation with more than one create or delete replica actions not allowed.')
  if (regions.has(here)) throw validation('Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.')
  for (const region of regions) {
    if (REGIONS.has(region)) continue
    throw validation(`Region ${region} is not supported. The latest version of global tables are only supported in the following regions: [${[...REGIONS].sort().join(', ')}]`)
  }
}

/** The overrides of a replica after an action; an index that it does not name keeps its own. */
export function overridesAfter (before: ReplicaOverrides, { KMSMasterKeyId, ProvisionedThroughputOverride, OnDemandThroughputOverride, GlobalSecondaryIndexes, TableClassOverride }: ReplicaAction): ReplicaOverrides {
  return {
    ...before,
    ...(KMSMasterKeyId !== undefined && { KMSMasterKeyId }),
    ...(ProvisionedThroughputOverride?.ReadCapacityUnits !== undefined && { ReadCapacityUnits: ProvisionedThroughputOverride.ReadCapacityUnits }),
    ...(OnDemandThroughputOverride?.MaxReadRequestUnits !== undefined && { MaxReadRequestUnits: OnDemandThroughputOverride.MaxReadRequestUnits }),
    ...(TableClassOverride !== undefined && { TableClass: TableClassOverride }),
    ...(GlobalSecondaryIndexes && {
      indexes: { ...before.indexes, ...Object.fromEntries(GlobalSecondaryIndexes.map((index) => [index.IndexName, indexOverrides(index, before)])) },
    }),
  }
}

function indexOverrides ({ IndexName, ProvisionedThroughputOverride: provisioned, OnDemandThroughputOverride: onDemand }: IndexOverrides, { indexes = {} }: ReplicaOverrides) {
  return {
    ...indexes[IndexName],
    ...(provisioned?.ReadCapacityUnits !== undefined && { ReadCapacityUnits: provisioned.ReadCapacityUnits }),
    ...(onDemand?.MaxReadRequestUnits !== undefined && { MaxReadRequestUnits: onDemand.MaxReadRequestUnits }),
  }
}
