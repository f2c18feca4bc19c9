import { validation } from '../../errors.ts'
import type { DynamodbContext } from '../../context.ts'
import type { DynamodbOperation } from '../../operation.ts'
import type { Shape } from '../../requests/shapes.ts'
import { changeGroup } from '../../replication/replica-group.ts'
import { checkReplicaUpdates, replicaUpdates } from '../../requests/replica-updates.ts'
import { synchronized } from '../../tables/replica-tables.ts'
import { admitChange, oneIndexAtATime } from '../../tables/table-admission.ts'
import { applyChanges, type Changes } from '../../tables/table-changes.ts'
import { checkEncryption, checkTableClass } from '../../requests/table-checks.ts'
import { describeTable } from '../../tables/table-description.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import {
  attributeDefinitions, billingMode, indexName, keySchema, onDemandThroughput, projection, provisionedThroughput, requiredTableName, tableSettings, warmThroughput,
  type IndexUpdate, type StreamInput, type UpdateTableInput
} from '../../requests/table-shapes.ts'
import { admitReplicaGroup } from '../global-tables/replica-rules.ts'
import { updateReplicas } from '../global-tables/update-replicas.ts'
import { isGiven } from '../../tables/warm-throughput.ts'

const PREFIX = 'One or more parameter values were invalid: '

/** Members that make an update, in the order in which AWS's message lists them. */
const CHANGES = ['ProvisionedThroughput', 'BillingMode', 'StreamSpecification', 'GlobalSecondaryIndexUpdates', 'SSESpecification',
  'ReplicaUpdates', 'DeletionProtectionEnabled', 'OnDemandThroughput', 'WarmThroughput', 'TableClass'] as const

/** Changes that must be alone in a request, by AWS's name for them. */
const ALONE = { ReplicaUpdates: 'Replica', SSESpecification: 'Server-Side Encryption', TableClass: 'TableClass', DeletionProtectionEnabled: 'DeletionProtection' } as const

