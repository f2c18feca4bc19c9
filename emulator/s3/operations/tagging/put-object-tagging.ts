import { refusalOf } from '../../access.ts'
import { openObject, versionHeader, versionId } from '../../objects/version-access.ts'
import type { S3Operation } from '../../operation.ts'
import { document, onObject, type S3Shape } from '../../requests/shape.ts'
import { readTagging, tagsProperty } from '../../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
// Policies may depend on the new tags, so that access is checked when they have been read.

const types = { members: { ...onObject, VersionId: versionId, Tagging: document } } satisfies S3Shape

export const putObjectTagging: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { Bucket: bucket, Key: key, VersionId: version } = input
    const tags = readTagging(await input.Tagging.read('Tagging'), 'object', ctx.limits)
    const refusal = refusalOf('PutObjectTagging', { Bucket: bucket, Key: key, VersionId: version, Tagging: tags }, ctx)
    if (refusal) throw refusal
    const opened = openObject(input, ctx)
    const object = await ctx.store.updateObject({ bucket, key, versionId: version }, ({ tags: _, ...object }) => ({ ...object, ...tagsProperty(tags) }))
    ctx.store.announce(opened.bucket, { name: 'ObjectTagging:Put', key, at: ctx.startedAt, version: object, request: ctx })
    return { headers: versionHeader(opened.bucket, object) }
  },
}
