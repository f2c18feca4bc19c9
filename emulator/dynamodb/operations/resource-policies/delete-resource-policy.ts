import { policyNotFound } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkPolicyArn, resourceArn, revisionId, tableWithPolicy } from './resource-policy.ts'

export interface DeleteResourcePolicyInput { ResourceArn: string, ExpectedRevisionId?: string }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteResourcePolicy.html
// Deleting what is not there succeeds, unless a revision is expected.
export const deleteResourcePolicy: DynamodbOperation<DeleteResourcePolicyInput> = {
  types: { ResourceArn: resourceArn, ExpectedRevisionId: revisionId },
  custom ({ ResourceArn }, ctx) {
    checkPolicyArn(ResourceArn, 'DeleteResourcePolicy', ctx)
  },
  run: ({ ResourceArn, ExpectedRevisionId: expected }, ctx) => ctx.store.transact(async (work) => {
    await work.ownTable(tableWithPolicy(ResourceArn, ctx).TableName)
    const table = tableWithPolicy(ResourceArn, ctx)
    const { [ResourceArn]: there, ...policies } = table.settings.policies ?? {}
    if (expected !== undefined && expected !== there?.revision) throw policyNotFound(ResourceArn)
    if (!there) return {}
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, policies } })
    return { RevisionId: there.revision }
  }),
}
