import type { DynamodbContext } from '../../context.ts'
import { validation } from '../../errors.ts'
import { changeGroup, type ReplicaGroup } from '../../replication/replica-group.ts'
import { copiedItems, copiedPositions } from '../../replication/initial-copy.ts'
import { overridesAfter, type ReplicaAction, type ReplicaUpdate } from '../../requests/replica-updates.ts'
import type { UpdateTableInput } from '../../requests/table-shapes.ts'
import { checkMaxUnits } from '../../tables/on-demand.ts'
import { replicaTable, withOverrides } from '../../tables/replica-tables.ts'
import { withoutInherited, withoutReplica, withReplicas, type ReplicaOverrides, type ReplicaRecord } from '../../tables/replicas.ts'
import { admitChange, admitDeletion } from '../../tables/table-admission.ts'
import { describeTable } from '../../tables/table-description.ts'
import { statusOf, type TableRecord } from '../../tables/table-record.ts'
import { checkUnits } from '../../tables/throughput.ts'
import { removeTable } from '../tables/delete-table.ts'
import { admitReplicaGroup, checkNotSource, inUse, leaveGroup } from './replica-rules.ts'

const PREFIX = 'One or more parameter values were invalid: '

/**
 * UpdateTable with `ReplicaUpdates`: creates, changes or removes replicas of a table in other regions of the account.
 * A new replica has all items at once. Writes that were made in a region before it is removed are delivered first.
 * Source: "How DynamoDB global tables work", developer guide.
 */
export async function updateReplicas ({ TableName, ReplicaUpdates = [] }: UpdateTableInput, ctx: DynamodbContext): Promise<{ TableDescription: object }> {
  for (const { Delete } of ReplicaUpdates) if (Delete) await ctx.replication.flush({ account: ctx.account, region: Delete.RegionName, table: TableName })
  return changeGroup(TableName, ctx, async (group) => {
    const { store, startedAt } = ctx
    admitChange(group.table, startedAt)
    const updated = await applyUpdates(group, ReplicaUpdates)
    return { TableDescription: describeTable(updated, { now: startedAt, holdings: (index) => store.holdings(TableName, index), limits: ctx.limits, changing: true }) }
  }, { always: true })
}

async function applyUpdates (group: ReplicaGroup, updates: readonly ReplicaUpdate[]): Promise<TableRecord> {
  const { Create, Delete } = updates[0]! // there is one at least
  if (Create) return createReplica(group, Create)
  if (Delete) return deleteReplica(group, Delete.RegionName)
  return changeReplicas(group, updates.flatMap(({ Update }) => Update ?? []))
}

async function createReplica ({ table, ctx, peers, own }: ReplicaGroup, action: ReplicaAction): Promise<TableRecord> {
  const { store, startedAt: now, delays } = ctx
  const { RegionName: region } = action
  const there = await own(region)
  if (there.store.tables.get(table.TableName)) {
    throw validation(`Failed to create a the new replica of table with name: ‘${table.TableName}’ because one or more replicas already existed as tables.`)
  }
  admitReplicaGroup(table, now)
  if (statusOf(table, now) !== 'ACTIVE') throw inUse()
  checkKey(table, action)
  await checkWriteScaling(table, ctx)
  const overrides = overridesAfter({}, action)
  checkOverrides(overrides, table, ctx)
  const creatingUntil = now + delays.replica
  const replica: ReplicaRecord = { ...withoutInherited(overrides, table), creatingUntil }
  const stream = table.settings.stream?.enabled ? table.settings.stream : await store.streams.start(table, 'NEW_AND_OLD_IMAGES')
  const created = replicaTable(table, { region, overrides, now })
  created.settings.creatingUntil = creatingUntil
  created.settings.stream = await there.store.streams.start(created, 'NEW_AND_OLD_IMAGES')
  const known = Object.fromEntries(peers.map((peer) => [peer.ctx.region, overridesOf(table, peer.ctx.region)]))
  const records = { table, store, peers: peers.map((peer) => peer.ctx.store) }
  // The new table first and this region's record last, so that a kill leaves either a whole replica or one that nobody knows.
  await there.store.createFilled(withReplicas(created, { ...known, [ctx.region]: {} }), copiedItems(records, there.store), { writes: () => copiedPositions(records) })
  if (created.settings.timeToLive?.enabled) await there.store.timeToLive.enable(there.store.tables.get(table.TableName)!) // it was put there
  for (const peer of peers) await peer.ctx.store.tables.put(withReplicas(peer.table, { ...peer.table.settings.replicas, [region]: replica }))
  const updated = withReplicas({ ...table, settings: { ...table.settings, stream, updating: { until: now + delays.update, what: 'replica' } } },
    { ...table.settings.replicas, [region]: { ...replica, createdFromHereAt: now } })
  await store.tables.put(updated)
  return updated
}

