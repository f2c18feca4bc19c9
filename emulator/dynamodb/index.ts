import type { Context } from '../core/context.ts'
import { serveAwsJson, type AwsJsonService } from '../core/protocol/aws-json.ts'
import { callDirectly, type DirectResult } from '../core/protocol/direct-call.ts'
import type { Environment, Service } from '../core/service.ts'
import { AccountStores } from '../core/storage/account-stores.ts'
import type { ObjectStorage } from '../s3/index.ts'
import { ThrottleSwitch } from './capacity/throttle-switch.ts'
import { lagByTable, type LagSetting } from './storage/consistency-lag.ts'
import { AccountStore, type ChangeWatch } from './storage/account-store.ts'
import { Replication, type ReplicationOptions } from './replication/replication.ts'
import { access } from './access.ts'
import type { DynamodbContext } from './context.ts'
import { checkShape } from './requests/dynalite.ts'
import { notSupported, protocolErrors } from './errors.ts'
import { faults } from './faults.ts'
import { AWS_LIMITS, type Limits } from './limits.ts'
import { hasMember, type DynamodbOperation } from './operation.ts'
import { createBackup } from './operations/backups/create-backup.ts'
import { deleteBackup } from './operations/backups/delete-backup.ts'
import { describeBackup } from './operations/backups/describe-backup.ts'
import { describeContinuousBackups } from './operations/backups/describe-continuous-backups.ts'
import { listBackups } from './operations/backups/list-backups.ts'
import { restoreTableFromBackup } from './operations/backups/restore-table-from-backup.ts'
import { restoreTableToPointInTime } from './operations/backups/restore-table-to-point-in-time.ts'
import { updateContinuousBackups } from './operations/backups/update-continuous-backups.ts'
import { describeExport } from './operations/exports/describe-export.ts'
import { exportTableToPointInTime } from './operations/exports/export-table-to-point-in-time.ts'
import { listExports } from './operations/exports/list-exports.ts'
import { describeImport } from './operations/imports/describe-import.ts'
import { importTable } from './operations/imports/import-table.ts'
import { listImports } from './operations/imports/list-imports.ts'
import { describeContributorInsights } from './operations/contributor-insights/describe-contributor-insights.ts'
import { listContributorInsights } from './operations/contributor-insights/list-contributor-insights.ts'
import { updateContributorInsights } from './operations/contributor-insights/update-contributor-insights.ts'
import {
  createGlobalTable, describeGlobalTable, describeGlobalTableSettings, listGlobalTables, updateGlobalTable, updateGlobalTableSettings
} from './operations/global-tables/legacy-global-tables.ts'
import { describeTableReplicaAutoScaling, updateTableReplicaAutoScaling } from './operations/global-tables/replica-auto-scaling.ts'
import {
  describeKinesisStreamingDestination, disableKinesisStreamingDestination, enableKinesisStreamingDestination, updateKinesisStreamingDestination
} from './operations/kinesis-destinations/kinesis-destinations.ts'
import { deleteResourcePolicy } from './operations/resource-policies/delete-resource-policy.ts'
import { getResourcePolicy } from './operations/resource-policies/get-resource-policy.ts'
import { putResourcePolicy } from './operations/resource-policies/put-resource-policy.ts'
import { batchGetItem } from './operations/items/batch-get-item.ts'
import { batchWriteItem } from './operations/items/batch-write-item.ts'
import { createTable } from './operations/tables/create-table.ts'
import { deleteItem } from './operations/items/delete-item.ts'
import { deleteTable } from './operations/tables/delete-table.ts'
import { describeEndpoints } from './operations/tables/describe-endpoints.ts'
import { describeLimits } from './operations/tables/describe-limits.ts'
import { describeTable } from './operations/tables/describe-table.ts'
import { describeTimeToLive } from './operations/tables/describe-time-to-live.ts'
import { getItem } from './operations/items/get-item.ts'
import { batchExecuteStatement } from './operations/partiql/batch-execute-statement.ts'
import { executeStatement } from './operations/partiql/execute-statement.ts'
import { executeTransaction } from './operations/partiql/execute-transaction.ts'
import { listTables } from './operations/tables/list-tables.ts'
import { listTagsOfResource } from './operations/tables/list-tags-of-resource.ts'
import { putItem } from './operations/items/put-item.ts'
import { query } from './operations/items/query.ts'
import { scan } from './operations/items/scan.ts'
import { tagResource } from './operations/tables/tag-resource.ts'
import { transactGetItems } from './operations/transactions/transact-get-items.ts'
import { transactWriteItems } from './operations/transactions/transact-write-items.ts'
import { untagResource } from './operations/tables/untag-resource.ts'
import { updateItem } from './operations/items/update-item.ts'
import { updateTable } from './operations/tables/update-table.ts'
import { updateTimeToLive } from './operations/tables/update-time-to-live.ts'
import type { TableDelays } from './tables/table-record.ts'
import { withTableNames as tableNamesOf, type NamedByArn } from './requests/table-names.ts'
import { compileShapes, type Accepts } from './requests/well-formed.ts'

