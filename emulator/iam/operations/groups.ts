import type { FromShape } from '../../core/protocol/shape.ts'
import { page, shownGroup, shownUser } from '../answers.ts'
import { done, existing } from '../changes.ts'
import type { IamOperation } from '../context.ts'
import { deleteConflict, entityExists, entityNotFound, limitExceeded } from '../errors.ts'
import { AWS_LIMITS } from '../limits.ts'
import { newId } from '../principals/ids.ts'
import { drop, put, type IamStore } from '../principals/iam-store.ts'
import type { GroupRecord, UserRecord } from '../principals/records.ts'
import { existingUser, groupName, paging, path, pathPrefix, structure } from '../shapes.ts'

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html and its neighbours

const arnOf = (account: string, at: string, name: string): string => `arn:aws:iam::${account}:group${at}${name}`

const membersOf = (store: IamStore, group: string): UserRecord[] => store.list('user').filter(({ groups }) => groups.includes(group))

const createTypes = structure({ GroupName: groupName, Path: path }, ['GroupName'])

const createGroup: IamOperation<FromShape<typeof createTypes>> = {
  types: createTypes,
  run ({ GroupName: name, Path: at = '/' }, ctx) {
    ctx.notes.resource = name
    return ctx.store.change(() => {
      if (ctx.store.get('group', name)) throw entityExists('group', name)
      const group: GroupRecord = { name, path: at, id: newId('AGPA'), arn: arnOf(ctx.store.account, at, name), createdAt: ctx.startedAt, inline: {}, attached: [] }
      return { changes: [put('group', group)], answer: { Group: shownGroup(group) } }
    })
  },
}

const getTypes = structure({ GroupName: groupName, ...paging }, ['GroupName'])

const getGroup: IamOperation<FromShape<typeof getTypes>> = {
  types: getTypes,
  run ({ GroupName, ...paged }, ctx) {
    ctx.notes.resource = GroupName
    const group = existing(ctx.store, 'group', GroupName)
    const { items, ...rest } = page(membersOf(ctx.store, group.name), paged)
    return { Group: shownGroup(group), Users: items.map((user) => shownUser(user, false)), ...rest }
  },
}

const listTypes = structure({ PathPrefix: pathPrefix, ...paging })

const listGroups: IamOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run ({ PathPrefix = '/', ...paged }, { store }) {
    const { items, ...rest } = page(store.list('group').filter(({ path: at }) => at.startsWith(PathPrefix)), paged)
    return { Groups: items.map(shownGroup), ...rest }
  },
}

const updateTypes = structure({ GroupName: groupName, NewPath: path, NewGroupName: groupName }, ['GroupName'])

const updateGroup: IamOperation<FromShape<typeof updateTypes>> = {
  types: updateTypes,
  run ({ GroupName, NewPath, NewGroupName }, ctx) {
    ctx.notes.resource = GroupName
    const { store } = ctx
    return store.change(() => {
      const group = existing(store, 'group', GroupName)
      const name = NewGroupName ?? group.name
      if (name.toLowerCase() !== group.name.toLowerCase() && store.get('group', name)) throw entityExists('group', name)
      const at = NewPath ?? group.path
      const members = membersOf(store, group.name).map((user) =>
        put('user', { ...user, groups: user.groups.map((one) => one === group.name ? name : one) }))
      return done([drop('group', group), put('group', { ...group, name, path: at, arn: arnOf(store.account, at, name) }), ...members])
    })
  },
}

const nameTypes = structure({ GroupName: groupName }, ['GroupName'])

const deleteGroup: IamOperation<FromShape<typeof nameTypes>> = {
  types: nameTypes,
  run ({ GroupName }, ctx) {
    ctx.notes.resource = GroupName
    const { store } = ctx
    return store.change(() => {
      const group = existing(store, 'group', GroupName)
      if (membersOf(store, group.name).length > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.')
      if (group.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.')
      if (Object.keys(group.inline).length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.')
      return done([drop('group', group)])
    })
  },
}

const memberTypes = structure({ GroupName: groupName, UserName: existingUser }, ['GroupName', 'UserName'])
type Member = FromShape<typeof memberTypes>

const addUserToGroup: IamOperation<Member> = {
  types: memberTypes,
  run ({ GroupName, UserName }, ctx) {
    ctx.notes.resource = GroupName
    const { store } = ctx
    return store.change(() => {
      const group = existing(store, 'group', GroupName)
      const user = existing(store, 'user', UserName)
      if (user.groups.includes(group.name)) return done([])
      if (user.groups.length >= AWS_LIMITS.groupsOfUser) throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${AWS_LIMITS.groupsOfUser}`)
      return done([put('user', { ...user, groups: [...user.groups, group.name] })])
    })
  },
}

const removeUserFromGroup: IamOperation<Member> = {
  types: memberTypes,
  run ({ GroupName, UserName }, ctx) {
    ctx.notes.resource = GroupName
    const { store } = ctx
    return store.change(() => {
      const group = existing(store, 'group', GroupName)
      const user = existing(store, 'user', UserName)
      if (!user.groups.includes(group.name)) throw entityNotFound('user', UserName)
      return done([put('user', { ...user, groups: user.groups.filter((one) => one !== group.name) })])
    })
  },
}

const groupsTypes = structure({ UserName: existingUser, ...paging }, ['UserName'])

const listGroupsForUser: IamOperation<FromShape<typeof groupsTypes>> = {
  types: groupsTypes,
  run ({ UserName, ...paged }, ctx) {
    ctx.notes.resource = UserName
    const { items, ...rest } = page(existing(ctx.store, 'user', UserName).groups, paged)
    return { Groups: items.map((name) => shownGroup(existing(ctx.store, 'group', name))), ...rest }
  },
}

export const groupOperations = {
  CreateGroup: createGroup,
  GetGroup: getGroup,
  ListGroups: listGroups,
  UpdateGroup: updateGroup,
  DeleteGroup: deleteGroup,
  AddUserToGroup: addUserToGroup,
  RemoveUserFromGroup: removeUserFromGroup,
  ListGroupsForUser: listGroupsForUser,
}
