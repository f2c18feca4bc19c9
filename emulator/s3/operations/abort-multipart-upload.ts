import { openUpload, uploadId } from '../uploads/multipart.ts'
import type { S3Operation } from '../operation.ts'
import { forDirectoryBuckets } from '../requests/refusals.ts'
import { onObject, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html

const types = {
  members: { ...onObject, UploadId: uploadId },
  refused: forDirectoryBuckets('x-amz-if-match-initiated-time'),
} satisfies S3Shape

export const abortMultipartUpload: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { name } = openUpload(input, ctx)
    await ctx.store.uploads.abort(name)
    return { status: 204 }
  },
}
