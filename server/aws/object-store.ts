import type { Readable } from 'node:stream'
import { CreateBucketCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { apiError, awsOutage, OUTAGES, StoreBusy } from '../core/errors.ts'

export const InvalidObjectLocation = apiError('INVALID_OBJECT_LOCATION', '%s is neither a key nor s3://bucket/key', 400)
export const ObjectNotFound = apiError('OBJECT_NOT_FOUND', 'Object %s does not exist', 404)
export const RangeNotSatisfiable = apiError('RANGE_NOT_SATISFIABLE', 'The range starts beyond the end of the object', 416)
export const BucketMissing = apiError('BUCKET_MISSING', 'Bucket %s does not exist', 503, { 'retry-after': '5' })

/** Where an object is. */
export interface ObjectLocation { bucket: string, key: string }

export interface ObjectInfo {
  /** Bytes. */
  size: number
  contentType: string | undefined
  metadata: Record<string, string>
}

/** Bytes in pieces of 8 KB or more, as from a file, and their number: S3 needs both. */
export interface SizedStream {
  size: number
  stream: Readable
}

/** What a client may request of an object's bytes, as HTTP headers. */
export interface ReadConditions {
  range?: string
  /** The entity tag for which a range is valid; otherwise the whole object is returned. S3 has no such header. */
  ifRange?: string
  ifNoneMatch?: string
}

/** An object's bytes as they arrive, or a part of them, or that the client has them already. */
export type ObjectStream =
  | { kind: 'whole', body: Readable, size: number, contentType: string | undefined, etag: string }
  | { kind: 'part', body: Readable, size: number, contentType: string | undefined, etag: string, contentRange: string }
  | { kind: 'unchanged', etag: string }

/** Objects in S3. Every `location` is an {@link ObjectLocation}, `s3://bucket/key`, or a key in the default bucket. */
export interface ObjectStore {
  /** @throws {@link InvalidObjectLocation} (400) */
  parse (location: string): ObjectLocation
  /** @param body  a stream is passed on as it comes; if sending it fails, it is not sent again */
  put (location: string | ObjectLocation, body: Uint8Array | SizedStream, contentType: string, metadata?: Record<string, string>): Promise<void>
  /** `undefined` when there is none. */
  head (location: string | ObjectLocation): Promise<ObjectInfo | undefined>
  exists (location: string | ObjectLocation): Promise<boolean>
  /** @throws {@link ObjectNotFound} (404) */
  get (location: string | ObjectLocation): Promise<ObjectInfo & { body: Uint8Array }>
  /** @throws {@link ObjectNotFound} (404); {@link RangeNotSatisfiable} (416) */
  open (location: string | ObjectLocation, conditions?: ReadConditions): Promise<ObjectStream>
  /** Deleting a missing object is not an error, as in S3. */
  delete (location: string | ObjectLocation): Promise<void>
  /**
   * Deletes every object of the default bucket whose key has this prefix, in batches of 1,000.
   * @returns how many there were
   */
  deleteFolder (prefix: string): Promise<number>
  /** Creates the default bucket, unless it exists. */
  ensureBucket (): Promise<void>
}

/** S3's rules for names, as far as they catch typing errors before a call. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const LONGEST_KEY_BYTES = 1024

/** S3's names for a missing object; a HEAD has no body, and so only the status. */
const MISSING = new Set(['NoSuchKey', 'NotFound'])
const BAD_RANGE = new Set(['InvalidRange'])
const BUCKET_THERE = new Set(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'])

/** @param defaultBucket  where a key without a bucket is */
export function createObjectStore (s3: S3Client, defaultBucket: string): ObjectStore {
  function parse (location: string): ObjectLocation {
    const [, bucket = defaultBucket, key = ''] = /^(?:s3:\/\/([^/]*)\/)?(.*)$/s.exec(location) ?? []
    const bytes = Buffer.byteLength(key)
    if (!BUCKET.test(bucket) || bytes === 0 || bytes > LONGEST_KEY_BYTES || key.includes('\0') || key.startsWith('s3://')) throw new InvalidObjectLocation(location)
    return { bucket, key }
  }

  /** Runs one call on an object with S3's exceptions translated. */
  async function on<T> (location: string | ObjectLocation, call: (input: { Bucket: string, Key: string }) => Promise<T>): Promise<T> {
    const { bucket, key } = typeof location === 'string' ? parse(location) : location
    try {
      return await call({ Bucket: bucket, Key: key })
    } catch (error) {
      if (isNamed(error, MISSING)) throw new ObjectNotFound(`s3://${bucket}/${key}`)
      if (error instanceof Error && error.name === 'NoSuchBucket') {
        // Only the default bucket is the operator's responsibility; any other was named by the client.
        throw bucket === defaultBucket ? new BucketMissing(bucket, { cause: error }) : new ObjectNotFound(`s3://${bucket}/${key}`)
      }
      throw unavailable(error)
    }
  }

  const store: ObjectStore = {
    parse,
    async put (location, body, contentType, metadata) {
      const content = body instanceof Uint8Array ? { Body: body } : { Body: body.stream, ContentLength: body.size }
      await on(location, (object) => s3.send(new PutObjectCommand({ ...object, ...content, ContentType: contentType, Metadata: metadata })))
    },
    async head (location) {
      try {
        return await on(location, async (object) => info(await s3.send(new HeadObjectCommand(object))))
      } catch (error) {
        if (error instanceof ObjectNotFound) return undefined
        throw error
      }
    },
    async exists (location) {
      return await store.head(location) !== undefined
    },
    get: (location) => on(location, async (object) => {
      const answer = await s3.send(new GetObjectCommand(object))
      return { ...info(answer), body: await answer.Body?.transformToByteArray() ?? new Uint8Array() }
    }),
    open: (location, { range: asked, ifRange, ifNoneMatch } = {}) => on(location, async (object) => {
      // A weak tag and a date never match (RFC 9110, section 13.1.5).
      const range = ifRange === undefined || STRONG_ETAG.test(ifRange) ? asked : undefined
      try {
        const input = { ...object, IfNoneMatch: ifNoneMatch }
        const answer = range === undefined || ifRange === undefined
          ? await s3.send(new GetObjectCommand({ ...input, Range: range }))
          : await s3.send(new GetObjectCommand({ ...input, Range: range, IfMatch: ifRange })).catch((error: unknown) => {
            if (isStatus(error, 412)) return s3.send(new GetObjectCommand(input))
            throw error
          })
        const { Body, ContentLength: size = 0, ContentType: contentType, ETag: etag = '', ContentRange: contentRange } = answer
        const read = { body: Body as Readable, size, contentType, etag } // in Node it is one
        return contentRange === undefined ? { kind: 'whole', ...read } : { kind: 'part', ...read, contentRange }
      } catch (error) {
        if (isStatus(error, 304)) return { kind: 'unchanged', etag: ifNoneMatch ?? '' }
        if (isNamed(error, BAD_RANGE)) throw new RangeNotSatisfiable()
        throw error
      }
    }),
    async delete (location) {
      await on(location, (object) => s3.send(new DeleteObjectCommand(object)))
    },
    async deleteFolder (prefix) {
      let deleted = 0
      let isMore = true
      while (isMore) {
        const found = await on({ bucket: defaultBucket, key: prefix }, ({ Bucket }) => s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix })))
        const Objects = (found.Contents ?? []).map(({ Key }) => ({ Key }))
        if (Objects.length === 0) break
        const { Errors: [error] = [] } = await on({ bucket: defaultBucket, key: prefix }, ({ Bucket }) => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })))
        if (error) throw new StoreBusy('The object store', { cause: error })
        deleted += Objects.length
        isMore = found.IsTruncated ?? false
      }
      return deleted
    },
    async ensureBucket () {
      try {
        await s3.send(new HeadBucketCommand({ Bucket: defaultBucket }))
      } catch (error) {
        if (!isNamed(error, MISSING) && !isNamed(error, new Set(['NoSuchBucket']))) throw unavailable(error)
        await s3.send(new CreateBucketCommand({ Bucket: defaultBucket })).catch((error: unknown) => {
          if (!isNamed(error, BUCKET_THERE)) throw unavailable(error)
        })
      }
    },
  }
  return store
}

function unavailable (error: unknown): unknown {
  const outage = awsOutage(error)
  return outage === undefined ? error : new OUTAGES[outage]('The object store', { cause: error })
}

/** A 304 is an error to the SDK, without a body that would name it. */
const isStatus = (error: unknown, status: number) =>
  error instanceof Error && (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === status // checked before use

const STRONG_ETAG = /^"[^"]*"$/

const isNamed = (error: unknown, names: ReadonlySet<string>) => error instanceof Error && names.has(error.name)

const info = (answer: { ContentLength?: number, ContentType?: string, Metadata?: Record<string, string> }): ObjectInfo =>
  ({ size: answer.ContentLength ?? 0, contentType: answer.ContentType, metadata: answer.Metadata ?? {} })
