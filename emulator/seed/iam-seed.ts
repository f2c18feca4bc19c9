import { Type, type Static } from 'typebox'
import { AwsError } from '../core/errors.ts'
import type { IamStore } from '../iam/principals/iam-store.ts'
import { put } from '../iam/principals/iam-store.ts'
import { managedPolicyText } from '../iam/principals/managed-policies.ts'
import { BadSeed } from './bad-seed.ts'

const closed = { additionalProperties: false }
const Document = Type.Unsafe<object>(Type.Object({}))
const Arns = Type.Optional(Type.Array(Type.String()))
const Tags = Type.Optional(Type.Array(Type.Object({ Key: Type.String(), Value: Type.String() }, closed)))
/** Inline policies by name. */
const Inline = Type.Optional(Type.Unsafe<Record<string, object>>(Type.Object({})))

/** `iam.json` of a seed folder. Documents are JSON, rather than text in JSON. */
const IamSeedSchema = Type.Object({
  policies: Type.Optional(Type.Array(Type.Object({ PolicyName: Type.String(), Path: Type.Optional(Type.String()), PolicyDocument: Document }, closed))),
  groups: Type.Optional(Type.Array(Type.Object({ GroupName: Type.String(), Path: Type.Optional(Type.String()), Policies: Inline, AttachedPolicies: Arns }, closed))),
  users: Type.Optional(Type.Array(Type.Object({
    UserName: Type.String(),
    Path: Type.Optional(Type.String()),
    Groups: Type.Optional(Type.Array(Type.String())),
    Policies: Inline,
    AttachedPolicies: Arns,
    PermissionsBoundary: Type.Optional(Type.String()),
    Tags,
    AccessKeys: Type.Optional(Type.Array(Type.Object({
      AccessKeyId: Type.String({ pattern: '^[A-Za-z0-9_-]{4,128}$' }),
      SecretAccessKey: Type.String({ minLength: 1 }),
    }, closed))),
  }, closed))),
  roles: Type.Optional(Type.Array(Type.Object({
    RoleName: Type.String(),
    Path: Type.Optional(Type.String()),
    AssumeRolePolicyDocument: Document,
    MaxSessionDuration: Type.Optional(Type.Integer()),
    Policies: Inline,
    AttachedPolicies: Arns,
    PermissionsBoundary: Type.Optional(Type.String()),
    Tags,
  }, closed))),
}, closed)

type IamSeed = Static<typeof IamSeedSchema>

export interface IamTarget {
  /** Runs an operation of IAM. */
  readonly call: (operation: string, input: object) => Promise<unknown>
  readonly store: () => Promise<IamStore>
  /** Epoch ms. */
  now: number
}

/**
 * Makes the users, groups, roles and policies of a seed. What is there already gets the policies, groups and keys of the
 * seed, and keeps what else it has.
 *
 * @returns how many users, groups, roles and policies there are in it
 * @throws {@link BadSeed}
 */
export async function loadIam (name: string, value: unknown, target: IamTarget): Promise<number> {
  const { Value } = await import('typebox/value')
  if (!Value.Check(IamSeedSchema, value)) {
    const [fault] = Value.Errors(IamSeedSchema, value)
    throw new BadSeed(`${name}${fault?.instancePath.replaceAll('/', '.') ?? ''}: ${fault?.message ?? 'is not as docs/seed-folder.md has it'}`)
  }
  const { policies = [], groups = [], users = [], roles = [] } = value
  for (const policy of policies) await within(`${name}, policy ${policy.PolicyName}`, () => makePolicy(policy, target))
  for (const group of groups) await within(`${name}, group ${group.GroupName}`, () => makeGroup(group, target))
  for (const user of users) await within(`${name}, user ${user.UserName}`, () => makeUser(user, target))
  for (const role of roles) await within(`${name}, role ${role.RoleName}`, () => makeRole(role, target))
  return policies.length + groups.length + users.length + roles.length
}

type Seeded<K extends keyof IamSeed> = NonNullable<IamSeed[K]>[number]

async function makePolicy ({ PolicyName, Path, PolicyDocument }: Seeded<'policies'>, { call, store }: IamTarget): Promise<void> {
  const text = JSON.stringify(PolicyDocument)
  if (await made(call('CreatePolicy', { PolicyName, Path, PolicyDocument: text }))) return
  const iam = await store()
  const { arn, versions, defaultVersion } = iam.get('policy', PolicyName)! // it could not be made because it is there
  if (managedPolicyText(iam, arn) === text) return
  const oldest = versions.findLast(({ id }) => id !== defaultVersion)
  if (versions.length > 4 && oldest) await call('DeletePolicyVersion', { PolicyArn: arn, VersionId: oldest.id })
  await call('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: text, SetAsDefault: true })
}

async function makeGroup ({ GroupName, Path, ...rest }: Seeded<'groups'>, target: IamTarget): Promise<void> {
  await made(target.call('CreateGroup', { GroupName, Path }))
  await givePolicies('Group', GroupName, rest, target)
}

async function makeUser ({ UserName, Path, Groups = [], PermissionsBoundary, Tags: tags, AccessKeys = [], ...rest }: Seeded<'users'>, target: IamTarget): Promise<void> {
  await made(target.call('CreateUser', { UserName, Path }))
  if (tags) await target.call('TagUser', { UserName, Tags: tags })
  if (PermissionsBoundary !== undefined) await target.call('PutUserPermissionsBoundary', { UserName, PermissionsBoundary })
  for (const GroupName of Groups) await target.call('AddUserToGroup', { GroupName, UserName })
  await givePolicies('User', UserName, rest, target)
  const store = await target.store()
  for (const { AccessKeyId: id, SecretAccessKey: secret } of AccessKeys) {
    await store.change(() => ({ changes: [put('key', { id, secret, user: UserName, status: 'Active', createdAt: target.now })], answer: undefined }))
  }
}

async function makeRole ({ RoleName, Path, AssumeRolePolicyDocument, MaxSessionDuration, PermissionsBoundary, Tags: tags, ...rest }: Seeded<'roles'>, target: IamTarget): Promise<void> {
  const text = JSON.stringify(AssumeRolePolicyDocument)
  if (!await made(target.call('CreateRole', { RoleName, Path, AssumeRolePolicyDocument: text, MaxSessionDuration }))) {
    await target.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: text })
    await target.call('UpdateRole', { RoleName, MaxSessionDuration })
  }
  if (tags) await target.call('TagRole', { RoleName, Tags: tags })
  if (PermissionsBoundary !== undefined) await target.call('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary })
  await givePolicies('Role', RoleName, rest, target)
}

async function givePolicies (kind: 'User' | 'Group' | 'Role', name: string, { Policies = {}, AttachedPolicies = [] }: Pick<Seeded<'groups'>, 'Policies' | 'AttachedPolicies'>, { call }: IamTarget): Promise<void> {
  for (const [PolicyName, document] of Object.entries(Policies)) await call(`Put${kind}Policy`, { [`${kind}Name`]: name, PolicyName, PolicyDocument: JSON.stringify(document) })
  for (const PolicyArn of AttachedPolicies) await call(`Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn })
}

/** Whether it was made; not when it is there already. */
async function made (creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation
    return true
  } catch (error) {
    if (error instanceof AwsError && error.code === 'EntityAlreadyExists') return false
    throw error
  }
}

async function within (place: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (error instanceof AwsError) throw new BadSeed(`${place}: ${error.message}`, { cause: error })
    throw error
  })
}
