import { randomUUID } from 'node:crypto'
import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { limitExceeded, validation } from '../errors.ts'
import { unitsOf } from '../resource.ts'
import { TARGET_NAMED, TagsShape, targetMembers } from '../shapes.ts'
import type { ScalableTarget } from '../store.ts'

const CapacityShape = { type: 'integer' } as const

const types = {
  type: 'structure',
  members: {
    ...targetMembers,
    MinCapacity: CapacityShape,
    MaxCapacity: CapacityShape,
    RoleARN: { type: 'string', min: 1, max: 1600 },
    SuspendedState: {
      type: 'structure',
      members: { DynamicScalingInSuspended: { type: 'boolean' }, DynamicScalingOutSuspended: { type: 'boolean' }, ScheduledScalingSuspended: { type: 'boolean' } },
    },
    Tags: TagsShape,
  },
  required: TARGET_NAMED,
} as const

const NOTHING_SUSPENDED = { DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false }

/**
 * Registers a table's or an index's units, or changes the registration. Capacity outside its bounds is moved to the nearer one.
 *
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
 */
export const registerScalableTarget: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  async run ({ ResourceId, ScalableDimension, RoleARN, SuspendedState, Tags, ...given }, { store, scaler, limits, startedAt }) {
    const id = { ResourceId, ScalableDimension }
    const units = unitsOf(id)
    const known = store.targets.get(id)
    if (!known && store.targets.list().length >= limits.targets) throw limitExceeded(`You have reached the limit of ${limits.targets} scalable targets`)
    const { MinCapacity = known?.MinCapacity, MaxCapacity = known?.MaxCapacity } = given
    if (MinCapacity === undefined || MaxCapacity === undefined) throw validation('Both MinCapacity and MaxCapacity must be specified when registering a new scalable target')
    if (MinCapacity < 1 || MaxCapacity < 1) throw validation('MinCapacity and MaxCapacity must be at least 1')
    if (MinCapacity > MaxCapacity) throw validation('Maximum capacity cannot be less than minimum capacity')
    if (!known && await scaler.calls.provisioned(store, units) === undefined) {
      throw validation(`${units.index === undefined ? 'Table' : 'Index'} does not exist, or its billing mode is not PROVISIONED: ${ResourceId}`)
    }
    const target: ScalableTarget = {
      ...id,
      MinCapacity,
      MaxCapacity,
      RoleARN: RoleARN ?? known?.RoleARN ?? `arn:aws:iam::${store.account}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`,
      CreationTime: known?.CreationTime ?? startedAt,
      SuspendedState: { ...known?.SuspendedState ?? NOTHING_SUSPENDED, ...SuspendedState },
      ScalableTargetARN: known?.ScalableTargetARN ?? `arn:aws:application-autoscaling:${store.region}:${store.account}:scalable-target/${randomUUID().replaceAll('-', '')}`,
      Tags: Tags ?? known?.Tags ?? {},
    }
    await store.targets.put(target)
    await scaler.applyBounds(store, target, 'The capacity was outside the bounds of the scalable target', startedAt)
    return { ScalableTargetARN: target.ScalableTargetARN }
  },
}
