import * as iam from '@aws-sdk/client-iam'
import { test } from 'tap'
import { testEmulator } from '../test-support/emulator.ts'
import type { operations } from './index.ts'
import { accessClients, policy, ROOT } from './test-support/clients.ts'

const ALLOW = policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })
const TRUST = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '000000000000' } })

/** Calls an operation by its name. */
type Call = (operation: keyof typeof operations, input?: object) => Promise<Record<string, unknown>>

async function start (t: Parameters<typeof testEmulator>[0]): Promise<Call> {
  const emulator = await testEmulator(t)
  const { iam: client } = accessClients(t, emulator)
  const commands = iam as unknown as Record<string, new (input: object) => Parameters<typeof client.send>[0]> // by the SDK's own naming
  return async (operation, input = {}) => await client.send(new commands[`${operation}Command`]!(input)) as unknown as Record<string, unknown> // what it answers
}

test('users: made, found, renamed, tagged, deleted', async (t) => {
  const call = await start(t)
  const { User: ann } = await call('CreateUser', { UserName: 'ann', Path: '/team/', Tags: [{ Key: 'team', Value: 'blue' }] })
  t.match(ann, { UserName: 'ann', Path: '/team/', UserId: /^AIDA[A-Z2-7]{16}$/, Arn: 'arn:aws:iam::000000000000:user/team/ann', CreateDate: new Date('2026-03-01T12:00:00Z') })
  await t.rejects(call('CreateUser', { UserName: 'ANN' }), { name: 'EntityAlreadyExistsException', message: 'User with name ANN already exists.', $metadata: { httpStatusCode: 409 } })
  await t.rejects(call('CreateUser', { UserName: 'a b' }), { name: 'ValidationError', message: /'userName' failed to satisfy constraint/ })
  t.match(await call('GetUser', { UserName: 'ann' }), { User: { UserName: 'ann', Tags: [{ Key: 'team', Value: 'blue' }] } })
  await t.rejects(call('GetUser', { UserName: 'bob' }), { name: 'NoSuchEntityException', message: 'The user with name bob cannot be found.', $metadata: { httpStatusCode: 404 } })
  t.match(await call('GetUser'), { User: { Arn: 'arn:aws:iam::000000000000:root', UserId: '000000000000' } }, 'the root')
  await call('TagUser', { UserName: 'ann', Tags: [{ Key: 'Team', Value: 'red' }, { Key: 'stage', Value: 'test' }] })
  await call('UntagUser', { UserName: 'ann', TagKeys: ['stage'] })
  t.match(await call('ListUserTags', { UserName: 'ann' }), { Tags: [{ Key: 'Team', Value: 'red' }], IsTruncated: false })
  await call('UpdateUser', { UserName: 'ann', NewUserName: 'anna', NewPath: '/' })
  t.match(await call('ListUsers'), { Users: [{ UserName: 'anna', Arn: 'arn:aws:iam::000000000000:user/anna' }] })
  t.same((await call('ListUsers', { PathPrefix: '/team/' })).Users, [])
  await call('DeleteUser', { UserName: 'anna' })
  await t.rejects(call('DeleteUser', { UserName: 'anna' }), { name: 'NoSuchEntityException' })
})

test('access keys: two of a user, the secret is told once', async (t) => {
  const call = await start(t)
  await call('CreateUser', { UserName: 'ann' })
  const { AccessKey: key } = await call('CreateAccessKey', { UserName: 'ann' }) as { AccessKey: iam.AccessKey }
  t.match(key, { UserName: 'ann', AccessKeyId: /^AKIA[A-Z2-7]{16}$/, SecretAccessKey: /^.{40}$/, Status: 'Active' })
  await call('CreateAccessKey', { UserName: 'ann' })
  await t.rejects(call('CreateAccessKey', { UserName: 'ann' }), { name: 'LimitExceededException', message: 'Cannot exceed quota for AccessKeysPerUser: 2' })
  await call('UpdateAccessKey', { UserName: 'ann', AccessKeyId: key.AccessKeyId, Status: 'Inactive' })
  const { AccessKeyMetadata: listed } = await call('ListAccessKeys', { UserName: 'ann' }) as { AccessKeyMetadata: iam.AccessKeyMetadata[] }
  t.same(listed.map(({ Status }) => Status).sort(), ['Active', 'Inactive'])
  t.notOk(listed.some((one) => 'SecretAccessKey' in one))
  t.match(await call('GetAccessKeyLastUsed', { AccessKeyId: key.AccessKeyId }), { UserName: 'ann', AccessKeyLastUsed: { ServiceName: 'N/A' } })
  await t.rejects(call('DeleteUser', { UserName: 'ann' }), { name: 'DeleteConflictException', message: 'Cannot delete entity, must delete access keys first.' })
  for (const { AccessKeyId } of listed) await call('DeleteAccessKey', { UserName: 'ann', AccessKeyId })
  await t.rejects(call('DeleteAccessKey', { UserName: 'ann', AccessKeyId: key.AccessKeyId }), { name: 'NoSuchEntityException', message: `The Access Key with id ${key.AccessKeyId} cannot be found.` })
  await t.rejects(call('CreateAccessKey'), { name: 'ValidationError' }, 'the root has no keys here')
})

