import type { Context } from '../core/context.ts'
import { serveAwsJson, type AwsJsonService } from '../core/protocol/aws-json.ts'
import { isQueryCall, serveAwsQuery, type AwsQueryService } from '../core/protocol/aws-query.ts'
import { isRpcCall, serveRpcCbor } from '../core/protocol/rpc-v2-cbor.ts'
import { BrokenConstraints, readShape, WrongType } from '../core/protocol/shape.ts'
import type { Environment, Service } from '../core/service.ts'
import type { AccountStore } from '../dynamodb/storage/account-store.ts'
import type { BucketHoldings } from '../s3/index.ts'
import { AccountStores } from '../core/storage/account-stores.ts'
import { access } from './access.ts'
import type { CloudwatchContext, CloudwatchOperation } from './context.ts'
import { jsonErrors, notEmulated, queryErrors, serialization, validation } from './errors.ts'
import { faults } from './faults.ts'
import { AWS_LIMITS, type Limits } from './limits.ts'
import { Alarms } from './alarms/index.ts'
import type { Deliveries } from './alarms/deliveries.ts'
import { disableAlarmActions, enableAlarmActions } from './operations/alarms/alarm-actions.ts'
import { deleteAlarms } from './operations/alarms/delete-alarms.ts'
import { describeAlarmHistory } from './operations/alarms/describe-alarm-history.ts'
import { describeAlarms } from './operations/alarms/describe-alarms.ts'
import { describeAlarmsForMetric } from './operations/alarms/describe-alarms-for-metric.ts'
import { putCompositeAlarm } from './operations/alarms/put-composite-alarm.ts'
import { putMetricAlarm } from './operations/alarms/put-metric-alarm.ts'
import { setAlarmState } from './operations/alarms/set-alarm-state.ts'
import { deleteDashboards } from './operations/dashboards/delete-dashboards.ts'
import { getDashboard } from './operations/dashboards/get-dashboard.ts'
import { listDashboards } from './operations/dashboards/list-dashboards.ts'
import { putDashboard } from './operations/dashboards/put-dashboard.ts'
import { getMetricData } from './operations/metrics/get-metric-data.ts'
import { getMetricStatistics } from './operations/metrics/get-metric-statistics.ts'
import { listMetrics } from './operations/metrics/list-metrics.ts'
import { putMetricData } from './operations/metrics/put-metric-data.ts'
import { listTagsForResource, tagResource, untagResource } from './operations/tags/tags.ts'
import { Publishing } from './publishing/index.ts'
import { openStore } from './store.ts'

/** The whole supported surface; anything else is an unknown operation. */
export const operations = {
  DeleteAlarms: deleteAlarms,
  DeleteDashboards: deleteDashboards,
  DescribeAlarmHistory: describeAlarmHistory,
  DescribeAlarms: describeAlarms,
  DescribeAlarmsForMetric: describeAlarmsForMetric,
  DisableAlarmActions: disableAlarmActions,
  EnableAlarmActions: enableAlarmActions,
  GetDashboard: getDashboard,
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListDashboards: listDashboards,
  ListMetrics: listMetrics,
  ListTagsForResource: listTagsForResource,
  PutCompositeAlarm: putCompositeAlarm,
  PutDashboard: putDashboard,
  PutMetricAlarm: putMetricAlarm,
  PutMetricData: putMetricData,
  SetAlarmState: setAlarmState,
  TagResource: tagResource,
  UntagResource: untagResource,
} satisfies Record<string, CloudwatchOperation>

export interface CloudwatchOptions {
  limits?: Partial<Limits>
  /** Where the changes of alarms go. */
  deliveries: Deliveries
  /** Called after each round in which alarms were evaluated. */
  evaluated?: (now: number) => Promise<void>
  /** Whether the metrics of the emulated services are published. Default true. */
  metrics?: boolean
  /** The tables of an account in a region, for what they publish. */
  tables (account: string, region: string): Promise<AccountStore>
  /** What the buckets of an account hold. */
  buckets (account: string): AsyncIterable<BucketHoldings>
}

/** CloudWatch, and what other parts give it to count. */
export interface CloudwatchService extends Service {
  /** `undefined` when the metrics of the emulated services are not published. */
  readonly publishing: Publishing | undefined
}

