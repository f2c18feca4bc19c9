import { toXml } from '../../core/protocol/xml.ts'
import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import { readUploadChecksum } from '../objects/checksum-request.ts'
import { checkMetadata, ENCRYPTION_HEADERS, keptOf, objectMembers } from '../objects/object-headers.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { objectOptions } from '../requests/refusals.ts'
import { header, onObject, type S3Shape } from '../requests/shape.ts'
import { taggingHeader, tagsProperty } from '../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html

const types = {
  members: {
    ...onObject,
    ...objectMembers,
    Tagging: taggingHeader,
    ChecksumAlgorithm: header('x-amz-checksum-algorithm'),
    ChecksumType: header('x-amz-checksum-type'),
  },
  refused: objectOptions,
} satisfies S3Shape

export const createMultipartUpload: S3Operation<typeof types> = {
  types,
  custom (input, ctx) {
    checkMetadata(input.Metadata, ctx.limits.metadataBytes)
  },
  async run (input, ctx) {
    const { Bucket, Key: key } = input
    noteKey(input, ctx)
    openBucket(input, ctx)
    const checksum = readUploadChecksum(input.ChecksumAlgorithm, input.ChecksumType)
    const id = await ctx.store.uploads.begin(Bucket, { key, initiated: ctx.startedAt, ...keptOf(input), ...tagsProperty(input.Tagging), checksum, requestId: ctx.requestId })
    return {
      headers: {
        ...ENCRYPTION_HEADERS,
        ...(checksum.asked ? { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type } : {}),
      },
      xml: toXml('InitiateMultipartUploadResult', { Bucket, Key: key, UploadId: id }, NAMESPACE),
    }
  },
}
