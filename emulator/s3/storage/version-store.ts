import type { Database, Write } from '../../core/storage/database.ts'
import type { Piece } from '../../core/storage/content-store.ts'
import { allUnder, byteString, keys, LONGEST_CHUNK } from './database-keys.ts'
import type { DeleteMarker, ObjectRecord, VersioningStatus, VersionRecord } from './records.ts'
import { makeVersionId, NULL_VERSION, orderIn, orderOf, versionIdOf } from './version-id.ts'

/** Writes that go together, and the contents that nothing refers to afterwards. */
export interface VersionChange<T = VersionRecord | undefined> {
  writes: Write[]
  dropped: readonly Piece[]
  /** The version that was stored or deleted. */
  record: T
}

interface Name { bucket: string, key: string }

/** Where a listing of versions begins: after all versions of a key, or after one of them. */
export interface VersionMarker { key: string, versionId?: string }

/**
 * The versions of the objects of one account. The current version of a key, which may be a delete marker, is at the key itself;
 * the older ones are beside it. This class plans changes; its caller holds the locks and commits.
 */
export class VersionStore {
  readonly #database: Database
  #sequence = 0

  constructor (database: Database) {
    this.#database = database
  }

  /** Continues the numbers of a version that exists. */
  count ({ sequence = 0 }: VersionRecord): void {
    this.#sequence = Math.max(this.#sequence, sequence)
  }

  /** The current version of a key. */
  current ({ bucket, key }: Name): VersionRecord | undefined {
    return this.#database.get(keys.object(bucket, byteString(key))) as VersionRecord | undefined // only planned changes are written there
  }

  find (name: Name, versionId: string): VersionRecord | undefined {
    const current = this.current(name)
    if (current && versionIdOf(current) === versionId) return current
    const { bucket, key } = name
    const order = versionId === NULL_VERSION ? this.#database.get(keys.nullVersion(bucket, key)) as string | undefined : orderIn(versionId) // only #archived writes there
    const found = order === undefined ? undefined : this.#database.get(keys.version(bucket, key, order)) as VersionRecord | undefined // as above
    return found && versionIdOf(found) === versionId ? found : undefined
  }

