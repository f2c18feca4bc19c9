import { openObject, versionHeader, versionId } from '../../objects/version-access.ts'
import type { S3Operation } from '../../operation.ts'
import { onObject, type S3Shape } from '../../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html

const types = { members: { ...onObject, VersionId: versionId } } satisfies S3Shape

export const deleteObjectTagging: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { bucket } = openObject(input, ctx)
    const object = await ctx.store.updateObject({ bucket: bucket.name, key: input.Key, versionId: input.VersionId }, ({ tags: _, ...object }) => object)
    ctx.store.announce(bucket, { name: 'ObjectTagging:Delete', key: input.Key, at: ctx.startedAt, version: object, request: ctx })
    return { status: 204, headers: versionHeader(bucket, object) }
  },
}
