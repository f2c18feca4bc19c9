import { toXml } from '../../core/protocol/xml.ts'
import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import { readAlgorithm } from '../objects/checksum-request.ts'
import { checkWriteConditions, writeGuard } from '../objects/conditions.ts'
import { copyContent, openSource, sourceMembers } from '../objects/copy-source.ts'
import { copySourceTooLarge, copyToItself, invalidArgument } from '../errors.ts'
import { isoTime } from '../buckets/listing.ts'
import { checkMetadata, ENCRYPTION_HEADERS, keptOf, objectMembers } from '../objects/object-headers.ts'
import { versionHeader } from '../objects/version-access.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { copySourceCustomerKeys, objectOptions } from '../requests/refusals.ts'
import { header, onObject, type Member, type S3Shape } from '../requests/shape.ts'
import { taggingHeader, tagsProperty } from '../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html

const taggingDirective: Member<'COPY' | 'REPLACE'> = {
  source: { header: 'x-amz-tagging-directive' },
  read ({ headers }) {
    const directive = headers['x-amz-tagging-directive'] ?? 'COPY'
    if (directive === 'COPY' || directive === 'REPLACE') return directive
    throw invalidArgument('Unknown tagging directive.', 'x-amz-tagging-directive', directive)
  },
}

const types = {
  members: {
    ...onObject,
    ...objectMembers,
    ...sourceMembers,
    IfMatch: header('if-match'),
    IfNoneMatch: header('if-none-match'),
    MetadataDirective: header('x-amz-metadata-directive'),
    Tagging: taggingHeader,
    TaggingDirective: taggingDirective,
    ChecksumAlgorithm: header('x-amz-checksum-algorithm'),
    ServerSideEncryption: header('x-amz-server-side-encryption'),
    StorageClass: header('x-amz-storage-class'),
  },
  // Objects have no annotations, so there is nothing to copy.
  refused: [
    ...objectOptions,
    ...copySourceCustomerKeys,
    { header: 'x-amz-object-annotation-directive', unless: ['copy', 'exclude'] },
  ],
} satisfies S3Shape

export const copyObject: S3Operation<typeof types> = {
  types,
  custom (input, ctx) {
    const { CopySource: from, MetadataDirective: directive } = input
    if (directive !== undefined && directive !== 'COPY' && directive !== 'REPLACE') {
      throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', directive)
    }
    const changes = directive === 'REPLACE' || input.StorageClass !== undefined || input.ServerSideEncryption !== undefined
    if (from.bucket === input.Bucket && from.key === input.Key && from.versionId === undefined && !changes) throw copyToItself()
    checkWriteConditions(input)
    checkMetadata(input.Metadata, ctx.limits.metadataBytes)
  },
  async run (input, ctx) {
    const { Bucket, Key: key, ChecksumAlgorithm: algorithm } = input
    noteKey(input, ctx)
    const bucket = openBucket(input, ctx)
    const { source, headers: sourceHeaders } = openSource(input, ctx)
    if (source.size > ctx.limits.objectBytes) throw copySourceTooLarge(ctx.limits.objectBytes)
    const copied = await copyContent(source, { algorithm: readAlgorithm(algorithm) ?? source.checksum.algorithm }, ctx)
    const checksum = { ...copied.checksum, type: 'FULL_OBJECT' } as const
    const { headers, metadata } = input.MetadataDirective === 'REPLACE' ? keptOf(input) : source
    const tags = tagsProperty(input.TaggingDirective === 'REPLACE' ? input.Tagging : source.tags)
    const { piece, md5: etag } = copied // also for an object in parts, whose own checksum is of another kind
    const { size } = piece
    ctx.notes.bytes = size
    const stored = await ctx.store.putObject(Bucket, { key, size, etag, lastModified: ctx.startedAt, headers, metadata, ...tags, checksum, pieces: [piece] }, writeGuard(input, key))
    ctx.store.announce(bucket, { name: 'ObjectCreated:Copy', key, at: ctx.startedAt, version: stored, request: ctx })
    return {
      headers: { ...ENCRYPTION_HEADERS, ...sourceHeaders, ...versionHeader(bucket, stored) },
      xml: toXml('CopyObjectResult', {
        LastModified: isoTime(ctx.startedAt),
        ETag: `"${etag}"`,
        [`Checksum${checksum.algorithm}`]: checksum.value,
        ChecksumType: checksum.type,
      }, NAMESPACE),
    }
  },
}