/** CloudWatch, with state apart for each account and region, in all three of its protocols. */
export function createCloudwatch (environment: Environment, options: CloudwatchOptions): CloudwatchService {
  const limits = { ...AWS_LIMITS, ...options.limits }
  const stores = new AccountStores({
    service: 'cloudwatch',
    storage: environment.storage,
    make: ({ database }, [account = '', region = '']) => openStore(database, { account, region, limits }),
  })
  const publishing = options.metrics === false
    ? undefined
    : new Publishing({
      clock: environment.clock,
      store: async (owner) => stores.get(owner),
      stores: () => stores.open(),
      tables: (account, region) => options.tables(account, region),
      buckets: (account) => options.buckets(account),
      onError: (error) => environment.log({ error, service: 'cloudwatch', requestId: '' }),
    })
  const alarms = new Alarms({ clock: environment.clock, deliveries: options.deliveries, stores: () => stores.open(), catchUp: async (now) => publishing?.catchUp(now), evaluated: options.evaluated })
  const set = {
    service: 'cloudwatch',
    operations: Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, withRefused(operation)])),
    access,
    faults,
    maxBodyBytes: limits.maxBodyBytes,
    validate (operation: CloudwatchOperation, input: unknown, ctx: CloudwatchContext) {
      const read = readInput(operation, input as object) // every protocol passes objects only
      operation.custom?.(read, ctx)
      return read
    },
  }
  const json: AwsJsonService<CloudwatchContext> = {
    ...set,
    targetPrefix: 'GraniteServiceVersion20100801',
    contentType: 'application/x-amz-json-1.0',
    otherContentTypes: ['application/x-amz-json-1.1', 'application/json'],
    // Bodies may come compressed; answers never are.
    compressesFrom: Infinity,
    checksum: false,
    errors: jsonErrors,
  } // `validate` is only called with the operations above
  const query = { ...set, namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/', errors: queryErrors } as AwsQueryService<CloudwatchContext> // as above

  async function contextFor (ctx: Context): Promise<CloudwatchContext> {
    await publishing?.catchUp(ctx.startedAt)
    return { ...ctx, store: await stores.get(`${ctx.account}/${ctx.region}`), limits, alarms }
  }

  return {
    publishing,
    name: 'cloudwatch',
    signingName: 'monitoring',
    targetPrefix: json.targetPrefix,
    operationNames: Object.keys(operations),
    async handle (request, context, origin) {
      const ctx = await contextFor(context)
      if (isRpcCall(request)) return serveRpcCbor(json, request, ctx, environment, origin)
      return isQueryCall(request) ? serveAwsQuery(query, request, ctx, environment, origin) : serveAwsJson(json, request, ctx, environment, origin)
    },
    async load (state) {
      const loaded = await stores.load(state)
      const owners = state.names().filter((name) => name.startsWith('dynamodb/')).map((name) => name.slice('dynamodb/'.length))
      return {
        use () {
          publishing?.clear()
          loaded.use()
        },
        async begin () {
          await loaded.begin()
          alarms.plan()
          publishing?.begin(owners)
        },
      }
    },
    async reset (account) {
      publishing?.clear()
      await stores.drop(account)
    },
    async keep () {
      await publishing?.catchUp(environment.clock.now())
      for (const { metrics } of stores.open()) await metrics.flush()
    },
    async close () {
      alarms.close()
      publishing?.close()
      await stores.close()
    },
  }
}

/** An operation that is also given the members which it refuses, whatever they hold: AWS Query reads no others. */
function withRefused (operation: CloudwatchOperation): CloudwatchOperation {
  const refused = Object.fromEntries((operation.refuses ?? []).map((name) => [name, { type: 'string' } as const]))
  return { ...operation, types: { ...operation.types, members: { ...operation.types.members, ...refused } } }
}

function readInput (operation: CloudwatchOperation, input: object): unknown {
  const given = input as Record<string, unknown> // of any shape
  for (const member of operation.refuses ?? []) if (given[member] !== undefined && given[member] !== null) throw notEmulated(`the parameter ${member}`)
  try {
    return readShape(operation.types, input)
  } catch (error) {
    if (error instanceof WrongType) throw serialization(error.message)
    if (error instanceof BrokenConstraints) throw validation(error.message)
    throw error
  }
}
