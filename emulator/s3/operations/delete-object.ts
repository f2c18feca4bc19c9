import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import { deleteGuard } from '../objects/conditions.ts'
import type { S3Operation } from '../operation.ts'
import { bypassGovernance, forDirectoryBuckets, versionId } from '../requests/refusals.ts'
import { header, onObject, refuseHeaders, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
// Deleting an object that does not exist succeeds, unless If-Match is given: then it is NoSuchKey.

const types = {
  members: { ...onObject, IfMatch: header('if-match'), VersionId: versionId },
  refused: [
    ...refuseHeaders('x-amz-mfa'),
    bypassGovernance,
    ...forDirectoryBuckets('x-amz-if-match-last-modified-time', 'x-amz-if-match-size'),
  ],
} satisfies S3Shape

export const deleteObject: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    noteKey(input, ctx)
    openBucket(input, ctx)
    await ctx.store.deleteObject(input.Bucket, input.Key, deleteGuard(input, input.Key))
    return { status: 204 }
  },
}
