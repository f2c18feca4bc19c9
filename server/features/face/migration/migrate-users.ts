import type { Clock } from '../../../core/clock.ts'
import { TableMissing } from '../../../core/errors.ts'
import type { MigrationTables, RawItem } from '../repositories/migration-tables.ts'
import type { FaceRecord, Registration } from '../schemas.ts'
import type { MigrationCounts } from './migration-files.ts'
import { expiryAt, lacksMembers, recordOf, UnfitValidation, type OldValidation } from './old-validation.ts'

/** A user, and the best of the unexpired validations. */
export interface OldUser { userId: string, best?: OldValidation, bestItem?: RawItem }

/** Writes at once. */
const WRITERS = 16

/** The options of a migration that its users need. */
export interface UserOptions {
  clock: Clock
  /** The old table, the new one, and that of the registrations, which have names. */
  tables: { from: string, to: string, registrations: string }
  /** Days after which the new records expire; 0 for never. */
  ttlDays: number
  /** Only reports what would be done. */
  dryRun?: boolean
  /** Called for each user who cannot be migrated. */
  onFailure?: (userId: string, reason: string) => void
}

export interface MigrateUsersOptions {
  tables: MigrationTables
  /** Counted up. */
  counts: MigrationCounts
  options: UserOptions
}

/** Migrates users whose items have all been read, and counts the results. */
export async function migrateUsers (users: readonly OldUser[], { tables, counts, options }: MigrateUsersOptions): Promise<void> {
  const { tables: { to, registrations }, clock, ttlDays, dryRun, onFailure } = options
  const now = Math.floor(clock.now() / 1000)
  const kept = users.flatMap(({ best }) => best ?? [])
  counts.read += users.length
  counts.expired += users.length - kept.length

  function fail (userId: string, reason: string): void {
    counts.failed += 1
    onFailure?.(userId, reason)
  }

  function migrated ({ userId, name }: FaceRecord): void {
    counts.migrated += 1
    if (name === userId) counts.unnamed += 1
  }

  const known = await registrationsOf(kept.filter(lacksMembers), { tables, table: registrations })
  const records: FaceRecord[] = []
  for (const validation of kept) {
    try {
      records.push(recordOf(validation, { registration: known.get(validation.registrationId), expiresAt: expiryAt(now, ttlDays) }))
    } catch (error) {
      if (!(error instanceof UnfitValidation)) throw error
      fail(validation.userId, error.message)
    }
  }

  const inTheWay: FaceRecord[] = []
  if (dryRun) inTheWay.push(...records)
  else {
    await inParallel(records, async (record) => {
      const written = await tables.put(to, record, now).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ValidationException') return error
        throw error
      })
      if (written instanceof Error) fail(record.userId, written.message)
      else if (written) migrated(record)
      else inTheWay.push(record)
    })
  }

  // An item that was not written may have been written by an earlier run that was interrupted before it stored its progress.
  const there = await tables.recordsOf(to, inTheWay.map(({ userId }) => userId), now)
  for (const record of inTheWay) {
    const found = there.get(record.userId)
    const isThere = found?.faceId === record.faceId && found.timestamp === record.timestamp
    if (isThere) counts.alreadyThere += 1
    if (isThere || (dryRun && !(found && found.timestamp >= record.timestamp))) migrated(record)
    else counts.newer += 1
  }
}

async function registrationsOf (validations: readonly OldValidation[], { tables, table }: { tables: MigrationTables, table: string }): Promise<Map<string, Partial<Registration>>> {
  try {
    return await tables.registrationsOf(table, [...new Set(validations.map(({ registrationId }) => registrationId))])
  } catch (error) {
    // Registrations may be in another system; they only add missing values.
    if (error instanceof TableMissing) return new Map()
    throw error
  }
}

/** Runs a function on each, a number of them in parallel. After the first error it starts no more, waits for those that run, and throws. */
async function inParallel<T> (all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values()
  const errors: unknown[] = []
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    for (const one of waiting) {
      if (errors.length > 0) return
      await work(one).catch((error: unknown) => errors.push(error))
    }
  }))
  if (errors.length > 0) throw errors[0]
}
