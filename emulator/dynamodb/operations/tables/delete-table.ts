import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { admitChange, admitDeletion, tableToChange } from '../../tables/table-admission.ts'
import { describeTable } from '../../tables/table-description.ts'
import { isGone } from '../../tables/table-record.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'

/** Retention of the backup that a deleted table with point-in-time recovery leaves. */
const SYSTEM_BACKUP_MS = 35 * 86_400_000

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
// The items are deleted at once; the table shows DELETING for `tableDelays.delete`.
export const deleteTable: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run: ({ TableName }, ctx) => ctx.store.transact(async (work) => {
    const { store, startedAt } = ctx
    const table = await tableToChange(work, TableName, ctx)
    admitChange(table, startedAt)
    if (table.DeletionProtectionEnabled) {
      throw validation('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.')
    }
    admitDeletion(table, startedAt)
    const deleted = { ...table, settings: { ...table.settings, deletingUntil: startedAt + ctx.delays.delete } }
    // In this order, so that a kill leaves no table without a part of its items.
    if (table.settings.recovery) await store.backups.create(table, { name: `${TableName}$DeletedTableBackup`, type: 'SYSTEM', delayMs: 0, keptMs: SYSTEM_BACKUP_MS })
    await store.tables.put(deleted)
    await store.streams.stop(table)
    await store.drop(table)
    if (isGone(deleted, startedAt)) await store.tables.remove(TableName)
    return { TableDescription: shownOf(describeTable(deleted, { now: startedAt, holdings: () => ({ items: 0, bytes: 0 }), changing: true })) }
  }),
}

/** AWS describes a table that is being deleted without its keys, definitions, indexes and settings. */
function shownOf (description: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(description).filter(([name]) => SHOWN.has(name)))
}

const SHOWN = new Set([
  'TableName', 'TableArn', 'TableId', 'TableStatus', 'ItemCount', 'TableSizeBytes', 'ProvisionedThroughput', 'BillingModeSummary',
])
