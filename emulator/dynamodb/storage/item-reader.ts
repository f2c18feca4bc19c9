import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../core/storage/database.ts'
import { Meter } from '../capacity/meter.ts'
import { resourceNotFound } from '../errors.ts'
import type { Item } from '../values/item.ts'
import { keys } from './keys.ts'
import { isUsable, type TableRecord } from '../tables/table-record.ts'

/** A source of items. */
export interface ReadableStore {
  readonly clock: Clock
  readonly database: Database
  readonly tables: { get (name: string): TableRecord | undefined }
}

/** One operation's synchronous reads of items, and the capacity that they consume. */
export class ItemReader {
  readonly meter = new Meter()
  readonly #store: ReadableStore

  constructor (store: ReadableStore) {
    this.#store = store
  }

  get database () {
    return this.#store.database
  }

  /**
   * A table that operations on items may use.
   * @throws ResourceNotFoundException while it is being created or deleted, or if it is missing
   */
  table (name: string): TableRecord {
    const table = this.#store.tables.get(name)
    if (!table || !isUsable(table, this.#store.clock.now())) throw resourceNotFound()
    return table
  }

  readItem (table: string, key: string): Item | undefined {
    return this.database.get(keys.item(table, key)) as Item | undefined // only items are written under these keys
  }
}
