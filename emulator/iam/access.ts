import type { AccessRequest, ServiceAccess } from '../core/access.ts'
import { userNameOf } from './answers.ts'
import type { IamContext } from './context.ts'
import { accessDenied, type EntityName } from './errors.ts'
import type { KeyValue } from './evaluator/request.ts'

/** An input by what it may name. */
interface Input {
  UserName?: string
  GroupName?: string
  RoleName?: string
  PolicyName?: string
  PolicyArn?: string
  PolicySourceArn?: string
  PermissionsBoundary?: string
  Path?: string
  Tags?: { Key: string, Value: string }[]
}

/** Operations on a user that may leave the name out: it is the caller then. */
const OF_CALLER = new Set(['GetUser', 'CreateAccessKey', 'ListAccessKeys', 'UpdateAccessKey', 'DeleteAccessKey'])

/** Whole lists. */
const LISTS: Readonly<Record<string, string>> = { ListUsers: 'user/', ListGroups: 'group/', ListRoles: 'role/', ListPolicies: 'policy path /' }

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const access: ServiceAccess<IamContext> = {
  requests (operation, given, ctx) {
    const input = given as Input // of one of the operations
    return [{ action: `iam:${operation}`, ...resourceOf(operation, input, ctx), key: (name) => keyOf(name, input) }]
  },
  denied: ({ message }) => accessDenied(message),
}

function resourceOf (operation: string, input: Input, ctx: IamContext): Pick<AccessRequest, 'resource' | 'shown'> {
  const { account } = ctx.store
  const list = LISTS[operation]
  if (list !== undefined) return operation === 'ListPolicies' ? { resource: `arn:aws:iam::${account}:policy/`, shown: list } : { resource: `arn:aws:iam::${account}:${list}` }
  const entity = (kind: EntityName, name: string) => ({ resource: ctx.store.get(kind, name)?.arn ?? `arn:aws:iam::${account}:${kind}${input.Path ?? '/'}${name}`, shown: `${kind} ${name}` })
  if (operation === 'SimulateCustomPolicy' || operation === 'GetAccessKeyLastUsed') return { resource: '*', shown: '' }
  if (input.PolicySourceArn !== undefined) return { resource: input.PolicySourceArn }
  if (input.GroupName !== undefined) return entity('group', input.GroupName)
  if (input.RoleName !== undefined) return entity('role', input.RoleName)
  const user = OF_CALLER.has(operation) ? userNameOf(input.UserName, ctx) : input.UserName
  if (user !== undefined) return entity('user', user)
  if (input.PolicyArn !== undefined) return { resource: input.PolicyArn, shown: `policy ${input.PolicyArn}` }
  if (input.PolicyName !== undefined) return { resource: `arn:aws:iam::${account}:policy${input.Path ?? '/'}${input.PolicyName}`, shown: `policy ${input.PolicyName}` }
  return { resource: '*', shown: '' }
}

function keyOf (name: string, { PolicyArn, PermissionsBoundary, Tags = [] }: Input): KeyValue {
  switch (name) {
    case 'iam:policyarn': return PolicyArn
    case 'iam:permissionsboundary': return PermissionsBoundary
    case 'aws:tagkeys': return Tags.length === 0 ? undefined : Tags.map(({ Key }) => Key)
    default: return name.startsWith('aws:requesttag/') ? Tags.find(({ Key }) => `aws:requesttag/${Key.toLowerCase()}` === name)?.Value : undefined
  }
}
