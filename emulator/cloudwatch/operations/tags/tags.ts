import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchContext, CloudwatchOperation } from '../../context.ts'
import { resourceNotFound, validation } from '../../errors.ts'
import { TagsShape } from '../../shapes.ts'

const ArnShape = { type: 'string', min: 1, max: 1024 } as const
const MOST_TAGS = 50

interface Tagged { tags: Record<string, string>, set (tags: Record<string, string>): Promise<void> }

/** The alarm or the dashboard of an ARN. */
function findTagged (arn: string, { store, notes }: CloudwatchContext): Tagged {
  notes.resource = arn
  const [, , , , , kind, ...rest] = arn.split(':')
  const alarm = kind === 'alarm' ? store.alarms.get(rest.join(':')) : undefined
  if (alarm) return { tags: alarm.tags, set: (tags) => store.alarms.put([{ ...alarm, tags }]) }
  const dashboard = kind?.startsWith('dashboard/') ? store.dashboards.get(kind.slice('dashboard/'.length)) : undefined
  if (dashboard) return { tags: dashboard.tags, set: (tags) => store.dashboards.put({ ...dashboard, tags }) }
  throw resourceNotFound(arn)
}

const listTypes = { type: 'structure', members: { ResourceARN: ArnShape }, required: ['ResourceARN'] } as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: CloudwatchOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run: ({ ResourceARN: arn }, ctx) => ({ Tags: Object.entries(findTagged(arn, ctx).tags).map(([Key, Value]) => ({ Key, Value })) }),
}

const tagTypes = { type: 'structure', members: { ResourceARN: ArnShape, Tags: TagsShape }, required: ['ResourceARN', 'Tags'] } as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export const tagResource: CloudwatchOperation<FromShape<typeof tagTypes>> = {
  types: tagTypes,
  async run ({ ResourceARN: arn, Tags: tags }, ctx) {
    const tagged = findTagged(arn, ctx)
    const all = { ...tagged.tags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }
    if (Object.keys(all).length > MOST_TAGS) throw validation(`A resource cannot have more than ${MOST_TAGS} tags`)
    await tagged.set(all)
    return {}
  },
}

const untagTypes = {
  type: 'structure',
  members: { ResourceARN: ArnShape, TagKeys: { type: 'list', of: { type: 'string', min: 1, max: 128 } } },
  required: ['ResourceARN', 'TagKeys'],
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html */
export const untagResource: CloudwatchOperation<FromShape<typeof untagTypes>> = {
  types: untagTypes,
  async run ({ ResourceARN: arn, TagKeys: keys }, ctx) {
    const tagged = findTagged(arn, ctx)
    await tagged.set(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !keys.includes(key))))
    return {}
  },
}
