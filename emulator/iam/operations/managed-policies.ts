import type { FromShape } from '../../core/protocol/shape.ts'
import { attachmentsOf, boundariesOf, page, shownDocument, shownPolicy, shownTime } from '../answers.ts'
import { checkDocument, done, withTags, withoutTags } from '../changes.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { deleteConflict, limitExceeded, malformedPolicy, notYours, policyExists, policyNotFound, versionNotFound } from '../errors.ts'
import { AWS_LIMITS } from '../limits.ts'
import { newId } from '../principals/ids.ts'
import { drop, put } from '../principals/iam-store.ts'
import { awsManagedPolicies, managedPolicy } from '../principals/managed-policies.ts'
import type { PolicyRecord, PolicyVersion } from '../principals/records.ts'
import { arn, boolean, description, document, paging, path, pathPrefix, policyName, scope, structure, tagKeys, tags, usage, versionId } from '../shapes.ts'

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html and its neighbours

const limit = { characters: AWS_LIMITS.managedCharacters, what: 'PolicySize' }

function checkManaged (text: string): string {
  checkDocument(text, 'identity', limit)
  const { Version } = JSON.parse(text) as { Version?: string } // it has been read
  if (Version !== '2012-10-17') throw malformedPolicy('Policy document must be version 2012-10-17 or greater.')
  return text
}

/** @throws NoSuchEntity */
function found (policyArn: string, { store, notes }: IamContext): PolicyRecord {
  notes.resource = policyArn.slice(policyArn.lastIndexOf('/') + 1)
  const policy = managedPolicy(store, policyArn)
  if (!policy) throw policyNotFound(policyArn)
  return policy
}

/** One that may be changed. @throws AccessDenied for AWS's own */
function own (policyArn: string, action: string, ctx: IamContext): PolicyRecord {
  const policy = found(policyArn, ctx)
  if (awsManagedPolicies.includes(policy)) throw notYours(action, policyArn)
  return policy
}

const createTypes = structure({ PolicyName: policyName, Path: path, PolicyDocument: document, Description: description, Tags: tags }, ['PolicyName', 'PolicyDocument'])

const createPolicy: IamOperation<FromShape<typeof createTypes>> = {
  types: createTypes,
  run ({ PolicyName: name, Path: at = '/', PolicyDocument, Description, Tags = [] }, ctx) {
    ctx.notes.resource = name
    return ctx.store.change(() => {
      if (ctx.store.get('policy', name)) throw policyExists(name)
      const policy: PolicyRecord = {
        name,
        path: at,
        id: newId('ANPA'),
        arn: `arn:aws:iam::${ctx.store.account}:policy${at}${name}`,
        createdAt: ctx.startedAt,
        updatedAt: ctx.startedAt,
        description: Description,
        defaultVersion: 'v1',
        versions: [{ id: 'v1', document: checkManaged(PolicyDocument), createdAt: ctx.startedAt }],
        nextVersion: 2,
        tags: withTags([], Tags),
      }
      return { changes: [put('policy', policy)], answer: { Policy: shownPolicy(ctx.store, policy) } }
    })
  },
}

const arnTypes = structure({ PolicyArn: arn }, ['PolicyArn'])
type Named = FromShape<typeof arnTypes>

const getPolicy: IamOperation<Named> = {
  types: arnTypes,
  run: ({ PolicyArn }, ctx) => ({ Policy: shownPolicy(ctx.store, found(PolicyArn, ctx)) }),
}

const listTypes = structure({ Scope: scope, OnlyAttached: boolean, PathPrefix: pathPrefix, PolicyUsageFilter: usage, ...paging })