test('groups have members', async (t) => {
  const call = await start(t)
  await call('CreateUser', { UserName: 'ann' })
  t.match(await call('CreateGroup', { GroupName: 'devs' }), { Group: { GroupId: /^AGPA/, Arn: 'arn:aws:iam::000000000000:group/devs' } })
  await call('AddUserToGroup', { GroupName: 'devs', UserName: 'ann' })
  await call('AddUserToGroup', { GroupName: 'devs', UserName: 'ann' })
  await call('UpdateGroup', { GroupName: 'devs', NewGroupName: 'makers' })
  t.match(await call('GetGroup', { GroupName: 'makers' }), { Group: { GroupName: 'makers' }, Users: [{ UserName: 'ann' }] })
  t.match(await call('ListGroupsForUser', { UserName: 'ann' }), { Groups: [{ GroupName: 'makers' }] })
  await t.rejects(call('DeleteGroup', { GroupName: 'makers' }), { name: 'DeleteConflictException', message: 'Cannot delete entity, must remove users from group first.' })
  await t.rejects(call('DeleteUser', { UserName: 'ann' }), { name: 'DeleteConflictException' })
  await call('RemoveUserFromGroup', { GroupName: 'makers', UserName: 'ann' })
  await call('DeleteGroup', { GroupName: 'makers' })
  t.same((await call('ListGroups')).Groups, [])
})

test('roles have a trust policy, which answers are URL-encoded', async (t) => {
  const call = await start(t)
  const { Role: role } = await call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: TRUST, Description: 'works', MaxSessionDuration: 7200 }) as { Role: iam.Role }
  t.match(role, { RoleId: /^AROA/, Arn: 'arn:aws:iam::000000000000:role/worker', AssumeRolePolicyDocument: encodeURIComponent(TRUST) })
  t.match(await call('GetRole', { RoleName: 'worker' }), { Role: { MaxSessionDuration: 7200, Description: 'works' } })
  await call('UpdateRole', { RoleName: 'worker', MaxSessionDuration: 3600 })
  const other = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } })
  await call('UpdateAssumeRolePolicy', { RoleName: 'worker', PolicyDocument: other })
  t.match(await call('ListRoles'), { Roles: [{ MaxSessionDuration: 3600, AssumeRolePolicyDocument: encodeURIComponent(other) }] })
  await call('TagRole', { RoleName: 'worker', Tags: [{ Key: 'a', Value: '1' }] })
  t.match(await call('ListRoleTags', { RoleName: 'worker' }), { Tags: [{ Key: 'a', Value: '1' }] })
  await call('UntagRole', { RoleName: 'worker', TagKeys: ['a'] })
  await t.rejects(call('CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: ALLOW }), { name: 'MalformedPolicyDocumentException', message: 'Missing required field Principal' })
  await t.rejects(call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: TRUST }), { name: 'EntityAlreadyExistsException', message: 'Role with name worker already exists.' })
  await call('DeleteRole', { RoleName: 'worker' })
})

