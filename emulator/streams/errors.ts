import { AwsError } from '../core/errors.ts'
import { resourceNotFound, validation } from '../dynamodb/errors.ts'

export const streamNotFound = (arn: string): AwsError => resourceNotFound(`Requested resource not found: Stream: ${arn} not found`)

export const shardNotFound = (shard: string, arn: string): AwsError =>
  resourceNotFound(`Requested resource not found: Shard: ${shard} in Stream: ${arn} not found`)

export const invalidStreamArn = (arn: string): AwsError => validation(`Invalid StreamArn: ${arn}`)

export const invalidIterator = (): AwsError => validation('Invalid ShardIterator')

// The texts of these two are from the service model's documentation.
export const expiredIterator = (): AwsError => new AwsError('ExpiredIteratorException', 400, 'The provided iterator exceeds the maximum age allowed.')

export const trimmedData = (): AwsError => new AwsError('TrimmedDataAccessException', 400, 'The data you are trying to access has been trimmed.')
