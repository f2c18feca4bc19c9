import type { Database, Range } from '../../../core/storage/database.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import { encodeKey } from '../../values/key-encoding.ts'
import { indexEntry } from '../index-entries.ts'
import { keys } from '../keys.ts'
import { itemsBeforeChanges } from './point-in-time.ts'

type Snapshot = ReturnType<Database['snapshot']>

type Entry = [key: string, item: Item]

/** Where entries lie: the table itself, or one of its indexes. */
export interface IndexName { readonly index: string, readonly global: boolean }

/** A table with its indexes as they were at a time, by the table's change log. To be closed when it has been read. */
export class EarlierView {
  readonly #database: Database
  readonly #snapshot: Snapshot
  readonly #table: TableRecord
  /** The items that have changed since, as they were, by their places. */
  readonly #changed: ReadonlyMap<string, Item | undefined>

  private constructor (database: Database, { snapshot, table, changed }: { snapshot: Snapshot, table: TableRecord, changed: ReadonlyMap<string, Item | undefined> }) {
    this.#database = database
    this.#snapshot = snapshot
    this.#table = table
    this.#changed = changed
  }

  /** @param first  the sequence number of the first change that is left out */
  static async open (database: Database, table: TableRecord, first: string): Promise<EarlierView> {
    const snapshot = database.snapshot()
    try {
      return new EarlierView(database, { snapshot, table, changed: await itemsBeforeChanges(database, table, first, snapshot) })
    } catch (error) {
      await snapshot.close()
      throw error
    }
  }

  /** @param place  the item's encoded key */
  async item (place: string): Promise<Item | undefined> {
    if (this.#changed.has(place)) return this.#changed.get(place)
    const key = keys.item(this.#table.TableName, place)
    let item: Item | undefined
    for await (const [entry] of this.#database.chunks({ gte: key, lte: key }, 1, this.#snapshot)) item = entry![1] as Item // only items are written under these keys
    return item
  }

  /** The entries in a range, in its order, some at a time. */
  async * chunks (range: Range, size: number, index?: IndexName): AsyncGenerator<Entry[]> {
    const earlier = this.#changedIn(range, index)
    const comes = range.reverse ? (one: string, other: string) => one > other : (one: string, other: string) => one < other
    let next = 0
    for await (const chunk of this.#database.chunks(range, size, this.#snapshot)) {
      const entries: Entry[] = []
      for (const [key, value] of chunk) {
        const item = value as Item // only items are written under these keys
        if (this.#changed.has(encodeKey(item, this.#table.KeySchema))) continue
        while (next < earlier.length && comes(earlier[next]![0], key)) entries.push(earlier[next++]!)
        entries.push([key, item])
      }
      if (entries.length > 0) yield entries
    }
    if (next < earlier.length) yield earlier.slice(next)
  }

  close (): Promise<void> {
    return this.#snapshot.close()
  }

  /** The entries of changed items as they were, in a range and in its order. */
  #changedIn (range: Range, index: IndexName | undefined): Entry[] {
    const entries: Entry[] = []
    for (const [place, item] of this.#changed) {
      const entry = item && this.#entryOf(place, item, index)
      if (entry && isWithin(entry[0], range)) entries.push(entry)
    }
    entries.sort(([one], [other]) => one < other ? -1 : 1)
    return range.reverse ? entries.reverse() : entries
  }

  #entryOf (place: string, item: Item, index: IndexName | undefined): Entry | undefined {
    const { TableName, LocalSecondaryIndexes = [], GlobalSecondaryIndexes = [] } = this.#table
    if (!index) return [keys.item(TableName, place), item]
    const keySchema = (index.global ? GlobalSecondaryIndexes : LocalSecondaryIndexes).find(({ IndexName }) => IndexName === index.index)
    const entry = keySchema && indexEntry(this.#table, { index: keySchema, global: index.global }, item, place)
    return entry && [keys.indexEntry(TableName, index, entry.key), entry.item]
  }
}

function isWithin (key: string, { gt, gte, lt, lte }: Range): boolean {
  return (gt === undefined || key > gt) && (gte === undefined || key >= gte) && (lt === undefined || key < lt) && (lte === undefined || key <= lte)
}