/** The whole supported surface; anything else is AWS's own UnknownOperationException. */
export const operations = {
  BatchExecuteStatement: batchExecuteStatement,
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateBackup: createBackup,
  CreateGlobalTable: createGlobalTable,
  CreateTable: createTable,
  DeleteBackup: deleteBackup,
  DeleteItem: deleteItem,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteTable: deleteTable,
  DescribeBackup: describeBackup,
  DescribeContinuousBackups: describeContinuousBackups,
  DescribeContributorInsights: describeContributorInsights,
  DescribeEndpoints: describeEndpoints,
  DescribeExport: describeExport,
  DescribeGlobalTable: describeGlobalTable,
  DescribeGlobalTableSettings: describeGlobalTableSettings,
  DescribeImport: describeImport,
  DescribeKinesisStreamingDestination: describeKinesisStreamingDestination,
  DescribeLimits: describeLimits,
  DescribeTable: describeTable,
  DescribeTableReplicaAutoScaling: describeTableReplicaAutoScaling,
  DescribeTimeToLive: describeTimeToLive,
  DisableKinesisStreamingDestination: disableKinesisStreamingDestination,
  EnableKinesisStreamingDestination: enableKinesisStreamingDestination,
  ExecuteStatement: executeStatement,
  ExecuteTransaction: executeTransaction,
  ExportTableToPointInTime: exportTableToPointInTime,
  GetItem: getItem,
  GetResourcePolicy: getResourcePolicy,
  ImportTable: importTable,
  ListBackups: listBackups,
  ListContributorInsights: listContributorInsights,
  ListExports: listExports,
  ListGlobalTables: listGlobalTables,
  ListImports: listImports,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  PutResourcePolicy: putResourcePolicy,
  Query: query,
  RestoreTableFromBackup: restoreTableFromBackup,
  RestoreTableToPointInTime: restoreTableToPointInTime,
  Scan: scan,
  TagResource: tagResource,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UntagResource: untagResource,
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateContributorInsights: updateContributorInsights,
  UpdateGlobalTable: updateGlobalTable,
  UpdateGlobalTableSettings: updateGlobalTableSettings,
  UpdateItem: updateItem,
  UpdateKinesisStreamingDestination: updateKinesisStreamingDestination,
  UpdateTable: updateTable,
  UpdateTableReplicaAutoScaling: updateTableReplicaAutoScaling,
  UpdateTimeToLive: updateTimeToLive,
} satisfies Record<string, DynamodbOperation>

export type OperationName = keyof typeof operations

export interface DynamodbOptions {
  limits?: Partial<Limits>
  /** How long tables stay in their transitional states, in ms of the clock. Default 0. */
  tableDelays?: Partial<TableDelays>
  /** How long after its time an expired item is deleted, in ms, up to 48 h. Default 0. */
  ttlLagMs?: number
  /** How many open shards a new stream has. Default 1. */
  streamShards?: number
  /** Whether requests beyond a table's throughput are throttled. Default: they are not. */
  throttling?: boolean
  /**
   * How long (ms) after a write it is seen by reads that are not strongly consistent: of every table, or by table, where `*`
   * is all others. Default 0.
   */
  consistencyLag?: LagSetting
  /** How long (ms) after a write to a global table it arrives in other regions. Default 0. */
  replicationLag?: number
}

/** DynamoDB, with separate state for each account and region. */
export interface DynamodbService extends Omit<Service, 'targetPrefix'>, AwsJsonService<DynamodbContext> {
  /** The context of one call, with its account's store. */
  contextFor (ctx: Context): DynamodbContext | Promise<DynamodbContext>
  /**
   * Runs an operation directly; `undefined` if there is none of that name, or if the call needs the SDK: only the SDK adds a
   * client request token, which matters when the answer can be lost and the request is sent again.
   */
  call (operation: string, input: object, ctx: Context, causedBy?: string): DirectResult | Promise<DirectResult> | undefined
  /** Notified of each change to a table that has a stream. */
  readonly watch: ChangeWatch
  /** How many open shards a new stream has. */
  streamShards: number
  /** Whether requests beyond a table's throughput are throttled. */
  readonly throttling: ThrottleSwitch
  /** How long (ms) after a write it is seen by reads that are not strongly consistent, by table. */
  lag: Readonly<Record<string, number>>
  /** Sets that, and deletes the change logs that nobody reads any more. */
  setLag (setting: LagSetting): Promise<void>
  /** Replicates global tables between regions. */
  readonly replication: Replication
}

/** What DynamoDB needs of other services. */
export interface DynamodbNeighbours {
  /** The store to which exports are written and from which imports are read. */
  objects: ObjectStorage
  /** Whether Application Auto Scaling scales a table or an index. */
  isScaled: ReplicationOptions['isScaled']
}

