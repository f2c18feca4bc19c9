import { policyNotFound } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkPolicy, checkPolicyArn, resourceArn, revisionId, tableWithPolicy } from './resource-policy.ts'

export interface PutResourcePolicyInput { ResourceArn: string, Policy: string, ExpectedRevisionId?: string }

/** An `ExpectedRevisionId` that says that there is no policy yet. */
const NO_POLICY = 'NO_POLICY'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
// Policies are evaluated while IAM is on.
export const putResourcePolicy: DynamodbOperation<PutResourcePolicyInput> = {
  types: { ResourceArn: resourceArn, Policy: { type: 'String', notNull: true }, ExpectedRevisionId: revisionId, ConfirmRemoveSelfResourceAccess: 'Boolean' },
  custom ({ ResourceArn, Policy }, ctx) {
    checkPolicyArn(ResourceArn, 'PutResourcePolicy', ctx)
    checkPolicy(Policy)
  },
  run: ({ ResourceArn, Policy, ExpectedRevisionId: expected }, ctx) => ctx.store.transact(async (work) => {
    await work.ownTable(tableWithPolicy(ResourceArn, ctx).TableName)
    const table = tableWithPolicy(ResourceArn, ctx)
    const there = table.settings.policies?.[ResourceArn]
    if (expected !== undefined && expected !== (there?.revision ?? NO_POLICY)) throw policyNotFound(ResourceArn)
    // The same policy again changes nothing.
    if (there?.policy === Policy) return { RevisionId: there.revision }
    const revision = String(Math.max(ctx.startedAt, Number(there?.revision ?? 0) + 1))
    const policies = { ...table.settings.policies, [ResourceArn]: { policy: Policy, revision } }
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, policies } })
    return { RevisionId: revision }
  }),
}
