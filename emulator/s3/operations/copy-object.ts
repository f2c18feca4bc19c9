import { Readable } from 'node:stream'
import { toXml } from '../../core/protocol/xml.ts'
import { decodePath } from '../address.ts'
import { checkOwner, noteKey, openBucket } from '../bucket-access.ts'
import { CHECKSUMS, checksumAlgorithm, type Checksum, type ChecksumAlgorithm } from '../checksums.ts'
import { checkWriteConditions, failedCondition, writeGuard } from '../conditions.ts'
import type { S3Context } from '../context.ts'
import { copySourceTooLarge, copyToItself, invalidArgument, invalidRequest, noSuchKey, notEmulated, preconditionFailed } from '../errors.ts'
import { isoTime } from '../listing.ts'
import { checkMetadata, ENCRYPTION_HEADERS, keptOf, objectMembers } from '../object-headers.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { copySourceCustomerKeys, objectOptions } from '../refusals.ts'
import { header, onObject, type Member, type S3Shape } from '../shape.ts'
import type { ObjectRecord } from '../store.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html

export interface CopySource { bucket: string, key: string }

const SOURCE = 'x-amz-copy-source'

const copySource: Member<CopySource> = {
  source: { header: SOURCE },
  read ({ headers }) {
    const value = headers[SOURCE] ?? ''
    const [path = '', version] = value.split('?versionId=')
    if (version !== undefined && version !== 'null') throw invalidArgument('Invalid version id specified', 'versionId', version)
    if (/^\/?arn(:|%3A)/i.test(path)) throw notEmulated({ header: `${SOURCE} of an access point` })
    const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodePath(path)) ?? []
    if (!bucket || !key) throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey', SOURCE, value)
    return { bucket, key }
  },
}

const types = {
  members: {
    ...onObject,
    ...objectMembers,
    CopySource: copySource,
    ExpectedSourceBucketOwner: header('x-amz-source-expected-bucket-owner'),
    CopySourceIfMatch: header('x-amz-copy-source-if-match'),
    CopySourceIfModifiedSince: header('x-amz-copy-source-if-modified-since'),
    CopySourceIfNoneMatch: header('x-amz-copy-source-if-none-match'),
    CopySourceIfUnmodifiedSince: header('x-amz-copy-source-if-unmodified-since'),
    IfMatch: header('if-match'),
    IfNoneMatch: header('if-none-match'),
    MetadataDirective: header('x-amz-metadata-directive'),
    ChecksumAlgorithm: header('x-amz-checksum-algorithm'),
    ServerSideEncryption: header('x-amz-server-side-encryption'),
    StorageClass: header('x-amz-storage-class'),
  },
  // Nothing has tags or annotations, so that copying them is done already.
  refused: [
    ...objectOptions,
    ...copySourceCustomerKeys,
    { header: 'x-amz-tagging-directive', unless: ['copy'] },
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
    if (from.bucket === input.Bucket && from.key === input.Key && !changes) throw copyToItself()
    checkWriteConditions(input)
    checkMetadata(input.Metadata, ctx.limits.metadataBytes)
  },
  async run (input, ctx) {
    const { Bucket, Key: key, ChecksumAlgorithm: algorithm } = input
    noteKey(input, ctx)
    openBucket(input, ctx)
    const source = openSource(input.CopySource, input.ExpectedSourceBucketOwner, ctx)
    const failed = failedCondition({
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    }, source, ctx.startedAt)
    if (failed) throw preconditionFailed(`x-amz-copy-source-${failed}`)
    const { content, checksum } = await copyContent(source, readAlgorithm(algorithm) ?? source.checksum.algorithm, ctx)
    const { headers, metadata } = input.MetadataDirective === 'REPLACE' ? keptOf(input) : source
    const { size, etag } = source
    ctx.notes.bytes = size
    await ctx.store.putObject(Bucket, { key, size, etag, lastModified: ctx.startedAt, headers, metadata, checksum, content }, writeGuard(input, key))
    return {
      headers: ENCRYPTION_HEADERS,
      xml: toXml('CopyObjectResult', {
        LastModified: isoTime(ctx.startedAt),
        ETag: `"${etag}"`,
        [`Checksum${checksum.algorithm}`]: checksum.value,
      }, NAMESPACE),
    }
  },
}

/** A copy may come from another region than the bucket that it goes to. */
function openSource ({ bucket, key }: CopySource, expectedOwner: string | undefined, ctx: S3Context): ObjectRecord {
  openBucket({ Bucket: bucket }, ctx, { anyRegion: true })
  checkOwner(expectedOwner, ctx)
  const source = ctx.store.object(bucket, key)
  if (!source) throw noSuchKey(key)
  if (source.size > ctx.limits.objectBytes) throw copySourceTooLarge(ctx.limits.objectBytes)
  return source
}

function readAlgorithm (name: string | undefined): ChecksumAlgorithm | undefined {
  const algorithm = name === undefined ? undefined : checksumAlgorithm(name)
  if (name !== undefined && !algorithm) {
    throw invalidRequest(`Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${Object.keys(CHECKSUMS).join(', ')}]`)
  }
  return algorithm
}

async function copyContent (source: ObjectRecord, algorithm: ChecksumAlgorithm, { store: { contents } }: S3Context): Promise<{ content: string, checksum: Checksum }> {
  const hasher = CHECKSUMS[algorithm].create()
  const bytes = contents.read(source.content, source.size)
  async function * hashed (): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes instanceof Readable ? bytes : [bytes]) {
      const chunk = piece as Uint8Array // contents are read as bytes
      hasher.update(chunk)
      yield chunk
    }
  }
  const content = await contents.write(hashed())
  return { content, checksum: { algorithm, value: Buffer.from(await hasher.digest()).toString('base64') } }
}
