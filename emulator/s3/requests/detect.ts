import { methodNotAllowed, notEmulated } from '../errors.ts'
import { NOT_EMULATED } from './not-emulated.ts'
import type { S3Request } from './request.ts'
import type { Resource, Route } from './route.ts'

const EMULATED = [
  ['ListBuckets', 'GET', 'service', []],
  ['PutBucketCors', 'PUT', 'bucket', ['cors']],
  ['GetBucketCors', 'GET', 'bucket', ['cors']],
  ['DeleteBucketCors', 'DELETE', 'bucket', ['cors']],
  ['PutBucketVersioning', 'PUT', 'bucket', ['versioning']],
  ['GetBucketVersioning', 'GET', 'bucket', ['versioning']],
  ['ListObjectVersions', 'GET', 'bucket', ['versions']],
  ['PutBucketPolicy', 'PUT', 'bucket', ['policy']],
  ['GetBucketPolicy', 'GET', 'bucket', ['policy']],
  ['DeleteBucketPolicy', 'DELETE', 'bucket', ['policy']],
  ['PutBucketLifecycleConfiguration', 'PUT', 'bucket', ['lifecycle']],
  ['GetBucketLifecycleConfiguration', 'GET', 'bucket', ['lifecycle']],
  ['DeleteBucketLifecycle', 'DELETE', 'bucket', ['lifecycle']],
  ['PutBucketNotificationConfiguration', 'PUT', 'bucket', ['notification']],
  ['GetBucketNotificationConfiguration', 'GET', 'bucket', ['notification']],
  ['PutBucketTagging', 'PUT', 'bucket', ['tagging']],
  ['GetBucketTagging', 'GET', 'bucket', ['tagging']],
  ['DeleteBucketTagging', 'DELETE', 'bucket', ['tagging']],
  ['CreateBucket', 'PUT', 'bucket', []],
  ['HeadBucket', 'HEAD', 'bucket', []],
  ['DeleteBucket', 'DELETE', 'bucket', []],
  ['GetBucketLocation', 'GET', 'bucket', ['location']],
  ['ListMultipartUploads', 'GET', 'bucket', ['uploads']],
  ['DeleteObjects', 'POST', 'bucket', ['delete']],
  ['ListObjectsV2', 'GET', 'bucket', ['list-type']],
  ['ListObjects', 'GET', 'bucket', []],
  ['PutObjectTagging', 'PUT', 'object', ['tagging']],
  ['GetObjectTagging', 'GET', 'object', ['tagging']],
  ['DeleteObjectTagging', 'DELETE', 'object', ['tagging']],
  ['UploadPartCopy', 'PUT', 'object', ['uploadId'], 'x-amz-copy-source'],
  ['UploadPart', 'PUT', 'object', ['uploadId']],
  ['CreateMultipartUpload', 'POST', 'object', ['uploads']],
  ['CompleteMultipartUpload', 'POST', 'object', ['uploadId']],
  ['AbortMultipartUpload', 'DELETE', 'object', ['uploadId']],
  ['ListParts', 'GET', 'object', ['uploadId']],
  ['GetObjectAttributes', 'GET', 'object', ['attributes']],
  ['CopyObject', 'PUT', 'object', [], 'x-amz-copy-source'],
  ['PutObject', 'PUT', 'object', []],
  ['GetObject', 'GET', 'object', []],
  ['HeadObject', 'HEAD', 'object', []],
  ['DeleteObject', 'DELETE', 'object', []],
] as const satisfies readonly Route[]

/** The operations that are emulated. PostObject is recognized before its form is read. */
export type OperationName = typeof EMULATED[number][0] | 'PostObject'

/**
 * Names the operation of a request. Operations of S3 that are not emulated are checked first, so that the error names them,
 * since some differ from emulated ones only by their query.
 * @throws NotImplemented with the operation's name, MethodNotAllowed
 */
export function detect (request: S3Request): OperationName {
  const resource: Resource = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object'
  const fits = ([, method, on, query, header]: Route): boolean =>
    method === request.method && on === resource && query.every((name) => request.query.has(name)) &&
    (header === undefined || request.headers[header] !== undefined)
  const missing = NOT_EMULATED.find(fits)
  if (missing) throw notEmulated({ operation: missing[0] })
  const found = EMULATED.find((route) => fits(route))
  if (!found) throw methodNotAllowed(request.method, resource.toUpperCase())
  return found[0]
}
