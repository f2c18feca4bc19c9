import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createAwsClients, type AwsClients } from '../aws/clients.ts'
import { openEmbedded } from '../aws/embedded.ts'
import { createObjectStore } from '../aws/object-store.ts'
import { createTables } from '../aws/tables.ts'
import { buildApp } from '../app.ts'
import { loadConfig, type Config } from '../config.ts'
import { loggerOptions, type LogStream } from '../core/logging.ts'
import type { Feature } from '../features/feature.ts'
import { features as allFeatures } from '../features/index.ts'
import { allTables } from '../tables.ts'
import { startEmulator, type Emulator, type VirtualClock } from '../../emulator/index.ts'

/** The time at which every test's clock stands. */
export const TEST_TIME = Date.parse('2026-03-01T12:00:00.000Z')

export interface TestAppOptions {
  /** Environment variables beside the defaults. */
  config?: Record<string, string>
  /** `dynamodb`: SDK clients over the wire, at the emulator's own port. Default: `embedded`. */
  store?: Config['store']
  /** Default: all of them. */
  features?: readonly Feature[]
  /** Where log lines go. Default: nowhere. */
  log?: LogStream
  /** Without the features' tables and the bucket. */
  noTables?: boolean
}

export interface TestApp {
  app: FastifyInstance
  emulator: Emulator
  aws: AwsClients
  /** Frozen at {@link TEST_TIME} until a test moves it. */
  clock: VirtualClock
  config: Config
}

/** An isolated emulator with a frozen clock, and the server's clients for it, closed by the test's teardown. */
export async function testStore (t: Test, options: Pick<TestAppOptions, 'config' | 'store'> = {}): Promise<Omit<TestApp, 'app'>> {
  const { store = 'embedded' } = options
  const emulator = await startEmulator({
    frozenAt: TEST_TIME,
    listen: store === 'dynamodb' ? {} : false,
    onError: (event) => t.fail('internal error of the emulator', { event }),
  })
  t.teardown(() => emulator.close())
  const config = loadConfig({ STORE: store, ...emulator.url && { AWS_ENDPOINT_URL: emulator.url }, ...options.config })
  // The emulator takes any credentials, and a machine that tests may have none.
  const aws = store === 'embedded'
    ? (await openEmbedded({ emulator })).clients
    : createAwsClients(config.aws, { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' })
  t.teardown(() => aws.destroy())
  return { emulator, aws, clock: emulator.clock, config }
}

/** The API on a {@link testStore}, its tables and bucket made, closed by the test's teardown. */
export async function testApp (t: Test, options: TestAppOptions = {}): Promise<TestApp> {
  const { features = allFeatures } = options
  const store = await testStore(t, options)
  const { aws, config, clock } = store
  if (!options.noTables) {
    await createTables(aws.dynamodb, allTables(config, features))
    await createObjectStore(aws.s3, config.aws.bucket).ensureBucket()
  }
  const logger = options.log && loggerOptions({ level: 'trace', stream: options.log })
  const app = await buildApp({ config, aws, clock, features, logger, localIssuer: store.emulator.tokens })
  t.teardown(() => app.close())
  return { ...store, app }
}
