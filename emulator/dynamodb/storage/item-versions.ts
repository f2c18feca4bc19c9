import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../core/storage/database.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { ItemChange } from './item-change.ts'
import { allUnder, keys } from './keys.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * When and where an item of a global table was last written: 15 digits of the time (epoch ms), 8 of a counter, and the region.
 * The later of two writes has the higher version by the order of text; a write of the same time and count is decided by the
 * names of the regions.
 */
export type Version = string

const TIME_DIGITS = 15
const COUNT_DIGITS = 8

/** The version of an item that a region had before it was replicated: lower than that of any write. */
export function firstVersion (region: string): Version {
  return versionOf(0, 0, region)
}

/** The region of a version's write. */
export function regionOf (version: Version): string {
  return version.slice(TIME_DIGITS + COUNT_DIGITS + 1)
}

/** The versions of the items of an account's replicas in one region. They are stored in the batch that stores the item. */
export class ItemVersions {
  readonly #clock: Clock
  readonly #database: Database
  readonly #region: string

  constructor ({ clock, database, region }: { clock: Clock, database: Database, region: string }) {
    this.#clock = clock
    this.#database = database
    this.#region = region
  }

  /** The version of an item, also of one that was deleted; `undefined` if it was not written since its table has replicas. */
  of (table: string, place: string): Version | undefined {
    return this.#database.get(keys.version(table, place)) as Version | undefined // only versions are written under these keys
  }

  /**
   * The version of a change; a change by a request gets the next one: it is higher than the version that it replaces, even if
   * the clock stands still or was moved back, so that a region that has seen a write can always replace it.
   */
  stamp (work: UnitOfWork, { table: { TableName }, key: place, after }: ItemChange): Version {
    const replicated = work.origin.versions?.get(place)
    if (replicated !== undefined) return replicated
    const version = this.#next(this.of(TableName, place))
    this.put(work, { table: TableName, place, version, isDeleted: !after })
    return version
  }

  put (work: UnitOfWork, { table, place, version, isDeleted }: { table: string, place: string, version: Version, isDeleted: boolean }): void {
    work.write(keys.version(table, place), version)
    if (isDeleted) work.write(keys.tombstone(table, place), true)
  }

  /** Forgets the versions of a table that has no replicas any more. */
  async forget ({ TableName }: TableRecord): Promise<void> {
    for (const prefix of [keys.version(TableName, ''), keys.tombstone(TableName, ''), keys.replicated(TableName, '')]) await this.#database.clear(allUnder(prefix))
  }

  #next (before: Version | undefined): Version {
    const now = this.#clock.now()
    const time = before === undefined ? -1 : Number(before.slice(0, TIME_DIGITS))
    if (now > time) return versionOf(now, 0, this.#region)
    return versionOf(time, Number(before!.slice(TIME_DIGITS, TIME_DIGITS + COUNT_DIGITS)) + 1, this.#region)
  }
}

function versionOf (ms: number, count: number, region: string): Version {
  return `${String(Math.max(0, ms)).padStart(TIME_DIGITS, '0')}${String(count).padStart(COUNT_DIGITS, '0')}~${region}`
}
