import type { Database } from '../../core/storage/database.ts'
import { Locks } from '../../core/storage/locks.ts'
import type { Partition } from '../../core/storage/storage.ts'
import type { ContentStore, Piece } from '../../core/storage/content-store.ts'
import { allUnder, byteString, keys, LONGEST_CHUNK, next, type UploadName } from './database-keys.ts'
import { bucketNotEmpty, noSuchBucket, noSuchKey, noSuchUpload } from '../errors.ts'
import { locked } from './locked.ts'
import type { ObjectChange } from '../notifications/event.ts'
import type { BucketRecord, BucketSettings, DeleteMarker, ObjectRecord, VersioningStatus, VersionRecord } from './records.ts'
import { UploadStore, type PartRecord, type UploadRecord } from './upload-store.ts'
import { objectIn, VersionStore, type VersionChange } from './version-store.ts'

/** Input of the completion of a multipart upload. */
interface Completing {
  assemble: (upload: UploadRecord, parts: PartRecord[]) => Promise<ObjectRecord>
  repeats: (object: ObjectRecord) => boolean
  guard: Guard
}

/** Records name missing contents. */
export class LostContents extends Error {}

/** Rejects a change of an object, by throwing. */
export type Guard = (existing: ObjectRecord | undefined) => void

/**
 * The buckets of one account, with their objects in the order of their keys' UTF-8 bytes.
 * Records of objects are in an ordered database, their bytes are in a content store: either can be in memory or on
 * disk. Objects change under their own lock, and a bucket is deleted only while no write to it is pending.
 */
export class S3Store {
  readonly contents: ContentStore
  readonly uploads: UploadStore
  readonly versions: VersionStore
  /** Hears of each change of a bucket's configuration. */
  configured: (change: Partial<BucketSettings>) => void = () => {}
  /** Called with each change of an object in a bucket with notifications. */
  notified: (bucket: BucketRecord, change: ObjectChange) => void = () => {}
  /** Whether there is a function that notifications may name. */
  hasFunction: (arn: string) => boolean = () => true
  readonly #database: Database
  readonly #locks = new Locks()

