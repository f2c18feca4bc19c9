import type { DynamodbOperation } from '../operation.ts'
import { checkTagCount, checkTags, tagChecks, taggedTable, tagList, type Tag } from '../tags.ts'

const { types, custom } = tagChecks('tagResource')

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
export const tagResource: DynamodbOperation<{ ResourceArn: string, Tags: Tag[] }> = {
  types: { ...types, Tags: tagList },
  custom (input, ctx) {
    custom(input, ctx)
    checkTags(input.Tags, ctx.limits)
  },
  async run ({ ResourceArn, Tags }, ctx) {
    const table = taggedTable(ResourceArn, ctx)
    const tags = { ...table.settings.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }
    checkTagCount(Object.keys(tags).length, ctx.limits)
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, tags } })
    return {}
  },
}
