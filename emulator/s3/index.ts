import type { Context } from '../core/context.ts'
import { serveRestXml, type RestXmlService, type RoutedCall } from '../core/protocol/rest-xml.ts'
import type { Environment, Origin, Service } from '../core/service.ts'
import { AccountStores } from '../core/storage/account-stores.ts'
import type { WireRequest, WireResponse } from '../core/wire.ts'
import { access } from './access.ts'
import { formSigner, type AdmitForm } from './forms/form-signer.ts'
import { readForm } from './forms/post-form.ts'
import { bucketOfHost, readAddress, type Address } from './requests/address.ts'
import { authenticate, headersOf } from './requests/authentication.ts'
import { allowedAnswer, allowedPreflight, preflightRefusal, type CorsRule } from './configuration/cors.ts'
import type { S3Context } from './context.ts'
import { detect, type OperationName } from './requests/detect.ts'
import { headersTooLarge, hostIdOf, invalidBucketName, protocolErrors, requestIdOf } from './errors.ts'
import { faults } from './faults.ts'
import { AWS_LIMITS, type Limits } from './limits.ts'
import { objectStorage, type ObjectStorage } from './objects/object-storage.ts'
import type { ObjectEvent } from './notifications/event.ts'
import { notifier } from './notifications/notifier.ts'
import type { S3Operation } from './operation.ts'
import { abortMultipartUpload } from './operations/abort-multipart-upload.ts'
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts'
import { copyObject } from './operations/copy-object.ts'
import { createBucket } from './operations/create-bucket.ts'
import { createMultipartUpload } from './operations/create-multipart-upload.ts'
import { deleteBucket } from './operations/delete-bucket.ts'
import { deleteObject } from './operations/delete-object.ts'
import { deleteObjects } from './operations/delete-objects.ts'
import { getBucketLocation } from './operations/get-bucket-location.ts'
import { getObjectAttributes } from './operations/get-object-attributes.ts'
import { getObject } from './operations/get-object.ts'
import { headBucket } from './operations/head-bucket.ts'
import { headObject } from './operations/head-object.ts'
import { listBuckets } from './operations/list-buckets.ts'
import { listMultipartUploads } from './operations/list-multipart-uploads.ts'
import { listObjectsV2 } from './operations/list-objects-v2.ts'
import { listObjectVersions } from './operations/list-object-versions.ts'
import { listObjects } from './operations/list-objects.ts'
import { listParts } from './operations/list-parts.ts'
import { postObject } from './operations/post-object.ts'
import { putObject } from './operations/put-object.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './operations/configuration/bucket-cors.ts'
import { getBucketVersioning, putBucketVersioning } from './operations/configuration/bucket-versioning.ts'
import { deleteBucketLifecycle, getBucketLifecycleConfiguration, putBucketLifecycleConfiguration } from './operations/configuration/bucket-lifecycle.ts'
import { getBucketNotificationConfiguration, putBucketNotificationConfiguration } from './operations/configuration/bucket-notification.ts'
import { deleteBucketPolicy, getBucketPolicy, putBucketPolicy } from './operations/configuration/bucket-policy.ts'
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from './operations/configuration/bucket-tagging.ts'
import { deleteObjectTagging } from './operations/tagging/delete-object-tagging.ts'
import { getObjectTagging } from './operations/tagging/get-object-tagging.ts'
import { putObjectTagging } from './operations/tagging/put-object-tagging.ts'
import { uploadPartCopy } from './operations/upload-part-copy.ts'
import { uploadPart } from './operations/upload-part.ts'
import type { S3Request } from './requests/request.ts'
import { readInput, type S3Shape } from './requests/shape.ts'
import { LifecycleSweeper } from './storage/lifecycle-sweeper.ts'
import { S3Store } from './storage/store.ts'

export type { BucketHoldings, ObjectReader, ObjectStorage } from './objects/object-storage.ts'

