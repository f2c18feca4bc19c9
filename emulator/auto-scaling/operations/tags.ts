import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingContext, AutoScalingOperation } from '../context.ts'
import { resourceNotFound, tooManyTags } from '../errors.ts'
import { TagsShape } from '../shapes.ts'
import type { ScalableTarget } from '../store.ts'

const ArnShape = { type: 'string', min: 1, max: 1011 } as const

const listTypes = { type: 'structure', members: { ResourceARN: ArnShape }, required: ['ResourceARN'] } as const
const tagTypes = { type: 'structure', members: { ResourceARN: ArnShape, Tags: TagsShape }, required: ['ResourceARN', 'Tags'] } as const
const untagTypes = {
  type: 'structure',
  members: { ResourceARN: ArnShape, TagKeys: { type: 'list', of: { type: 'string', min: 1, max: 128 }, max: 200 } },
  required: ['ResourceARN', 'TagKeys'],
} as const

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: AutoScalingOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run: ({ ResourceARN }, ctx) => ({ Tags: targetOf(ResourceARN, ctx).Tags }),
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TagResource.html */
export const tagResource: AutoScalingOperation<FromShape<typeof tagTypes>> = {
  types: tagTypes,
  async run ({ ResourceARN, Tags }, ctx) {
    const target = targetOf(ResourceARN, ctx)
    const all = { ...target.Tags, ...Tags }
    if (Object.keys(all).length > ctx.limits.tags) throw tooManyTags(ResourceARN)
    await ctx.store.targets.put({ ...target, Tags: all })
    return {}
  },
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_UntagResource.html */
export const untagResource: AutoScalingOperation<FromShape<typeof untagTypes>> = {
  types: untagTypes,
  async run ({ ResourceARN, TagKeys }, ctx) {
    const target = targetOf(ResourceARN, ctx)
    await ctx.store.targets.put({ ...target, Tags: Object.fromEntries(Object.entries(target.Tags).filter(([key]) => !TagKeys.includes(key))) })
    return {}
  },
}

function targetOf (arn: string, { store }: AutoScalingContext): ScalableTarget {
  const target = store.targets.list().find(({ ScalableTargetARN }) => ScalableTargetARN === arn)
  if (!target) throw resourceNotFound(arn)
  return target
}
