import { openBucket, noteKey, type BucketInput } from '../buckets/bucket-access.ts'
import { checksumAlgorithm, type Checksum, type ChecksumAlgorithm } from '../objects/checksums.ts'
import type { S3Context } from '../context.ts'
import { invalidArgument, noSuchUpload } from '../errors.ts'
import type { Member } from '../requests/shape.ts'
import type { UploadName } from '../storage/database-keys.ts'
import type { PartRecord, UploadRecord } from '../storage/upload-store.ts'

/** The `uploadId` of a request; a missing one is treated like an unknown one. */
export const uploadId: Member<string> = { source: { query: 'uploadId' }, read: ({ query }) => query.get('uploadId') ?? '' }

/** The `partNumber` of an uploaded part. */
export const partNumber: Member<number> = {
  source: { query: 'partNumber' },
  read ({ query }, limits) {
    const text = query.get('partNumber') ?? ''
    const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
    if (number >= 1 && number <= limits.parts) return number
    throw invalidArgument(`Part number must be an integer between 1 and ${limits.parts}, inclusive`, 'partNumber', text)
  },
}

/**
 * The upload that a request names.
 * @throws NoSuchUpload, and the errors of a bucket
 */
export function openUpload (input: BucketInput & { Key: string, UploadId: string }, ctx: S3Context): { name: UploadName, upload: UploadRecord } {
  noteKey(input, ctx)
  openBucket(input, ctx)
  const name = { bucket: input.Bucket, key: input.Key, id: input.UploadId }
  const upload = ctx.store.uploads.find(name)
  if (!upload) throw noSuchUpload(input.UploadId)
  return { name, upload }
}

/** The element, or elements, that hold a checksum. */
export const checksumElements = ({ algorithm, value }: Checksum): Record<string, string> => ({ [`Checksum${algorithm}`]: value })

/** A part's checksum in its upload's algorithm, which is returned only if it was requested. */
export function askedChecksum (part: PartRecord, { checksum: { algorithm, asked } }: UploadRecord): Checksum | undefined {
  const value = part.checksums[algorithm]
  return asked && value !== undefined ? { algorithm, value } : undefined
}

/** The algorithm of an element's or a header's name, such as `ChecksumCRC32`. */
export const algorithmOfElement = (name: string): ChecksumAlgorithm | undefined =>
  name.startsWith('Checksum') ? checksumAlgorithm(name.slice('Checksum'.length)) : undefined
