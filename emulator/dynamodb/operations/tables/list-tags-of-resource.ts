import type { DynamodbOperation } from '../../operation.ts'
import { checkResourceArn, taggedTable } from '../../tables/tags.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
// All tags are returned at once, 50 at most, without a NextToken; a given one is ignored. AWS does the same.
export const listTagsOfResource: DynamodbOperation<{ ResourceArn: string, NextToken?: string }> = {
  types: { ResourceArn: 'String', NextToken: 'String' },
  custom (input, ctx) {
    checkResourceArn(input.ResourceArn, 'ListTagsOfResource', ctx)
  },
  run ({ ResourceArn }, ctx) {
    const { settings } = taggedTable(ResourceArn, ctx)
    return { Tags: Object.entries(settings.tags).map(([Key, Value]) => ({ Key, Value })) }
  },
}
