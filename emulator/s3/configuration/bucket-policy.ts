import { BadPolicy, readPolicy } from '../../iam/evaluator/check-policy.ts'
import type { ResourcePolicy } from '../../core/access.ts'
import type { S3Context } from '../context.ts'
import { malformedPolicy, policyTooLarge } from '../errors.ts'

const PARTITION_PREFIX = /^arn:(aws|aws-cn|aws-us-gov|\*):s3:::/

/**
 * Checks the policy of a bucket.
 * @throws MalformedPolicy, PolicyTooLarge
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
export function checkBucketPolicy (text: string, bucket: string, maxBytes: number): void {
  if (Buffer.byteLength(text) > maxBytes) throw policyTooLarge()
  if (!isJsonObject(text)) throw malformedPolicy('Policies must be valid JSON and the first byte must be \'{\'')
  const { Statement } = readStatements(text)
  for (const statement of [Statement].flat()) {
    for (const action of listOf(statement.Action ?? statement.NotAction)) {
      if (action !== '*' && !/^s3:/i.test(action)) throw malformedPolicy('Policy has invalid action')
    }
    for (const resource of listOf(statement.Resource ?? statement.NotResource)) {
      const path = PARTITION_PREFIX.test(resource) ? resource.replace(PARTITION_PREFIX, '') : undefined
      if (path !== bucket && !path?.startsWith(`${bucket}/`) && path !== `${bucket}*`) throw malformedPolicy('Policy has invalid resource')
    }
  }
}

function isJsonObject (text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text)
    return text.startsWith('{') && parsed !== null
  } catch {
    return false
  }
}

function readStatements (text: string) {
  try {
    return readPolicy(text, 'resource')
  } catch (error) {
    throw error instanceof BadPolicy ? malformedPolicy(error.message) : error
  }
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat()

/** The policy that decides, with those of the caller, what may be done with a bucket and its objects. */
export function bucketPolicy (bucket: string | undefined, { store, account }: S3Context): ResourcePolicy | undefined {
  const text = bucket === undefined ? undefined : store.bucket(bucket)?.settings?.policy
  return text === undefined ? undefined : { name: 'bucket policy', text, account }
}
