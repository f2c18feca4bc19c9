import { toXml, type XmlElements } from '../../core/protocol/xml.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import { isoTime, listingMembers, nameWriter, ownerOf } from '../buckets/listing.ts'
import { invalidArgument } from '../errors.ts'
import { checkVersionId } from '../objects/version-access.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { onBucket, query, type S3Shape } from '../requests/shape.ts'
import { byteString } from '../storage/database-keys.ts'
import type { VersionRecord } from '../storage/records.ts'
import type { S3Store } from '../storage/store.ts'
import { versionIdOf } from '../storage/version-id.ts'
import type { VersionMarker } from '../storage/version-store.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html

const types = {
  members: { ...onBucket, ...listingMembers, KeyMarker: query('key-marker'), VersionIdMarker: query('version-id-marker') },
} satisfies S3Shape

export const listObjectVersions: S3Operation<typeof types> = {
  types,
  custom ({ KeyMarker: key, VersionIdMarker: id }) {
    if (id !== undefined && key === undefined) throw invalidArgument('A version-id marker cannot be specified without a key marker.', 'version-id-marker', id)
    checkVersionId(id)
  },
  async run (input, ctx) {
    openBucket(input, ctx)
    const { Bucket, Prefix: prefix, Delimiter: delimiter, KeyMarker: key, VersionIdMarker: versionId } = input
    const max = Math.min(input.MaxKeys ?? Infinity, ctx.limits.listedKeys)
    const { versions, commonPrefixes, truncatedAfter } = await readPage(ctx.store, Bucket, { prefix, delimiter, after: key === undefined ? undefined : { key, versionId }, max })
    const write = nameWriter(input.EncodingType)
    const owner = ownerOf(ctx.account)
    const elementsOf = (version: VersionRecord): XmlElements => ({
      Key: write(version.key),
      VersionId: versionIdOf(version),
      IsLatest: version.noncurrentSince === undefined,
      LastModified: isoTime(version.lastModified),
      ...(version.deleteMarker
        ? {}
        : { ETag: `"${version.etag}"`, ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type, Size: version.size, StorageClass: 'STANDARD' }),
      Owner: owner,
    })
    ctx.notes.items = versions.length + commonPrefixes.length
    return {
      xml: toXml('ListVersionsResult', {
        Name: Bucket,
        Prefix: write(prefix ?? ''),
        KeyMarker: write(key ?? ''),
        VersionIdMarker: versionId ?? '',
        NextKeyMarker: truncatedAfter && write(truncatedAfter.key),
        NextVersionIdMarker: truncatedAfter?.versionId,
        MaxKeys: max,
        Delimiter: delimiter === undefined ? undefined : write(delimiter),
        EncodingType: input.EncodingType,
        IsTruncated: truncatedAfter !== undefined,
        Version: versions.filter(({ deleteMarker }) => !deleteMarker).map(elementsOf),
        DeleteMarker: versions.filter(({ deleteMarker }) => deleteMarker).map(elementsOf),
        CommonPrefixes: commonPrefixes.map((common) => ({ Prefix: write(common) })),
      }, NAMESPACE),
    }
  },
}

interface Page {
  versions: VersionRecord[]
  commonPrefixes: string[]
  /** The last listed one, if there are more. */
  truncatedAfter?: VersionMarker
}

async function readPage (
  store: S3Store, bucket: string, { prefix = '', delimiter, after, max }: { prefix?: string, delimiter?: string, after?: VersionMarker, max: number }
): Promise<Page> {
  const page: Page = { versions: [], commonPrefixes: [] }
  if (max === 0) return page
  let last: VersionMarker | undefined
  for await (const version of store.versions.list(bucket, { prefix, after })) {
    if (after && byteString(version.key) < byteString(after.key)) continue
    const at = delimiter === undefined ? -1 : version.key.indexOf(delimiter, prefix.length)
    const common = at < 0 ? undefined : version.key.slice(0, at + delimiter!.length)
    if (common !== undefined && (common === after?.key || common === page.commonPrefixes.at(-1))) continue
    if (page.versions.length + page.commonPrefixes.length === max) return { ...page, truncatedAfter: last }
    if (common === undefined) page.versions.push(version)
    else page.commonPrefixes.push(common)
    last = common === undefined ? { key: version.key, versionId: versionIdOf(version) } : { key: common }
  }
  return page
}
