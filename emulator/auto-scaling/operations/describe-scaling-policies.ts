import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { pageOf } from '../paging.ts'
import { DimensionShape, NamespaceShape, NextTokenShape, PolicyNameShape, ResourceIdShape } from '../shapes.ts'
import type { ScalingPolicy } from '../store.ts'

const types = {
  type: 'structure',
  members: {
    ServiceNamespace: NamespaceShape,
    PolicyNames: { type: 'list', of: PolicyNameShape, max: 50 },
    ResourceId: ResourceIdShape,
    ScalableDimension: DimensionShape,
    MaxResults: { type: 'integer', min: 1, max: 10 },
    NextToken: NextTokenShape,
  },
  required: ['ServiceNamespace'],
} as const

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingPolicies.html */
export const describeScalingPolicies: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  run ({ PolicyNames, ResourceId, ScalableDimension, MaxResults = 10, NextToken: token }, { store }) {
    const wanted = store.policies.list().filter((policy) => (PolicyNames?.includes(policy.PolicyName) ?? true) &&
      (ResourceId ?? policy.ResourceId) === policy.ResourceId && (ScalableDimension ?? policy.ScalableDimension) === policy.ScalableDimension)
    const { page, NextToken } = pageOf(wanted, MaxResults, token)
    return { ScalingPolicies: page.map(describePolicy), NextToken }
  },
}

function describePolicy ({ PolicyName, PolicyARN, ResourceId, ScalableDimension, CreationTime, Alarms, ...policy }: ScalingPolicy): object {
  const { TargetValue, PredefinedMetricType, ScaleOutCooldown, ScaleInCooldown, DisableScaleIn } = policy
  return {
    PolicyARN,
    PolicyName,
    ServiceNamespace: 'dynamodb',
    ResourceId,
    ScalableDimension,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: { TargetValue, PredefinedMetricSpecification: { PredefinedMetricType }, ScaleOutCooldown, ScaleInCooldown, DisableScaleIn },
    Alarms,
    CreationTime: CreationTime / 1000,
  }
}
