import { toXml } from '../../core/protocol/xml.ts'
import type { ByteRange } from '../../core/storage/content-store.ts'
import { copyContent, openSource, sourceMembers } from '../objects/copy-source.ts'
import { copySourceTooLarge, invalidArgument } from '../errors.ts'
import { isoTime } from '../buckets/listing.ts'
import { checksumElements, openUpload, partNumber, uploadId } from '../uploads/multipart.ts'
import { ENCRYPTION_HEADERS } from '../objects/object-headers.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { copySourceCustomerKeys, customerKeys } from '../requests/refusals.ts'
import { header, onObject, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html

const RANGE = 'x-amz-copy-source-range'

const types = {
  members: { ...onObject, ...sourceMembers, UploadId: uploadId, PartNumber: partNumber, CopySourceRange: header(RANGE) },
  refused: [...customerKeys, ...copySourceCustomerKeys],
} satisfies S3Shape

export const uploadPartCopy: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { PartNumber: number } = input
    const { name, upload: { checksum: { algorithm, asked } } } = openUpload(input, ctx)
    const { source, headers } = openSource(input, ctx)
    const range = readSourceRange(input.CopySourceRange, source.size)
    const bytes = range ? range.last - range.first + 1 : source.size
    if (bytes > ctx.limits.objectBytes) throw copySourceTooLarge(ctx.limits.objectBytes)
    const { piece, md5: etag, checksum } = await copyContent(source, { algorithm, range }, ctx)
    ctx.notes.bytes = piece.size
    const lastModified = ctx.startedAt
    await ctx.store.uploads.putPart(name, { number, etag, lastModified, checksums: { [algorithm]: checksum.value }, ...piece })
    return {
      headers: { ...ENCRYPTION_HEADERS, ...headers },
      xml: toXml('CopyPartResult', {
        LastModified: isoTime(lastModified),
        ETag: `"${etag}"`,
        ...(asked ? checksumElements(checksum) : {}),
      }, NAMESPACE),
    }
  },
}

/** Unlike the range of a read, it must be valid. */
function readSourceRange (text: string | undefined, size: number): ByteRange | undefined {
  if (text === undefined) return undefined
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  const range = { first: Number(first), last: Number(last) }
  if (first === undefined || range.first > range.last) {
    throw invalidArgument(`The ${RANGE} value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy`, RANGE, text)
  }
  if (range.last >= size) throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, RANGE, text)
  return range
}
