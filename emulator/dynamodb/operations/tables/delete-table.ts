import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { changeGroup, type OwnedTable } from '../../replication/replica-group.ts'
import { withReplicas } from '../../tables/replicas.ts'
import { admitChange, admitDeletion } from '../../tables/table-admission.ts'
import { describeTable } from '../../tables/table-description.ts'
import { isGone, type TableRecord } from '../../tables/table-record.ts'
import { admitReplicaGroup, checkNotSource, leaveGroup } from '../global-tables/replica-rules.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'

/** Retention of the backup that a deleted table with point-in-time recovery leaves. */
const SYSTEM_BACKUP_MS = 35 * 86_400_000

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
// The items are deleted at once; the table shows DELETING for `tableDelays.delete`.
export const deleteTable: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  async run ({ TableName }, ctx) {
    const { store, startedAt } = ctx
    // What was written to a replica still arrives in the others.
    if (store.tables.get(TableName)?.settings.replicas) await ctx.replication.flush({ account: ctx.account, region: ctx.region, table: TableName })
    return changeGroup(TableName, ctx, async ({ table, peers }) => {
      admitChange(table, startedAt)
      if (table.DeletionProtectionEnabled) {
        throw validation('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.')
      }
      admitReplicaGroup(table, startedAt)
      checkNotSource(table, startedAt)
      admitDeletion(table, startedAt)
      await leaveGroup({ table, ctx }, peers)
      const deleted = await removeTable({ table, ctx })
      return { TableDescription: shownOf(describeTable(deleted, { now: startedAt, holdings: () => ({ items: 0, bytes: 0 }), limits: ctx.limits, changing: true })) }
    })
  },
}

/** Deletes a table, which is locked and may be deleted, with all its items. */
export async function removeTable ({ table, ctx: { store, startedAt, delays } }: OwnedTable): Promise<TableRecord> {
  const deleted = withReplicas({ ...table, settings: { ...table.settings, deletingUntil: startedAt + delays.delete } }, {})
  // In this order, so that a kill leaves no table without a part of its items.
  if (table.settings.recovery) await store.backups.create(table, { name: `${table.TableName}$DeletedTableBackup`, type: 'SYSTEM', delayMs: 0, keptMs: SYSTEM_BACKUP_MS })
  await store.tables.put(deleted)
  await store.streams.stop(table)
  await store.drop(table)
  if (isGone(deleted, startedAt)) await store.tables.remove(table.TableName)
  return deleted
}

/** AWS describes a table that is being deleted without its keys, definitions, indexes and settings. */
function shownOf (description: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(description).filter(([name]) => SHOWN.has(name)))
}

const SHOWN = new Set([
  'TableName', 'TableArn', 'TableId', 'TableStatus', 'ItemCount', 'TableSizeBytes', 'ProvisionedThroughput', 'BillingModeSummary',
])
