import type { Context } from '../core/context.ts'
import { AwsError } from '../core/errors.ts'
import { serveAwsJson, type AwsJsonService } from '../core/protocol/aws-json.ts'
import type { Environment, Service } from '../core/service.ts'
import { accessDenied, protocolErrors, tooManyRequests } from '../dynamodb/errors.ts'
import { checkShape } from '../dynamodb/requests/dynalite.ts'
import type { DynamodbService } from '../dynamodb/index.ts'
import { access } from './access.ts'
import type { StreamsContext, StreamsOperation } from './context.ts'
import { describeStream } from './operations/describe-stream.ts'
import { getRecords } from './operations/get-records.ts'
import { getShardIterator } from './operations/get-shard-iterator.ts'
import { listStreams } from './operations/list-streams.ts'

export const operations = {
  DescribeStream: describeStream,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  ListStreams: listStreams,
} satisfies Record<string, StreamsOperation>

/** DynamoDB Streams: a service of its own on the wire, on the tables and change logs of DynamoDB. */
export function createStreams (environment: Environment, dynamodb: Pick<DynamodbService, 'contextFor'>): Service {
  const service: AwsJsonService<StreamsContext> = {
    service: 'dynamodbstreams',
    targetPrefix: 'DynamoDBStreams_20120810',
    contentType: 'application/x-amz-json-1.0',
    otherContentTypes: ['application/json'],
    maxBodyBytes: 1024 * 1024,
    checksum: true,
    operations,
    access,
    errors: protocolErrors,
    faults: {
      subjects (input) {
        const { StreamArn, TableName } = input as { StreamArn?: unknown, TableName?: unknown } // the protocol passes objects only
        return [TableName, StreamArn].filter((name) => typeof name === 'string').map((resource) => ({ resource }))
      },
      throttled: tooManyRequests,
      internal: () => protocolErrors.internal(),
      accessDenied: ({ operation, ctx: { account, accessKeyId } }) =>
        accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: dynamodb:${operation}`),
      named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
    },
    validate (operation: StreamsOperation, input, ctx) {
      const typed = checkShape(operation.types, input as object) // the protocol passes objects only
      operation.custom?.(typed, ctx)
      return typed
    },
  }
  return {
    name: 'dynamodbstreams',
    signingName: 'dynamodb',
    targetPrefix: service.targetPrefix,
    operationNames: Object.keys(operations),
    handle: async (request, ctx: Context, origin) => serveAwsJson(service, request, await dynamodb.contextFor(ctx), environment, origin),
    // Streams are part of DynamoDB's state.
    load: async () => ({ use: () => {}, begin: async () => {} }),
    reset: async () => {},
    close: async () => {},
  }
}
