import { randomUUID } from 'node:crypto'
import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingContext, AutoScalingOperation } from '../context.ts'
import { noTargetRegistered, validation } from '../errors.ts'
import { unitsOf } from '../resource.ts'
import { ALARM_KINDS } from '../scaling/target-tracking.ts'
import { PolicyNameShape, TARGET_NAMED, targetMembers } from '../shapes.ts'
import type { ScalingPolicy } from '../store.ts'

const CooldownShape = { type: 'integer', min: 0 } as const

const types = {
  type: 'structure',
  members: {
    PolicyName: PolicyNameShape,
    ...targetMembers,
    PolicyType: { type: 'string', values: ['StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'] },
    TargetTrackingScalingPolicyConfiguration: {
      type: 'structure',
      members: {
        TargetValue: { type: 'float' },
        PredefinedMetricSpecification: {
          type: 'structure',
          members: { PredefinedMetricType: { type: 'string' }, ResourceLabel: { type: 'string' } },
          required: ['PredefinedMetricType'],
        },
        CustomizedMetricSpecification: { type: 'structure', members: {} },
        ScaleOutCooldown: CooldownShape,
        ScaleInCooldown: CooldownShape,
        DisableScaleIn: { type: 'boolean' },
      },
      required: ['TargetValue'],
    },
    StepScalingPolicyConfiguration: { type: 'structure', members: {} },
  },
  required: ['PolicyName', ...TARGET_NAMED],
} as const

type Input = FromShape<typeof types>

/**
 * Creates a target tracking policy with its four alarms, or changes it.
 *
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
 */
export const putScalingPolicy: AutoScalingOperation<Input> = {
  types,
  async run (input, ctx) {
    const { store, scaler } = ctx
    const units = unitsOf(input)
    const configuration = checkConfiguration(input)
    const { ResourceId, ScalableDimension, PolicyName } = input
    if (!store.targets.get(input)) throw noTargetRegistered(input)
    const current = await scaler.calls.provisioned(store, units)
    if (current === undefined) throw validation(`The table or index is not provisioned: ${ResourceId}`)
    const known = store.policies.get({ ResourceId, ScalableDimension, PolicyName })
    if (!known) checkRoom(input, ctx)
    const { account, region } = store
    const policy: ScalingPolicy = {
      ResourceId,
      ScalableDimension,
      PolicyName,
      PolicyARN: known?.PolicyARN ?? `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${randomUUID()}:resource/dynamodb/${ResourceId}:policyName/${PolicyName}`,
      CreationTime: known?.CreationTime ?? ctx.startedAt,
      Alarms: known?.Alarms ?? ALARM_KINDS.map((kind) => {
        const AlarmName = `TargetTracking-${ResourceId}-${kind}-${randomUUID()}`
        return { AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` }
      }),
      ...configuration,
      capacity: current,
    }
    await scaler.putPolicy(store, policy, current)
    return { PolicyARN: policy.PolicyARN, Alarms: policy.Alarms }
  },
}

function checkConfiguration ({ PolicyType, ScalableDimension, StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration: given }: Input):
Pick<ScalingPolicy, 'TargetValue' | 'ScaleOutCooldown' | 'ScaleInCooldown' | 'DisableScaleIn' | 'PredefinedMetricType'> {
  if (PolicyType !== 'TargetTrackingScaling' || StepScalingPolicyConfiguration) throw validation('The only policy type for the service namespace dynamodb is TargetTrackingScaling')
  if (!given) throw validation('TargetTrackingScalingPolicyConfiguration must be specified for policies of type TargetTrackingScaling')
  const { PredefinedMetricSpecification: metric, CustomizedMetricSpecification: customized, TargetValue, ...rest } = given
  if (customized) throw validation('Sandtable does not emulate the parameter CustomizedMetricSpecification')
  if (!metric) throw validation('Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified')
  const { PredefinedMetricType } = metric
  const expected = ScalableDimension.endsWith('ReadCapacityUnits') ? 'DynamoDBReadCapacityUtilization' : 'DynamoDBWriteCapacityUtilization'
  if (PredefinedMetricType !== expected) throw validation(`The metric type ${PredefinedMetricType} does not belong to the scalable dimension ${ScalableDimension}`)
  if (TargetValue < 20 || TargetValue > 90) throw validation('Target value must be between 20.0 and 90.0 for DynamoDB')
  return { TargetValue, PredefinedMetricType, ...rest }
}

function checkRoom (input: Input, { store }: AutoScalingContext): void {
  const others = store.policiesOf(input)
  if (others.length > 0) throw validation('Only one TargetTrackingScaling policy for a given metric specification is allowed.')
}
