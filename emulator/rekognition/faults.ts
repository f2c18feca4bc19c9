import { AwsError } from '../core/errors.ts'
import type { ServiceFaults, Subject } from '../core/faults.ts'
import type { RekognitionContext } from './context.ts'
import { accessDenied, internalServerError, provisionedThroughputExceeded } from './errors.ts'

/** Members of inputs that hold a picture. */
const IMAGES = ['Image', 'SourceImage', 'TargetImage']

/** How Rekognition reports injected faults. */
export const faults: ServiceFaults<RekognitionContext> = {
  // Collections by their id, pictures in S3 by bucket and key.
  subjects (input) {
    const given = members(input)
    const objects = IMAGES.map((name) => members(members(given[name]).S3Object))
    return [
      ...typeof given.CollectionId === 'string' ? [{ resource: given.CollectionId }] : [],
      ...objects.flatMap(({ Bucket, Name }): Subject[] => typeof Bucket === 'string' ? [{ resource: Bucket, key: Name }] : []),
    ]
  },
  throttled: provisionedThroughputExceeded,
  internal: internalServerError,
  accessDenied: ({ operation, ctx: { account, accessKeyId } }) =>
    accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: rekognition:${operation}`),
  named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
}

/** The members of a value that should be an object. */
function members (value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
}
