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
  const named = partsOf(resource)
  if (named.region !== region || named.account !== account) return undefined
  const policies = store.tables.get(named.name)?.settings.policies
  if (policies === undefined) return undefined
  const text = policies[named.isStream ? resource : named.table]?.policy // a policy of a table is also that of its indexes
  return text === undefined ? undefined : { name: 'resource policy', text, account }
}

interface NamedParts { readonly resource: string, readonly table: string, readonly region: string, readonly account: string, readonly name: string, readonly isStream: boolean }

/** The last ARN that was read: callers name the same table again and again. */
let last: NamedParts | undefined

function partsOf (resource: string): NamedParts {
  if (last?.resource === resource) return last
  const [, table = '', region = '', account = '', name = '', part = ''] = RESOURCE.exec(resource) ?? []
  last = { resource, table, region, account, name, isStream: part.startsWith('/stream/') }
  return last
}
