import { policyNotFound } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkPolicyArn, resourceArn, tableWithPolicy } from './resource-policy.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
export const getResourcePolicy: DynamodbOperation<{ ResourceArn: string }> = {
  types: { ResourceArn: resourceArn },
  custom ({ ResourceArn }, ctx) {
    checkPolicyArn(ResourceArn, 'GetResourcePolicy', ctx)
  },
  run ({ ResourceArn }, ctx) {
    const there = tableWithPolicy(ResourceArn, ctx).settings.policies?.[ResourceArn]
    if (!there) throw policyNotFound(ResourceArn)
    return { Policy: there.policy, RevisionId: there.revision }
  },
}