/** The whole supported surface; anything else is refused by name. */
export const operations = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketCors: deleteBucketCors,
  DeleteBucketLifecycle: deleteBucketLifecycle,
  DeleteBucketPolicy: deleteBucketPolicy,
  DeleteBucketTagging: deleteBucketTagging,
  DeleteObject: deleteObject,
  DeleteObjectTagging: deleteObjectTagging,
  DeleteObjects: deleteObjects,
  GetBucketCors: getBucketCors,
  GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
  GetBucketLocation: getBucketLocation,
  GetBucketNotificationConfiguration: getBucketNotificationConfiguration,
  GetBucketPolicy: getBucketPolicy,
  GetBucketTagging: getBucketTagging,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PostObject: postObject,
  PutBucketCors: putBucketCors,
  PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration,
  PutBucketNotificationConfiguration: putBucketNotificationConfiguration,
  PutBucketPolicy: putBucketPolicy,
  PutBucketTagging: putBucketTagging,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectTagging: putObjectTagging,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
} satisfies Record<OperationName, S3Operation>

export interface S3Options {
  limits?: Partial<Limits>
  /** Host names, in addition to local ones, under which a label names a bucket: `emulator` for `bucket.emulator`. */
  hosts?: readonly string[]
  /** Finds the sender of a form. Default: forms with any key are accepted, and belong to the caller's account. */
  admitForm?: AdmitForm
  /** The functions that buckets notify. Default: there are none, and any may be named. */
  functions?: { has (arn: string): boolean, invoke (arn: string, event: ObjectEvent): void }
}

/** S3, with separate state for each account; a bucket is in one region. */
export interface S3Service extends Service, ObjectStorage {}

