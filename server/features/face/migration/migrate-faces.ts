import { join } from 'node:path'
import { TableMissing } from '../../../core/errors.ts'
import { createMigrationTables, type MigrationClients, type MigrationTables } from '../repositories/migration-tables.ts'
import { itemOf, lineOf, readItems } from './item-lines.ts'
import { migrateUsers, type OldUser, type UserOptions } from './migrate-users.ts'
import { Backup, CannotResume, readProgress, removeProgress, writeProgress, type MigrationCounts, type MigrationProgress } from './migration-files.ts'
import { isBetter, readValidation } from './old-validation.ts'

export interface MigrationOptions extends UserOptions {
  aws: MigrationClients
  /** Confidence from which an old validation without a status counts as a success. */
  matchThreshold: number
  /** Where backup and progress are written. */
  directory: string
  /** The backup's file. Default: one in `directory`, named for the table and the time. */
  backup?: string
  /** Items of one Scan. Default: as many as DynamoDB returns, 1 MB. */
  pageItems?: number
  /** Called after each page, with the approximate number of items. */
  onProgress?: (counts: MigrationCounts, about: number) => void
}

export interface MigrationResult {
  counts: MigrationCounts
  /** Absent in a dry run. */
  backup?: string
  /** It resumed an interrupted migration. */
  resumed: boolean
}

/** A table that is not suitable for a migration. The message says why. */
export class WrongTable extends Error {
  override name = 'WrongTable'
}

/** Items of a backup that are held at once. */
const RESTORED_AT_ONCE = 100

const NONE: MigrationCounts = { items: 0, read: 0, migrated: 0, alreadyThere: 0, newer: 0, expired: 0, failed: 0, unnamed: 0 }

/**
 * Migrates the history of validations (seed 000) to one record a user (seed 001): for each user the latest successful validation,
 * or the latest if none succeeded. The old table is only read, and written to a backup completely. Running it again in the same
 * directory resumes an interrupted migration; in another directory it starts again, with the same result.
 * Each page is written in this order: backup, records, progress. Memory holds one page and one validation.
 * @throws {@link WrongTable}, {@link CannotResume}; 503 for a table that is missing or busy; `EEXIST` for an existing backup
 */
export async function migrateFaces (options: MigrationOptions): Promise<MigrationResult> {
  const { tables: { from, to }, clock, dryRun = false, directory } = options
  const tables = createMigrationTables(options.aws)
  const about = await requireTables(tables, { from, to })
  const path = join(directory, `${from}.migration.json`)
  const earlier = dryRun ? undefined : await readProgress(path)
  if (earlier && (earlier.from !== from || earlier.to !== to)) {
    throw new CannotResume(`${path} belongs to a migration from ${earlier.from} to ${earlier.to}. Continue that one, or delete the file`)
  }
  if (earlier && options.backup !== undefined && options.backup !== earlier.backup) {
    throw new CannotResume(`The interrupted migration writes its backup to ${earlier.backup}. Continue it with that file, or delete ${path}`)
  }
  const backupPath = earlier?.backup ?? options.backup ?? join(directory, `${from}-${new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.jsonl`)
  const backup = dryRun ? undefined : await (earlier ? Backup.resume(earlier.backup, earlier.backupBytes) : Backup.create(backupPath))

  const counts: MigrationCounts = { ...NONE, ...earlier?.counts }
  let open: OldUser | undefined = earlier?.open && reopened(earlier.open, options.matchThreshold)
  let startKey = earlier?.startKey
  const save = async () => {
    if (backup) await writeProgress(path, { version: 1, from, to, backup: backupPath, backupBytes: backup.bytes, counts, startKey, open: open && closed(open) })
  }
  try {
    if (!earlier) await save()
    do {
      const { items, lastKey } = await tables.page(from, startKey, options.pageItems)
      await backup?.append(items)
      const users: OldUser[] = []
      for (const item of items) {
        const validation = readValidation(item, options.matchThreshold)
        if (open?.userId !== validation.userId) {
          if (open) users.push(open)
          open = { userId: validation.userId }
        }
        const isLive = validation.expiresAt === undefined || validation.expiresAt * 1000 > clock.now()
        if (isLive && isBetter(validation, open.best)) Object.assign(open, { best: validation, bestItem: item })
      }
      if (!lastKey && open) {
        users.push(open)
        open = undefined
      }
      counts.items += items.length
      await migrateUsers(users, { tables, counts, options })
      startKey = lastKey
      // Without a key it would start again: the last page is continued from the page before.
      if (startKey) await save()
      options.onProgress?.(counts, about)
    } while (startKey)
  } finally {
    await backup?.close()
  }
  if (backup) await removeProgress(path)
  return { counts, backup: backup && backupPath, resumed: earlier !== undefined }
}

/**
 * Writes the items of a backup to the old table; items with the same keys are replaced.
 * @returns how many
 * @throws `DamagedBackup` at the first line that is not an item; the items before it are restored
 */
export async function restoreBackup (options: { aws: MigrationClients, table: string, backup: string, onProgress?: (items: number) => void }): Promise<number> {
  const { aws, table, backup, onProgress } = options
  const tables = createMigrationTables(aws)
  await requireHistory(tables, table)
  let restored = 0
  for await (const items of readItems(backup, RESTORED_AT_ONCE)) {
    await tables.restore(table, items)
    restored += items.length
    onProgress?.(restored)
  }
  return restored
}

/** @returns the approximate number of items */
async function requireTables (tables: MigrationTables, { from, to }: { from: string, to: string }): Promise<number> {
  if (from === to) throw new WrongTable(`The old and the new table are both ${from}. A table's key cannot be changed: name another table`)
  const items = await requireHistory(tables, from)
  const { keys } = await describe(tables, to, 'for the records. Create it with: FACE_DESIGN=single npx sandtable tables create')
  if (keys.join() !== 'userId') throw new WrongTable(`${to} is not a table of face records: its key is ${keys.join(' and ')}, not only userId`)
  return items
}

async function requireHistory (tables: MigrationTables, name: string): Promise<number> {
  const { keys, items } = await describe(tables, name, 'to migrate from, or to restore to')
  if (keys.join() !== 'userId,registrationId') throw new WrongTable(`${name} is not a history of validations: its key is ${keys.join(' and ')}, not userId and registrationId`)
  return items
}

async function describe (tables: MigrationTables, name: string, purpose: string): Promise<{ keys: string[], items: number }> {
  return tables.describe(name).catch((error: unknown) => {
    throw error instanceof TableMissing ? new WrongTable(`There is no table ${name} ${purpose}`) : error
  })
}

/** The user at the end of a page, as the progress stores it. */
const closed = ({ userId, bestItem }: OldUser) => ({ userId, best: bestItem && lineOf(bestItem) })

function reopened ({ userId, best }: NonNullable<MigrationProgress['open']>, matchThreshold: number): OldUser {
  const bestItem = best === undefined ? undefined : itemOf(best)
  return { userId, bestItem, best: bestItem && readValidation(bestItem, matchThreshold) }
}