test('managed policies have versions', async (t) => {
  const call = await start(t)
  const { Policy: { Arn: PolicyArn } } = await call('CreatePolicy', { PolicyName: 'read', PolicyDocument: ALLOW }) as { Policy: { Arn: string } }
  t.equal(PolicyArn, 'arn:aws:iam::000000000000:policy/read')
  await t.rejects(call('CreatePolicy', { PolicyName: 'read', PolicyDocument: ALLOW }), { name: 'EntityAlreadyExistsException', message: 'A policy called read already exists. Duplicate names are not allowed.' })
  await t.rejects(call('CreatePolicy', { PolicyName: 'bad', PolicyDocument: '{}' }), { name: 'MalformedPolicyDocumentException', message: 'Syntax errors in policy.' })
  await t.rejects(call('CreatePolicy', { PolicyName: 'old', PolicyDocument: JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }) }),
    { name: 'MalformedPolicyDocumentException', message: 'Policy document must be version 2012-10-17 or greater.' })
  await t.rejects(call('CreatePolicy', { PolicyName: 'long', PolicyDocument: policy({ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${'a'.repeat(6144)}` }) }),
    { name: 'LimitExceededException', message: 'Cannot exceed quota for PolicySize: 6144' })
  const next = policy({ Effect: 'Deny', Action: '*', Resource: '*' })
  t.match(await call('CreatePolicyVersion', { PolicyArn, PolicyDocument: next, SetAsDefault: true }), { PolicyVersion: { VersionId: 'v2', IsDefaultVersion: true } })
  t.match(await call('GetPolicyVersion', { PolicyArn, VersionId: 'v2' }), { PolicyVersion: { Document: encodeURIComponent(next).replaceAll('*', '%2A') } })
  t.match(await call('ListPolicyVersions', { PolicyArn }), { Versions: [{ VersionId: 'v2' }, { VersionId: 'v1', IsDefaultVersion: false }] })
  await t.rejects(call('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' }), { name: 'DeleteConflictException' })
  await t.rejects(call('DeletePolicy', { PolicyArn }), { name: 'DeleteConflictException' })
  await call('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' })
  await call('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' })
  for (let count = 0; count < 4; count++) await call('CreatePolicyVersion', { PolicyArn, PolicyDocument: next })
  await t.rejects(call('CreatePolicyVersion', { PolicyArn, PolicyDocument: next }), { name: 'LimitExceededException' })
  await call('TagPolicy', { PolicyArn, Tags: [{ Key: 'a', Value: '1' }] })
  await call('UntagPolicy', { PolicyArn, TagKeys: ['b'] })
  t.match(await call('ListPolicyTags', { PolicyArn }), { Tags: [{ Key: 'a', Value: '1' }] })
  await t.rejects(call('DeletePolicy', { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }), { name: 'AccessDenied' })
  t.match(await call('GetPolicy', { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }), { Policy: { PolicyName: 'AdministratorAccess', AttachmentCount: 0 } })
})

test('inline and attached policies of users, groups and roles', async (t) => {
  const call = await start(t)
  await call('CreateUser', { UserName: 'one' })
  await call('CreateGroup', { GroupName: 'one' })
  await call('CreateRole', { RoleName: 'one', AssumeRolePolicyDocument: TRUST })
  const { Policy: { Arn: PolicyArn } } = await call('CreatePolicy', { PolicyName: 'shared', PolicyDocument: ALLOW }) as { Policy: { Arn: string } }
  for (const kind of ['User', 'Group', 'Role'] as const) {
    const entity = { [`${kind}Name`]: 'one' }
    await call(`Put${kind}Policy`, { ...entity, PolicyName: 'inline', PolicyDocument: ALLOW })
    t.match(await call(`Get${kind}Policy`, { ...entity, PolicyName: 'inline' }), { ...entity, PolicyDocument: encodeURIComponent(ALLOW).replaceAll('*', '%2A') })
    t.match(await call(`List${kind}Policies`, entity), { PolicyNames: ['inline'] })
    await t.rejects(call(`Put${kind}Policy`, { ...entity, PolicyName: 'bad', PolicyDocument: '[]' }), { name: 'MalformedPolicyDocumentException' })
    await call(`Attach${kind}Policy`, { ...entity, PolicyArn })
    await call(`Attach${kind}Policy`, { ...entity, PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' })
    await t.rejects(call(`Attach${kind}Policy`, { ...entity, PolicyArn: 'arn:aws:iam::aws:policy/NotThere' }), { name: 'NoSuchEntityException', message: 'Policy arn:aws:iam::aws:policy/NotThere was not found.' })
    t.match(await call(`ListAttached${kind}Policies` as 'ListAttachedUserPolicies', entity), { AttachedPolicies: [{ PolicyName: 'shared', PolicyArn }, { PolicyName: 'AmazonS3ReadOnlyAccess' }] })
    await t.rejects(call(`Delete${kind}`, entity), { name: 'DeleteConflictException', message: 'Cannot delete entity, must detach all policies first.' })
    await call(`Detach${kind}Policy`, { ...entity, PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' })
  }
  t.match(await call('ListEntitiesForPolicy', { PolicyArn }), { PolicyUsers: [{ UserName: 'one' }], PolicyGroups: [{ GroupName: 'one' }], PolicyRoles: [{ RoleName: 'one' }] })
  t.match(await call('ListPolicies', { Scope: 'Local' }), { Policies: [{ AttachmentCount: 3 }] })
  await t.rejects(call('DeletePolicy', { PolicyArn }), { name: 'DeleteConflictException', message: 'Cannot delete a policy attached to entities.' })
  await call('PutUserPermissionsBoundary', { UserName: 'one', PermissionsBoundary: PolicyArn })
  t.match(await call('GetUser', { UserName: 'one' }), { User: { PermissionsBoundary: { PermissionsBoundaryArn: PolicyArn } } })
  await call('PutRolePermissionsBoundary', { RoleName: 'one', PermissionsBoundary: PolicyArn })
  for (const kind of ['User', 'Role'] as const) await call(`Delete${kind}PermissionsBoundary`, { [`${kind}Name`]: 'one' })
  for (const kind of ['User', 'Group', 'Role'] as const) {
    const entity = { [`${kind}Name`]: 'one' }
    await call(`Detach${kind}Policy`, { ...entity, PolicyArn })
    await t.rejects(call(`Delete${kind}`, entity), { message: 'Cannot delete entity, must delete policies first.' })
    await call(`Delete${kind}Policy`, { ...entity, PolicyName: 'inline' })
    await t.rejects(call(`Get${kind}Policy`, { ...entity, PolicyName: 'inline' }), { name: 'NoSuchEntityException' })
    await call(`Delete${kind}`, entity)
  }
})

test('lists have pages', async (t) => {
  const call = await start(t)
  for (const UserName of ['a', 'b', 'c']) await call('CreateUser', { UserName })
  const first = await call('ListUsers', { MaxItems: 2 })
  t.match(first, { Users: [{ UserName: 'a' }, { UserName: 'b' }], IsTruncated: true, Marker: String })
  t.match(await call('ListUsers', { MaxItems: 2, Marker: first.Marker }), { Users: [{ UserName: 'c' }], IsTruncated: false })
  await t.rejects(call('ListUsers', { Marker: 'nonsense' }), { name: 'InvalidInputException', message: 'Invalid Marker.' })
})

test('policies are simulated, of principals and by themselves', async (t) => {
  const call = await start(t)
  const own = policy(
    { Sid: 'own', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/${aws:username}/*' }, // eslint-disable-line no-template-curly-in-string -- a variable of the policy
    { Sid: 'never', Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' })
  await call('CreateUser', { UserName: 'ann' })
  await call('PutUserPolicy', { UserName: 'ann', PolicyName: 'inline', PolicyDocument: own })
  const { EvaluationResults: results } = await call('SimulatePrincipalPolicy', {
    PolicySourceArn: 'arn:aws:iam::000000000000:user/ann',
    ActionNames: ['s3:GetObject', 's3:DeleteObject', 's3:PutObject'],
    ResourceArns: ['arn:aws:s3:::bucket/ann/1'],
    ContextEntries: [{ ContextKeyName: 'aws:username', ContextKeyType: 'string', ContextKeyValues: ['ann'] }],
  })
  t.match(results, [
    { EvalActionName: 's3:GetObject', EvalResourceName: 'arn:aws:s3:::bucket/ann/1', EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyId: 'inline#own' }] },
    { EvalActionName: 's3:DeleteObject', EvalDecision: 'explicitDeny', MatchedStatements: [{ SourcePolicyId: 'inline#never' }] },
    { EvalActionName: 's3:PutObject', EvalDecision: 'implicitDeny' },
  ])
  t.match(await call('SimulateCustomPolicy', { PolicyInputList: [own], ActionNames: ['s3:GetObject'], ResourceArns: ['arn:aws:s3:::bucket/ann/1'] }),
    { EvaluationResults: [{ EvalDecision: 'implicitDeny', MissingContextValues: ['aws:username'] }] })
  t.match(await call('SimulateCustomPolicy', { PolicyInputList: [ALLOW], PermissionsBoundaryPolicyInputList: [own], ActionNames: ['s3:PutObject'] }),
    { EvaluationResults: [{ EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } }] })
  await t.rejects(call('SimulatePrincipalPolicy', { PolicySourceArn: 'arn:aws:iam::000000000000:user/bob', ActionNames: ['s3:GetObject'] }), { name: 'NoSuchEntityException' })
})

test('accounts are apart, and a key that was issued is its user', async (t) => {
  const emulator = await testEmulator(t)
  const { iam: first } = accessClients(t, emulator)
  const { iam: second } = accessClients(t, emulator, { ...ROOT, accessKeyId: '222222222222' })
  await first.send(new iam.CreateUserCommand({ UserName: 'ann' }))
  t.same((await second.send(new iam.ListUsersCommand())).Users, [])
  await second.send(new iam.CreateUserCommand({ UserName: 'eve' }))
  const { AccessKey: key } = await second.send(new iam.CreateAccessKeyCommand({ UserName: 'eve' }))
  const eve = accessClients(t, emulator, { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! })
  t.match(await eve.iam.send(new iam.GetUserCommand()), { User: { Arn: 'arn:aws:iam::222222222222:user/eve' } })
})
