import type { AccessRequest, Denial, ServiceAccess } from '../core/access.ts'
import type { KeyValue } from '../iam/evaluator/request.ts'
import { bucketPolicy } from './configuration/bucket-policy.ts'
import type { S3Context } from './context.ts'
import { accessDenied, type S3Error } from './errors.ts'
import type { Tag } from './storage/records.ts'
import { objectIn } from './storage/version-store.ts'

/** An input by what it may name. */
interface Input {
  Bucket?: string
  Key?: string
  VersionId?: string
  Prefix?: string
  Delimiter?: string
  MaxKeys?: number
  CopySource?: { bucket: string, key: string, versionId?: string }
  /** The tags of a new object; or the document that holds them. */
  Tagging?: unknown
  TaggingDirective?: string
}

/** Actions that are called otherwise than their operations. */
const ACTIONS: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  PostObject: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
  DeleteBucketTagging: 'PutBucketTagging',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketCors: 'PutBucketCORS',
  GetBucketCors: 'GetBucketCORS',
  DeleteBucketCors: 'PutBucketCORS',
}

/** Actions on one version of an object have names of their own. */
const OF_VERSION: Readonly<Record<string, string>> = {
  GetObject: 'GetObjectVersion',
  DeleteObject: 'DeleteObjectVersion',
  GetObjectAttributes: 'GetObjectVersionAttributes',
  GetObjectTagging: 'GetObjectVersionTagging',
  PutObjectTagging: 'PutObjectVersionTagging',
  DeleteObjectTagging: 'DeleteObjectVersionTagging',
}

/** Operations that check by themselves: what they ask for is in their documents. */
const BY_THEMSELVES = new Set(['DeleteObjects', 'PutObjectTagging'])

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export const access: ServiceAccess<S3Context> = {
  requests (operation, given, ctx) {
    const input = given as Input // of one of the operations
    if (BY_THEMSELVES.has(operation)) return []
    if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resource: '*', shown: '' }]
    const requests = [accessTo(operation, input, ctx)]
    if (operation === 'GetObjectAttributes') requests.push(accessTo('GetObject', input, ctx))
    if (input.CopySource) requests.unshift(...accessToSource(input.CopySource, input, ctx))
    if (setsTags(operation, input)) requests.push(accessTo('PutObjectTagging', input, ctx))
    return requests
  },
  denied: (denial) => denied(denial),
}

/** CopyObject copies the tags, too, unless it is given others. */
function accessToSource ({ bucket: Bucket, key: Key, versionId: VersionId }: { bucket: string, key: string, versionId?: string }, { TaggingDirective }: Input, ctx: S3Context): AccessRequest[] {
  const source = { Bucket, Key, VersionId }
  const requests = [accessTo('GetObject', source, ctx)]
  if (TaggingDirective === 'COPY' && existingTags(source, ctx)) requests.push(accessTo('GetObjectTagging', source, ctx))
  return requests
}

const setsTags = (operation: string, { Tagging, TaggingDirective }: Input): boolean =>
  Array.isArray(Tagging) && Tagging.length > 0 && (operation !== 'CopyObject' || TaggingDirective === 'REPLACE')

/** @param operation  or the action, without `s3:` */
function accessTo (operation: string, input: Input, ctx: S3Context): AccessRequest {
  const name = ACTIONS[operation] ?? operation
  const resource = `arn:aws:s3:::${input.Bucket}${input.Key === undefined ? '' : `/${input.Key}`}`
  return {
    action: `s3:${input.VersionId === undefined ? name : OF_VERSION[name] ?? name}`,
    resource,
    shown: JSON.stringify(resource),
    policy: bucketPolicy(input.Bucket, ctx),
    key: (name) => keyOf(name, input, ctx),
  }
}

const EXISTING_TAG = 's3:existingobjecttag/'
const REQUESTED_TAG = 's3:requestobjecttag/'

/** @param name  in lower case, also the part of it that is the key of a tag */
function keyOf (name: string, input: Input, ctx: S3Context): KeyValue {
  if (name.startsWith(EXISTING_TAG)) return tagOf(existingTags(input, ctx), name.slice(EXISTING_TAG.length))
  if (name.startsWith(REQUESTED_TAG)) return tagOf(requestedTags(input), name.slice(REQUESTED_TAG.length))
  switch (name) {
    case 's3:versionid': return input.VersionId
    case 's3:prefix': return input.Prefix
    case 's3:delimiter': return input.Delimiter
    case 's3:max-keys': return input.MaxKeys === undefined ? undefined : String(input.MaxKeys)
    case 's3:requestobjecttagkeys': return requestedTags(input)?.map(({ Key }) => Key)
    default: return undefined
  }
}

function existingTags ({ Bucket: bucket, Key: key, VersionId: id }: Input, { store }: S3Context): readonly Tag[] | undefined {
  if (bucket === undefined || key === undefined) return undefined
  return (id === undefined ? store.object(bucket, key) : objectIn(store.versions.find({ bucket, key }, id)))?.tags
}

const requestedTags = ({ Tagging }: Input): readonly Tag[] | undefined =>
  Array.isArray(Tagging) ? Tagging as Tag[] : undefined // a document is no list

const tagOf = (tags: readonly Tag[] | undefined, key: string): string | undefined => tags?.find((tag) => tag.Key.toLowerCase() === key)?.Value

/** Of who has not signed, S3 says no more than that. */
const denied = ({ anonymous, message }: Denial): S3Error => accessDenied({}, anonymous ? undefined : message)

/**
 * The error of an action that the caller may not do; `undefined` when it may.
 * @param operation  or the action, without `s3:`
 */
export function refusalOf (operation: string, input: Input, ctx: S3Context): S3Error | undefined {
  if (!ctx.access) return undefined
  const denial = ctx.access.check([accessTo(operation, input, ctx)], ctx)
  return denial && denied(denial)
}
