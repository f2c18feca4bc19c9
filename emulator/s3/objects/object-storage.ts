import { Readable } from 'node:stream'
import type { AccountStores } from '../../core/storage/account-stores.ts'
import { AwsError } from '../../core/errors.ts'
import type { S3Store } from '../storage/store.ts'
import { objectIn } from '../storage/version-store.ts'
import { CHECKSUMS, DEFAULT_CHECKSUM, digestInBase64, hashing } from './checksums.ts'
import { DEFAULT_CONTENT_TYPE } from './object-headers.ts'

/** A bucket of an account. */
export interface BucketSource { account: string, bucket: string }

/** Which object to read. */
export interface ObjectSource extends BucketSource {
  key: string
  versionId?: string
}

/** An object as other services read it. */
export interface ReadObject {
  bytes: Buffer
  /** By name without `x-amz-meta-`. */
  metadata: Record<string, string>
  contentType: string
}

/** Reads objects for other services of the emulator, such as Rekognition's `S3Object`. */
export interface ObjectReader {
  /** `undefined` if the object, bucket or version does not exist. */
  read (source: ObjectSource): Promise<ReadObject | undefined>
}

/** An object that was written: its size in bytes, and the MD5 of its bytes in hexadecimal, which is its ETag. */
export interface WrittenObject { size: number, md5: string }

/** What a bucket holds, noncurrent versions included. */
export interface BucketHoldings {
  bucket: string
  region: string
  /** Versions of objects, and delete markers. */
  versions: number
  bytes: number
}

/** Reads and writes objects for other services of the emulator, such as DynamoDB's exports and imports. */
export interface ObjectStorage extends ObjectReader {
  hasBucket (bucket: BucketSource): Promise<boolean>
  /** What each bucket of an account holds; it reads the records of all objects. */
  holdings (account: string): AsyncGenerator<BucketHoldings>
  /** The objects whose keys begin with a prefix, in order, with their sizes in bytes. */
  list (bucket: BucketSource & { prefix?: string }): AsyncGenerator<{ key: string, size: number }>
  /** The bytes of an object as they are read; `undefined` if it does not exist. */
  open (source: ObjectSource): Promise<AsyncIterable<Uint8Array> | undefined>
  /**
   * Stores an object once all of its bytes have arrived.
   * @param options.at  its time of modification, epoch ms
   * @returns `undefined` if the bucket does not exist
   */
  write (target: ObjectSource, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options: { at: number }): Promise<WrittenObject | undefined>
}

export function objectStorage (stores: AccountStores<S3Store>): ObjectStorage {
  async function find ({ account, bucket, key, versionId }: ObjectSource) {
    const store = await stores.find(account)
    const object = versionId === undefined ? store?.object(bucket, key) : objectIn(store?.versions.find({ bucket, key }, versionId))
    return store && object ? { object, content: store.contents.read(object.pieces) } : undefined
  }

  return {
    async read (source) {
      const found = await find(source)
      if (!found) return undefined
      const { object, content } = found
      const bytes = content instanceof Readable ? Buffer.concat(await content.toArray() as Uint8Array[]) : Buffer.from(content) // contents are bytes
      return { bytes, metadata: object.metadata, contentType: object.headers['content-type'] ?? '' }
    },
    async hasBucket ({ account, bucket }) {
      return (await stores.find(account))?.bucket(bucket) !== undefined
    },
    async * holdings (account) {
      const store = await stores.find(account)
      for (const { name: bucket, region } of await store?.buckets() ?? []) {
        const held = { bucket, region, versions: 0, bytes: 0 }
        for await (const record of store!.versions.list(bucket)) { // it has buckets
          held.versions++
          held.bytes += objectIn(record)?.size ?? 0
        }
        yield held
      }
    },
    async * list ({ account, bucket, prefix }) {
      const store = await stores.find(account)
      if (!store) return
      for await (const { key, size } of store.objects(bucket, { prefix })) yield { key, size }
    },
    async open (source) {
      const content = (await find(source))?.content
      return content instanceof Readable || content === undefined ? content : Readable.from([content])
    },
    async write ({ account, bucket, key }, bytes, { at }) {
      const store = await stores.find(account)
      if (!store?.bucket(bucket)) return undefined
      const [md5, checksum] = [CHECKSUMS.MD5.create(), CHECKSUMS[DEFAULT_CHECKSUM].create()]
      let size = 0
      const counting = { update: (piece: Uint8Array) => { size += piece.length }, digest: () => new Uint8Array() }
      const content = await store.contents.write(hashing(bytes, [md5, checksum, counting]))
      const etag = Buffer.from(await md5.digest()).toString('hex')
      const value = await digestInBase64(checksum)
      const object = {
        key,
        size,
        etag,
        lastModified: at,
        headers: { 'content-type': DEFAULT_CONTENT_TYPE },
        metadata: {},
        checksum: { algorithm: DEFAULT_CHECKSUM, value, type: 'FULL_OBJECT' as const },
        pieces: [{ content, size }],
      }
      try {
        await store.putObject(bucket, object)
      } catch (error) {
        if (error instanceof AwsError && error.code === 'NoSuchBucket') return undefined // deleted meanwhile
        throw error
      }
      return { size, md5: etag }
    },
  }
}
