import { join } from 'node:path'
import { BrowserGuard } from '../http/browser-guard.ts'
import { createAutoScaling, type AutoScalingService } from './auto-scaling/index.ts'
import { Deliveries } from './cloudwatch/alarms/deliveries.ts'
import { createCloudwatch } from './cloudwatch/index.ts'
import { countReplicated } from './cloudwatch/publishing/replicated-writes.ts'
import { createClients, type Clients, type ClientsOptions } from './clients.ts'
import { WebConsole } from './console/index.ts'
import { Control } from './control/index.ts'
import { parseDuration } from './control/duration.ts'
import type { AnnouncedApi, Health, Holder } from './control/route.ts'
import { VirtualClock } from './core/clock.ts'
import { isAccountId } from './core/context.ts'
import { Faults } from './core/faults.ts'
import type { Environment, Service } from './core/service.ts'
import { describeDataError } from './core/storage/data-path-error.ts'
import { openStorage } from './core/storage/open-storage.ts'
import type { Partitions } from './core/storage/storage.ts'
import { Trace } from './core/trace.ts'
import { Turns } from './core/turns.ts'
import type { AccountStore } from './dynamodb/storage/account-store.ts'
import { Throughput } from './dynamodb/capacity/throughput.ts'
import { createDynamodb, type DynamodbOptions } from './dynamodb/index.ts'
import { Gateway } from './gateway.ts'
import { createRekognition, type ArrangedAnswers, type RekognitionOptions } from './rekognition/index.ts'
import { Authority, type IamMode } from './iam/enforcement/authority.ts'
import { iamSettings, type IamOptions } from './iam/iam-options.ts'
import { IamDirectory } from './iam/directory.ts'
import { createIam } from './iam/index.ts'
import { createS3 } from './s3/index.ts'
import { BadSeed } from './seed/bad-seed.ts'
import { loadIam, type IamTarget } from './seed/iam-seed.ts'
import { loadSeed, type SeedSummary } from './seed/index.ts'
import { Snapshots } from './snapshots/index.ts'
import { FolderShelf, MemoryShelf } from './snapshots/shelf.ts'
import { createStreams } from './streams/index.ts'
import { StreamShards } from './streams/stream-shards.ts'
import { createSts } from './sts/index.ts'
import { ISSUER_PATH, TokenIssuer } from './tokens/issuer.ts'
import { tokenVerifier } from './tokens/verifier.ts'
import { Functions } from './triggers/functions.ts'
import { Triggers } from './triggers/index.ts'

export type { Clients, ClientsOptions } from './clients.ts'
export type { Clock, ClockState, VirtualClock } from './core/clock.ts'
export { BadAlarmTarget, type AlarmTarget } from './cloudwatch/alarms/deliveries.ts'
export type { AlarmStateChange } from './cloudwatch/alarms/notifications.ts'
export { DataPathError } from './core/storage/data-path-error.ts'
export type { ActiveFault, FaultRule } from './core/fault-rule.ts'
export type { TraceFilter } from './core/trace.ts'
export type { TracedCall } from './core/traced-call.ts'
export type { Throughput, ThroughputReport } from './dynamodb/capacity/throughput.ts'
export { BadSeed } from './seed/bad-seed.ts'
export type { SeedSummary } from './seed/index.ts'
export { BadSnapshot, NoSuchSnapshot } from './snapshots/errors.ts'
export type { SnapshotInfo, Snapshots } from './snapshots/index.ts'
export type { IssuedToken, TokenIssuer } from './tokens/issuer.ts'
export { BadTokenRequest } from './tokens/bad-token-request.ts'
export { BadTrigger, type ActiveTrigger, type HandlerTrigger } from './triggers/index.ts'
export type { ActiveFunction, ObjectHandler } from './triggers/functions.ts'
export type { ObjectEvent, ObjectEventRecord } from './s3/notifications/event.ts'
export type { BatchResponse, DiscardedBatch, TriggerEvent, TriggerHandler } from './triggers/invocation.ts'
export type { TokenRequest } from './tokens/token-request.ts'
export { BadArrangement, type ArrangedAnswer, type FaceEngine } from './rekognition/index.ts'

