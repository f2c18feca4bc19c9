import { toXml } from '../../core/protocol/xml.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import { listingElements, listingMembers, listObjects as listPage, nameWriter } from '../buckets/listing.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { onBucket, query, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
// Version 1 of the listing, which older tools use. NextMarker is returned only with a delimiter.

const types = { members: { ...onBucket, ...listingMembers, Marker: query('marker') } } satisfies S3Shape

export const listObjects: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    openBucket(input, ctx)
    const { Bucket, Prefix: prefix, Delimiter: delimiter, Marker: after, EncodingType } = input
    const max = Math.min(input.MaxKeys ?? Infinity, ctx.limits.listedKeys)
    const listing = await listPage(ctx.store, Bucket, { prefix, delimiter, max, after })
    const write = nameWriter(EncodingType)
    ctx.notes.items = listing.objects.length + listing.commonPrefixes.length
    return {
      xml: toXml('ListBucketResult', {
        Name: Bucket,
        Prefix: write(prefix ?? ''),
        Marker: write(after ?? ''),
        NextMarker: delimiter === undefined || listing.truncatedAfter === undefined ? undefined : write(listing.truncatedAfter),
        MaxKeys: max,
        Delimiter: delimiter === undefined ? undefined : write(delimiter),
        EncodingType,
        IsTruncated: listing.truncatedAfter !== undefined,
        ...listingElements(listing, { write, account: ctx.account, withOwner: true }),
      }, NAMESPACE),
    }
  },
}
