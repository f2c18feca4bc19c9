import { CHUNK } from '../../core/storage/storage.ts'
import type { AccountStore, TableLocation } from '../storage/account-store.ts'
import { sequenceAfter } from '../storage/change-log/sequence.ts'
import { allUnder, keys } from '../storage/keys.ts'
import { replicaRegions } from '../tables/replicas.ts'
import { isOwn, positionOf } from './delivery.ts'

/**
 * Forgets the deleted items of a global table, unless a change is in transit that may be older than a deletion.
 * @returns whether it did
 */
export async function sweepTombstones ({ region, table: name }: TableLocation, storeIn: (region: string) => AccountStore | Promise<AccountStore>): Promise<boolean> {
  const first = await storeIn(region)
  const table = first.tables.get(name)
  if (!table) return true
  const stores = [first]
  for (const other of replicaRegions(table)) stores.push(await storeIn(other))
  // Listed before: a deletion that comes later may be newer than a change that comes later.
  const found = await Promise.all(stores.map(async (store) => ({ store, places: await tombstonesOf(store, name) })))
  for (const from of stores) for (const to of stores) if (from !== to && await isInTransit(from, to, name)) return false
  for (const { store, places } of found) {
    for (const { place, version } of places) await forget(store, { name, place, version })
  }
  return true
}

async function tombstonesOf ({ database, versions }: AccountStore, name: string): Promise<{ place: string, version: string | undefined }[]> {
  const prefix = keys.tombstone(name, '')
  const found: { place: string, version: string | undefined }[] = []
  for await (const chunk of database.chunks(allUnder(prefix), CHUNK)) {
    for (const [key] of chunk) found.push({ place: key.slice(prefix.length), version: versions.of(name, key.slice(prefix.length)) })
  }
  return found
}

async function isInTransit (from: AccountStore, to: AccountStore, name: string): Promise<boolean> {
  const table = from.tables.get(name)
  if (!table || !to.tables.get(name)?.settings.replicas?.[from.region]) return false
  const after = positionOf(to, table, from.region)
  for await (const chunk of from.changeLog.readWrites(table.TableId, { from: after === '' ? '' : sequenceAfter(after) })) {
    if (chunk.some(({ version }) => isOwn(version, from.region))) return true
  }
  return false
}

async function forget (store: AccountStore, { name, place, version }: { name: string, place: string, version: string | undefined }): Promise<void> {
  await store.transact(async (work) => {
    await work.useTables([name])
    await work.lockItems([{ table: name, key: place }])
    const isBack = work.readItem(name, place) !== undefined
    if (!isBack && store.versions.of(name, place) !== version) return
    work.write(keys.tombstone(name, place), undefined)
    if (!isBack) work.write(keys.version(name, place), undefined)
  })
}
