import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import type { Holdings } from '../tables/table-description.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { allUnder, keys } from './keys.ts'
import type { PlacedItems } from './table-filling.ts'

/** A backup: its items are under its id, apart from the table. */
export interface BackupRecord extends Holdings {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly type: 'USER' | 'SYSTEM'
  /** The table as it was. */
  readonly table: TableRecord
  /** Epoch ms. */
  readonly createdAt: number
  /** When the clock reaches this time, the backup is AVAILABLE. */
  readonly availableAt: number
  /** SYSTEM backups only, epoch ms. */
  readonly expiresAt?: number
  /** Its items are incomplete: a kill in this state leaves nothing to restore. */
  readonly incomplete?: boolean
}

/** The backups of an account in a region. */
export class Backups {
  readonly #records = new Map<string, BackupRecord>()
  readonly #database: Database
  readonly #clock: Clock

  constructor ({ database, clock }: { database: Database, clock: Clock }) {
    this.#database = database
    this.#clock = clock
  }

  /** Reads the backups from the database, and deletes incomplete ones, which a kill left. */
  async load (): Promise<void> {
    for await (const chunk of this.#database.chunks(allUnder(keys.backup('')), CHUNK)) {
      for (const [, value] of chunk) {
        const backup = value as BackupRecord // only backups are written under these keys
        if (backup.incomplete) await this.delete(backup)
        else this.#records.set(backup.arn, backup)
      }
    }
  }

  get (arn: string): BackupRecord | undefined {
    const backup = this.#records.get(arn)
    return backup && !this.#isExpired(backup) ? backup : undefined
  }

  /** The backups, the oldest first. */
  all (): BackupRecord[] {
    return [...this.#records.values()].filter((backup) => !this.#isExpired(backup)).sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1))
  }

  /** Copies a table as it is at this moment; writes to it continue meanwhile. */
  async create (table: TableRecord, { name, type, delayMs, keptMs }: { name: string, type: BackupRecord['type'], delayMs: number, keptMs?: number }): Promise<BackupRecord> {
    await this.#deleteExpired()
    const createdAt = this.#clock.now()
    const id = `${String(createdAt).padStart(14, '0')}-${randomBytes(4).toString('hex')}`
    const started: BackupRecord = {
      id,
      arn: `${table.TableArn}/backup/${id}`,
      name,
      type,
      table,
      createdAt,
      availableAt: createdAt + delayMs,
      items: 0,
      bytes: 0,
      incomplete: true,
      ...(keptMs !== undefined && { expiresAt: createdAt + keptMs }),
    }
    const snapshot = this.#database.snapshot()
    try {
      await this.#database.commit([{ key: keys.backup(id), value: started }])
      const holdings = { items: 0, bytes: 0 }
      const prefix = keys.item(table.TableName, '')
      for await (const chunk of this.#database.chunks(allUnder(prefix), CHUNK, snapshot)) {
        await this.#database.commit(chunk.map(([key, value]) => ({ key: keys.backupItem(id, key.slice(prefix.length)), value })))
        for (const [, item] of chunk) {
          holdings.items++
          holdings.bytes += itemSize(item as Item) // only items are written under these keys
        }
      }
      const { incomplete: _done, ...backup } = { ...started, ...holdings }
      await this.#database.commit([{ key: keys.backup(id), value: backup }])
      this.#records.set(backup.arn, backup)
      return backup
    } finally {
      await snapshot.close()
    }
  }

  /** The items of a backup. */
  async * items ({ id }: BackupRecord): PlacedItems & AsyncGenerator<{ place: string, item: Item }[]> {
    const prefix = keys.backupItem(id, '')
    for await (const chunk of this.#database.chunks(allUnder(prefix), CHUNK)) {
      yield chunk.map(([key, item]) => ({ place: key.slice(prefix.length), item: item as Item })) // as above
    }
  }

  async delete ({ id, arn }: BackupRecord): Promise<void> {
    this.#records.delete(arn)
    await this.#database.clear(allUnder(keys.backupItem(id, '')))
    await this.#database.commit([{ key: keys.backup(id), value: undefined }])
  }

  #isExpired ({ expiresAt }: BackupRecord): boolean {
    return expiresAt !== undefined && this.#clock.now() >= expiresAt
  }

  async #deleteExpired (): Promise<void> {
    for (const backup of [...this.#records.values()]) if (this.#isExpired(backup)) await this.delete(backup)
  }
}
