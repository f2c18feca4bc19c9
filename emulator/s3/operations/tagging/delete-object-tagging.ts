import { openObject } from '../../buckets/bucket-access.ts'
import type { S3Operation } from '../../operation.ts'
import { versionId } from '../../requests/refusals.ts'
import { onObject, type S3Shape } from '../../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html

const types = { members: { ...onObject, VersionId: versionId } } satisfies S3Shape

export const deleteObjectTagging: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    openObject(input, ctx)
    await ctx.store.updateObject(input.Bucket, input.Key, ({ tags: _, ...object }) => object)
    return { status: 204 }
  },
}
