import type { AccessRequest, Denial, ServiceAccess } from '../core/access.ts'
import type { KeyValue } from '../iam/evaluator/request.ts'
import type { S3Context } from './context.ts'
import { accessDenied, type S3Error } from './errors.ts'

/** An input by what it may name. */
interface Input {
  Bucket?: string
  Key?: string
  VersionId?: string
  Prefix?: string
  Delimiter?: string
  MaxKeys?: number
  CopySource?: { bucket: string, key: string }
}

/** Actions that are called otherwise than their operations. */
const ACTIONS: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
}

/** Actions on one version of an object have names of their own. */
const OF_VERSION: Readonly<Record<string, string>> = { GetObject: 'GetObjectVersion', DeleteObject: 'DeleteObjectVersion', GetObjectAttributes: 'GetObjectVersionAttributes' }

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export const access: ServiceAccess<S3Context> = {
  requests (operation, given) {
    const input = given as Input // of one of the operations
    // Each of its keys is checked by itself.
    if (operation === 'DeleteObjects') return []
    if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resource: '*', shown: '' }]
    const name = ACTIONS[operation] ?? operation
    const action = `s3:${input.VersionId === undefined ? name : OF_VERSION[name] ?? name}`
    const requests = [accessTo(action, input)]
    if (operation === 'GetObjectAttributes') requests.push(accessTo(`s3:${input.VersionId === undefined ? 'GetObject' : 'GetObjectVersion'}`, input))
    if (input.CopySource) requests.unshift(accessTo('s3:GetObject', { Bucket: input.CopySource.bucket, Key: input.CopySource.key }))
    return requests
  },
  denied: (denial) => denied(denial),
}

function accessTo (action: string, input: Input): AccessRequest {
  const resource = `arn:aws:s3:::${input.Bucket}${input.Key === undefined ? '' : `/${input.Key}`}`
  return {
    action,
    resource,
    shown: JSON.stringify(resource),
    key: (name) => keyOf(name, input),
  }
}

function keyOf (name: string, { VersionId, Prefix, Delimiter, MaxKeys }: Input): KeyValue {
  switch (name) {
    case 's3:versionid': return VersionId
    case 's3:prefix': return Prefix
    case 's3:delimiter': return Delimiter
    case 's3:max-keys': return MaxKeys === undefined ? undefined : String(MaxKeys)
    default: return undefined
  }
}

/** Of who has not signed, S3 says no more than that. */
const denied = ({ anonymous, message }: Denial): S3Error => accessDenied({}, anonymous ? undefined : message)

/** The error of an action on one object or bucket that the caller may not do; `undefined` when it may. */
export function refusalOf (action: string, { bucket, key, versionId }: { bucket: string, key?: string, versionId?: string }, ctx: S3Context): S3Error | undefined {
  if (!ctx.access) return undefined
  const denial = ctx.access.check([accessTo(action, { Bucket: bucket, Key: key, VersionId: versionId })], ctx)
  return denial && denied(denial)
}
