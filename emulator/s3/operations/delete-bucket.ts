import { openBucket } from '../buckets/bucket-access.ts'
import type { S3Operation } from '../operation.ts'
import { onBucket, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html

const types = { members: onBucket } satisfies S3Shape

export const deleteBucket: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    openBucket(input, ctx)
    await ctx.store.deleteBucket(input.Bucket)
    return { status: 204 }
  },
}
