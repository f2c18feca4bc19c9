import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import type { S3Operation } from '../operation.ts'
import { versionId } from '../objects/version-access.ts'
import { deleteOne } from '../objects/deletion.ts'
import { bypassGovernance, forDirectoryBuckets } from '../requests/refusals.ts'
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
    const bucket = openBucket(input, ctx)
    const { deleteMarker, versionId } = await deleteOne({ bucket, key: input.Key, versionId: input.VersionId, etag: input.IfMatch }, ctx)
    return {
      status: 204,
      headers: { 'x-amz-version-id': versionId, 'x-amz-delete-marker': deleteMarker ? 'true' : undefined },
    }
  },
}
