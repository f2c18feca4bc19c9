import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { decodePath } from '../requests/address.ts'
import { checkOwner, openBucket } from '../buckets/bucket-access.ts'
import { CHECKSUMS, digestInBase64, hashing, type Checksum, type ChecksumAlgorithm } from './checksums.ts'
import { failedCondition } from './conditions.ts'
import type { ByteRange, Piece } from '../../core/storage/content-store.ts'
import type { S3Context } from '../context.ts'
import { invalidArgument, notEmulated, preconditionFailed, sourceIsDeleteMarker } from '../errors.ts'
import { header, type InputOf, type Member } from '../requests/shape.ts'
import type { ObjectRecord } from '../storage/records.ts'
import { versionIdOf } from '../storage/version-id.ts'
import { checkVersionId, findVersion } from './version-access.ts'

export interface CopySource { bucket: string, key: string, versionId?: string }

const SOURCE = 'x-amz-copy-source'

const copySource: Member<CopySource> = {
  source: { header: SOURCE },
  read ({ headers }) {
    const value = headers[SOURCE] ?? ''
    const [path = '', version] = value.split('?versionId=')
    const versionId = checkVersionId(version)
    if (/^\/?arn(:|%3A)/i.test(path)) throw notEmulated({ header: `${SOURCE} of an access point` })
    const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodePath(path)) ?? []
    if (!bucket || !key) throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey', SOURCE, value)
    return { bucket, key, ...(versionId === undefined ? {} : { versionId }) }
  },
}

/** The members of CopyObject and UploadPartCopy that name the source. */
export const sourceMembers = {
  CopySource: copySource,
  ExpectedSourceBucketOwner: header('x-amz-source-expected-bucket-owner'),
  CopySourceIfMatch: header('x-amz-copy-source-if-match'),
  CopySourceIfModifiedSince: header('x-amz-copy-source-if-modified-since'),
  CopySourceIfNoneMatch: header('x-amz-copy-source-if-none-match'),
  CopySourceIfUnmodifiedSince: header('x-amz-copy-source-if-unmodified-since'),
}

/**
 * Finds the source of a copy, under its conditions. It may be in another region than the target bucket.
 * @returns the source, and the headers of the answer about it
 * @throws NoSuchKey, NoSuchVersion, PreconditionFailed, and the errors of a bucket
 */
export function openSource (input: InputOf<{ members: typeof sourceMembers }>, ctx: S3Context): { source: ObjectRecord, headers: Record<string, string> } {
  const { bucket, key, versionId } = input.CopySource
  const { settings } = openBucket({ Bucket: bucket }, ctx, { anyRegion: true })
  checkOwner(input.ExpectedSourceBucketOwner, ctx)
  if (versionId !== undefined && ctx.store.versions.find({ bucket, key }, versionId)?.deleteMarker) throw sourceIsDeleteMarker()
  const source = findVersion({ Bucket: bucket, Key: key, VersionId: versionId }, ctx)
  const failed = failedCondition({
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  }, source, ctx.startedAt)
  if (failed) throw preconditionFailed(`x-amz-copy-source-${failed}`)
  return { source, headers: settings?.versioning === undefined ? {} : { 'x-amz-copy-source-version-id': versionIdOf(source) } }
}

/** A content copied from another, with the checksums that were computed on the way. */
export interface Copied {
  piece: Piece
  /** In hex. */
  md5: string
  checksum: Checksum
}

export async function copyContent (source: ObjectRecord, { algorithm, range }: { algorithm: ChecksumAlgorithm, range?: ByteRange }, { store: { contents } }: S3Context): Promise<Copied> {
  const md5 = createHash('md5')
  const hasher = CHECKSUMS[algorithm].create()
  const bytes = contents.read(source.pieces, range)
  const pieces = (bytes instanceof Readable ? bytes : [bytes]) as AsyncIterable<Uint8Array> | Uint8Array[] // contents are read as bytes
  const content = await contents.write(hashing(pieces, [{ update: (chunk) => { md5.update(chunk) }, digest: () => md5.digest() }, hasher]))
  const size = range ? range.last - range.first + 1 : source.size
  return { piece: { content, size }, md5: md5.digest('hex'), checksum: { algorithm, value: await digestInBase64(hasher) } }
}
