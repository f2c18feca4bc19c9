import {
  AttachGroupPolicyCommand, AttachRolePolicyCommand, AttachUserPolicyCommand, CreateGroupCommand, CreateRoleCommand, CreateUserCommand,
  DeleteGroupCommand, DeleteGroupPolicyCommand, DeleteRoleCommand, DeleteRolePolicyCommand, DeleteUserCommand, DeleteUserPolicyCommand,
  DetachGroupPolicyCommand, DetachRolePolicyCommand, DetachUserPolicyCommand, GetGroupCommand, GetGroupPolicyCommand, GetRoleCommand, GetRolePolicyCommand, GetUserCommand, GetUserPolicyCommand,
  ListAttachedGroupPoliciesCommand, ListAttachedRolePoliciesCommand, ListAttachedUserPoliciesCommand, ListGroupPoliciesCommand, ListRolePoliciesCommand, ListUserPoliciesCommand,
  paginateListGroups, paginateListRoles, paginateListUsers, PutGroupPolicyCommand, PutRolePolicyCommand, PutUserPolicyCommand, UpdateAssumeRolePolicyCommand,
  type AttachedPolicy, type IAMClient
} from '@aws-sdk/client-iam'

/** A user, group or role. */
export interface Principal {
  name: string
  arn: string
  created: Date | undefined
  /** Of a role: who may assume it, as JSON. */
  trust?: string
}

/** What can be done with one kind of principals: IAM has operations of its own for each. */
export interface Principals {
  title: string
  /** One of them. */
  noun: string
  list (iam: IAMClient): Promise<Principal[]>
  get (iam: IAMClient, name: string): Promise<Principal>
  create (iam: IAMClient, name: string, account: string): Promise<unknown>
  remove (iam: IAMClient, name: string): Promise<unknown>
  inlineNames (iam: IAMClient, name: string): Promise<string[] | undefined>
  /** The policy as IAM writes it, percent-encoded. */
  inline (iam: IAMClient, name: string, policy: string): Promise<string | undefined>
  putInline (iam: IAMClient, name: string, policy: string, document: string): Promise<unknown>
  removeInline (iam: IAMClient, name: string, policy: string): Promise<unknown>
  attached (iam: IAMClient, name: string): Promise<AttachedPolicy[] | undefined>
  attach (iam: IAMClient, name: string, arn: string): Promise<unknown>
  detach (iam: IAMClient, name: string, arn: string): Promise<unknown>
}

const users: Principals = {
  title: 'Users',
  noun: 'user',
  list: (client) => collect(paginateListUsers({ client }, {}), ({ Users }) => Users, userOf),
  get: async (iam, UserName) => userOf((await iam.send(new GetUserCommand({ UserName }))).User ?? {}),
  create: (iam, UserName) => iam.send(new CreateUserCommand({ UserName })),
  remove: (iam, UserName) => iam.send(new DeleteUserCommand({ UserName })),
  inlineNames: async (iam, UserName) => (await iam.send(new ListUserPoliciesCommand({ UserName }))).PolicyNames,
  inline: async (iam, UserName, PolicyName) => (await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument,
  putInline: (iam, UserName, PolicyName, PolicyDocument) => iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
  removeInline: (iam, UserName, PolicyName) => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })),
  attached: async (iam, UserName) => (await iam.send(new ListAttachedUserPoliciesCommand({ UserName }))).AttachedPolicies,
  attach: (iam, UserName, PolicyArn) => iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
  detach: (iam, UserName, PolicyArn) => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })),
}

const groups: Principals = {
  title: 'Groups',
  noun: 'group',
  list: (client) => collect(paginateListGroups({ client }, {}), ({ Groups }) => Groups, groupOf),
  get: async (iam, GroupName) => groupOf((await iam.send(new GetGroupCommand({ GroupName }))).Group ?? {}),
  create: (iam, GroupName) => iam.send(new CreateGroupCommand({ GroupName })),
  remove: (iam, GroupName) => iam.send(new DeleteGroupCommand({ GroupName })),
  inlineNames: async (iam, GroupName) => (await iam.send(new ListGroupPoliciesCommand({ GroupName }))).PolicyNames,
  inline: async (iam, GroupName, PolicyName) => (await iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName }))).PolicyDocument,
  putInline: (iam, GroupName, PolicyName, PolicyDocument) => iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument })),
  removeInline: (iam, GroupName, PolicyName) => iam.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName })),
  attached: async (iam, GroupName) => (await iam.send(new ListAttachedGroupPoliciesCommand({ GroupName }))).AttachedPolicies,
  attach: (iam, GroupName, PolicyArn) => iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn })),
  detach: (iam, GroupName, PolicyArn) => iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn })),
}

const roles: Principals = {
  title: 'Roles',
  noun: 'role',
  list: (client) => collect(paginateListRoles({ client }, {}), ({ Roles }) => Roles, roleOf),
  get: async (iam, RoleName) => roleOf((await iam.send(new GetRoleCommand({ RoleName }))).Role ?? {}),
  create: (iam, RoleName, account) => iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf(account) })),
  remove: (iam, RoleName) => iam.send(new DeleteRoleCommand({ RoleName })),
  inlineNames: async (iam, RoleName) => (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames,
  inline: async (iam, RoleName, PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument,
  putInline: (iam, RoleName, PolicyName, PolicyDocument) => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
  removeInline: (iam, RoleName, PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
  attached: async (iam, RoleName) => (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies,
  attach: (iam, RoleName, PolicyArn) => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
  detach: (iam, RoleName, PolicyArn) => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
}

export const KINDS = { users, groups, roles } as const
export type Kind = keyof typeof KINDS
export const isKind = (text: string | undefined): text is Kind => text !== undefined && Object.hasOwn(KINDS, text)

/** Replaces who may assume a role. */
export const putTrust = (iam: IAMClient, RoleName: string, PolicyDocument: string) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))

interface Dated { Arn?: string, CreateDate?: Date }

const principalOf = (name: string | undefined, { Arn, CreateDate }: Dated): Principal => ({ name: name ?? '', arn: Arn ?? '', created: CreateDate })
const userOf = (user: Dated & { UserName?: string }) => principalOf(user.UserName, user)
const groupOf = (group: Dated & { GroupName?: string }) => principalOf(group.GroupName, group)
const roleOf = (role: Dated & { RoleName?: string, AssumeRolePolicyDocument?: string }): Principal => ({ ...principalOf(role.RoleName, role), trust: readDocument(role.AssumeRolePolicyDocument) })

/** A new role can be assumed by whoever the account allows it. */
const trustOf = (account: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }] })

/** A policy as it can be read: IAM answers with it percent-encoded. */
export function readDocument (encoded = ''): string {
  try {
    return JSON.stringify(JSON.parse(decodeURIComponent(encoded)), null, 2)
  } catch {
    return encoded
  }
}

async function collect<Page, Entry> (pages: AsyncIterable<Page>, entriesOf: (page: Page) => Entry[] | undefined, read: (entry: Entry) => Principal): Promise<Principal[]> {
  const all: Principal[] = []
  for await (const page of pages) all.push(...(entriesOf(page) ?? []).map(read))
  return all
}
