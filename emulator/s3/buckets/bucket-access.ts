import { couldBeBucketName } from './bucket-name.ts'
import type { S3Context } from '../context.ts'
import { refusalOf } from '../access.ts'
import { accessDenied, invalidBucketName, invalidBucketOwner, noSuchBucket, noSuchKey, wrongRegion, type S3Error } from '../errors.ts'
import type { BucketRecord } from '../storage/records.ts'

/** The members of a request that name its bucket. */
export interface BucketInput { Bucket: string, ExpectedBucketOwner?: string }

/**
 * The bucket of a request, noted for the trace.
 * @param options.anyRegion  the operation answers whatever region the request is signed for
 * @throws NoSuchBucket, InvalidBucketName, AccessDenied (another owner is expected), AuthorizationHeaderMalformed (the
 * request is signed for another region; this emulator is the endpoint of all regions)
 */
export function openBucket (input: BucketInput, ctx: S3Context, { anyRegion = false } = {}): BucketRecord {
  const { Bucket: name, ExpectedBucketOwner: owner } = input
  ctx.notes.resource ??= name
  const bucket = ctx.store.bucket(name)
  if (!bucket) throw couldBeBucketName(name) ? noSuchBucket(name) : invalidBucketName(name)
  if (!anyRegion && ctx.signedRegion !== undefined && ctx.signedRegion !== bucket.region) throw wrongRegion(ctx.signedRegion, bucket.region)
  checkOwner(owner, ctx)
  return bucket
}

/** Who may not list a bucket does not learn that it lacks a key. */
export const missingObject = (bucket: string, key: string, ctx: S3Context, headers?: Record<string, string>): S3Error =>
  refusalOf('ListBucket', { Bucket: bucket }, ctx) ?? noSuchKey(key, headers)

export function noteKey (input: { Key: string }, ctx: S3Context): void {
  ctx.notes.keys = [input.Key]
}

/** An account sees only its own buckets: the expected owner must be the caller. */
export function checkOwner (expected: string | undefined, ctx: S3Context): void {
  if (expected === undefined) return
  if (!/^\d{12}$/.test(expected)) throw invalidBucketOwner(expected)
  if (expected !== ctx.account) throw accessDenied()
}
