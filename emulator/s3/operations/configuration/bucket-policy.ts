import { openBucket } from '../../buckets/bucket-access.ts'
import { checkBucketPolicy } from '../../configuration/bucket-policy.ts'
import { deleteSetting } from '../../configuration/setting.ts'
import { noSuchBucketPolicy } from '../../errors.ts'
import type { S3Operation } from '../../operation.ts'
import { document, onBucket, type S3Shape } from '../../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
// Unlike the other parts of a bucket's configuration it is JSON, and returned as it was put.

const putTypes = { members: { ...onBucket, Policy: document } } satisfies S3Shape
const getTypes = { members: onBucket } satisfies S3Shape

export const putBucketPolicy: S3Operation<typeof putTypes> = {
  types: putTypes,
  async run (input, ctx) {
    const { name } = openBucket(input, ctx)
    const policy = await input.Policy.text()
    checkBucketPolicy(policy, name, ctx.limits.policyBytes)
    await ctx.store.configure(name, { policy })
    return { status: 204 }
  },
}

export const getBucketPolicy: S3Operation<typeof getTypes> = {
  types: getTypes,
  run (input, ctx) {
    const { name, settings } = openBucket(input, ctx)
    if (settings?.policy === undefined) throw noSuchBucketPolicy(name)
    return { headers: { 'content-type': 'application/json' }, body: Buffer.from(settings.policy) }
  },
}

export const deleteBucketPolicy = deleteSetting({ name: 'policy' })
