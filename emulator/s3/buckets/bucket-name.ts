const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)
const LIKE_AN_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/
const RESERVED_PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-']
const RESERVED_SUFFIXES = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3']

/**
 * Whether a bucket can be created with this name.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and for dashes beside dots
 * ceph's s3-tests, which are run against AWS.
 */
export function isBucketName (name: string): boolean {
  return name.length >= 3 && name.length <= 63 && NAME.test(name) && !LIKE_AN_ADDRESS.test(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) && !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix))
}

/** Names that us-east-1 once accepted: such a bucket does not exist; any other name is invalid. */
export const couldBeBucketName = (name: string): boolean => /^[A-Za-z0-9._-]{3,255}$/.test(name)