  /**
   * Stores a version in place of the current one, which is kept if the bucket has versioning.
   * @param status  of the bucket's versioning
   */
  put<T extends ObjectRecord | DeleteMarker> (bucket: string, record: T, status: VersioningStatus | undefined): VersionChange<T> {
    const name = { bucket, key: record.key }
    const current = this.current(name)
    if (status === undefined) return { writes: [this.#currentWrite(name, record)], dropped: piecesOf(current), record }
    const sequence = ++this.#sequence
    const versionId = status === 'Enabled' ? makeVersionId(sequence) : undefined
    const stored: T = { ...record, sequence, ...(versionId === undefined ? {} : { versionId }) }
    const replaced = versionId === undefined ? this.find(name, NULL_VERSION) : undefined
    return {
      writes: [
        this.#currentWrite(name, stored),
        ...(replaced && replaced !== current ? this.#removed(bucket, replaced) : []),
        ...(current && replaced !== current ? this.#archived(bucket, { ...current, noncurrentSince: record.lastModified }) : []),
      ],
      dropped: piecesOf(replaced),
      record: stored,
    }
  }

  /** Deletes the current version of a bucket that has no versioning. */
  delete (name: Name): VersionChange {
    const current = this.current(name)
    return { writes: current ? [this.#currentWrite(name, undefined)] : [], dropped: piecesOf(current), record: current }
  }

  /** Deletes one version. If it is the current one, the newest of the others becomes current. */
  async deleteVersion (name: Name, versionId: string): Promise<VersionChange> {
    const record = this.find(name, versionId)
    if (!record) return { writes: [], dropped: [], record }
    const dropped = piecesOf(record)
    if (versionIdOf(this.current(name)!) !== versionId) return { writes: this.#removed(name.bucket, record), dropped, record } // a key with versions has a current one
    const newest = await this.#newestOf(name)
    if (!newest) return { writes: [this.#currentWrite(name, undefined)], dropped, record }
    const { noncurrentSince: _, ...promoted } = newest
    return { writes: [this.#currentWrite(name, promoted), ...this.#removed(name.bucket, newest)], dropped, record }
  }

  /** The write that changes what is recorded about a version, and nothing else. */
  update (bucket: string, record: ObjectRecord): Write {
    const isCurrent = record.noncurrentSince === undefined
    return { key: isCurrent ? keys.object(bucket, byteString(record.key)) : this.#keyOf(bucket, record), value: record }
  }

  /**
   * All versions of the keys with a prefix, in the order of their keys, and each key's newest version first.
   * @param options.after  begins after this one
   */
  async * list (bucket: string, { prefix = '', after }: { prefix?: string, after?: VersionMarker } = {}): AsyncGenerator<VersionRecord> {
    const snapshot = this.#database.snapshot()
    try {
      const first = after && byteString(after.key) > byteString(prefix) ? after.key : prefix
      const older = this.#records({ ...allUnder(keys.versionsUnder(bucket, prefix)), gte: keys.versionsUnder(bucket, first) }, snapshot)
      let waiting = await older.next()
      for await (const current of this.#records({ ...allUnder(keys.object(bucket, byteString(prefix))), gte: keys.object(bucket, byteString(first)) }, snapshot)) {
        const versions = [current]
        for (; !waiting.done && waiting.value.key === current.key; waiting = await older.next()) versions.push(waiting.value)
        yield * current.key === after?.key ? versions.slice(skipped(versions, after)) : versions
      }
      await older.return(undefined)
    } finally {
      await snapshot.close()
    }
  }

  /** The versions that are not current, of all buckets. */
  older (): AsyncGenerator<VersionRecord> {
    return this.#records(allUnder(keys.versions))
  }

  async * #records (range: { gte: string, lt: string }, snapshot?: ReturnType<Database['snapshot']>): AsyncGenerator<VersionRecord> {
    for await (const chunk of this.#database.chunks(range, LONGEST_CHUNK, snapshot)) {
      for (const [, record] of chunk) yield record as VersionRecord // only planned changes are written there
    }
  }

  async #newestOf ({ bucket, key }: Name): Promise<VersionRecord | undefined> {
    const chunks = this.#database.chunks(allUnder(keys.versionsOf(bucket, key)), 1)
    const first = await chunks.next()
    await chunks.return(undefined)
    return first.done ? undefined : first.value[0]![1] as VersionRecord // as above
  }

  #currentWrite ({ bucket, key }: Name, value: VersionRecord | undefined): Write {
    return { key: keys.object(bucket, byteString(key)), value }
  }

  #keyOf (bucket: string, { key, sequence }: VersionRecord): string {
    return keys.version(bucket, key, orderOf(sequence))
  }

  #archived (bucket: string, record: VersionRecord): Write[] {
    const write = { key: this.#keyOf(bucket, record), value: record }
    return record.versionId === undefined ? [write, { key: keys.nullVersion(bucket, record.key), value: orderOf(record.sequence) }] : [write]
  }

  #removed (bucket: string, record: VersionRecord): Write[] {
    const write = { key: this.#keyOf(bucket, record) }
    return record.versionId === undefined ? [write, { key: keys.nullVersion(bucket, record.key) }] : [write]
  }
}

const piecesOf = (record: VersionRecord | undefined): readonly Piece[] => record && !record.deleteMarker ? record.pieces : []

/** The object that a version is; `undefined` for a delete marker. */
export const objectIn = (record: VersionRecord | undefined): ObjectRecord | undefined => record?.deleteMarker ? undefined : record

/** How many versions of a key a listing leaves out. The marker's version may have been deleted. */
function skipped (versions: readonly VersionRecord[], { versionId }: VersionMarker): number {
  if (versionId === undefined) return versions.length
  const at = versions.findIndex((version) => versionIdOf(version) === versionId)
  if (at >= 0) return at + 1
  return versions.filter((version) => orderOf(version.sequence) <= orderIn(versionId)).length
}