async function changeReplicas ({ table, ctx, peers }: ReplicaGroup, actions: readonly ReplicaAction[]): Promise<TableRecord> {
  const { startedAt: now, delays } = ctx
  checkMembers(table, actions.map(({ RegionName }) => RegionName))
  if (actions.some(({ KMSMasterKeyId }) => KMSMasterKeyId !== undefined)) throw validation(`${PREFIX}KMSMasterKeyId of a replica cannot be changed through ReplicaUpdates`)
  admitReplicaGroup(table, now)
  let updated = table
  const records = new Map(peers.map((peer) => [peer.ctx.region, peer.table]))
  for (const action of actions) {
    const { RegionName: region } = action
    const replica = { ...overridesAfter(overridesOf(table, region), action), updatingUntil: now + delays.update }
    checkOverrides(replica, table, ctx)
    const shown = withoutInherited(replica, table)
    const changed = (one: TableRecord): TableRecord => withReplicas(one, {
      ...one.settings.replicas, [region]: { createdFromHereAt: one.settings.replicas?.[region]?.createdFromHereAt, ...shown },
    })
    for (const [other, one] of records) if (other !== region) records.set(other, changed(one))
    const own = records.get(region)!
    records.set(region, { ...withClass(withOverrides(own, replica), action, now), settings: { ...own.settings, updating: { until: now + delays.update, what: 'replica' } } })
    updated = changed(updated)
  }
  for (const peer of peers) await peer.ctx.store.tables.put(records.get(peer.ctx.region)!)
  for (const { throttle, store } of peers.map((peer) => peer.ctx)) throttle?.follow(store.tables.get(table.TableName)!) // it was put there
  await ctx.store.tables.put(updated)
  return updated
}

async function deleteReplica ({ table, ctx, peers }: ReplicaGroup, region: string): Promise<TableRecord> {
  const { startedAt: now } = ctx
  checkMembers(table, [region])
  admitReplicaGroup(table, now)
  const there = peers.find((peer) => peer.ctx.region === region)
  if (!there) throw notMembers([region])
  admitChange(there.table, now)
  if (there.table.DeletionProtectionEnabled) throw validation(`Cannot delete table ${table.TableName} in region ${region} because it has deletion protection enabled. Disable deletion protection first.`)
  checkNotSource(there.table, now)
  admitDeletion(there.table, now)
  const updating: TableRecord = { ...table, settings: { ...table.settings, updating: { until: now + ctx.delays.update, what: 'replica' } } }
  await leaveGroup(there, [...peers.filter((peer) => peer !== there), { table: updating, ctx }])
  await removeTable(there)
  return withoutReplica(updating, region, now + ctx.delays.delete)
}

function checkMembers (table: TableRecord, regions: readonly string[]): void {
  const unknown = regions.filter((region) => !table.settings.replicas?.[region])
  if (unknown.length > 0) throw notMembers(unknown)
}

const notMembers = (regions: readonly string[]) => validation('Update global table operation failed because one or more replicas were not part of the global table. ' +
  `Please retry the request without these replicas: [${regions.join(', ')}].`)

/** A table without on-demand mode needs auto scaling of its write units, since all replicas have to take all writes. */
async function checkWriteScaling ({ TableName, BillingModeSummary, GlobalSecondaryIndexes = [] }: TableRecord, { account, region, replication }: DynamodbContext): Promise<void> {
  if (BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST') return
  const name = { account, region, table: TableName }
  const mustBe = 'write capacity should either be Pay-Per-Request or AutoScaled.'
  if (!await replication.isWriteScaled(name)) throw validation(`Table ${mustBe}`)
  for (const { IndexName } of GlobalSecondaryIndexes) if (!await replication.isWriteScaled(name, IndexName)) throw validation(`GSI ${mustBe}`)
}

/** A table that is encrypted with a key of its owner needs one in every region. */
function checkKey ({ SSEDescription }: TableRecord, { KMSMasterKeyId }: ReplicaAction): void {
  const isOwnKey = SSEDescription !== undefined && !SSEDescription.KMSMasterKeyArn.endsWith(':alias/aws/dynamodb')
  if (isOwnKey && KMSMasterKeyId === undefined) throw validation(`${PREFIX}KMSMasterKeyId must be specified for each replica.`)
}

/** @throws LimitExceededException, ValidationException */
function checkOverrides ({ ReadCapacityUnits, MaxReadRequestUnits }: ReplicaOverrides, table: TableRecord, ctx: DynamodbContext): void {
  if (ReadCapacityUnits !== undefined) checkUnits({ ReadCapacityUnits, WriteCapacityUnits: 0 }, ctx)
  if (MaxReadRequestUnits !== undefined) checkMaxUnits({ MaxReadRequestUnits }, { mode: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED' })
}

function withClass (table: TableRecord, { TableClassOverride: TableClass }: ReplicaAction, now: number): TableRecord {
  return TableClass === undefined ? table : { ...table, TableClassSummary: { TableClass, LastUpdateDateTime: now / 1000 } }
}

function overridesOf (table: TableRecord, region: string) {
  const { creatingUntil: _creating, updatingUntil: _updating, createdFromHereAt: _at, ...overrides } = table.settings.replicas?.[region] ?? {}
  return overrides
}
