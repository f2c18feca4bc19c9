import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, type TranslateConfig } from '@aws-sdk/lib-dynamodb'
import { HttpRequest } from '@smithy/protocol-http'
import type { MiddlewareStack } from '@smithy/types'
import type { Config } from '../config.ts'
import { readNumber } from '../core/exact-json.ts'
import { currentRequestId } from '../core/request-context.ts'
import { retries } from './retries.ts'

/** The server's AWS clients. */
export interface AwsClients {
  dynamodb: DynamoDBClient
  documents: DynamoDBDocumentClient
  rekognition: RekognitionClient
  s3: S3Client
  destroy (): void
}

export interface AwsCredentials { accessKeyId: string, secretAccessKey: string }

/** How items become JavaScript values: a number that a double cannot represent keeps its digits. */
export const TRANSLATE_CONFIG: TranslateConfig = {
  marshallOptions: { removeUndefinedValues: true },
  unmarshallOptions: { wrapNumbers: readNumber },
}

/** Timeouts of one attempt, so that an endpoint that is down is detected before the request's own deadline. */
const CONNECTION_TIMEOUT_MS = 2_000
const ATTEMPT_TIMEOUT_MS = 10_000
const MAX_SOCKETS = 256

/**
 * Plain SDK clients with keep-alive connections.
 * Each call has the id of its API request as `x-request-id`, which an emulator shows in its trace.
 * @param config       region, and endpoints that are not AWS's own
 * @param credentials  default: the usual chain
 */
export function createAwsClients (config: Config['aws'], credentials?: AwsCredentials): AwsClients {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS }
  const common = {
    region: config.region,
    ...credentials && { credentials },
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: ATTEMPT_TIMEOUT_MS, httpAgent: agent, httpsAgent: agent },
  }
  const { endpoints } = config
  const dynamodb = new DynamoDBClient({ ...common, ...retries(), ...at(endpoints.dynamodb) })
  const rekognition = new RekognitionClient({ ...common, ...retries(), ...at(endpoints.rekognition) })
  // A custom endpoint rarely has a host name for every bucket.
  const s3 = new S3Client({ ...common, ...retries(), ...at(endpoints.s3), forcePathStyle: endpoints.s3 !== undefined })
  sendRequestId(dynamodb.middlewareStack)
  sendRequestId(rekognition.middlewareStack)
  sendRequestId(s3.middlewareStack)
  return {
    dynamodb,
    documents: DynamoDBDocumentClient.from(dynamodb, TRANSLATE_CONFIG),
    rekognition,
    s3,
    destroy () {
      dynamodb.destroy()
      rekognition.destroy()
      s3.destroy()
    },
  }
}

/** An explicit `undefined` would keep the SDK from resolving an endpoint itself. */
const at = (endpoint: string | undefined) => endpoint === undefined ? {} : { endpoint }

/** Adds `x-request-id` before the request is signed. */
function sendRequestId<I extends object, O extends object> (stack: MiddlewareStack<I, O>): void {
  stack.add((next) => (args) => {
    const id = currentRequestId()
    if (id !== undefined && HttpRequest.isInstance(args.request)) args.request.headers['x-request-id'] = id
    return next(args)
  }, { step: 'build', name: 'sendRequestId' })
}