  private constructor (database: Database, contents: ContentStore) {
    this.#database = database
    this.contents = contents
    this.versions = new VersionStore(database)
    this.uploads = new UploadStore({ database, contents, locks: this.#locks })
  }

  /**
   * Loads the objects. Contents without a record are deleted: a kill came between the two writes.
   * @throws {@link LostContents} if there are records without their contents
   */
  static async open ({ database, contents }: Partition): Promise<S3Store> {
    const store = new S3Store(database, contents)
    await store.uploads.load()
    const lost = await contents.retain(await store.#usedContents())
    if (lost.length > 0) throw new LostContents(`has lost the contents ${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ` and ${lost.length - 3} more` : ''} of objects in S3`)
    return store
  }

  bucket (name: string): BucketRecord | undefined {
    return this.#database.get(keys.bucket(name)) as BucketRecord | undefined // only putBucket writes there
  }

  /** In the order of their names. */
  async buckets (): Promise<BucketRecord[]> {
    const buckets: BucketRecord[] = []
    for await (const chunk of this.#database.chunks(allUnder(keys.bucket('')), LONGEST_CHUNK)) {
      for (const [, record] of chunk) buckets.push(record as BucketRecord) // only putBucket writes there
    }
    return buckets
  }

  /** @param guard  rejects an existing bucket; if it does not throw, the bucket stays unchanged */
  async putBucket (bucket: BucketRecord, guard: (existing: BucketRecord) => void): Promise<void> {
    await locked(this.#locks, [[bucket.name, 'exclusive']], async () => {
      const existing = this.bucket(bucket.name)
      if (existing) guard(existing)
      else await this.#database.commit([{ key: keys.bucket(bucket.name), value: bucket }])
    })
  }

  /**
   * Changes parts of a bucket's configuration; what is `undefined` is deleted.
   * @throws NoSuchBucket
   */
  async configure (name: string, change: Partial<BucketSettings>): Promise<void> {
    await locked(this.#locks, [[name, 'exclusive']], async () => {
      const bucket = this.bucket(name)
      if (!bucket) throw noSuchBucket(name)
      await this.#database.commit([{ key: keys.bucket(name), value: { ...bucket, settings: { ...bucket.settings, ...change } } }])
      this.configured(change)
    })
  }

  /** Tells of a change of an object; buckets without notifications tell nobody. */
  announce (bucket: BucketRecord, change: ObjectChange): void {
    if (bucket.settings?.notifications) this.notified(bucket, change)
  }

  /**
   * Uploads in progress are deleted with the bucket.
   * @throws NoSuchBucket, BucketNotEmpty
   */
  async deleteBucket (name: string): Promise<void> {
    await locked(this.#locks, [[name, 'exclusive']], async () => {
      if (!this.bucket(name)) throw noSuchBucket(name)
      if (!await this.#isEmpty(name)) throw bucketNotEmpty(name)
      await this.uploads.dropAll(name)
      await this.#database.commit([{ key: keys.bucket(name) }])
    })
  }

  /** The current version of a key, unless it was deleted. */
  object (bucket: string, key: string): ObjectRecord | undefined {
    return objectIn(this.versions.current({ bucket, key }))
  }

  /**
   * Stores an object as the current version of its key. From here on the store owns its content, and deletes it if the
   * object is refused.
   * @returns what is stored, with the id of its version
   * @throws NoSuchBucket, and the errors of the guard
   */
  async putObject (bucket: string, object: ObjectRecord, guard: Guard = () => {}): Promise<ObjectRecord> {
    try {
      return await this.#change({ bucket, key: object.key }, (versioning) => {
        guard(this.object(bucket, object.key))
        return this.versions.put(bucket, object, versioning)
      })
    } catch (error) {
      await this.#drop(object.pieces)
      throw error
    }
  }

  /**
   * Deletes an object; a missing one is not an error. In a bucket with versioning a delete marker becomes the current version.
   * @param options.at  epoch ms
   * @returns the delete marker, if one is made
   * @throws NoSuchBucket, and the errors of the guard
   */
  async deleteObject (bucket: string, key: string, { at, guard = () => {} }: { at: number, guard?: Guard }): Promise<DeleteMarker | undefined> {
    const deleted = await this.#change<VersionRecord | undefined>({ bucket, key }, (versioning) => {
      guard(this.object(bucket, key))
      return versioning === undefined ? this.versions.delete({ bucket, key }) : this.versions.put(bucket, { key, lastModified: at, deleteMarker: true }, versioning)
    })
    return deleted?.deleteMarker ? deleted : undefined
  }

  /**
   * Deletes one version for good.
   * @returns the version; `undefined` if there was none
   * @throws NoSuchBucket, and the errors of the guard
   */
  async deleteVersion (bucket: string, key: string, versionId: string, guard: Guard = () => {}): Promise<VersionRecord | undefined> {
    return this.#change({ bucket, key }, () => {
      guard(objectIn(this.versions.find({ bucket, key }, versionId)))
      return this.versions.deleteVersion({ bucket, key }, versionId)
    })
  }

  /**
   * Changes what is recorded about an object, whose bytes stay.
   * @param versionId  default: the current version
   * @throws NoSuchBucket, NoSuchKey
   */
  async updateObject ({ bucket, key, versionId }: { bucket: string, key: string, versionId?: string }, change: (object: ObjectRecord) => ObjectRecord): Promise<ObjectRecord> {
    return this.#change({ bucket, key }, () => {
      const object = versionId === undefined ? this.object(bucket, key) : objectIn(this.versions.find({ bucket, key }, versionId))
      if (!object) throw noSuchKey(key)
      const record = change(object)
      return { writes: [this.versions.update(bucket, record)], dropped: [], record }
    })
  }

  /**
   * Makes an object of the parts of an upload, which is no more then. Parts that are not in it are dropped. An upload that was
   * completed before gives the object that it made, for as long as that object is there.
   * @param options.assemble  says what object the parts make, or throws
   * @param options.repeats   whether a repeated completion lists the parts of the object that it made
   * @throws NoSuchBucket, NoSuchUpload, and what `assemble` and the guard throw: the upload is as it was then
   */
  async completeUpload (name: UploadName, { assemble, repeats, guard }: Completing): Promise<ObjectRecord> {
    const { bucket, key, id } = name
    return locked(this.#locks, [[bucket, 'shared'], [keys.upload(name), 'exclusive'], [keys.object(bucket, key), 'exclusive']], async () => {
      const found = this.bucket(bucket)
      if (!found) throw noSuchBucket(bucket)
      const existing = this.object(bucket, key)
      const upload = this.uploads.find(name)
      if (!upload && existing?.uploadId === id && repeats(existing)) return existing
      if (!upload) throw noSuchUpload(id)
      const parts = await this.uploads.parts(id)
      const object = { ...await assemble(upload, parts), uploadId: id }
      guard(existing)
      const { writes, dropped, record } = this.versions.put(bucket, object, found.settings?.versioning)
      await this.#database.commit([...writes, ...this.uploads.removal(name, parts)])
      const used = new Set(object.pieces.map(({ content }) => content))
      await this.#drop([...dropped, ...parts.filter(({ content }) => !used.has(content))])
      return record
    })
  }

  /**
   * The objects of a bucket whose keys begin with a prefix, in order.
   * @param options.after   only keys after this one
   * @param options.beyond  only keys after all that begin with this
   */
  async * objects (bucket: string, range: { prefix?: string, after?: string, beyond?: string } = {}): AsyncGenerator<ObjectRecord> {
    for await (const record of this.#current(bucket, range)) if (!record.deleteMarker) yield record
  }

  /** The current versions, with the keys that were deleted. */
  async * #current (bucket: string, { prefix = '', after, beyond }: { prefix?: string, after?: string, beyond?: string } = {}): AsyncGenerator<VersionRecord> {
    const { gte: first, lt } = allUnder(keys.object(bucket, byteString(prefix)))
    const bounds = [first]
    if (after !== undefined) bounds.push(next(keys.object(bucket, byteString(after))))
    if (beyond !== undefined) bounds.push(allUnder(keys.object(bucket, byteString(beyond))).lt)
    let gte = bounds.reduce((one, other) => one > other ? one : other)
    // Short chunks first: a reader that groups common prefixes needs one key, and then starts again beyond the prefix.
    for (let size = 1; ; size = Math.min(size * 8, LONGEST_CHUNK)) {
      let read = 0
      for await (const chunk of this.#database.chunks({ gte, lt }, size)) {
        for (const [, record] of chunk) yield record as VersionRecord // only planned changes are written there
        gte = next(chunk.at(-1)![0])
        read = chunk.length
        if (size < LONGEST_CHUNK) break
      }
      if (read < size) return
    }
  }

  /** The contents of all objects and parts; the versions are counted. */
  async #usedContents (): Promise<Set<string>> {
    const used = new Set<string>()
    const use = (record: VersionRecord) => {
      this.versions.count(record)
      for (const { content } of objectIn(record)?.pieces ?? []) used.add(content)
    }
    for await (const chunk of this.#database.chunks(allUnder(keys.objects), LONGEST_CHUNK)) {
      for (const [, record] of chunk) use(record as VersionRecord) // only planned changes are written there
    }
    for await (const record of this.versions.older()) use(record)
    for (const { content } of await this.uploads.parts()) used.add(content)
    return used
  }

  async #isEmpty (bucket: string): Promise<boolean> {
    const objects = this.#current(bucket)
    const { done } = await objects.next()
    await objects.return(undefined)
    return done === true
  }

  /** Carries out a change of one key under its lock. */
  async #change<T> ({ bucket, key }: { bucket: string, key: string }, plan: (versioning: VersioningStatus | undefined) => VersionChange<T> | Promise<VersionChange<T>>): Promise<T> {
    return locked(this.#locks, [[bucket, 'shared'], [keys.object(bucket, key), 'exclusive']], async () => {
      const found = this.bucket(bucket)
      if (!found) throw noSuchBucket(bucket)
      const { writes, dropped, record } = await plan(found.settings?.versioning)
      if (writes.length > 0) await this.#database.commit(writes)
      await this.#drop(dropped)
      return record
    })
  }

  async #drop (pieces: readonly Piece[]): Promise<void> {
    for (const { content } of pieces) await this.contents.delete(content)
  }
}
