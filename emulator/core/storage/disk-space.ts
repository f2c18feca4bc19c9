import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stopwatch } from '../clock.ts'

/** A write that the disk of the data directory has no room for. Reads still work. */
export class StorageFull extends Error {
  override name = 'StorageFull'

  constructor (path: string, options?: { cause: unknown }) {
    super(`The disk of the data directory ${path} is full. Reads work; writes work again as soon as there is space`, options)
  }
}

/** Whether an error, or what caused it, is the system's for a full disk or a used-up quota. */
export function isDiskFull (error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', message, cause } = error as NodeJS.ErrnoException // system errors have codes
  return code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|quota exceeded/i.test(message) || isDiskFull(cause)
}

/** Opening LevelDB writes its logs into tables, and some small files. */
const SPARE_BYTES = 1024 * 1024

/** How many bytes must be free before LevelDB can be opened in a folder. */
export async function bytesToOpen (folder: string): Promise<number> {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  const sizes = await Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, SPARE_BYTES)
}

/** Real time between two looks whether there is space again. */
const RETRY_MS = 1_000

/** Knows whether the disk of a data directory is full, and reports each change once. */
export class DiskSpace {
  readonly #path: string
  readonly #report: (text: string) => void
  #fullSince: number | undefined
  #triedAt = -Infinity

  /** @param report  receives a line when the disk is full, and one when it no longer is */
  constructor (path: string, report: (text: string) => void) {
    this.#path = path
    this.#report = report
  }

  get isFull (): boolean {
    return this.#fullSince !== undefined
  }

  /** Notes that the disk is full; returns what the caller throws. */
  full (cause?: unknown): StorageFull {
    const error = new StorageFull(this.#path, { cause })
    if (!this.isFull) this.#report(error.message)
    this.#fullSince ??= stopwatch()
    return error
  }

  /** Notes that a write succeeded. */
  free (): void {
    if (!this.isFull) return
    this.#fullSince = undefined
    this.#report(`The disk of the data directory ${this.#path} has space again: writes work`)
  }

  /**
   * Whether this many bytes can be written now. It is tried at most once a second.
   * @param folder  on the disk
   */
  async hasRoom (folder: string, bytes: number): Promise<boolean> {
    if (stopwatch() - this.#triedAt < RETRY_MS) return false
    this.#triedAt = stopwatch()
    const probe = join(folder, 'space-probe')
    try {
      await writeFile(probe, Buffer.alloc(bytes), { mode: 0o600 })
      return true
    } catch (error) {
      if (isDiskFull(error)) return false
      throw error
    } finally {
      await rm(probe, { force: true })
    }
  }
}
