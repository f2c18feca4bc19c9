import type { AccessRequest, ResourcePolicy } from '../../../core/access.ts'
import type { DynamodbContext } from '../../context.ts'

/** A table, perhaps with its index, or a stream of a table. */
const RESOURCE = /^(arn:aws:dynamodb:([^:]+):(\d{12}):table\/([^/]+))(\/index\/.*|\/stream\/[^/]+)?$/

/** A request with the policy of its table or stream, which decides together with those of the caller. */
export function withResourcePolicy (request: AccessRequest, ctx: DynamodbContext): AccessRequest {
  const policy = policyOf(request.resource, ctx)
  return policy ? { ...request, policy } : request
}

function policyOf (resource: string, { store, account, region }: DynamodbContext): ResourcePolicy | undefined {
  const [, table = '', tableRegion, tableAccount, name = '', part = ''] = RESOURCE.exec(resource) ?? []
  if (tableRegion !== region || tableAccount !== account) return undefined
  const arn = part.startsWith('/stream/') ? resource : table // a policy of a table is also that of its indexes
  const text = store.tables.get(name)?.settings.policies?.[arn]?.policy
  return text === undefined ? undefined : { name: 'resource policy', text, account }
}
