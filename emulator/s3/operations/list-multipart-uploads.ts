import { toXml } from '../../core/protocol/xml.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import { byteString } from '../storage/database-keys.ts'
import { isoTime, listingMembers, nameWriter, ownerOf } from '../buckets/listing.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { onBucket, query, wholeNumber, type S3Shape } from '../requests/shape.ts'
import type { S3Store } from '../storage/store.ts'
import type { UploadRecord } from '../storage/upload-store.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html

const { Delimiter, EncodingType, Prefix } = listingMembers

const types = {
  members: {
    ...onBucket,
    Delimiter,
    EncodingType,
    Prefix,
    KeyMarker: query('key-marker'),
    UploadIdMarker: query('upload-id-marker'),
    MaxUploads: wholeNumber('max-uploads', { name: 'max-uploads', min: 0, max: 2 ** 31 - 1 }),
  },
} satisfies S3Shape

export const listMultipartUploads: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    openBucket(input, ctx)
    const { Bucket, Prefix: prefix, Delimiter: delimiter, KeyMarker: key, UploadIdMarker: id } = input
    const max = Math.min(input.MaxUploads ?? Infinity, ctx.limits.listedUploads)
    const marker = key === undefined ? undefined : { key, id }
    const { uploads, commonPrefixes, truncatedAfter } = await readPage(ctx.store, Bucket, { prefix, delimiter, marker, max })
    const write = nameWriter(input.EncodingType)
    const owner = ownerOf(ctx.account)
    ctx.notes.items = uploads.length + commonPrefixes.length
    return {
      xml: toXml('ListMultipartUploadsResult', {
        Bucket,
        KeyMarker: write(key ?? ''),
        UploadIdMarker: key === undefined ? '' : id ?? '',
        NextKeyMarker: truncatedAfter && write(truncatedAfter.key),
        NextUploadIdMarker: truncatedAfter?.id,
        Delimiter: delimiter === undefined ? undefined : write(delimiter),
        Prefix: write(prefix ?? ''),
        EncodingType: input.EncodingType,
        MaxUploads: max,
        IsTruncated: truncatedAfter !== undefined,
        Upload: uploads.map((upload) => ({
          Key: write(upload.key),
          UploadId: upload.id,
          Initiator: owner,
          Owner: owner,
          StorageClass: 'STANDARD',
          Initiated: isoTime(upload.initiated),
          ...(upload.checksum.asked ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type } : {}),
        })),
        CommonPrefixes: commonPrefixes.map((common) => ({ Prefix: write(common) })),
      }, NAMESPACE),
    }
  },
}

/** Where a page ends, or after which it begins: without an id, after all uploads of the key. */
interface Marker { key: string, id?: string }

interface Page {
  uploads: UploadRecord[]
  commonPrefixes: string[]
  /** The last listed one, if there are more. */
  truncatedAfter?: Marker
}

async function readPage (
  store: S3Store, bucket: string, { prefix = '', delimiter, marker, max }: { prefix?: string, delimiter?: string, marker?: Marker, max: number }
): Promise<Page> {
  const page: Page = { uploads: [], commonPrefixes: [] }
  if (max === 0) return page
  let last: Marker | undefined
  for await (const upload of store.uploads.list(bucket, prefix)) {
    const at = delimiter === undefined ? -1 : upload.key.indexOf(delimiter, prefix.length)
    const common = at < 0 ? undefined : upload.key.slice(0, at + delimiter!.length)
    if (marker && !isBeyond(upload, marker)) continue
    if (common !== undefined && (common === marker?.key || common === page.commonPrefixes.at(-1))) continue
    if (page.uploads.length + page.commonPrefixes.length === max) return { ...page, truncatedAfter: last }
    if (common === undefined) page.uploads.push(upload)
    else page.commonPrefixes.push(common)
    last = common === undefined ? { key: upload.key, id: upload.id } : { key: common }
  }
  return page
}

function isBeyond (upload: UploadRecord, marker: Marker): boolean {
  if (upload.key === marker.key) return marker.id !== undefined && upload.id > marker.id
  return byteString(upload.key) > byteString(marker.key)
}
