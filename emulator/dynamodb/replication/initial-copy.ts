import type { Write } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import type { AccountStore } from '../storage/account-store.ts'
import { firstVersion } from '../storage/item-versions.ts'
import { allUnder, keys } from '../storage/keys.ts'
import type { PlacedItems } from '../storage/table-filling.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { positionOf, type Position } from './delivery.ts'

/** The table that a new replica is a copy of, locked, and the regions of its other replicas. */
interface Original { readonly table: TableRecord, readonly store: AccountStore, readonly peers: readonly AccountStore[] }

/** The items of a table for a new replica, whose versions are stored on the way. */
export async function * copiedItems ({ table: { TableName }, store }: Original, target: AccountStore): PlacedItems & AsyncGenerator<{ place: string, item: Item }[]> {
  const prefix = keys.item(TableName, '')
  const first = firstVersion(store.region)
  for await (const chunk of store.database.chunks(allUnder(prefix), CHUNK)) {
    const items = chunk.map(([key, item]) => ({ place: key.slice(prefix.length), item: item as Item })) // only items are written under these keys
    await target.database.commit(items.map(({ place }) => ({ key: keys.version(TableName, place), value: store.versions.of(TableName, place) ?? first })))
    yield items
  }
  const tombstones = keys.tombstone(TableName, '')
  for await (const chunk of store.database.chunks(allUnder(tombstones), CHUNK)) {
    await target.database.commit(chunk.flatMap(([key, value]): Write[] => {
      const version = keys.version(TableName, key.slice(tombstones.length))
      return [{ key, value }, { key: version, value: store.database.get(version) }]
    }))
  }
}

/** Where a copy continues in the change logs of all regions. */
export function copiedPositions ({ table, store, peers }: Original): Write[] {
  const at = (region: string, position: Position) => ({ key: keys.replicated(table.TableName, region), value: position })
  return [
    at(store.region, { tableId: table.TableId, after: store.changeLog.lastSequence }),
    ...peers.flatMap((peer) => {
      const there = peer.tables.get(table.TableName)
      return there ? [at(peer.region, { tableId: there.TableId, after: positionOf(store, there, peer.region) })] : []
    }),
  ]
}
