import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { pageOf } from '../paging.ts'
import { ActionNameShape, DimensionShape, NamespaceShape, NextTokenShape, ResourceIdShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    ServiceNamespace: NamespaceShape,
    ScheduledActionNames: { type: 'list', of: ActionNameShape, max: 50 },
    ResourceId: ResourceIdShape,
    ScalableDimension: DimensionShape,
    MaxResults: { type: 'integer', min: 1, max: 50 },
    NextToken: NextTokenShape,
  },
  required: ['ServiceNamespace'],
} as const

const inSeconds = (time: number | undefined) => time === undefined ? undefined : time / 1000

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScheduledActions.html */
export const describeScheduledActions: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  run ({ ScheduledActionNames, ResourceId, ScalableDimension, MaxResults = 50, NextToken: token }, { store }) {
    const wanted = store.scheduled.list().filter((action) => (ScheduledActionNames?.includes(action.ScheduledActionName) ?? true) &&
      (ResourceId ?? action.ResourceId) === action.ResourceId && (ScalableDimension ?? action.ScalableDimension) === action.ScalableDimension)
    const { page, NextToken } = pageOf(wanted, MaxResults, token)
    return {
      ScheduledActions: page.map(({ nextAt: _next, StartTime, EndTime, CreationTime, ...action }) =>
        ({ ServiceNamespace: 'dynamodb', ...action, StartTime: inSeconds(StartTime), EndTime: inSeconds(EndTime), CreationTime: inSeconds(CreationTime) })),
      NextToken,
    }
  },
}
