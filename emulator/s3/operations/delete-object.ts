import { noteKey, openBucket } from '../bucket-access.ts'
import { deleteGuard } from '../conditions.ts'
import { invalidArgument } from '../errors.ts'
import type { S3Operation } from '../operation.ts'
import { forDirectoryBuckets, versionId } from '../refusals.ts'
import { header, onObject, refuseHeaders, type S3Shape } from '../shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
// Deleting what is not there is done already, unless If-Match says that it should be there.

const BYPASS = 'x-amz-bypass-governance-retention'

const types = {
  members: { ...onObject, IfMatch: header('if-match'), VersionId: versionId },
  refused: [
    ...refuseHeaders('x-amz-mfa'),
    { header: BYPASS, unless: ['false'], error: () => invalidArgument(`${BYPASS} is only applicable to Object Lock enabled buckets.`, BYPASS) },
    ...forDirectoryBuckets('x-amz-if-match-last-modified-time', 'x-amz-if-match-size'),
  ],
} satisfies S3Shape

export const deleteObject: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    noteKey(input, ctx)
    openBucket(input, ctx)
    await ctx.store.deleteObject(input.Bucket, input.Key, deleteGuard(input))
    return { status: 204 }
  },
}
