import { resourceInUse, validation } from '../../errors.ts'
import type { OwnedTable } from '../../replication/replica-group.ts'
import { isChangingReplicas, isRecentSource, withoutReplica } from '../../tables/replicas.ts'
import type { TableRecord } from '../../tables/table-record.ts'

export const inUse = () => resourceInUse('The resource which you are attempting to change is in use.')

/** @throws ResourceInUseException while a replica of the table is being created, changed or removed */
export function admitReplicaGroup (table: TableRecord, now: number): void {
  if (isChangingReplicas(table, now)) throw inUse()
}

/**
 * Removes a replica from the records of all others; its own table is removed by the caller afterwards.
 * @param others  the other members of the global table
 */
export async function leaveGroup (leaving: OwnedTable, others: readonly OwnedTable[]): Promise<void> {
  const goneAt = leaving.ctx.startedAt + leaving.ctx.delays.delete
  for (const { table, ctx: { store } } of others) {
    const left = withoutReplica(table, leaving.ctx.region, goneAt)
    await store.tables.put(left)
    if (!left.settings.replicas) await store.versions.forget(left)
  }
}

/** @throws ValidationException for a region from which a replica was created in the last 24 hours */
export function checkNotSource (table: TableRecord, now: number): void {
  if (!isRecentSource(table, now)) return
  throw validation('Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.')
}