export interface EmulatorOptions {
  /** Where to listen; `false` for an emulator that is only used in process. Default: 127.0.0.1, a port that the system chooses. */
  listen?: { host?: string, port?: number } | false
  /**
   * The directory that stores its state, for one emulator at a time; it is created if missing. Default: none,
   * state is in memory.
   */
  dataPath?: string
  /**
   * A folder of tables, items, objects and faces to load (docs/seed-folder.md). It is loaded before the emulator
   * listens, unless `atStart` is false: then {@link Emulator.seed} does it.
   */
  seed?: { folder: string, atStart?: boolean }
  /** Start with the clock frozen at this time (epoch ms), whatever time the data path has stored. */
  frozenAt?: number
  /** Whether requests beyond a table's throughput are throttled, as AWS does (docs/capacity.md). Default: they are not. */
  throttling?: boolean
  /**
   * How long after a write it is seen by reads that are not strongly consistent, and by those of global indexes: a duration
   * such as `2s`, of every table or by table (`*` is all others). Default: they see it at once.
   */
  consistencyLag?: string | Readonly<Record<string, string>>
  /**
   * How long after a write to a global table it arrives in other regions, a duration such as `1s`. Default: at once, without the
   * write waiting for it; see {@link Emulator.settled}.
   */
  replicationLag?: string
  /** By how much (ms) each throttled call advances a frozen clock. Default 0. */
  autoAdvanceMs?: number
  /** The account of access keys that are not twelve digits. Default `000000000000`. */
  accountId?: string
  /** The region of requests that name none, and of the clients made here. Default `us-east-1`. */
  region?: string
  /** The limit of a snapshot's unpacked size, in bytes. Default: 64 GiB. */
  snapshotBytes?: number
  /** How many calls the trace keeps. Default 10,000. */
  traceSize?: number
  /**
   * Host names that are accepted in addition to local ones. Their sites may call from a browser, and `<bucket>.<name>`
   * names a bucket. Local are loopback addresses, `localhost`, names under it, and `listen.host`.
   */
  allowedHosts?: readonly string[]
  /** How long (ms) the body of a request may stop arriving before the connection ends. Default: 60 seconds. */
  stalledBodyMs?: number
  /** The issuer in its tokens, if it is reached by another URL than its own address. Default: `<url>/_sandtable/issuer`. */
  issuer?: string
  /** Whether policies of IAM are enforced. Default false: every key may do everything. */
  iam?: boolean | IamMode | IamOptions
  /** Limits, table delays and TTL lag of DynamoDB. */
  dynamodb?: DynamodbOptions
  /** The face engine and the limits of Rekognition. */
  rekognition?: Omit<RekognitionOptions, 'objects'>
  /** Runs at the end of every reset and every restore of a snapshot, before it is answered. */
  afterReset?: () => Promise<void>
  /** Hosts, in addition to this machine, whose URLs triggers may call. */
  triggerHosts?: readonly string[]
  /** Whether the metrics of the emulated services are published in CloudWatch. Default true. */
  metrics?: boolean
  /** Receives warnings, such as of an operation that is not emulated. Default: standard error. */
  onWarning?: (text: string) => void
  /** Called for every error that is the emulator's own fault. Default: standard error. */
  onError?: (event: { error: unknown, service: string, operation?: string, requestId: string }) => void
}

