import type { StructureShape } from '../../core/protocol/shape.ts'
import { page, shownDocument } from '../answers.ts'
import { changeEntity, checkDocument, existing, lengthOf } from '../changes.ts'
import type { IamOperation } from '../context.ts'
import { inlineNotFound, limitExceeded, policyNotFound, type EntityName } from '../errors.ts'
import { AWS_LIMITS } from '../limits.ts'
import { managedPolicy } from '../principals/managed-policies.ts'
import { arn, document, existingUser, groupName, paging, pathPrefix, policyName, roleName } from '../shapes.ts'

const NAMES = { user: existingUser, group: groupName, role: roleName } as const

const shape = (members: StructureShape['members'], required: readonly string[]): StructureShape => ({ type: 'structure', members, required })

/** An input with the name of its entity under `UserName`, `GroupName` or `RoleName`. */
export interface Input { PolicyName: string, PolicyDocument: string, PolicyArn: string, PathPrefix?: string, Marker?: string, MaxItems?: number }

/**
 * The operations on the inline and attached policies of users, groups and roles are the same but for a name.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html and its neighbours
 */
function policyOperations (kind: EntityName) {
  const member = `${kind[0]!.toUpperCase()}${kind.slice(1)}Name`
  const entity = { [member]: NAMES[kind] }
  const nameOf = (input: Input) => (input as unknown as Record<string, string>)[member]! // it is required

  const put: IamOperation<Input> = {
    types: shape({ ...entity, PolicyName: policyName, PolicyDocument: document }, [member, 'PolicyName', 'PolicyDocument']),
    run: (input, ctx) => changeEntity(ctx, kind, nameOf(input), (record) => {
      const characters = AWS_LIMITS.inlineCharacters[kind]
      const what = `maximum policy size of ${characters} bytes exceeded for ${kind} ${record.name}`
      const inline = { ...record.inline, [input.PolicyName]: checkDocument(input.PolicyDocument, 'identity', { characters, what }) }
      const total = Object.values(inline).reduce((sum, text) => sum + lengthOf(text), 0)
      if (total > characters) throw limitExceeded(`Maximum policy size of ${characters} bytes exceeded for ${kind} ${record.name}`)
      return { ...record, inline }
    }),
  }

  const get: IamOperation<Input> = {
    types: shape({ ...entity, PolicyName: policyName }, [member, 'PolicyName']),
    run (input, ctx) {
      const record = existing(ctx.store, kind, nameOf(input))
      ctx.notes.resource = record.name
      const text = record.inline[input.PolicyName]
      if (text === undefined) throw inlineNotFound(kind, record.name, input.PolicyName)
      return { [member]: record.name, PolicyName: input.PolicyName, PolicyDocument: shownDocument(text) }
    },
  }

  const remove: IamOperation<Input> = {
    types: shape({ ...entity, PolicyName: policyName }, [member, 'PolicyName']),
    run: (input, ctx) => changeEntity(ctx, kind, nameOf(input), (record) => {
      if (record.inline[input.PolicyName] === undefined) throw inlineNotFound(kind, record.name, input.PolicyName)
      const { [input.PolicyName]: _, ...inline } = record.inline
      return { ...record, inline }
    }),
  }

  const list: IamOperation<Input> = {
    types: shape({ ...entity, ...paging }, [member]),
    run (input, { store }) {
      const { items, ...rest } = page(Object.keys(existing(store, kind, nameOf(input)).inline).sort(), input)
      return { PolicyNames: items, ...rest }
    },
  }

  const attach: IamOperation<Input> = {
    types: shape({ ...entity, PolicyArn: arn }, [member, 'PolicyArn']),
    run: (input, ctx) => changeEntity(ctx, kind, nameOf(input), (record) => {
      if (!managedPolicy(ctx.store, input.PolicyArn)) throw policyNotFound(input.PolicyArn)
      if (record.attached.includes(input.PolicyArn)) return record
      if (record.attached.length >= AWS_LIMITS.attachedPolicies) throw limitExceeded(`Cannot exceed quota for PoliciesPer${member.slice(0, -4)}: ${AWS_LIMITS.attachedPolicies}`)
      return { ...record, attached: [...record.attached, input.PolicyArn] }
    }),
  }

  const detach: IamOperation<Input> = {
    types: shape({ ...entity, PolicyArn: arn }, [member, 'PolicyArn']),
    run: (input, ctx) => changeEntity(ctx, kind, nameOf(input), (record) => {
      if (!record.attached.includes(input.PolicyArn)) throw policyNotFound(input.PolicyArn)
      return { ...record, attached: record.attached.filter((one) => one !== input.PolicyArn) }
    }),
  }

  const listAttached: IamOperation<Input> = {
    types: shape({ ...entity, PathPrefix: pathPrefix, ...paging }, [member]),
    run (input, { store }) {
      const { PathPrefix = '/' } = input
      const policies = existing(store, kind, nameOf(input)).attached.flatMap((one) => managedPolicy(store, one) ?? [])
      const { items, ...rest } = page(policies.filter(({ path }) => path.startsWith(PathPrefix)), input)
      return { AttachedPolicies: items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })), ...rest }
    },
  }

  return { put, get, remove, list, attach, detach, listAttached }
}

const user = policyOperations('user')
const group = policyOperations('group')
const role = policyOperations('role')

export const entityPolicyOperations = {
  PutUserPolicy: user.put,
  GetUserPolicy: user.get,
  DeleteUserPolicy: user.remove,
  ListUserPolicies: user.list,
  AttachUserPolicy: user.attach,
  DetachUserPolicy: user.detach,
  ListAttachedUserPolicies: user.listAttached,
  PutGroupPolicy: group.put,
  GetGroupPolicy: group.get,
  DeleteGroupPolicy: group.remove,
  ListGroupPolicies: group.list,
  AttachGroupPolicy: group.attach,
  DetachGroupPolicy: group.detach,
  ListAttachedGroupPolicies: group.listAttached,
  PutRolePolicy: role.put,
  GetRolePolicy: role.get,
  DeleteRolePolicy: role.remove,
  ListRolePolicies: role.list,
  AttachRolePolicy: role.attach,
  DetachRolePolicy: role.detach,
  ListAttachedRolePolicies: role.listAttached,
}
