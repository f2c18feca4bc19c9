import type { FromShape } from '../../core/protocol/shape.ts'
import { page, shownRole } from '../answers.ts'
import { changeEntity, checkBoundary, checkDocument, done, existing, withTags, withoutTags } from '../changes.ts'
import type { IamOperation } from '../context.ts'
import { deleteConflict, entityExists } from '../errors.ts'
import { AWS_LIMITS } from '../limits.ts'
import { newId } from '../principals/ids.ts'
import { drop, put } from '../principals/iam-store.ts'
import type { RoleRecord } from '../principals/records.ts'
import { arn, description, document, paging, path, pathPrefix, roleName, structure, tagKeys, tags } from '../shapes.ts'

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html and its neighbours

const maxSession = { type: 'integer', min: 3600, max: 43_200 } as const

const DEFAULT_SESSION_SECONDS = 3600

const trustLimit = { characters: AWS_LIMITS.trustCharacters, what: 'ACLSizePerRole' }

const createTypes = structure({
  RoleName: roleName,
  AssumeRolePolicyDocument: document,
  Path: path,
  Description: description,
  MaxSessionDuration: maxSession,
  PermissionsBoundary: arn,
  Tags: tags,
}, ['RoleName', 'AssumeRolePolicyDocument'])

const createRole: IamOperation<FromShape<typeof createTypes>> = {
  types: createTypes,
  run ({ RoleName: name, AssumeRolePolicyDocument, Path: at = '/', Description, MaxSessionDuration = DEFAULT_SESSION_SECONDS, PermissionsBoundary, Tags = [] }, ctx) {
    ctx.notes.resource = name
    return ctx.store.change(() => {
      if (ctx.store.get('role', name)) throw entityExists('role', name)
      const role: RoleRecord = {
        name,
        path: at,
        id: newId('AROA'),
        arn: `arn:aws:iam::${ctx.store.account}:role${at}${name}`,
        createdAt: ctx.startedAt,
        inline: {},
        attached: [],
        trust: checkDocument(AssumeRolePolicyDocument, 'trust', trustLimit),
        description: Description,
        maxSessionSeconds: MaxSessionDuration,
        boundary: checkBoundary(ctx.store, PermissionsBoundary),
        tags: withTags([], Tags),
      }
      return { changes: [put('role', role)], answer: { Role: { ...shownRole(role), RoleLastUsed: undefined } } }
    })
  },
}

const nameTypes = structure({ RoleName: roleName }, ['RoleName'])
type Named = FromShape<typeof nameTypes>

const getRole: IamOperation<Named> = {
  types: nameTypes,
  run ({ RoleName }, ctx) {
    ctx.notes.resource = RoleName
    return { Role: shownRole(existing(ctx.store, 'role', RoleName)) }
  },
}

const listTypes = structure({ PathPrefix: pathPrefix, ...paging })

const listRoles: IamOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run ({ PathPrefix = '/', ...paged }, { store }) {
    const { items, ...rest } = page(store.list('role').filter(({ path: at }) => at.startsWith(PathPrefix)), paged)
    return { Roles: items.map((role) => shownRole(role, false)), ...rest }
  },
}

const updateTypes = structure({ RoleName: roleName, Description: description, MaxSessionDuration: maxSession }, ['RoleName'])

const updateRole: IamOperation<FromShape<typeof updateTypes>> = {
  types: updateTypes,
  async run ({ RoleName, Description, MaxSessionDuration }, ctx) {
    await changeEntity(ctx, 'role', RoleName, (role) =>
      ({ ...role, description: Description ?? role.description, maxSessionSeconds: MaxSessionDuration ?? role.maxSessionSeconds }))
    return {}
  },
}

const trustTypes = structure({ RoleName: roleName, PolicyDocument: document }, ['RoleName', 'PolicyDocument'])

const updateAssumeRolePolicy: IamOperation<FromShape<typeof trustTypes>> = {
  types: trustTypes,
  run: ({ RoleName, PolicyDocument }, ctx) =>
    changeEntity(ctx, 'role', RoleName, (role) => ({ ...role, trust: checkDocument(PolicyDocument, 'trust', trustLimit) })),
}

const deleteRole: IamOperation<Named> = {
  types: nameTypes,
  run ({ RoleName }, ctx) {
    ctx.notes.resource = RoleName
    return ctx.store.change(() => {
      const role = existing(ctx.store, 'role', RoleName)
      if (role.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.')
      if (Object.keys(role.inline).length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.')
      return done([drop('role', role)])
    })
  },
}

const tagTypes = structure({ RoleName: roleName, Tags: tags }, ['RoleName', 'Tags'])

const tagRole: IamOperation<FromShape<typeof tagTypes>> = {
  types: tagTypes,
  run: ({ RoleName, Tags }, ctx) => changeEntity(ctx, 'role', RoleName, (role) => ({ ...role, tags: withTags(role.tags, Tags) })),
}

const untagTypes = structure({ RoleName: roleName, TagKeys: tagKeys }, ['RoleName', 'TagKeys'])

const untagRole: IamOperation<FromShape<typeof untagTypes>> = {
  types: untagTypes,
  run: ({ RoleName, TagKeys }, ctx) => changeEntity(ctx, 'role', RoleName, (role) => ({ ...role, tags: withoutTags(role.tags, TagKeys) })),
}

const listTagsTypes = structure({ RoleName: roleName, ...paging }, ['RoleName'])

const listRoleTags: IamOperation<FromShape<typeof listTagsTypes>> = {
  types: listTagsTypes,
  run ({ RoleName, ...paged }, { store }) {
    const { items, ...rest } = page(existing(store, 'role', RoleName).tags, paged)
    return { Tags: items, ...rest }
  },
}

const boundaryTypes = structure({ RoleName: roleName, PermissionsBoundary: arn }, ['RoleName', 'PermissionsBoundary'])

const putRolePermissionsBoundary: IamOperation<FromShape<typeof boundaryTypes>> = {
  types: boundaryTypes,
  run: ({ RoleName, PermissionsBoundary }, ctx) =>
    changeEntity(ctx, 'role', RoleName, (role) => ({ ...role, boundary: checkBoundary(ctx.store, PermissionsBoundary) })),
}

const deleteRolePermissionsBoundary: IamOperation<Named> = {
  types: nameTypes,
  run: ({ RoleName }, ctx) => changeEntity(ctx, 'role', RoleName, ({ boundary: _, ...role }) => role),
}

export const roleOperations = {
  CreateRole: createRole,
  GetRole: getRole,
  ListRoles: listRoles,
  UpdateRole: updateRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  DeleteRole: deleteRole,
  TagRole: tagRole,
  UntagRole: untagRole,
  ListRoleTags: listRoleTags,
  PutRolePermissionsBoundary: putRolePermissionsBoundary,
  DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary,
}