/** A running emulator: the services behind one listener, and everything that controls them. */
export interface Emulator extends AsyncDisposable {
  /** `http://127.0.0.1:4566`, or `undefined` when it does not listen. */
  readonly url: string | undefined
  readonly clock: VirtualClock
  /** Every AWS call: query them, follow them, clear them. */
  readonly trace: Trace
  /** Rules that make calls fail or wait. */
  readonly faults: Pick<Faults, 'add' | 'list' | 'remove' | 'clear'>
  readonly serviceNames: readonly string[]
  /** Whether it can write: `full` while the disk of its data directory is full. */
  health (): Health
  /** Arranges, lists and clears Rekognition's answers for pictures. */
  readonly faces: Pick<ArrangedAnswers, 'arrange' | 'list' | 'clear'>
  /** Saves and restores the state of all services and the clock's time. */
  readonly snapshots: Snapshots
  /** Functions and URLs that are called with the changes of tables, as Lambda calls functions. */
  readonly triggers: Pick<Triggers, 'add' | 'put' | 'list' | 'remove'>
  /** Functions that stand for those of Lambda which buckets notify: of this process, or called over HTTP. */
  readonly functions: Pick<Functions, 'add' | 'put' | 'list' | 'remove'>
  /** The changes of CloudWatch's alarms, and URLs that stand for their actions. */
  readonly alarms: Pick<Deliveries, 'on' | 'follow' | 'targets' | 'setTarget' | 'removeTarget'>
  /** The shards of DynamoDB's streams. */
  readonly streams: StreamShards
  /** Throttling, what tables may use and have used, and how long reads lag. */
  readonly throughput: Throughput
  /**
   * Resolves when all writes to global tables that are due have arrived in other regions, and triggers and functions have been called with all that
   * is due, including what these calls have caused. Moving the clock waits for it too.
   */
  settled (): Promise<void>
  /** Issues tokens for any user, as a Cognito user pool would after a sign-in. A reset does not affect it. */
  readonly tokens: TokenIssuer
  /** SDK clients that call it in process. */
  clients (options?: ClientsOptions): Clients
  /**
   * Makes users, groups, roles and policies of IAM in the default account, as `iam.json` of a seed folder has them.
   * @throws {@link BadSeed}
   */
  loadPrincipals (principals: object): Promise<number>
  /** Has the control API describe an API that runs in the same process; `describe` is called whenever somebody asks. */
  announceApi (describe: () => AnnouncedApi): void
  /** Deletes all state, or that of one service or of one account. */
  reset (scope?: { service?: string, account?: string }): Promise<void>
  /**
   * Loads the seed folder, possibly again: missing tables, and all its items, objects and faces.
   * @throws {@link BadSeed} there is none, or it has an error
   */
  seed (): Promise<SeedSummary>
  close (): Promise<void>
}

/** An emulator that listens on all addresses is reached on loopback; one without a listener still has a name. */
const issuerAt = (url = 'http://localhost') => `${url.replace(/0\.0\.0\.0|\[::\]/, '127.0.0.1')}${ISSUER_PATH}`

/**
 * Starts an emulator with its own state; a process can have any number of them.
 * @throws if the port is in use (`EADDRINUSE`), or the account id or a lag is invalid; {@link DataPathError} if the data path cannot
 * be used; {@link BadSeed} if the seed folder cannot be loaded
 */