export function createDynamodb (environment: Environment, { objects, isScaled, ...options }: DynamodbOptions & DynamodbNeighbours): DynamodbService {
  const limits = { ...AWS_LIMITS, ...options.limits }
  const delays = { create: 0, update: 0, delete: 0, timeToLive: 0, backfill: 0, replica: 0, backup: 0, restore: 0, export: 0, import: 0, ...options.tableDelays }
  const watch: ChangeWatch = { changed: undefined }
  const throttling = new ThrottleSwitch(options.throttling ?? false, () => environment.clock.now())
  const stores = new AccountStores({
    service: 'dynamodb',
    storage: environment.storage,
    make: ({ database }, [account = '', region = '']) =>
      AccountStore.open(database, {
        account, region, clock: environment.clock, limits, ttlLagMs: options.ttlLagMs ?? 0, streamShards: () => service.streamShards, watch, throttling, lag: () => service.lag, replicationLag: () => replication.lagMs, warn: environment.warn,
      }),
    retire: (store) => store.close(),
  })
  const replication: Replication = new Replication({
    clock: environment.clock,
    lagMs: options.replicationLag ?? 0,
    store: (account, region) => stores.get(`${account}/${region}`),
    isScaled,
    replicated: (replicated) => watch.replicated?.(replicated),
    onError: (error) => environment.log({ error, service: 'dynamodb', operation: 'replication', requestId: '' }),
  })
  watch.replicate = replication.changed

  // Member by member: spreading a context takes as long as reading an item.
  function inAccount (ctx: Context, store: AccountStore): DynamodbContext {
    const { requestId, startedAt, clock, account, region, accessKeyId, access, notes } = ctx
    const throttle = throttling.on ? store.throttle : undefined
    return { requestId, startedAt, clock, account, region, accessKeyId, access, notes, store, limits, delays, replication, objects, throttle }
  }

  const compiled = new Map<DynamodbOperation, Accepts>()

  function accepts (operation: DynamodbOperation): Accepts {
    let test = compiled.get(operation)
    if (!test) compiled.set(operation, test = compileShapes(operation.types))
    return test
  }

  const service: DynamodbService = {
    watch,
    throttling,
    replication,
    lag: lagByTable(options.consistencyLag ?? 0),
    async setLag (setting) {
      service.lag = lagByTable(setting)
      await stores.each((store) => {
        store.lag.set(setting)
        return store.forgetUnread()
      })
    },
    streamShards: options.streamShards ?? 1,
    name: 'dynamodb',
    service: 'dynamodb',
    targetPrefix: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    otherContentTypes: ['application/json'],
    maxBodyBytes: limits.requestBytes,
    compressesFrom: limits.compressedBytes,
    health: (region) => `healthy: dynamodb.${region}.amazonaws.com `,
    checksum: true,
    server: 'Server',
    operations,
    operationNames: Object.keys(operations),
    errors: protocolErrors,
    faults,
    access,
    validate (operation: DynamodbOperation, input, ctx) {
      const sent = input as Record<string, unknown> // the protocol passes objects only
      for (const member of operation.refuses ?? []) if (hasMember(sent, member)) throw notSupported(member)
      const { input: given, arns } = withTableNames(sent, operation, ctx)
      const typed = accepts(operation)(given) ? { ...given } : checkShape(operation.types, given, operation.beforeBounds)
      if (arns) Object.assign(typed, { _arns: arns } satisfies NamedByArn)
      operation.custom?.(typed, ctx)
      return typed
    },
    contextFor (ctx) {
      const store = stores.get(`${ctx.account}/${ctx.region}`)
      return store instanceof AccountStore ? inAccount(ctx, store) : store.then((store) => inAccount(ctx, store))
    },
    call (name, input, context, causedBy) {
      if (!Object.hasOwn(operations, name)) return undefined
      if (environment.faults.any && (name === 'TransactWriteItems' || name === 'ExecuteTransaction')) return undefined
      const ctx = service.contextFor(context)
      return ctx instanceof Promise ? ctx.then((ctx) => callDirectly(service, name, input, ctx, environment, causedBy)) : callDirectly(service, name, input, ctx, environment, causedBy)
    },
    async handle (request, ctx, origin) {
      return serveAwsJson(service, request, await service.contextFor(ctx), environment, origin)
    },
    keep: () => stores.each((store) => store.throttle.save()),
    async load (state) {
      const loaded = await stores.load(state, (store) => store.begin())
      return {
        use: () => loaded.use(),
        async begin () {
          await replication.stop()
          await replication.begin([...stores.open()])
          await loaded.begin()
        },
      }
    },
    async reset (account) {
      await replication.stop(account)
      await stores.drop(account)
    },
    async close () {
      await replication.close()
      await stores.close()
    },
  }
  return service
}

/** Most calls name no table by its ARN. */
function withTableNames (input: Record<string, unknown>, operation: DynamodbOperation, { account, region }: DynamodbContext) {
  return tableNamesOf(input, { account, region, action: () => actionOf(operation) })
}

function actionOf (operation: DynamodbOperation): string {
  return Object.entries(operations).find(([, one]) => one === operation)![0] // it was found there
}