const listPolicies: IamOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run ({ Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter, ...paged }, { store }) {
    const all = [...Scope === 'AWS' ? [] : store.list('policy'), ...Scope === 'Local' ? [] : awsManagedPolicies]
    const wanted = all.filter((policy) => policy.path.startsWith(PathPrefix) &&
      (!OnlyAttached || attachmentsOf(store, policy.arn).length > 0) &&
      (PolicyUsageFilter !== 'PermissionsBoundary' || boundariesOf(store, policy.arn).length > 0) &&
      (PolicyUsageFilter !== 'PermissionsPolicy' || attachmentsOf(store, policy.arn).length > 0))
    const { items, ...rest } = page(wanted, paged)
    return { Policies: items.map((policy) => shownPolicy(store, policy, false)), ...rest }
  },
}

const deletePolicy: IamOperation<Named> = {
  types: arnTypes,
  run: ({ PolicyArn }, ctx) => ctx.store.change(() => {
    const policy = own(PolicyArn, 'DeletePolicy', ctx)
    if (attachmentsOf(ctx.store, PolicyArn).length + boundariesOf(ctx.store, PolicyArn).length > 0) throw deleteConflict('Cannot delete a policy attached to entities.')
    if (policy.versions.length > 1) throw deleteConflict('This policy has more than one version. Before you delete a policy, you must delete the policy\'s versions. The default version is deleted with the policy.')
    return done([drop('policy', policy)])
  }),
}

const shownVersion = (policy: PolicyRecord, { id, document: text, createdAt }: PolicyVersion, withDocument: boolean): object => ({
  ...withDocument && { Document: shownDocument(text) },
  VersionId: id,
  IsDefaultVersion: id === policy.defaultVersion,
  CreateDate: shownTime(createdAt),
})

const createVersionTypes = structure({ PolicyArn: arn, PolicyDocument: document, SetAsDefault: boolean }, ['PolicyArn', 'PolicyDocument'])

const createPolicyVersion: IamOperation<FromShape<typeof createVersionTypes>> = {
  types: createVersionTypes,
  run: ({ PolicyArn, PolicyDocument, SetAsDefault = false }, ctx) => ctx.store.change(() => {
    const policy = own(PolicyArn, 'CreatePolicyVersion', ctx)
    if (policy.versions.length >= AWS_LIMITS.policyVersions) {
      throw limitExceeded(`A managed policy can have up to ${AWS_LIMITS.policyVersions} versions. Before you create a new version, you must delete an existing version.`)
    }
    const version = { id: `v${policy.nextVersion}`, document: checkManaged(PolicyDocument), createdAt: ctx.startedAt }
    const changed: PolicyRecord = {
      ...policy,
      updatedAt: ctx.startedAt,
      defaultVersion: SetAsDefault ? version.id : policy.defaultVersion,
      versions: [version, ...policy.versions],
      nextVersion: policy.nextVersion + 1,
    }
    return { changes: [put('policy', changed)], answer: { PolicyVersion: shownVersion(changed, version, false) } }
  }),
}

const versionTypes = structure({ PolicyArn: arn, VersionId: versionId }, ['PolicyArn', 'VersionId'])
type Version = FromShape<typeof versionTypes>

function versionOf (policy: PolicyRecord, id: string): PolicyVersion {
  const version = policy.versions.find((one) => one.id === id)
  if (!version) throw versionNotFound(policy.arn, id)
  return version
}

const getPolicyVersion: IamOperation<Version> = {
  types: versionTypes,
  run ({ PolicyArn, VersionId }, ctx) {
    const policy = found(PolicyArn, ctx)
    return { PolicyVersion: shownVersion(policy, versionOf(policy, VersionId), true) }
  },
}

const listVersionsTypes = structure({ PolicyArn: arn, ...paging }, ['PolicyArn'])

const listPolicyVersions: IamOperation<FromShape<typeof listVersionsTypes>> = {
  types: listVersionsTypes,
  run ({ PolicyArn, ...paged }, ctx) {
    const policy = found(PolicyArn, ctx)
    const { items, ...rest } = page(policy.versions, paged)
    return { Versions: items.map((version) => shownVersion(policy, version, false)), ...rest }
  },
}

