import type { FromShape } from '../../core/protocol/shape.ts'
import { page, shownUser, userNameOf } from '../answers.ts'
import { changeEntity, checkBoundary, done, existing, withTags, withoutTags } from '../changes.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { deleteConflict, entityExists } from '../errors.ts'
import { newId } from '../principals/ids.ts'
import { drop, put } from '../principals/iam-store.ts'
import type { UserRecord } from '../principals/records.ts'
import { arn, existingUser, paging, path, pathPrefix, structure, tagKeys, tags, userName } from '../shapes.ts'

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html and its neighbours

const arnOf = (account: string, at: string, name: string): string => `arn:aws:iam::${account}:user${at}${name}`

const createTypes = structure({ UserName: userName, Path: path, PermissionsBoundary: arn, Tags: tags }, ['UserName'])

const createUser: IamOperation<FromShape<typeof createTypes>> = {
  types: createTypes,
  run ({ UserName: name, Path: at = '/', PermissionsBoundary, Tags = [] }, ctx) {
    ctx.notes.resource = name
    return ctx.store.change(() => {
      if (ctx.store.get('user', name)) throw entityExists('user', name)
      const user: UserRecord = {
        name,
        path: at,
        id: newId('AIDA'),
        arn: arnOf(ctx.store.account, at, name),
        createdAt: ctx.startedAt,
        inline: {},
        attached: [],
        boundary: checkBoundary(ctx.store, PermissionsBoundary),
        tags: withTags([], Tags),
        groups: [],
      }
      return { changes: [put('user', user)], answer: { User: shownUser(user) } }
    })
  },
}

const getTypes = structure({ UserName: existingUser })

/** Without a name it is about the caller; the account's root is no user, and AWS describes it all the same. */
const getUser: IamOperation<FromShape<typeof getTypes>> = {
  types: getTypes,
  run ({ UserName }, ctx) {
    const name = userNameOf(UserName, ctx)
    if (name === undefined) return { User: { UserId: ctx.account, Arn: `arn:aws:iam::${ctx.account}:root`, CreateDate: '2015-01-01T00:00:00Z' } }
    ctx.notes.resource = name
    return { User: shownUser(existing(ctx.store, 'user', name)) }
  },
}

const listTypes = structure({ PathPrefix: pathPrefix, ...paging })

const listUsers: IamOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run ({ PathPrefix = '/', ...paged }, { store }) {
    const { items, ...rest } = page(store.list('user').filter(({ path: at }) => at.startsWith(PathPrefix)), paged)
    return { Users: items.map((user) => shownUser(user, false)), ...rest }
  },
}

const updateTypes = structure({ UserName: existingUser, NewPath: path, NewUserName: userName }, ['UserName'])

const updateUser: IamOperation<FromShape<typeof updateTypes>> = {
  types: updateTypes,
  run ({ UserName, NewPath, NewUserName }, ctx) {
    ctx.notes.resource = UserName
    const { store } = ctx
    return store.change(() => {
      const user = existing(store, 'user', UserName)
      const name = NewUserName ?? user.name
      if (name.toLowerCase() !== user.name.toLowerCase() && store.get('user', name)) throw entityExists('user', name)
      const at = NewPath ?? user.path
      const keys = store.keysOf(user.name).map((key) => put('key', { ...key, user: name }))
      const sessions = store.list('session').flatMap((session) =>
        session.of.kind === 'user' && session.of.name === user.name ? [put('session', { ...session, of: { kind: 'user', name } })] : [])
      return done([drop('user', user), put('user', { ...user, name, path: at, arn: arnOf(store.account, at, name) }), ...keys, ...sessions])
    })
  },
}

const nameTypes = structure({ UserName: existingUser }, ['UserName'])
type Named = FromShape<typeof nameTypes>

const deleteUser: IamOperation<Named> = {
  types: nameTypes,
  run ({ UserName }, ctx) {
    ctx.notes.resource = UserName
    const { store } = ctx
    return store.change(() => {
      const user = existing(store, 'user', UserName)
      if (user.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.')
      if (Object.keys(user.inline).length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.')
      if (store.keysOf(user.name).length > 0) throw deleteConflict('Cannot delete entity, must delete access keys first.')
      if (user.groups.length > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.')
      return done([drop('user', user)])
    })
  },
}

const tagTypes = structure({ UserName: existingUser, Tags: tags }, ['UserName', 'Tags'])

const tagUser: IamOperation<FromShape<typeof tagTypes>> = {
  types: tagTypes,
  run: ({ UserName, Tags }, ctx) => changeEntity(ctx, 'user', UserName, (user) => ({ ...user, tags: withTags(user.tags, Tags) })),
}

const untagTypes = structure({ UserName: existingUser, TagKeys: tagKeys }, ['UserName', 'TagKeys'])

const untagUser: IamOperation<FromShape<typeof untagTypes>> = {
  types: untagTypes,
  run: ({ UserName, TagKeys }, ctx) => changeEntity(ctx, 'user', UserName, (user) => ({ ...user, tags: withoutTags(user.tags, TagKeys) })),
}

const listTagsTypes = structure({ UserName: existingUser, ...paging }, ['UserName'])

const listUserTags: IamOperation<FromShape<typeof listTagsTypes>> = {
  types: listTagsTypes,
  run ({ UserName, ...paged }, { store }) {
    const { items, ...rest } = page(existing(store, 'user', UserName).tags, paged)
    return { Tags: items, ...rest }
  },
}

const boundaryTypes = structure({ UserName: existingUser, PermissionsBoundary: arn }, ['UserName', 'PermissionsBoundary'])

const putUserPermissionsBoundary: IamOperation<FromShape<typeof boundaryTypes>> = {
  types: boundaryTypes,
  run: ({ UserName, PermissionsBoundary }, ctx: IamContext) =>
    changeEntity(ctx, 'user', UserName, (user) => ({ ...user, boundary: checkBoundary(ctx.store, PermissionsBoundary) })),
}

const deleteUserPermissionsBoundary: IamOperation<Named> = {
  types: nameTypes,
  run: ({ UserName }, ctx) => changeEntity(ctx, 'user', UserName, ({ boundary: _, ...user }) => user),
}

export const userOperations = {
  CreateUser: createUser,
  GetUser: getUser,
  ListUsers: listUsers,
  UpdateUser: updateUser,
  DeleteUser: deleteUser,
  TagUser: tagUser,
  UntagUser: untagUser,
  ListUserTags: listUserTags,
  PutUserPermissionsBoundary: putUserPermissionsBoundary,
  DeleteUserPermissionsBoundary: deleteUserPermissionsBoundary,
}
