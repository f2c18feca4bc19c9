import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import { expirationHeader } from '../configuration/lifecycle.ts'
import { checksumHeaders } from '../objects/checksums.ts'
import { checkWriteConditions, writeGuard } from '../objects/conditions.ts'
import { checkMetadata, ENCRYPTION_HEADERS, etagHeader, keptOf, objectMembers } from '../objects/object-headers.ts'
import { versionHeader } from '../objects/version-access.ts'
import type { S3Operation } from '../operation.ts'
import { forDirectoryBuckets, objectOptions } from '../requests/refusals.ts'
import { header, onObject, upload, type S3Shape } from '../requests/shape.ts'
import { taggingHeader, tagsProperty } from '../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
// The upload is checked while it is streamed, and replaces an existing object only if everything is valid.

const types = {
  members: { ...onObject, ...objectMembers, Tagging: taggingHeader, Body: upload, IfMatch: header('if-match'), IfNoneMatch: header('if-none-match') },
  refused: [...objectOptions, ...forDirectoryBuckets('x-amz-write-offset-bytes')],
} satisfies S3Shape

export const putObject: S3Operation<typeof types> = {
  types,
  custom (input, ctx) {
    checkWriteConditions(input)
    checkMetadata(input.Metadata, ctx.limits.metadataBytes)
  },
  async run (input, ctx) {
    const { Bucket, Key: key, Body } = input
    noteKey(input, ctx)
    const bucket = openBucket(input, ctx)
    const content = await ctx.store.contents.write(Body.bytes())
    const { md5, size } = Body.digest
    const checksum = { ...Body.digest.checksum, type: 'FULL_OBJECT' } as const
    ctx.notes.bytes = size
    const stored = await ctx.store.putObject(Bucket,
      { key, size, etag: md5, lastModified: ctx.startedAt, ...keptOf(input), ...tagsProperty(input.Tagging), checksum, pieces: [{ content, size }] }, writeGuard(input, key))
    ctx.store.announce(bucket, { name: 'ObjectCreated:Put', key, at: ctx.startedAt, version: stored, request: ctx })
    return { headers: { ...etagHeader({ etag: md5 }), ...checksumHeaders(checksum), ...ENCRYPTION_HEADERS, ...versionHeader(bucket, stored), ...expirationHeader(bucket, stored) } }
  },
}
