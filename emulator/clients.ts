import { createRequire } from 'node:module'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type * as CloudwatchPackage from '@aws-sdk/client-cloudwatch'
import type * as StreamsPackage from '@aws-sdk/client-dynamodb-streams'
import type { RequestSigner, RetryStrategyV2 } from '@smithy/types'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, type TranslateConfig } from '@aws-sdk/lib-dynamodb'
import './core/sdk-version-warning.ts'
import { sendDirectly } from './direct-send.ts'
import { FastDocumentClient } from './dynamodb/fast-document-client.ts'
import type { DynamodbService } from './dynamodb/index.ts'
import { CAUSED_BY_HEADER, type Gateway } from './gateway.ts'
import { InProcessHandler } from './in-process-handler.ts'
import { rekognitionDirectWay } from './rekognition/direct-way.ts'

export interface ClientsOptions {
  /** An access key; a key of twelve digits is an account id. */
  accessKeyId?: string
  region?: string
  maxAttempts?: number
  /** Makes the retry strategy of one client: each has its own quota, as in the SDK. Default: the SDK's standard strategy. */
  retryStrategy?: () => RetryStrategyV2
  /** Returns the id of the API request that is being served. It is called for every call, so that the trace can link the two. */
  causedBy?: () => string | undefined
  /** `false` for clients that use the whole SDK, middleware included. Default true. */
  fastPath?: boolean
  /** How `documents` converts values to items and back, as the SDK's option. Default: members that are `undefined` are left out. */
  translateConfig?: TranslateConfig
}

/** SDK clients that call the emulator in this process. */
export interface Clients {
  dynamodb: DynamoDBClient
  documents: DynamoDBDocumentClient
  /** DynamoDB's streams. Its package is loaded, and the client made, at first use. */
  readonly streams: StreamsPackage.DynamoDBStreamsClient
  rekognition: RekognitionClient
  s3: S3Client
  /** CloudWatch; loaded and made like `streams`. */
  readonly cloudwatch: CloudwatchPackage.CloudWatchClient
  destroy (): void
}

type DirectlyCalled = Pick<DynamodbService, 'call'>

/** What the clients call: requests go to the gateway, document commands and Rekognition's directly to their service. */
export interface InProcessTargets { gateway: Gateway, dynamodb: DirectlyCalled, rekognition: DirectlyCalled, region: string }

const require = createRequire(import.meta.url)

const TRANSLATE_CONFIG: TranslateConfig = { marshallOptions: { removeUndefinedValues: true } }

/** Makes SDK clients whose requests go to the emulator without a socket. */
export function createClients ({ gateway, dynamodb: dynamodbService, rekognition: rekognitionService, region: defaultRegion }: InProcessTargets, options: ClientsOptions = {}): Clients {
  const region = options.region ?? defaultRegion
  const { translateConfig = TRANSLATE_CONFIG } = options
  const config = {
    region,
    credentials: { accessKeyId: options.accessKeyId ?? 'sandtable', secretAccessKey: 'sandtable' },
    endpoint: 'http://sandtable.localhost',
    maxAttempts: options.maxAttempts,
    requestHandler: new InProcessHandler((request) => {
      const causedBy = options.causedBy?.()
      return gateway.handle(causedBy === undefined ? request : { ...request, headers: { ...request.headers, [CAUSED_BY_HEADER]: causedBy } }, { inProcess: true })
    }),
  }
  const retries = () => options.retryStrategy && { retryStrategy: options.retryStrategy() }
  const dynamodb = new DynamoDBClient({ ...config, ...retries(), signer: callerOnly(config.credentials.accessKeyId, region, 'dynamodb') })
  const rekognition = new RekognitionClient({ ...config, ...retries(), signer: callerOnly(config.credentials.accessKeyId, region, 'rekognition') })
  const s3 = new S3Client({ ...config, ...retries(), forcePathStyle: true })
  const call = (to: DirectlyCalled) => (operation: string, input: object) =>
    to.call(operation, input, gateway.context(config.credentials.accessKeyId, region), options.causedBy?.())
  if (options.fastPath !== false) sendDirectly(rekognition, rekognitionDirectWay(call(rekognitionService)))
  let streams: StreamsPackage.DynamoDBStreamsClient | undefined
  const makeStreams = (): StreamsPackage.DynamoDBStreamsClient => {
    const { DynamoDBStreamsClient } = require('@aws-sdk/client-dynamodb-streams') as typeof StreamsPackage // an export of that package
    return new DynamoDBStreamsClient({ ...config, ...retries(), signer: callerOnly(config.credentials.accessKeyId, region, 'dynamodb') })
  }
  let cloudwatch: CloudwatchPackage.CloudWatchClient | undefined
  const makeCloudwatch = (): CloudwatchPackage.CloudWatchClient => {
    const { CloudWatchClient } = require('@aws-sdk/client-cloudwatch') as typeof CloudwatchPackage // an export of that package
    return new CloudWatchClient({ ...config, ...retries(), signer: callerOnly(config.credentials.accessKeyId, region, 'monitoring') })
  }
  return {
    dynamodb,
    get streams () {
      streams ??= makeStreams()
      return streams
    },
    documents: options.fastPath === false
      ? DynamoDBDocumentClient.from(dynamodb, translateConfig)
      : new FastDocumentClient(dynamodb, translateConfig, call(dynamodbService)),
    rekognition,
    s3,
    get cloudwatch () {
      cloudwatch ??= makeCloudwatch()
      return cloudwatch
    },
    destroy () {
      dynamodb.destroy()
      streams?.destroy()
      rekognition.destroy()
      s3.destroy()
      cloudwatch?.destroy()
    },
  }
}

/**
 * Writes the credentials in the form of a signature without computing one: the emulator does not check it, and signing takes a
 * third of a call's time. (S3's signer also decides how a body is framed, and is kept.)
 */
function callerOnly (accessKeyId: string, region: string, service: string): RequestSigner {
  const date = '20000101'
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${date}/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
    'x-amz-date': `${date}T000000Z`,
  }
  return {
    async sign (request) {
      Object.assign(request.headers, headers)
      return request
    },
  }
}
