import { REGIONS } from '../../core/regions.ts'
import { isBucketName } from '../buckets/bucket-name.ts'
import type { S3Context } from '../context.ts'
import {
  bucketAlreadyOwnedByYou, illegalLocationConstraint, invalidBucketName, invalidLocationConstraint, notEmulated, tooManyBuckets,
} from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { S3Operation } from '../operation.ts'
import type { XmlDocument } from '../requests/document-body.ts'
import { textOf } from '../requests/document-reading.ts'
import { bucketAcl } from '../requests/refusals.ts'
import { document, onBucket, type S3Shape } from '../requests/shape.ts'
import type { Tag } from '../storage/records.ts'
import { readTagSet } from '../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
// Names belong to an account here and are not global, so BucketAlreadyExists never occurs.

const types = {
  members: { Bucket: onBucket.Bucket, CreateBucketConfiguration: document },
  refused: [
    ...bucketAcl,
    { header: 'x-amz-bucket-object-lock-enabled', unless: ['false'] },
    { header: 'x-amz-object-ownership', unless: ['bucketownerenforced'] },
    { header: 'x-amz-bucket-namespace', unless: ['global'] },
  ],
} satisfies S3Shape

const LEGACY_REGION = 'us-east-1'

export const createBucket: S3Operation<typeof types> = {
  types,
  async run ({ Bucket: name, CreateBucketConfiguration: body }, ctx) {
    ctx.notes.resource = name
    if (!isBucketName(name)) throw invalidBucketName(name)
    const { locationConstraint, tags } = readConfiguration(await body.read('CreateBucketConfiguration'), ctx.limits)
    const region = regionOf(locationConstraint, ctx.region)
    await checkCount(name, ctx)
    await ctx.store.putBucket({ name, region, locationConstraint, createdAt: ctx.startedAt, ...(tags ? { settings: { tags } } : {}) }, (existing) => {
      // Only us-east-1 reports success if the bucket already exists.
      if ([region, existing.region, ctx.region].some((one) => one !== LEGACY_REGION)) throw bucketAlreadyOwnedByYou(name)
    })
    return {
      headers: {
        location: region === LEGACY_REGION ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
        'x-amz-bucket-arn': `arn:aws:s3:::${name}`,
      },
    }
  },
}

function readConfiguration (configuration: XmlDocument = {}, limits: Limits): { locationConstraint?: string, tags?: Tag[] } {
  for (const element of ['Location', 'Bucket']) {
    if (element in configuration) throw notEmulated({ element: `CreateBucketConfiguration.${element}` })
  }
  const { LocationConstraint: constraint, Tags } = configuration
  return {
    locationConstraint: textOf(constraint)?.trim() || undefined,
    tags: Tags === undefined ? undefined : readTagSet(Tags, 'bucket', limits),
  }
}

/** @param endpoint  the region that the request is signed for, as if it had been sent to that region's endpoint */
function regionOf (constraint: string | undefined, endpoint: string): string {
  const region = constraint === 'EU' ? 'eu-west-1' : constraint
  if (endpoint === LEGACY_REGION) {
    if (region === undefined) return LEGACY_REGION
    if (!LOCATIONS.has(region)) throw invalidLocationConstraint(constraint!)
    return region
  }
  // The caller's own region is valid, even if AWS does not have it.
  if (region === endpoint) return region
  if (region !== undefined && !LOCATIONS.has(region)) throw invalidLocationConstraint(constraint!)
  throw illegalLocationConstraint(constraint)
}

async function checkCount (name: string, { store, limits }: S3Context): Promise<void> {
  if (store.bucket(name)) return
  if ((await store.buckets()).length >= limits.buckets) throw tooManyBuckets()
}

/** AWS's valid location constraints; us-east-1 is not among them. */
const LOCATIONS = new Set([...REGIONS].filter((region) => region !== LEGACY_REGION))
