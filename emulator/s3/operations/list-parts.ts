import { toXml } from '../../core/protocol/xml.ts'
import { isoTime, ownerOf } from '../buckets/listing.ts'
import { askedChecksum, checksumElements, openUpload, uploadId } from '../uploads/multipart.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { customerKeys } from '../requests/refusals.ts'
import { onObject, wholeNumber, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html

const HIGHEST = 2 ** 31 - 1

const types = {
  members: {
    ...onObject,
    UploadId: uploadId,
    MaxParts: wholeNumber('max-parts', { name: 'max-parts', min: 0, max: HIGHEST }),
    PartNumberMarker: wholeNumber('part-number-marker', { name: 'part-number-marker', min: 0, max: HIGHEST }),
  },
  refused: customerKeys,
} satisfies S3Shape

export const listParts: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { name, upload } = openUpload(input, ctx)
    const { PartNumberMarker: marker = 0 } = input
    const max = Math.min(input.MaxParts ?? Infinity, ctx.limits.listedParts)
    const beyond = (await ctx.store.uploads.parts(name.id)).filter(({ number }) => number > marker)
    const page = beyond.slice(0, max)
    const owner = ownerOf(ctx.account)
    const { algorithm, type, asked } = upload.checksum
    ctx.notes.items = page.length
    return {
      xml: toXml('ListPartsResult', {
        Bucket: name.bucket,
        Key: name.key,
        UploadId: name.id,
        Initiator: owner,
        Owner: owner,
        StorageClass: 'STANDARD',
        PartNumberMarker: marker,
        NextPartNumberMarker: page.at(-1)?.number ?? 0,
        MaxParts: max,
        IsTruncated: beyond.length > page.length,
        ChecksumAlgorithm: asked ? algorithm : undefined,
        ChecksumType: asked ? type : undefined,
        Part: page.map((part) => {
          const checksum = askedChecksum(part, upload)
          return {
            PartNumber: part.number,
            LastModified: isoTime(part.lastModified),
            ETag: `"${part.etag}"`,
            Size: part.size,
            ...(checksum ? checksumElements(checksum) : {}),
          }
        }),
      }, NAMESPACE),
    }
  },
}