const indexUpdates: Shape = {
  type: 'List',
  children: {
    type: 'ValueStruct<GlobalSecondaryIndexUpdate>',
    notNull: true,
    children: {
      Update: {
        type: 'FieldStruct<UpdateGlobalSecondaryIndexAction>',
        children: { IndexName: indexName, ProvisionedThroughput: provisionedThroughput, OnDemandThroughput: onDemandThroughput, WarmThroughput: warmThroughput },
      },
      Create: {
        type: 'FieldStruct<CreateGlobalSecondaryIndexAction>',
        children: {
          Projection: projection,
          IndexName: indexName,
          ProvisionedThroughput: provisionedThroughput,
          OnDemandThroughput: onDemandThroughput,
          WarmThroughput: warmThroughput,
          KeySchema: keySchema,
        },
      },
      Delete: { type: 'FieldStruct<DeleteGlobalSecondaryIndexAction>', children: { IndexName: indexName } },
    },
  },
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
// New settings apply at once, a new index has its items at once, and a deleted index is empty at once. The table
// and its indexes keep their transitional status (UPDATING, CREATING, DELETING) for `tableDelays`.
export const updateTable: DynamodbOperation<UpdateTableInput> = {
  types: {
    TableName: requiredTableName,
    AttributeDefinitions: attributeDefinitions,
    ProvisionedThroughput: provisionedThroughput,
    BillingMode: billingMode,
    OnDemandThroughput: onDemandThroughput,
    WarmThroughput: warmThroughput,
    GlobalSecondaryIndexUpdates: indexUpdates,
    ReplicaUpdates: replicaUpdates,
    ...tableSettings,
  },
  custom (input, ctx) {
    checkCombination(input)
    if (input.ReplicaUpdates) checkReplicaUpdates(input.ReplicaUpdates, ctx.region)
    checkTableClass(input.TableClass)
    checkEncryption(input.SSESpecification)
    checkStream(input)
    checkIndexUpdates(input.GlobalSecondaryIndexUpdates ?? [])
  },
  refuses: ['ReplicaUpdates.Disassociate', 'MultiRegionConsistency', 'GlobalTableWitnessUpdates',
    'GlobalTableSettingsReplicationMode', 'DisassociationProtectionEnabled', 'VectorIndexUpdates'],
  run (input, ctx) {
    if (input.ReplicaUpdates) return updateReplicas(input, ctx)
    return changeGroup(input.TableName, ctx, async ({ table, peers }) => {
      const { store, startedAt } = ctx
      const { TableName } = input
      admitChange(table, startedAt)
      admitReplicaGroup(table, startedAt)
      const changes = applyChanges(table, input, ctx)
      // All are checked before one is changed.
      const others = peers.map((peer) => ({ peer, changes: applyChanges(peer.table, synchronized(input, peer.table, table.settings.replicas?.[peer.ctx.region] ?? {}), peer.ctx) }))
      const updated = input.StreamSpecification ? await changeStream(changes.updated, input.StreamSpecification, ctx) : changes.updated
      for (const { peer, changes } of others) await storeChanges(changes, peer.ctx)
      await storeChanges({ ...changes, updated }, ctx)
      return { TableDescription: describeTable(updated, { now: startedAt, holdings: (index) => store.holdings(TableName, index), limits: ctx.limits, changing: true }) }
    })
  },
}

/** An index is added to its table's record after it is filled, and removed from it before it is emptied. */
async function storeChanges ({ updated, created, deleted }: Changes, { store, throttle }: DynamodbContext): Promise<void> {
  if (created) await store.fillIndex(updated, created)
  await store.tables.put(updated)
  throttle?.follow(store.tables.get(updated.TableName)!) // it was put there
  if (deleted !== undefined) await store.emptyIndex(updated, deleted)
}

async function changeStream (table: TableRecord, { StreamEnabled, StreamViewType }: StreamInput, { store, startedAt, delays }: DynamodbContext): Promise<TableRecord> {
  const { stream } = table.settings
  if (StreamEnabled && stream?.enabled) throw validation(`Table already has an enabled stream: TableName: ${table.TableName}`)
  if (!StreamEnabled && table.settings.replicas) throw validation('Disabling Stream is not allowed for a Global Table replica.')
  if (!StreamEnabled && !stream?.enabled) throw validation(`Table has no stream to disable: TableName: ${table.TableName}`)
  if (!StreamEnabled) await store.streams.stop(table)
  const changed = StreamEnabled ? await store.streams.start(table, StreamViewType!) : { ...stream!, enabled: false } // checked by `custom`
  return { ...table, settings: { ...table.settings, stream: changed, updating: { until: startedAt + delays.update, what: 'stream' } } }
}

function checkCombination (input: UpdateTableInput): void {
  const { BillingMode, ProvisionedThroughput, GlobalSecondaryIndexUpdates: updates } = input
  const warms = isGiven(input.WarmThroughput)
  const given = CHANGES.filter((name) => name === 'WarmThroughput' ? warms : input[name] !== undefined)
  // An empty list of index updates counts as none, unless there is another change.
  if (given.length === 0 || (given.length === 1 && updates?.length === 0)) {
    throw validation('At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ' +
      'ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, ' +
      'WarmThroughput or TableClass is required')
  }
  if (updates?.length === 0) throw validation(`${PREFIX}List of GlobalSecondaryIndexUpdates is empty`)
  for (const [name, called] of Object.entries(ALONE)) {
    if (given.length > 1 && given.some((one) => one === name)) throw validation(`${PREFIX}${called} modification must be the only operation in the request`)
  }
  if (BillingMode === 'PROVISIONED' && !ProvisionedThroughput) throw validation(`${PREFIX}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`)
  if (BillingMode === 'PAY_PER_REQUEST' && ProvisionedThroughput) {
    throw validation(`${PREFIX}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`)
  }
  if (input.OnDemandThroughput && (input.StreamSpecification ?? warms)) throw validation(`${PREFIX}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`)
  if (warms) {
    if (updates?.some(({ Create }) => Create)) throw validation(`${PREFIX}Create global secondary index cannot be specified when updating WarmThroughput`)
    if (updates?.some(({ Delete }) => Delete)) throw validation(`${PREFIX}Delete global secondary index cannot be specified when updating WarmThroughput`)
    if (given.some((name) => name !== 'WarmThroughput' && name !== 'GlobalSecondaryIndexUpdates')) throw validation(`${PREFIX}WarmThroughput must be the only operation in the request`)
  }
  const remakes = updates?.some(({ Create, Delete }) => Create ?? Delete)
  if (remakes && ProvisionedThroughput) throw validation(`${PREFIX}You cannot create or delete index while updating table IOPS`)
  if (remakes && input.StreamSpecification) throw validation(`${PREFIX}You cannot create or delete index while changing stream status`)
}

function checkStream ({ StreamSpecification: stream }: UpdateTableInput): void {
  if (stream?.StreamEnabled && !stream.StreamViewType) throw validation(`${PREFIX}If stream is being enabled then UpdateViewType is required`)
  if (stream?.StreamEnabled === false && stream.StreamViewType) throw validation(`${PREFIX}If stream is being disabled, then UpdateViewType must not be specified`)
}

function checkIndexUpdates (updates: IndexUpdate[]): void {
  const names = new Set<string>()
  for (const { Update, Create, Delete } of updates) {
    const actions = [Update, Create, Delete].filter((action) => action !== undefined)
    if (actions.length === 0) {
      throw validation(`${PREFIX}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null`)
    }
    if (actions.length > 1) throw validation(`${PREFIX}Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`)
    const name = actions[0]!.IndexName
    if (Update?.WarmThroughput && !isGiven(Update.WarmThroughput)) {
      throw validation(`${PREFIX}WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: ${name}`)
    }
    if (names.has(name)) throw validation(`${PREFIX}Only one global secondary index update per index is allowed simultaneously. Index: ${name}`)
    names.add(name)
  }
  if (updates.filter(({ Create, Delete }) => Create ?? Delete).length > 1) throw oneIndexAtATime()
}