export async function startEmulator (options: EmulatorOptions = {}): Promise<Emulator> {
  const accountId = options.accountId ?? '000000000000'
  if (!isAccountId(accountId)) throw new TypeError(`An account id has twelve digits, not ${JSON.stringify(accountId)}`)
  const { allowedHosts = [] } = options
  const region = options.region ?? 'us-east-1'
  const log: Environment['log'] = options.onError ?? ((event) => console.error('sandtable: internal error', event))
  const warn = options.onWarning ?? ((text: string) => console.warn(`sandtable: ${text}`))
  const storage = await openStorage(options.dataPath, warn)
  const clock = new VirtualClock({
    frozenAt: options.frozenAt,
    kept: storage.clock,
    keep: (memo) => storage.keepClock(memo),
    settle: (): Promise<void> => settled(),
    onError: (error) => log({ error, service: 'clock', requestId: '' }),
  })
  clock.autoAdvance(options.autoAdvanceMs ?? 0)
  const trace = new Trace(options.traceSize)
  const faults = new Faults(() => operations)
  const environment = { clock, trace, faults, storage, log, warn }

  const s3 = createS3(environment, { hosts: allowedHosts, admitForm: (form, request, ctx) => gateway.admitForm(form, request, ctx), functions: { has: (arn) => functions.has(arn), invoke: (arn, event) => functions.invoke(arn, event) } })
  const dynamodb = createDynamodb(environment, { throttling: options.throttling, consistencyLag: lagOf(options.consistencyLag), replicationLag: durationOf('replicationLag', options.replicationLag ?? '0s'), ...options.dynamodb, objects: s3, isScaled: (account, atRegion, target) => autoScaling.isScaled(account, atRegion, target) })
  const rekognition = createRekognition(environment, { ...options.rekognition, objects: s3 })
  const alarms = new Deliveries({ storage, allowedHosts: options.triggerHosts ?? [], warn })
  const cloudwatch = createCloudwatch(environment, { deliveries: alarms, evaluated: (now) => autoScaling.evaluate(now), metrics: options.metrics, tables: (account, atRegion) => storeOf(account, atRegion), buckets: (account) => s3.holdings(account) })
  const autoScaling: AutoScalingService = createAutoScaling(environment, { others: { dynamodb, cloudwatch, context: (account, atRegion) => gateway.context(account, atRegion) } })
  const directory = new IamDirectory(environment, { accountId })
  const iam = iamSettings(options.iam)
  const authority = new Authority({ ...iam, accountId, directory, clock })
  const sts = createSts(environment, { directory, tokens: { verify: (token) => tokenVerifier(tokens, clock).verify(token) }, enforced: () => authority.mode === 'on' })
  const iamService = createIam(environment, directory)
  const services: Service[] = [dynamodb, createStreams(environment, dynamodb), rekognition, s3, cloudwatch, autoScaling, sts, iamService]
  const serviceNames = services.map(({ name }) => name)

  const storeOf = async (account: string, atRegion: string): Promise<AccountStore> => (await dynamodb.contextFor(gateway.context(account, atRegion))).store
  const { publishing } = cloudwatch
  if (publishing) {
    trace.watch = (call) => publishing.record(call)
    dynamodb.watch.expired = ({ account, region, table }) => publishing.count(account, region, 'AWS/DynamoDB', 'TimeToLiveDeletedItemCount', 1, 'Count', 'TableName', table)
    dynamodb.watch.replicated = (replicated) => countReplicated(replicated, publishing)
  }
  const triggers: Triggers = new Triggers({ clock, storage, dynamodb, store: storeOf, account: accountId, region, allowedHosts: options.triggerHosts ?? [], warn })
  const functions = new Functions({ clock, storage, allowedHosts: options.triggerHosts ?? [], warn })
  const streams = new StreamShards({ dynamodb, store: storeOf, account: accountId, region })

  async function settled (): Promise<void> {
    do {
      await dynamodb.replication.settled()
      await triggers.settled()
      await functions.settled()
    } while (!dynamodb.replication.isSettled || !functions.isSettled || !triggers.isSettled)
  }

  const throughput = new Throughput({ dynamodb, store: storeOf, account: accountId, region })

  const changes = new Turns()
  const operations = Object.fromEntries(services.map(({ name, operationNames }) => [name, operationNames]))
  const holders = () => storage.names().map(readHolder)
  const health = (): Health => ({ status: storage.isFull ? 'full' : 'ok' })

  async function reset (scope: { service?: string, account?: string } = {}): Promise<void> {
    await changes.take(async () => {
      for (const service of services) {
        if (scope.service === undefined || scope.service === service.name) await service.reset(scope.account)
      }
    })
    publishing?.tablesChanged()
    faults.clear(scope)
    if (scope.service === undefined || scope.service === dynamodb.name) await triggers.restart(scope.account)
    await options.afterReset?.()
  }

  const iamTarget = (): IamTarget => ({
    call: (operation, input) => iamService.call(operation, input, gateway.context(undefined, region)),
    store: () => directory.storeOf(accountId),
    now: clock.now(),
  })
  const loadPrincipals = (principals: object): Promise<number> => changes.take(() => loadIam('principals', principals, iamTarget()))

  async function seed (): Promise<SeedSummary> {
    const folder = options.seed?.folder
    if (folder === undefined) throw new BadSeed('The emulator was started without a seed folder. Set SANDTABLE_SEED or --seed')
    const own = clients()
    const context = () => gateway.context(undefined, region)
    try {
      return await changes.take(() => loadSeed(folder, {
        dynamodb: (operation, input) => dynamodb.call(operation, input, context()),
        s3: own.s3,
        faces: rekognition.faces,
        iam: iamTarget(),
      }))
    } finally {
      own.destroy()
    }
  }

  const shelf = options.dataPath === undefined ? new MemoryShelf() : new FolderShelf(join(options.dataPath, 'snapshots'))
  const snapshots = new Snapshots({
    shelf,
    storage,
    services,
    clock,
    changes,
    mostUnpackedBytes: options.snapshotBytes,
    beforeSave: async () => publishing?.catchUp(clock.now()),
    afterRestore: async () => {
      await triggers.restart()
      await options.afterReset?.()
    },
  })
  const tokens = new TokenIssuer({ clock, storage, issuer: () => options.issuer ?? issuerAt(url) })
  const { host = '127.0.0.1', port = 0 } = options.listen || {}
  const guard = new BrowserGuard({ listenHost: host, allowedHosts })
  let announced: (() => AnnouncedApi) | undefined
  const control = new Control({ clock, trace, faults, serviceNames, operations, holders, defaults: { account: accountId, region }, health, faces: rekognition.faces, snapshots, tokens, triggers, functions, streams, alarms, authority, get announced () { return announced }, loadPrincipals, throughput, replication: dynamodb.replication, settled, reset, seed })
  const gateway = new Gateway({ services, fallback: s3, front: dynamodb, forms: sts, control, webConsole: new WebConsole(), clock, log, accountId, issued: directory, authority, region, guard, stalledBodyMs: options.stalledBodyMs })
  const clients = (clientsOptions?: ClientsOptions) => createClients({ gateway, dynamodb, rekognition, region }, clientsOptions)

  async function close (): Promise<void> {
    triggers.close()
    functions.close()
    alarms.close()
    faults.close()
    trace.close()
    await gateway.close()
    clock.close()
    // A full disk must not keep it from closing.
    for (const service of services) await service.keep?.().catch((error: unknown) => log({ error, service: service.name, requestId: '' }))
    for (const service of services) await service.close()
    await storage.close()
  }

  let url: string | undefined
  try {
    if (options.frozenAt !== undefined) await storage.keepClock(clock.memo())
    await resume(services, storage).catch((error: unknown) => {
      throw options.dataPath === undefined ? error : describeDataError(options.dataPath, error)
    })
    await triggers.begin()
    functions.begin()
    if (options.seed && options.seed.atStart !== false) await seed()
    if (options.listen !== false) url = `http://${host.includes(':') ? `[${host}]` : host}:${await gateway.listen({ host, port })}`
  } catch (error) {
    await close()
    throw error
  }

  return {
    url,
    clock,
    trace,
    faults,
    serviceNames,
    health,
    faces: rekognition.faces,
    snapshots,
    tokens,
    triggers,
    functions,
    alarms,
    streams,
    throughput,
    settled,
    clients,
    reset,
    loadPrincipals,
    announceApi (describe) { announced = describe },
    seed,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The owner of a partition, from its name: service and account, and the region if a service separates them. */
function readHolder (partition: string): Holder {
  const [service = '', account = '', region] = partition.split('/')
  return { service, account, region }
}

/** @throws TypeError for what is not a duration */
function lagOf (lag: EmulatorOptions['consistencyLag'] = '0s'): Record<string, number> {
  return Object.fromEntries(Object.entries(typeof lag === 'string' ? { '*': lag } : lag).map(([table, text]) => [table, durationOf('consistencyLag', text)]))
}

/** @throws TypeError for what is not a duration */
function durationOf (option: string, text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new TypeError(`${option} takes a duration such as "2s", unlike ${JSON.stringify(text)}`)
  return ms
}

/** Makes the services resume from the stored state. */
async function resume (services: readonly Service[], storage: Partitions): Promise<void> {
  const loaded = await Promise.all(services.map((service) => service.load(storage)))
  for (const part of loaded) part.use()
  for (const part of loaded) await part.begin()
}
