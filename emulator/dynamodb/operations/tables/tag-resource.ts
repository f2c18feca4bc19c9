import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkResourceArn, checkTagCount, checkTags, taggedTable, tagList, tagsOf, type Tag } from '../../tables/tags.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
export const tagResource: DynamodbOperation<{ ResourceArn: string, Tags: Tag[] }> = {
  types: { ResourceArn: 'String', Tags: { ...tagList, notNull: true } },
  custom (input, ctx) {
    checkResourceArn(input.ResourceArn, 'TagResource', ctx)
    if (input.Tags.length === 0) throw validation('Atleast one Tag needs to be provided as Input.')
    checkTags(input.Tags, ctx.limits)
  },
  run: ({ ResourceArn, Tags }, ctx) => ctx.store.transact(async (work) => {
    await work.ownTable(taggedTable(ResourceArn, ctx).TableName)
    const table = taggedTable(ResourceArn, ctx)
    const tags = { ...table.settings.tags, ...tagsOf(Tags) }
    checkTagCount(Object.keys(tags).length, ctx.limits)
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, tags } })
  }),
}
