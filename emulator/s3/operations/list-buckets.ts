import { toXml } from '../../core/protocol/xml.ts'
import { continuationToken, tokenAfter } from '../buckets/continuation-token.ts'
import { isoTime, ownerOf } from '../buckets/listing.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { query, wholeNumber, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
// Lists the account's buckets of all regions; an answer has the region of each only if the request has parameters.

const types = {
  members: {
    MaxBuckets: wholeNumber('max-buckets', { name: 'max-buckets', min: 1, max: 10_000 }),
    ContinuationToken: continuationToken,
    Prefix: query('prefix'),
    BucketRegion: query('bucket-region'),
  },
} satisfies S3Shape

export const listBuckets: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { MaxBuckets = ctx.limits.listedBuckets, ContinuationToken: token, Prefix: prefix, BucketRegion: region } = input
    const after = token?.after ?? ''
    const found = (await ctx.store.buckets()).filter((bucket) =>
      bucket.name > after && bucket.name.startsWith(prefix ?? '') && (region === undefined || bucket.region === region))
    const page = found.slice(0, Math.min(MaxBuckets, ctx.limits.listedBuckets))
    const withRegion = Object.values(input).some((value) => value !== undefined)
    ctx.notes.items = page.length
    return {
      xml: toXml('ListAllMyBucketsResult', {
        Owner: ownerOf(ctx.account),
        Buckets: {
          Bucket: page.map(({ name, createdAt, region }) =>
            ({ Name: name, CreationDate: isoTime(createdAt), BucketRegion: withRegion ? region : undefined })),
        },
        Prefix: prefix,
        ContinuationToken: page.length < found.length ? tokenAfter(page.at(-1)!.name) : undefined,
      }, NAMESPACE),
    }
  },
}
