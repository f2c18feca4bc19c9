import { startEmulator, type Clients, type ClientsOptions, type Emulator, type EmulatorOptions } from './emulator/index.ts'
import { createAwsClients } from './server/aws/clients.ts'
import { openEmbedded } from './server/aws/embedded.ts'
import { createFaceAnalyser } from './server/aws/face-analyser.ts'
import { createObjectStore } from './server/aws/object-store.ts'
import { createTables } from './server/aws/tables.ts'
import type { Config } from './server/config.ts'
import type { LoggerOptions } from './server/core/logging.ts'
import { seedFaceDemo, type FaceDemo } from './server/features/face/demo.ts'
import { startServer } from './server/server.ts'
import type { Store } from './server/store.ts'
import { allTables } from './server/tables.ts'

export interface SandtableOptions {
  /** The settings, such as the addresses of both. See {@link loadConfig}. */
  config: Config
  /** Options of the emulator that the configuration does not have, such as a frozen clock or the lag of TTL deletes. */
  emulator?: Omit<EmulatorOptions, keyof Config['emulator']>
  /** Whether to store demo data. Default: false. */
  demo?: boolean
  /** The API's log. Default: none. */
  logger?: LoggerOptions
}

/** What a reset deletes: everything, or the state of one service or one account. */
export type ResetScope = NonNullable<Parameters<Emulator['reset']>[0]>

/** The running API with its emulator. */
export interface Sandtable extends AsyncDisposable {
  /** `http://127.0.0.1:3000`; its routes are under `/api`. */
  readonly apiUrl: string
  /** `http://127.0.0.1:4566`, for any AWS SDK. */
  readonly emulatorUrl: string
  /** The one clock of both. */
  readonly clock: Emulator['clock']
  /** Every AWS call, with the request that caused it. */
  readonly trace: Emulator['trace']
  /** Saved states of the emulator. A restored one gets those of the API's tables that it lacks. */
  readonly snapshots: Emulator['snapshots']
  /** The emulator's issuer: the API accepts its tokens unless AUTH_ISSUER names another. */
  readonly tokens: Emulator['tokens']
  /** The ids of the demo data, if it was stored. */
  readonly demo: FaceDemo | undefined
  /** SDK clients that call the emulator in process. */
  clients (options?: ClientsOptions): Clients
  /** Deletes all state, or that of one service or account, and creates the API's empty tables and its bucket again. */
  reset (scope?: ResetScope): Promise<void>
  /** Loads the seed folder again. */
  seed: Emulator['seed']
  /** Lets the API finish running requests, then ends both. */
  close (): Promise<void>
}

/** An emulator accepts any key; this one means the default account. */
const EMULATOR_CREDENTIALS = { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }

/**
 * Where the API finds each service: with `STORE=dynamodb` as the settings say, and the emulator for the others.
 * @param emulatorUrl  of the emulator in this process
 */
export function endpointsOf (config: Config, emulatorUrl: string) {
  const { dynamodb = emulatorUrl, rekognition = emulatorUrl, s3 = emulatorUrl } = config.store === 'dynamodb' ? config.aws.endpoints : {}
  return { dynamodb, rekognition, s3 }
}

/**
 * Starts the emulator and the API, with tables and bucket. It listens only when it can answer.
 * @throws `EADDRINUSE` when a port is in use
 */
export async function openSandtable ({ config, logger, demo = false, ...options }: SandtableOptions): Promise<Sandtable> {
  // The tables and the bucket of the API exist again after a reset.
  let prepare = async () => {}
  const afterReset = async () => {
    await prepare()
    await options.emulator?.afterReset?.()
  }
  const emulator = await startEmulator({
    dataPath: config.dataPath,
    // Its items may belong to tables that are created below.
    ...(config.seedPath !== undefined && { seed: { folder: config.seedPath, atStart: false } }),
    ...options.emulator,
    afterReset,
    ...config.emulator,
  })
  const emulatorUrl = emulator.url! // it listens
  try {
    const store = await openStore(config, emulator)
    const { aws, clock } = store
    const objects = createObjectStore(aws.s3, config.aws.bucket)

    const tables = allTables(config).map((table) => ({ ...table, pointInTimeRecovery: table.pointInTimeRecovery && config.pointInTimeRecovery }))
    prepare = async () => {
      await Promise.all([createTables(aws.dynamodb, tables), objects.ensureBucket()])
    }
    await prepare()
    if (config.seedPath !== undefined) await emulator.seed()
    const faceDemo = demo
      ? await seedFaceDemo({ config: config.face, aws, clock, objects, faces: createFaceAnalyser(aws.rekognition) })
      : undefined
    const server = await startServer({ config, logger, aws, clock, isFull: store.isFull, localIssuer: emulator.tokens })

    emulator.announceApi(() => ({ url: server.url, docs: `${server.url}/docs`, routes: routesOf(server.app.swagger()) }))

    async function close (): Promise<void> {
      await server.close()
      await store.close()
      await emulator.close()
    }

    return {
      apiUrl: server.url,
      emulatorUrl,
      clock: emulator.clock,
      trace: emulator.trace,
      snapshots: emulator.snapshots,
      tokens: emulator.tokens,
      demo: faceDemo,
      clients: (clientsOptions) => emulator.clients(clientsOptions),
      reset: (scope) => emulator.reset(scope),
      seed: () => emulator.seed(),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

/** The API's store. Even if it is reached by socket, its time is the emulator's. */
async function openStore (config: Config, emulator: Emulator): Promise<Store> {
  if (config.store === 'embedded') {
    const embedded = await openEmbedded({ emulator })
    return { aws: embedded.clients, clock: embedded.clock, close: () => embedded.close() }
  }
  const endpoints = endpointsOf(config, emulator.url!) // it listens
  const onlyHere = Object.values(endpoints).every((url) => url === emulator.url)
  const aws = createAwsClients({ ...config.aws, endpoints }, onlyHere ? EMULATOR_CREDENTIALS : undefined)
  return { aws, clock: emulator.clock, async close () { aws.destroy() } }
}

/** The operations of an OpenAPI document, in its order. */
function routesOf ({ paths = {} }: { paths?: object }): { method: string, path: string, summary: string }[] {
  return Object.entries(paths as Record<string, Record<string, { summary?: string }>>) // @fastify/swagger types all versions at once
    .flatMap(([path, operations]) => Object.entries(operations).map(([method, { summary = '' }]) => ({ method: method.toUpperCase(), path, summary })))
}
