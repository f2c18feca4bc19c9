import type { AccountStore } from '../storage/account-store.ts'
import { replicaRegions, withReplicas } from '../tables/replicas.ts'
import type { TableRecord } from '../tables/table-record.ts'

/**
 * Removes what a kill left of replicas whose creation or removal it interrupted: a replica counts when every region that it
 * names knows it. A creation begins with the new replica, and a removal ends with the removed one.
 */
export async function removeUnknownReplicas (stores: readonly AccountStore[]): Promise<void> {
  const find = (account: string, region: string, name: string) => stores.find((store) => store.account === account && store.region === region)?.tables.get(name)
  const globalTables = stores.flatMap((store) => store.tables.all().filter(({ settings }) => settings.replicas).map((table) => ({ store, table })))
  const isKnown = ({ account, region }: AccountStore, table: TableRecord) =>
    replicaRegions(table).every((other) => find(account, other, table.TableName)?.settings.replicas?.[region] !== undefined)
  const unknown = globalTables.filter(({ store, table }) => !isKnown(store, table))
  if (unknown.length === 0) return
  // A region that names one which is gone is not unknown itself.
  const gone = unknown.filter(({ store, table }) => replicaRegions(table).some((other) => {
    const there = find(store.account, other, table.TableName)
    return there !== undefined && there.settings.replicas?.[store.region] === undefined
  }))
  for (const { store, table } of gone) {
    await store.streams.stop(table)
    await store.drop(table)
    await store.tables.remove(table.TableName)
  }
  for (const { store, table } of globalTables) {
    if (gone.some((one) => one.store === store && one.table === table)) continue
    const left = Object.fromEntries(Object.entries(table.settings.replicas!).filter(([region]) => find(store.account, region, table.TableName)?.settings.replicas))
    if (Object.keys(left).length === replicaRegions(table).length) continue
    await store.tables.put(withReplicas(table, left))
    if (Object.keys(left).length === 0) await store.versions.forget(table)
  }
}