export function createS3 (environment: Environment, options: S3Options = {}): S3Service {
  const limits = { ...AWS_LIMITS, ...options.limits }
  const stores = new AccountStores({
    service: 's3',
    storage: environment.storage,
    make: async (partition, [account = '']) => {
      const store = await S3Store.open(partition)
      store.configured = ({ lifecycle }) => { if (lifecycle) sweeper.plan() }
      const { functions } = options
      if (functions) {
        store.hasFunction = (arn) => functions.has(arn)
        store.notified = notifier(account, functions.invoke.bind(functions))
      }
      return store
    }
  })
  const sweeper = new LifecycleSweeper({ clock: environment.clock, stores: () => stores.open() })

  const protocol: RestXmlService<S3Context, S3Shape> = {
    service: 's3',
    operations,
    errors: protocolErrors,
    faults,
    access,
    requestId: (ctx) => requestIdOf(ctx.requestId),
    headers: (requestId) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': hostIdOf(requestId) }),
    async route (wire, ctx, origin) {
      const address = readAddress(wire, options.hosts)
      if (wire.method === 'OPTIONS') throw preflightRefusal(await corsRules(wire, ctx.account), wire.headers, address.key === '' ? 'BUCKET' : 'OBJECT')
      if (isForm(wire, address)) return routeForm(wire, address, ctx)
      const signer = authenticate(wire, { ctx, origin, limits })
      const { method, query, body } = wire
      const request: S3Request = { method, query, body, ...address, headers: headersOf(wire, signer), signer }
      if (address.bucket === '' && address.key !== '') throw invalidBucketName('')
      if (method === 'PUT' && sizeOf(wire.headers) > limits.headerBytes) throw headersTooLarge(limits.headerBytes)
      const store = await stores.get(signer.account)
      const { account, accessKeyId, region: signedRegion } = signer
      return { operation: detect(request), input: request, ctx: { ...ctx, account, accessKeyId, signedRegion, store, limits } }
    },
    validate (operation, request, ctx) {
      const input = readInput(operation.types, request as S3Request, ctx.limits) // the input that `route` returned
      operation.custom?.(input, ctx)
      return input
    },
  }

  /** A form has its credentials, and all that other uploads have in headers, in its fields. */
  async function routeForm (wire: WireRequest, { bucket }: Address, ctx: Context): Promise<RoutedCall<S3Context>> {
    const form = await readForm(wire, { maxFieldBytes: limits.formFieldBytes })
    const { signer, context } = formSigner(form, wire, { ctx, admit: options.admitForm ?? ((_, __, context) => ({ context })) })
    const key = (form.fields['key'] ?? '').replaceAll('${filename}', () => form.file?.name ?? '') // eslint-disable-line no-template-curly-in-string -- S3's own variable
    const host = wire.headers['host'] ?? `${bucket}.s3.amazonaws.com`
    const address = `http://${host}${bucketOfHost(host, options.hosts) === undefined ? `/${bucket}` : ''}`
    const { account, accessKeyId, region: signedRegion } = signer
    return {
      operation: 'PostObject',
      input: { method: 'POST', bucket, key, query: new URLSearchParams(), body: wire.body, headers: formHeaders(form.fields), signer, form: { ...form, address } } satisfies S3Request,
      ctx: { ...ctx, access: context.access, account, accessKeyId, signedRegion, store: await stores.get(account), limits },
    }
  }

  const serve = (request: WireRequest, ctx: Context, origin: Origin): Promise<WireResponse> => serveRestXml(protocol, request, ctx, environment, origin)

  /** The rules of the bucket that a request names. A preflight is not signed: if the account has no such bucket, another may. */
  async function corsRules (request: WireRequest, account: string): Promise<readonly CorsRule[] | undefined> {
    const { bucket } = readAddress(request, options.hosts)
    const own = (await stores.find(account))?.bucket(bucket)
    if (own) return own.settings?.cors
    for (const store of stores.open()) {
      const found = store.bucket(bucket)
      if (found) return found.settings?.cors
    }
    return undefined
  }

  /** Answers a request of a page of another origin, with the headers that the bucket's CORS configuration allows. */
  async function serveToPage (request: WireRequest, ctx: Context, origin: Origin): Promise<WireResponse> {
    const rules = isReadable(request) ? await corsRules(request, ctx.account) : undefined
    if (!rules) return serve(request, ctx, origin)
    if (request.method === 'OPTIONS') {
      const headers = allowedPreflight(rules, request.headers)
      const requestId = protocol.requestId(ctx)
      return headers ? { status: 200, headers: { ...protocol.headers(requestId), ...headers, 'content-length': '0' } } : serve(request, ctx, origin)
    }
    const answer = await serve(request, ctx, origin)
    return { ...answer, headers: { ...answer.headers, ...allowedAnswer(rules, request.headers['origin']!, request.method) } }
  }

  /** Whether its path can be decoded; if not, it is refused when it is answered. */
  function isReadable (request: WireRequest): boolean {
    try {
      return readAddress(request, options.hosts).bucket !== ''
    } catch {
      return false
    }
  }

  return {
    name: 's3',
    operationNames: Object.keys(operations),
    handle: (request, ctx: Context, origin) => request.headers['origin'] === undefined ? serve(request, ctx, origin) : serveToPage(request, ctx, origin),
    ...objectStorage(stores),
    load: (state) => stores.load(state, (store) => sweeper.begin(store)),
    reset: (account) => stores.drop(account),
    close () {
      sweeper.close()
      return stores.close()
    },
  }
}

/** Whether it is an upload from an HTML form: other POSTs to a bucket have a query. */
const isForm = ({ method, query }: WireRequest, { bucket, key }: Address): boolean => method === 'POST' && bucket !== '' && key === '' && query.size === 0

/** The fields of a form as the headers that they stand for. */
const formHeaders = ({ acl, ...fields }: Readonly<Record<string, string>>): Record<string, string> =>
  acl === undefined ? fields : { ...fields, 'x-amz-acl': acl }

/** Bytes of a request's headers, as S3 counts them for a PUT. */
const sizeOf = (headers: Record<string, string | undefined>): number =>
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 0)
