import { validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkResourceArn, checkTagCount, checkTagKey, taggedTable } from '../../tables/tags.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html
export const untagResource: DynamodbOperation<{ ResourceArn: string, TagKeys: string[] }> = {
  types: { ResourceArn: 'String', TagKeys: { type: 'List', notNull: true, children: { type: 'String', notNull: true } } },
  custom (input, ctx) {
    checkResourceArn(input.ResourceArn, 'UntagResource', ctx)
    if (input.TagKeys.length === 0) throw validation('Atleast one Tag Key needs to be provided as Input.')
    for (const key of input.TagKeys) checkTagKey(key)
    checkTagCount(input.TagKeys.length, ctx.limits)
  },
  run: ({ ResourceArn, TagKeys }, ctx) => ctx.store.transact(async (work) => {
    await work.ownTable(taggedTable(ResourceArn, ctx).TableName)
    const table = taggedTable(ResourceArn, ctx)
    const tags = Object.fromEntries(Object.entries(table.settings.tags).filter(([key]) => !TagKeys.includes(key)))
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, tags } })
  }),
}
