import { aclNotSupported, headerNotImplemented, invalidArgument, invalidBucketAcl, invalidRequest, invalidStorageClass, notEmulated, type S3Error } from '../errors.ts'
import { refuseHeaders, type Refusal } from './shape.ts'

/** Customer keys, for an upload, a download or the target of a copy. */
export const customerKeys = refuseHeaders(
  'x-amz-server-side-encryption-customer-algorithm', 'x-amz-server-side-encryption-customer-key', 'x-amz-server-side-encryption-customer-key-md5')

export const copySourceCustomerKeys = refuseHeaders(
  'x-amz-copy-source-server-side-encryption-customer-algorithm', 'x-amz-copy-source-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key-md5')

/** Every object has AES256; KMS keys are not emulated. */
const encryption: Refusal[] = [
  {
    header: 'x-amz-server-side-encryption',
    unless: ['aes256'],
    error: (value) => /^aws:(kms|kms:dsse|fsx)$/.test(value)
      ? notEmulated({ header: `x-amz-server-side-encryption: ${value}` })
      : invalidArgument('The encryption method specified is not supported', 'x-amz-server-side-encryption', value),
  },
  ...refuseHeaders('x-amz-server-side-encryption-aws-kms-key-id', 'x-amz-server-side-encryption-context'),
  { header: 'x-amz-server-side-encryption-bucket-key-enabled', unless: ['false'] },
]

const STORAGE_CLASSES = ['REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR']

const storageClass: Refusal = {
  header: 'x-amz-storage-class',
  unless: ['standard'],
  error: (value) => STORAGE_CLASSES.includes(value) ? notEmulated({ header: `x-amz-storage-class: ${value}` }) : invalidStorageClass(),
}

const CANNED_ACLS = ['public-read', 'public-read-write', 'authenticated-read', 'aws-exec-read', 'bucket-owner-read', 'log-delivery-write']

/** Buckets have no ACLs (AWS's default since April 2023), and refuse them as AWS's do. */
function acl (error: () => S3Error, ...grants: string[]): Refusal[] {
  return [
    {
      header: 'x-amz-acl',
      unless: ['private', 'bucket-owner-full-control'],
      error: (value) => CANNED_ACLS.includes(value) ? error() : invalidArgument('', 'x-amz-acl', value),
    },
    ...grants.map((grant) => ({ header: `x-amz-grant-${grant}`, unless: [], error })),
  ]
}

export const bucketAcl = acl(invalidBucketAcl, 'full-control', 'read', 'read-acp', 'write', 'write-acp')

/** A bucket cannot be created with object lock here, and AWS refuses these members for a bucket without it. */
const objectLock: Refusal[] = [
  'x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date', 'x-amz-object-lock-legal-hold',
  'x-amz-object-lock-event-hold', 'x-amz-object-lock-event-hold-duration-days', 'x-amz-object-lock-event-hold-duration-years',
].map((header) => ({ header, unless: header.endsWith('hold') ? ['off'] : [], error: () => invalidRequest('Bucket is missing Object Lock Configuration') }))

/** Properties of a new object other than its content, headers and metadata. */
export const objectOptions: Refusal[] = [
  ...encryption,
  ...customerKeys,
  storageClass,
  ...acl(aclNotSupported, 'full-control', 'read', 'read-acp', 'write-acp'),
  ...objectLock,
  ...refuseHeaders('x-amz-website-redirect-location'),
]

const BYPASS = 'x-amz-bypass-governance-retention'

export const bypassGovernance: Refusal = {
  header: BYPASS,
  unless: ['false'],
  error: () => invalidArgument(`${BYPASS} is only applicable to Object Lock enabled buckets.`, BYPASS),
}

/** Members that AWS refuses for general purpose buckets: they are for directory buckets. */
export const forDirectoryBuckets = (...headers: string[]): Refusal[] =>
  headers.map((header) => ({ header, unless: [], error: () => headerNotImplemented(header) }))
