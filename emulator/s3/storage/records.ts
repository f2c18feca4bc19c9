import type { Piece } from '../../core/storage/content-store.ts'
import type { LifecycleRule } from '../configuration/lifecycle.ts'
import type { NotificationRule } from '../notifications/configuration.ts'
import type { CorsRule } from '../configuration/cors.ts'
import type { ObjectChecksum } from '../objects/checksums.ts'

export interface BucketRecord {
  name: string
  region: string
  /** As in CreateBucket: GetBucketLocation returns `EU` if the bucket was created with `EU`. */
  locationConstraint?: string
  /** Epoch ms. */
  createdAt: number
  settings?: BucketSettings
}

/** What is configured for a bucket after its creation; what is missing was never configured, or deleted. */
export interface BucketSettings {
  tags?: readonly Tag[]
  cors?: readonly CorsRule[]
  versioning?: VersioningStatus
  /** As it was put. */
  policy?: string
  lifecycle?: readonly LifecycleRule[]
  notifications?: readonly NotificationRule[]
}

/** A bucket that never had versioning has no status. */
export type VersioningStatus = 'Enabled' | 'Suspended'

/** A tag of a bucket or an object. */
export interface Tag { Key: string, Value: string }

/** One version of a key: an object, or the mark that it was deleted. */
export type VersionRecord = ObjectRecord | DeleteMarker

/** What all versions have. */
interface Version {
  key: string
  /** Missing for the version whose id is `null`. */
  versionId?: string
  /** Counts the versions of an account; missing if there was no versioning yet. */
  sequence?: number
  /** Epoch ms. */
  lastModified: number
  /** When another version became the current one, epoch ms; missing for the current one. */
  noncurrentSince?: number
}

export interface DeleteMarker extends Version {
  deleteMarker: true
}

/** The record of an object; its bytes are in the content store. */
export interface ObjectRecord extends Version {
  deleteMarker?: undefined
  /** Bytes. */
  size: number
  /** Without its quotes. */
  etag: string
  /** Its own headers that GET returns, by name in lower case. */
  headers: Record<string, string>
  /** By name without `x-amz-meta-`. */
  metadata: Record<string, string>
  checksum: ObjectChecksum
  /** In the order in which they were put; missing if there are none. */
  tags?: readonly Tag[]
  /** The multipart upload that created it, so that its completion can be repeated. */
  uploadId?: string
  /** Its bytes, in order. */
  pieces: readonly ObjectPiece[]
}

/** The bytes of an object, or of one of its parts. */
export interface ObjectPiece extends Piece {
  /** The number of its part; only in a multipart upload. */
  partNumber?: number
  /** The part's own checksum, in the object's algorithm; only if the upload was begun with one. */
  checksum?: string
}
