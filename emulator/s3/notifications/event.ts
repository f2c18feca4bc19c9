import type { BucketRecord, ObjectRecord, VersionRecord } from '../storage/records.ts'
import { versionIdOf } from '../storage/version-id.ts'

/** What happens to objects, by the names that S3 has for it, without `s3:`. */
export type ObjectEventName =
  | 'ObjectCreated:Put' | 'ObjectCreated:Post' | 'ObjectCreated:Copy' | 'ObjectCreated:CompleteMultipartUpload'
  | 'ObjectRemoved:Delete' | 'ObjectRemoved:DeleteMarkerCreated'
  | 'ObjectTagging:Put' | 'ObjectTagging:Delete'
  | 'LifecycleExpiration:Delete' | 'LifecycleExpiration:DeleteMarkerCreated'

/** Something that happened to an object. */
export interface ObjectChange {
  name: ObjectEventName
  key: string
  /** Epoch ms. */
  at: number
  /** The version that it is about; without one it had none. */
  version?: VersionRecord
  /** The request that did it; S3 itself does what lifecycle rules ask for. */
  request?: { requestId: string, accessKeyId?: string }
}

/** What a function is called with: one record for each change. */
export interface ObjectEvent { Records: ObjectEventRecord[] }

export interface ObjectEventRecord {
  eventVersion: '2.1'
  eventSource: 'aws:s3'
  awsRegion: string
  /** ISO 8601, with milliseconds. */
  eventTime: string
  eventName: ObjectEventName
  userIdentity: { principalId: string }
  requestParameters: { sourceIPAddress: string }
  responseElements: { 'x-amz-request-id': string, 'x-amz-id-2': string }
  s3: {
    s3SchemaVersion: '1.0'
    configurationId: string
    bucket: { name: string, ownerIdentity: { principalId: string }, arn: string }
    object: {
      /** As in a form: encoded, with a plus sign for a space. */
      key: string
      size?: number
      eTag?: string
      versionId?: string
      /** Of two changes of a key the later one has the greater text. */
      sequencer: string
    }
  }
}

/**
 * The record of a change.
 * @param about.sequence  counts the changes of an account
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function recordOf ({ name, key, at, version, request }: ObjectChange, about: { bucket: BucketRecord, account: string, configurationId: string, sequence: number }): ObjectEventRecord {
  const { bucket, account, configurationId, sequence } = about
  const object = version === undefined || version.deleteMarker ? undefined : version
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(at).toISOString(),
    eventName: name,
    userIdentity: { principalId: request ? `AWS:${request.accessKeyId ?? 'anonymous'}` : 's3.amazonaws.com' },
    requestParameters: { sourceIPAddress: request ? '127.0.0.1' : 's3.amazonaws.com' },
    responseElements: { 'x-amz-request-id': request?.requestId ?? '', 'x-amz-id-2': request?.requestId ?? '' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: { name: bucket.name, ownerIdentity: { principalId: account }, arn: `arn:aws:s3:::${bucket.name}` },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        ...name.startsWith('ObjectCreated:') && object && { size: object.size },
        ...!name.startsWith('ObjectRemoved:') && object && { eTag: etagOf(object) },
        ...bucket.settings?.versioning !== undefined && version && { versionId: versionIdOf(version) },
        sequencer: `${at.toString(16).padStart(12, '0')}${sequence.toString(16).padStart(6, '0')}`.toUpperCase(),
      },
    },
  }
}

const etagOf = ({ etag }: ObjectRecord): string => etag
