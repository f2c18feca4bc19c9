import type { AccessRequest, ServiceAccess } from '../core/access.ts'
import type { KeyValue } from '../iam/evaluator/request.ts'
import type { StsContext } from './context.ts'
import { accessDenied } from './errors.ts'
import type { AssumeRoleInput } from './operations/assume-role.ts'

/** Who they are, callers may always ask, and a session of their own they may always have. */
const FREE = new Set(['GetCallerIdentity', 'GetSessionToken'])

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export const access: ServiceAccess<StsContext> = {
  requests (operation, given, ctx) {
    if (FREE.has(operation)) return []
    // Its token is checked first: see the operation.
    if (operation === 'AssumeRoleWithWebIdentity') return []
    if (operation === 'AssumeRole') return roleRequests(given as AssumeRoleInput, ctx) // its own
    return [{ action: `sts:${operation}`, resource: '*', shown: '' }]
  },
  denied: ({ message }) => accessDenied(message),
}

function roleRequests (input: AssumeRoleInput, ctx: StsContext): AccessRequest[] {
  const { RoleArn, Tags = [], SourceIdentity } = input
  const request = (action: string): AccessRequest => ({ action, resource: RoleArn, key: (name) => keyOf(name, input), policy: trustPolicy(RoleArn, ctx) })
  return [
    request('sts:AssumeRole'),
    ...Tags.length > 0 ? [request('sts:TagSession')] : [],
    ...SourceIdentity !== undefined ? [request('sts:SetSourceIdentity')] : [],
  ]
}

/** The trust policy of a role, which has to allow whatever is asked of it. */
export function trustPolicy (roleArn: string, { directory }: Pick<StsContext, 'directory'>): AccessRequest['policy'] {
  const account = roleArn.split(':')[4] ?? ''
  const role = directory.find(account)?.get('role', roleArn.slice(roleArn.lastIndexOf('/') + 1))
  return { name: 'trust policy', text: role?.arn === roleArn ? role.trust : undefined, account, required: true }
}

function keyOf (name: string, { ExternalId, RoleSessionName, SourceIdentity, Tags = [], TransitiveTagKeys, DurationSeconds }: AssumeRoleInput): KeyValue {
  switch (name) {
    case 'sts:externalid': return ExternalId
    case 'sts:rolesessionname': return RoleSessionName
    case 'sts:sourceidentity': return SourceIdentity
    case 'sts:durationseconds': return DurationSeconds === undefined ? undefined : String(DurationSeconds)
    case 'sts:transitivetagkeys': return TransitiveTagKeys
    case 'aws:tagkeys': return Tags.length === 0 ? undefined : Tags.map(({ Key }) => Key)
    default: return name.startsWith('aws:requesttag/') ? Tags.find(({ Key }) => `aws:requesttag/${Key.toLowerCase()}` === name)?.Value : undefined
  }
}
