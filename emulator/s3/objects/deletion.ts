import type { S3Context } from '../context.ts'
import { deleteGuard } from './conditions.ts'
import type { ObjectEventName } from '../notifications/event.ts'
import type { BucketRecord, ObjectRecord, VersionRecord } from '../storage/records.ts'
import { versionIdOf } from '../storage/version-id.ts'

/** What to delete: an object, or one version of it for good. */
export interface Deletion {
  bucket: BucketRecord
  key: string
  versionId?: string
  /** The entity tag that it has to have. */
  etag?: string
}

/** What was deleted, or made in its place. */
export interface Deleted {
  /** A delete marker was made or, if a version was named, deleted. */
  deleteMarker: boolean
  /** Of the delete marker, or the version that was named; missing in a bucket that never had versioning. */
  versionId?: string
}

/** @throws PreconditionFailed, and NoSuchKey if an entity tag is given; what does not exist is deleted already */
export async function deleteOne ({ bucket, key, versionId, etag }: Deletion, ctx: S3Context): Promise<Deleted> {
  const { store, startedAt } = ctx
  const check = deleteGuard({ IfMatch: etag }, key)
  let existing: ObjectRecord | undefined
  const guard = (found: ObjectRecord | undefined) => {
    check(found)
    existing = found
  }
  const announce = (name: ObjectEventName, version?: VersionRecord) => store.announce(bucket, { name, key, at: startedAt, version, request: ctx })
  if (versionId === undefined) {
    const marker = await store.deleteObject(bucket.name, key, { at: startedAt, guard })
    if (marker) announce('ObjectRemoved:DeleteMarkerCreated', marker)
    else if (existing) announce('ObjectRemoved:Delete', existing)
    return marker ? { deleteMarker: true, versionId: versionIdOf(marker) } : { deleteMarker: false }
  }
  const version = await store.deleteVersion(bucket.name, key, versionId, guard)
  if (version) announce('ObjectRemoved:Delete', version)
  return { deleteMarker: version?.deleteMarker === true, ...(bucket.settings?.versioning === undefined ? {} : { versionId }) }
}
