import { toXml } from '../../core/protocol/xml.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { onBucket, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
// Answers in every region, since clients that do not know the right one call it. An empty element means us-east-1.

const types = { members: onBucket } satisfies S3Shape

export const getBucketLocation: S3Operation<typeof types> = {
  types,
  run (input, ctx) {
    const { region, locationConstraint } = openBucket(input, ctx, { anyRegion: true })
    return { xml: toXml('LocationConstraint', locationConstraint ?? (region === 'us-east-1' ? '' : region), NAMESPACE) }
  },
}
