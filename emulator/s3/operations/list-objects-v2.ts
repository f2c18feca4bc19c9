import { toXml } from '../../core/protocol/xml.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import { continuationToken, tokenAfter } from '../buckets/continuation-token.ts'
import { invalidArgument } from '../errors.ts'
import { listingElements, listingMembers, listObjects, nameWriter } from '../buckets/listing.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { onBucket, query, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html

const types = {
  members: {
    ...onBucket,
    ...listingMembers,
    ListType: query('list-type'),
    ContinuationToken: continuationToken,
    FetchOwner: query('fetch-owner'),
    StartAfter: query('start-after'),
  },
} satisfies S3Shape

export const listObjectsV2: S3Operation<typeof types> = {
  types,
  custom ({ ListType }) {
    if (ListType !== '2') throw invalidArgument('Invalid List Type Specified', 'list-type', ListType)
  },
  async run (input, ctx) {
    openBucket(input, ctx)
    const { Bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token, EncodingType } = input
    const max = Math.min(input.MaxKeys ?? Infinity, ctx.limits.listedKeys)
    const listing = await listObjects(ctx.store, Bucket, { prefix, delimiter, max, after: token?.after ?? input.StartAfter })
    const count = listing.objects.length + listing.commonPrefixes.length
    const write = nameWriter(EncodingType)
    ctx.notes.items = count
    return {
      xml: toXml('ListBucketResult', {
        Name: Bucket,
        Prefix: write(prefix ?? ''),
        // A token has precedence over it, also in the answer.
        StartAfter: token || input.StartAfter === undefined ? undefined : write(input.StartAfter),
        ContinuationToken: token?.token,
        NextContinuationToken: listing.truncatedAfter === undefined ? undefined : tokenAfter(listing.truncatedAfter),
        KeyCount: count,
        MaxKeys: max,
        Delimiter: delimiter === undefined ? undefined : write(delimiter),
        EncodingType,
        IsTruncated: listing.truncatedAfter !== undefined,
        ...listingElements(listing, { write, account: ctx.account, withOwner: input.FetchOwner === 'true' }),
      }, NAMESPACE),
    }
  },
}
