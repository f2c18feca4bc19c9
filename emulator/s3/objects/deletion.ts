import type { S3Context } from '../context.ts'
import { deleteGuard } from './conditions.ts'
import type { BucketRecord } from '../storage/records.ts'
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
export async function deleteOne ({ bucket, key, versionId, etag }: Deletion, { store, startedAt }: S3Context): Promise<Deleted> {
  const guard = deleteGuard({ IfMatch: etag }, key)
  if (versionId === undefined) {
    const marker = await store.deleteObject(bucket.name, key, { at: startedAt, guard })
    return marker ? { deleteMarker: true, versionId: versionIdOf(marker) } : { deleteMarker: false }
  }
  const version = await store.deleteVersion(bucket.name, key, versionId, guard)
  return { deleteMarker: version?.deleteMarker === true, ...(bucket.settings?.versioning === undefined ? {} : { versionId }) }
}
