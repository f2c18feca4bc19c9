import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { pageOf } from '../paging.ts'
import { DimensionShape, NamespaceShape, NextTokenShape, ResourceIdShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    ServiceNamespace: NamespaceShape,
    ResourceId: ResourceIdShape,
    ScalableDimension: DimensionShape,
    MaxResults: { type: 'integer', min: 1, max: 50 },
    NextToken: NextTokenShape,
    IncludeNotScaledActivities: { type: 'boolean' },
  },
  required: ['ServiceNamespace'],
} as const

/**
 * The activities of the last six weeks, the newest first.
 *
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html
 */
export const describeScalingActivities: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  run ({ ResourceId, ScalableDimension, MaxResults = 50, NextToken: token, IncludeNotScaledActivities = false }, { store }) {
    const wanted = store.activities().filter((activity) => (IncludeNotScaledActivities || !activity.NotScaledReasons) &&
      (ResourceId ?? activity.ResourceId) === activity.ResourceId && (ScalableDimension ?? activity.ScalableDimension) === activity.ScalableDimension)
    const { page, NextToken } = pageOf(wanted, MaxResults, token)
    return {
      ScalingActivities: page.map(({ StartTime, EndTime, ...activity }) =>
        ({ ServiceNamespace: 'dynamodb', ...activity, StartTime: StartTime / 1000, EndTime: EndTime === undefined ? undefined : EndTime / 1000 })),
      NextToken,
    }
  },
}
