import { openBucket } from '../buckets/bucket-access.ts'
import type { S3Operation } from '../operation.ts'
import { onBucket, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html

const types = { members: onBucket } satisfies S3Shape

export const headBucket: S3Operation<typeof types> = {
  types,
  run (input, ctx) {
    const { name, region } = openBucket(input, ctx)
    return {
      headers: {
        'content-type': 'application/xml',
        'x-amz-bucket-arn': `arn:aws:s3:::${name}`,
        'x-amz-bucket-region': region,
        'x-amz-access-point-alias': 'false',
      },
    }
  },
}
