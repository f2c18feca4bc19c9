import type { DynamodbOperation } from '../operation.ts'
import { tagChecks, taggedTable } from '../tags.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html
export const untagResource: DynamodbOperation<{ ResourceArn: string, TagKeys: string[] }> = {
  ...tagChecks('untagResource'),
  async run ({ ResourceArn, TagKeys }, ctx) {
    const table = taggedTable(ResourceArn, ctx)
    const tags = Object.fromEntries(Object.entries(table.settings.tags).filter(([key]) => !TagKeys.includes(key)))
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, tags } })
    return {}
  },
}
