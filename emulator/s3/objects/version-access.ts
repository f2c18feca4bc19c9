import { missingObject, noteKey, openBucket, type BucketInput } from '../buckets/bucket-access.ts'
import type { S3Context } from '../context.ts'
import { invalidArgument, isDeleteMarker, noSuchVersion } from '../errors.ts'
import type { Member } from '../requests/shape.ts'
import type { BucketRecord, ObjectRecord, VersionRecord } from '../storage/records.ts'
import { isVersionId, versionIdOf } from '../storage/version-id.ts'

/** The version that a request names. */
export const versionId: Member<string | undefined> = {
  source: { query: 'versionId' },
  read: ({ query }) => checkVersionId(query.get('versionId') ?? undefined),
}

/**
 * The id of a version of the object that a request names, or of the source that it copies.
 * @throws InvalidArgument for a text that cannot be one
 */
export function checkVersionId (id: string | undefined): string | undefined {
  if (id === undefined || isVersionId(id)) return id
  throw invalidArgument(id === '' ? 'Version id cannot be the empty string' : 'Invalid version id specified', 'versionId', id)
}

/** An object, with the bucket that it is in. */
export interface OpenObject { bucket: BucketRecord, object: ObjectRecord }

/**
 * The object of a request: its current version, or the one that it names.
 * @throws NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker, and the errors of a bucket
 */
export function openObject (input: BucketInput & { Key: string, VersionId?: string }, ctx: S3Context): OpenObject {
  noteKey(input, ctx)
  const bucket = openBucket(input, ctx)
  return { bucket, object: findVersion(input, ctx) }
}

/** @throws NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker */
export function findVersion ({ Bucket: bucket, Key: key, VersionId: id }: { Bucket: string, Key: string, VersionId?: string }, ctx: S3Context): ObjectRecord {
  const { versions } = ctx.store
  const found = id === undefined ? versions.current({ bucket, key }) : versions.find({ bucket, key }, id)
  if (found && !found.deleteMarker) return found
  if (id === undefined) throw missingObject(bucket, key, ctx, found && markerHeaders(found))
  if (!found) throw noSuchVersion(key, id)
  throw isDeleteMarker({ ...markerHeaders(found), allow: 'DELETE', 'last-modified': new Date(found.lastModified).toUTCString() })
}

const markerHeaders = (marker: VersionRecord): Record<string, string> => ({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': versionIdOf(marker) })

/** The header that names a version; a bucket that never had versioning has none. */
export const versionHeader = ({ settings }: BucketRecord, version: VersionRecord): Record<string, string> =>
  settings?.versioning === undefined ? {} : { 'x-amz-version-id': versionIdOf(version) }
