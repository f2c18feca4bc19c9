import { Database } from '../core/storage/database.ts'
import { Locks, type LockMode } from '../core/storage/locks.ts'
import type { Checksum } from './checksums.ts'
import { MemoryContentStore, type ContentStore } from './content-store.ts'
import { bucketNotEmpty, noSuchBucket } from './errors.ts'

export interface BucketRecord {
  name: string
  region: string
  /** As CreateBucket had it: GetBucketLocation says `EU` to who said `EU`. */
  locationConstraint?: string
  /** Epoch ms. */
  createdAt: number
}

/** What is known of an object; its bytes are in the {@link ContentStore}. */
export interface ObjectRecord {
  key: string
  /** Bytes. */
  size: number
  /** Without its quotes. */
  etag: string
  /** Epoch ms. */
  lastModified: number
  /** The headers of its own that GET gives back, by name in lower case. */
  headers: Record<string, string>
  /** By name without `x-amz-meta-`. */
  metadata: Record<string, string>
  checksum: Checksum
  /** The id of its bytes. */
  content: string
}

/** Says no, by throwing, to what is about to happen to an object. */
export type Guard = (existing: ObjectRecord | undefined) => void

/**
 * The buckets of one account, with their objects in the order of their keys' UTF-8 bytes.
 *
 * What is known of objects is in an ordered database, their bytes are in a content store: either can be in memory or on
 * disk. Objects change under a lock of their own, and a bucket goes only when nobody is about to write to it.
 */
export class S3Store {
  readonly contents: ContentStore
  readonly #database: Database
  readonly #locks = new Locks()

  private constructor (database: Database, contents: ContentStore) {
    this.#database = database
    this.contents = contents
  }

  static async openInMemory (): Promise<S3Store> {
    return new S3Store(await Database.openInMemory(), new MemoryContentStore())
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

  /** @param guard  says no to a bucket that is there already; what it lets pass is left as it is */
  async putBucket (bucket: BucketRecord, guard: (existing: BucketRecord) => void): Promise<void> {
    await this.#locked([[bucket.name, 'exclusive']], async () => {
      const existing = this.bucket(bucket.name)
      if (existing) guard(existing)
      else await this.#database.commit([{ key: keys.bucket(bucket.name), value: bucket }])
    })
  }

  /** @throws NoSuchBucket, BucketNotEmpty */
  async deleteBucket (name: string): Promise<void> {
    await this.#locked([[name, 'exclusive']], async () => {
      if (!this.bucket(name)) throw noSuchBucket(name)
      if (!await this.#isEmpty(name)) throw bucketNotEmpty(name)
      await this.#database.commit([{ key: keys.bucket(name) }])
    })
  }

  object (bucket: string, key: string): ObjectRecord | undefined {
    return this.#database.get(keys.object(bucket, byteString(key))) as ObjectRecord | undefined // only putObject writes there
  }

  /**
   * Puts an object in the place of what was there. Its content is the store's from here on: it is dropped when the
   * object is refused.
   * @throws NoSuchBucket, and what the guard throws
   */
  async putObject (bucket: string, object: ObjectRecord, guard: Guard = () => {}): Promise<void> {
    try {
      await this.#changeObject(bucket, object.key, object, guard)
    } catch (error) {
      await this.contents.delete(object.content)
      throw error
    }
  }

  /**
   * Deletes an object; that there is none is no error.
   * @throws NoSuchBucket, and what the guard throws
   */
  async deleteObject (bucket: string, key: string, guard: Guard = () => {}): Promise<void> {
    await this.#changeObject(bucket, key, undefined, guard)
  }

  /**
   * The objects of a bucket whose keys begin with a prefix, in order.
   * @param options.after   only keys after this one
   * @param options.beyond  only keys after all that begin with this
   */
  async * objects (bucket: string, { prefix = '', after, beyond }: { prefix?: string, after?: string, beyond?: string } = {}): AsyncGenerator<ObjectRecord> {
    const { gte: first, lt } = allUnder(keys.object(bucket, byteString(prefix)))
    const bounds = [first]
    if (after !== undefined) bounds.push(next(keys.object(bucket, byteString(after))))
    if (beyond !== undefined) bounds.push(allUnder(keys.object(bucket, byteString(beyond))).lt)
    let gte = bounds.reduce((one, other) => one > other ? one : other)
    // Short chunks first: who gathers common prefixes wants one key, and then begins anew beyond it.
    for (let size = 1; ; size = Math.min(size * 8, LONGEST_CHUNK)) {
      let read = 0
      for await (const chunk of this.#database.chunks({ gte, lt }, size)) {
        for (const [, record] of chunk) yield record as ObjectRecord // only putObject writes there
        gte = next(chunk.at(-1)![0])
        read = chunk.length
        if (size < LONGEST_CHUNK) break
      }
      if (read < size) return
    }
  }

  /** Drops everything, at once for whoever looks; what is being uploaded meanwhile finds its bucket gone. */
  async clear (): Promise<void> {
    await this.#database.clear()
    await this.contents.clear()
  }

  async close (): Promise<void> {
    await this.#database.close()
    await this.contents.clear()
  }

  async #isEmpty (bucket: string): Promise<boolean> {
    const objects = this.objects(bucket)
    const { done } = await objects.next()
    await objects.return(undefined)
    return done === true
  }

  async #changeObject (bucket: string, key: string, object: ObjectRecord | undefined, guard: Guard): Promise<void> {
    await this.#locked([[bucket, 'shared'], [keys.object(bucket, key), 'exclusive']], async () => {
      if (!this.bucket(bucket)) throw noSuchBucket(bucket)
      const existing = this.object(bucket, key)
      guard(existing)
      if (!object && !existing) return
      await this.#database.commit([{ key: keys.object(bucket, byteString(key)), value: object }])
      if (existing) await this.contents.delete(existing.content)
    })
  }

  /** Locks are taken in the order given, which is always bucket before object. */
  async #locked (wanted: [name: string, mode: LockMode][], work: () => Promise<void>): Promise<void> {
    const taken: string[] = []
    try {
      for (const [name, mode] of wanted) {
        await this.#locks.acquire(name, mode)
        taken.push(name)
      }
      await work()
    } finally {
      for (const name of taken.reverse()) this.#locks.release(name)
    }
  }
}

const LONGEST_CHUNK = 1000

const keys = {
  bucket: (name: string) => `bucket/${name}`,
  /** @param key  a byte string */
  object: (bucket: string, key: string) => `object/${bucket}/${key}`,
}

/** Everything that begins with a byte string: no byte of UTF-8 is FF. */
const allUnder = (prefix: string): { gte: string, lt: string } => ({ gte: prefix, lt: `${prefix}\xff` })

/** The first key after another. */
const next = (key: string): string => `${key}\0`

/**
 * A key as one character for each byte of its UTF-8, which any store of strings puts in S3's order; JavaScript's own
 * order of strings, by UTF-16, is another one.
 */
const byteString = (key: string): string => Buffer.from(key).toString('latin1')
