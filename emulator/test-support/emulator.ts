import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import { startEmulator, type Clients, type ClientsOptions, type Emulator, type EmulatorOptions } from '../index.ts'

/** The time at which every test's clock stands. */
export const TEST_TIME = Date.parse('2026-03-01T12:00:00.000Z')

/** An isolated emulator on a free port with a frozen clock, closed by the test's teardown. */
export async function testEmulator (t: Test, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ frozenAt: TEST_TIME, onError: (event) => t.fail('internal error', { event }), ...options })
  t.teardown(() => emulator.close())
  return emulator
}

/** SDK clients over the wire: sockets, signatures and all. */
export function wireClients (t: Test, emulator: Pick<Emulator, 'url'>, options: ClientsOptions & { secretAccessKey?: string } = {}): Clients {
  const config = {
    region: options.region ?? 'us-east-1',
    endpoint: emulator.url,
    credentials: { accessKeyId: options.accessKeyId ?? 'sandtable', secretAccessKey: options.secretAccessKey ?? 'sandtable' },
    maxAttempts: options.maxAttempts ?? 1,
  }
  const dynamodb = new DynamoDBClient(config)
  const cloudwatch = new CloudWatchClient(config)
  const streams = new DynamoDBStreamsClient(config)
  const rekognition = new RekognitionClient(config)
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const destroy = () => [dynamodb, streams, rekognition, s3, cloudwatch].forEach((client) => client.destroy())
  t.teardown(destroy)
  return {
    dynamodb,
    documents: DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } }),
    streams,
    rekognition,
    s3,
    cloudwatch,
    destroy,
  }
}

export type Way = 'wire' | 'in-process' | 'fast path'

export const EVERY_WAY: Way[] = ['wire', 'in-process', 'fast path']

type Start = (options?: EmulatorOptions) => Promise<{ emulator: Emulator, clients: Clients }>

/**
 * Runs the same tests over several ways in: `wire` is a socket, `in-process` the SDK without one, and the `fast path`
 * the clients that call the engine at once: the document client, and Rekognition's.
 */
export function overWays (t: Test, ways: Way[], body: (t: Test, start: Start) => Promise<void>): void {
  for (const way of ways) {
    void t.test(way, async (t) => {
      await body(t, async (options) => {
        const emulator = await testEmulator(t, options)
        const clients = way === 'wire' ? wireClients(t, emulator) : emulator.clients({ maxAttempts: 1, fastPath: way === 'fast path' })
        return { emulator, clients }
      })
    })
  }
}

/** Over the two ways that every service has. */
export function overAllWays (t: Test, body: (t: Test, start: Start) => Promise<void>): void {
  overWays(t, ['wire', 'in-process'], body)
}