const deletePolicyVersion: IamOperation<Version> = {
  types: versionTypes,
  run: ({ PolicyArn, VersionId }, ctx) => ctx.store.change(() => {
    const policy = own(PolicyArn, 'DeletePolicyVersion', ctx)
    versionOf(policy, VersionId)
    if (VersionId === policy.defaultVersion) throw deleteConflict('Cannot delete the default version of a policy.')
    return done([put('policy', { ...policy, versions: policy.versions.filter(({ id }) => id !== VersionId) })])
  }),
}

const setDefaultPolicyVersion: IamOperation<Version> = {
  types: versionTypes,
  run: ({ PolicyArn, VersionId }, ctx) => ctx.store.change(() => {
    const policy = own(PolicyArn, 'SetDefaultPolicyVersion', ctx)
    versionOf(policy, VersionId)
    return done([put('policy', { ...policy, defaultVersion: VersionId, updatedAt: ctx.startedAt })])
  }),
}

const tagTypes = structure({ PolicyArn: arn, Tags: tags }, ['PolicyArn', 'Tags'])

const tagPolicy: IamOperation<FromShape<typeof tagTypes>> = {
  types: tagTypes,
  run: ({ PolicyArn, Tags }, ctx) => ctx.store.change(() => {
    const policy = own(PolicyArn, 'TagPolicy', ctx)
    return done([put('policy', { ...policy, tags: withTags(policy.tags, Tags) })])
  }),
}

const untagTypes = structure({ PolicyArn: arn, TagKeys: tagKeys }, ['PolicyArn', 'TagKeys'])

const untagPolicy: IamOperation<FromShape<typeof untagTypes>> = {
  types: untagTypes,
  run: ({ PolicyArn, TagKeys }, ctx) => ctx.store.change(() => {
    const policy = own(PolicyArn, 'UntagPolicy', ctx)
    return done([put('policy', { ...policy, tags: withoutTags(policy.tags, TagKeys) })])
  }),
}

const listPolicyTags: IamOperation<FromShape<typeof listVersionsTypes>> = {
  types: listVersionsTypes,
  run ({ PolicyArn, ...paged }, ctx) {
    const { items, ...rest } = page(found(PolicyArn, ctx).tags, paged)
    return { Tags: items, ...rest }
  },
}

const entitiesTypes = structure({
  PolicyArn: arn,
  EntityFilter: { type: 'string', values: ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] },
  PathPrefix: pathPrefix,
  PolicyUsageFilter: usage,
  ...paging,
}, ['PolicyArn'])

const listEntitiesForPolicy: IamOperation<FromShape<typeof entitiesTypes>> = {
  types: entitiesTypes,
  run ({ PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter, ...paged }, ctx) {
    found(PolicyArn, ctx)
    const all = [
      ...PolicyUsageFilter === 'PermissionsBoundary' ? [] : attachmentsOf(ctx.store, PolicyArn),
      ...PolicyUsageFilter === 'PermissionsPolicy' ? [] : boundariesOf(ctx.store, PolicyArn),
    ].filter(({ kind, record }) => record.path.startsWith(PathPrefix) && (EntityFilter === undefined || kind === EntityFilter.toLowerCase()))
    const { items, ...rest } = page(all, paged)
    const of = (kind: string) => items.filter((one) => one.kind === kind).map(({ record }) => record)
    return {
      PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...rest,
    }
  },
}

export const managedPolicyOperations = {
  CreatePolicy: createPolicy,
  GetPolicy: getPolicy,
  ListPolicies: listPolicies,
  DeletePolicy: deletePolicy,
  CreatePolicyVersion: createPolicyVersion,
  GetPolicyVersion: getPolicyVersion,
  ListPolicyVersions: listPolicyVersions,
  DeletePolicyVersion: deletePolicyVersion,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  TagPolicy: tagPolicy,
  UntagPolicy: untagPolicy,
  ListPolicyTags: listPolicyTags,
  ListEntitiesForPolicy: listEntitiesForPolicy,
}
