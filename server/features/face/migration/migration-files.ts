import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { lineOf } from './item-lines.ts'
import type { RawItem } from '../repositories/migration-tables.ts'

/** Counts of users, except for `items`. */
export interface MigrationCounts {
  /** Of the old table. */
  items: number
  read: number
  /** Users whose record is in the new table, including those of an earlier run. */
  migrated: number
  /** How many of those existed before. */
  alreadyThere: number
  /** Users who already have a newer record. */
  newer: number
  /** Users whose validations have all expired. */
  expired: number
  failed: number
  /** Migrated users without a known name, whose name is the user id. */
  unnamed: number
}

/** The progress of a migration. Everything up to it is done, and in the backup. */
export interface MigrationProgress {
  version: 1
  from: string
  to: string
  backup: string
  backupBytes: number
  counts: MigrationCounts
  /** Where to resume; absent before the first page. */
  startKey?: RawItem
  /** The user at the end of the last page: the best of their validations so far, as a line of a backup, if one is suitable. */
  open?: { userId: string, best?: string }
}

/** An earlier migration that this one cannot resume. The message says what to do. */
export class CannotResume extends Error {
  override name = 'CannotResume'
}

/** @throws {@link CannotResume} for any other file */
export async function readProgress (path: string): Promise<MigrationProgress | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    const progress = JSON.parse(text) as Partial<MigrationProgress> // checked next
    if (progress.version === 1 && progress.backup !== undefined && progress.counts) return progress as MigrationProgress // only writeProgress() writes version 1
  } catch {}
  throw new CannotResume(`${path} is not the progress file of a migration. Delete it to start again`)
}

/** Replaces the file in one step, so that a kill leaves the old one or the new one. */
export async function writeProgress (path: string, progress: MigrationProgress): Promise<void> {
  const next = `${path}.next`
  await writeFile(next, JSON.stringify(progress), { flush: true })
  await rename(next, path)
}

export const removeProgress = (path: string) => rm(path, { force: true })

/** The backup of a table as it is read, one item a line. */
export class Backup {
  readonly #file: FileHandle
  #bytes: number

  private constructor (file: FileHandle, bytes: number) {
    this.#file = file
    this.#bytes = bytes
  }

  /** @throws `EEXIST` rather than overwrite another file */
  static async create (path: string): Promise<Backup> {
    return new Backup(await open(path, 'wx'), 0)
  }

  /**
   * Resumes a backup where its progress ends; lines after that are written again.
   * @throws {@link CannotResume} if it is missing, or shorter than that
   */
  static async resume (path: string, bytes: number): Promise<Backup> {
    const found = await stat(path).catch(() => undefined)
    if (!found || found.size < bytes) throw new CannotResume(`The backup ${path} of the interrupted migration is missing or incomplete`)
    const file = await open(path, 'r+')
    await file.truncate(bytes)
    return new Backup(file, bytes)
  }

  /** Bytes that are synced to the disk. */
  get bytes (): number {
    return this.#bytes
  }

  async append (items: readonly RawItem[]): Promise<void> {
    if (items.length === 0) return
    const lines = Buffer.from(items.map(lineOf).join(''))
    await this.#file.write(lines, 0, lines.length, this.#bytes)
    await this.#file.datasync()
    this.#bytes += lines.length
  }

  close (): Promise<void> {
    return this.#file.close()
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
