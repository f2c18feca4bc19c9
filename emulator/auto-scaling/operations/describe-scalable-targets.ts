import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { pageOf } from '../paging.ts'
import { DimensionShape, NamespaceShape, NextTokenShape, ResourceIdShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    ServiceNamespace: NamespaceShape,
    ResourceIds: { type: 'list', of: ResourceIdShape, max: 50 },
    ScalableDimension: DimensionShape,
    MaxResults: { type: 'integer', min: 1, max: 50 },
    NextToken: NextTokenShape,
  },
  required: ['ServiceNamespace'],
} as const

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html */
export const describeScalableTargets: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  run ({ ResourceIds, ScalableDimension, MaxResults = 50, NextToken: token }, { store }) {
    const wanted = store.targets.list().filter((target) =>
      (ResourceIds?.includes(target.ResourceId) ?? true) && (ScalableDimension ?? target.ScalableDimension) === target.ScalableDimension)
    const { page, NextToken } = pageOf(wanted, MaxResults, token)
    return {
      ScalableTargets: page.map(({ Tags: _tags, CreationTime, ...target }) => ({ ServiceNamespace: 'dynamodb', ...target, CreationTime: CreationTime / 1000 })),
      NextToken,
    }
  },
}
