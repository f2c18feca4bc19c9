import type { Context } from '../core/context.ts'
import { serveAwsJson, type AwsJsonService } from '../core/protocol/aws-json.ts'
import { BrokenConstraints, readShape, WrongType } from '../core/protocol/shape.ts'
import type { Environment, Service } from '../core/service.ts'
import { AccountStores } from '../core/storage/account-stores.ts'
import { access } from './access.ts'
import type { AutoScalingContext, AutoScalingOperation } from './context.ts'
import { protocolErrors, serialization, validation } from './errors.ts'
import { faults } from './faults.ts'
import { AWS_LIMITS, type Limits } from './limits.ts'
import { deleteScalingPolicy } from './operations/delete-scaling-policy.ts'
import { deleteScheduledAction } from './operations/delete-scheduled-action.ts'
import { deregisterScalableTarget } from './operations/deregister-scalable-target.ts'
import { describeScalableTargets } from './operations/describe-scalable-targets.ts'
import { describeScalingActivities } from './operations/describe-scaling-activities.ts'
import { describeScalingPolicies } from './operations/describe-scaling-policies.ts'
import { describeScheduledActions } from './operations/describe-scheduled-actions.ts'
import { putScalingPolicy } from './operations/put-scaling-policy.ts'
import { putScheduledAction } from './operations/put-scheduled-action.ts'
import { registerScalableTarget } from './operations/register-scalable-target.ts'
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts'
import { AwsCalls, type OtherServices } from './scaling/aws-calls.ts'
import { Scaler } from './scaling/scaler.ts'
import type { TargetId } from './resource.ts'
import { ScalingStore } from './store.ts'

/** The whole supported surface; anything else is an unknown operation. */
export const operations = {
  DeleteScalingPolicy: deleteScalingPolicy,
  DeleteScheduledAction: deleteScheduledAction,
  DeregisterScalableTarget: deregisterScalableTarget,
  DescribeScalableTargets: describeScalableTargets,
  DescribeScalingActivities: describeScalingActivities,
  DescribeScalingPolicies: describeScalingPolicies,
  DescribeScheduledActions: describeScheduledActions,
  ListTagsForResource: listTagsForResource,
  PutScalingPolicy: putScalingPolicy,
  PutScheduledAction: putScheduledAction,
  RegisterScalableTarget: registerScalableTarget,
  TagResource: tagResource,
  UntagResource: untagResource,
} satisfies Record<string, AutoScalingOperation>

export interface AutoScalingOptions {
  /** Whose tables are scaled, and whose alarms say when. */
  others: OtherServices
  limits?: Partial<Limits>
}

/** Application Auto Scaling of DynamoDB's tables and indexes, with state apart for each account and region. */
export interface AutoScalingService extends Service {
  /** Acts on alarms; called after each round of their evaluation. */
  evaluate (now: number): Promise<void>
  /** Whether an account's table or index is scaled in a region: it has a target with a policy. */
  isScaled (account: string, region: string, target: TargetId): Promise<boolean>
}

export function createAutoScaling (environment: Environment, options: AutoScalingOptions): AutoScalingService {
  const limits = { ...AWS_LIMITS, ...options.limits }
  const stores = new AccountStores({
    service: 'auto-scaling',
    storage: environment.storage,
    make: ({ database }, [account = '', region = '']) => ScalingStore.open(database, { account, region }),
  })
  const scaler = new Scaler({ clock: environment.clock, calls: new AwsCalls(options.others), stores: () => stores.open() })
  const service: AwsJsonService<AutoScalingContext> = {
    service: 'auto-scaling',
    operations,
    targetPrefix: 'AnyScaleFrontendService',
    contentType: 'application/x-amz-json-1.1',
    otherContentTypes: ['application/x-amz-json-1.0', 'application/json'],
    maxBodyBytes: limits.maxBodyBytes,
    checksum: false,
    errors: protocolErrors,
    access,
    faults,
    validate (operation: AutoScalingOperation, input) {
      try {
        return readShape(operation.types, input)
      } catch (error) {
        if (error instanceof WrongType) throw serialization(error.message)
        if (error instanceof BrokenConstraints) throw validation(error.message)
        throw error
      }
    },
  }

  async function contextFor (ctx: Context): Promise<AutoScalingContext> {
    return { ...ctx, store: await stores.get(`${ctx.account}/${ctx.region}`), scaler, limits }
  }

  return {
    name: service.service,
    signingName: 'application-autoscaling',
    targetPrefix: service.targetPrefix,
    operationNames: Object.keys(operations),
    evaluate: (now) => scaler.evaluate(now),
    async isScaled (account, region, target) {
      const store = await stores.get(`${account}/${region}`)
      return store.targets.get(target) !== undefined && store.policiesOf(target).length > 0
    },
    async handle (request, ctx, origin) {
      return serveAwsJson(service, request, await contextFor(ctx), environment, origin)
    },
    async load (state) {
      const loaded = await stores.load(state)
      return {
        use: () => loaded.use(),
        async begin () {
          await loaded.begin()
          scaler.plan()
        },
      }
    },
    async reset (account) {
      await stores.drop(account)
      scaler.plan()
    },
    async close () {
      scaler.close()
      await stores.close()
    },
  }
}
