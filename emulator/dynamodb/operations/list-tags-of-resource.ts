import type { DynamodbOperation } from '../operation.ts'
import { tagChecks, taggedTable } from '../tags.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
export const listTagsOfResource: DynamodbOperation<{ ResourceArn: string }> = {
  ...tagChecks('listTagsOfResource'),
  run ({ ResourceArn }, ctx) {
    const { settings } = taggedTable(ResourceArn, ctx)
    return { Tags: Object.entries(settings.tags).map(([Key, Value]) => ({ Key, Value })) }
  },
}
