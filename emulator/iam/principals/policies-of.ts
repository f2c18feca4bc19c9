import { compilePolicy, type Policy } from '../evaluator/compile.ts'
import type { Policies } from '../evaluator/evaluate.ts'
import type { PolicyDocument } from '../evaluator/policy-document.ts'
import type { Caller } from './caller.ts'
import type { IamStore } from './iam-store.ts'
import { managedPolicyText } from './managed-policies.ts'
import type { GroupRecord, RoleRecord, UserRecord } from './records.ts'

/** The policies that go with a caller: all but those of resources. */
export type CallerPolicies = Pick<Policies, 'identity' | 'boundary' | 'session'>

/** Compiles a text that was checked when it was stored. */
export const compileText = (name: string, text: string): Policy => compilePolicy(name, JSON.parse(text) as PolicyDocument)

function managed (store: IamStore, arn: string): Policy | undefined {
  const text = managedPolicyText(store, arn)
  return text === undefined ? undefined : compileText(arn, text)
}

/** The inline and attached policies of a user, group or role, and of the groups of a user. */
export function identityPolicies (store: IamStore, entity: UserRecord | GroupRecord | RoleRecord): Policy[] {
  const groups = 'groups' in entity ? entity.groups.flatMap((name) => store.get('group', name) ?? []) : []
  return [
    ...Object.entries(entity.inline).map(([name, text]) => compileText(name, text)),
    ...entity.attached.flatMap((arn) => managed(store, arn) ?? []),
    ...groups.flatMap((group) => identityPolicies(store, group)),
  ]
}

/** A boundary that is gone allows nothing. */
const NOTHING = (name: string): Policy => ({ name, statements: [] })

export function boundaryOf (store: IamStore, entity: { boundary?: string }): Policy | undefined {
  return entity.boundary === undefined ? undefined : managed(store, entity.boundary) ?? NOTHING(entity.boundary)
}

/** The policies of a caller. A role that is gone has none, and its sessions may do nothing. */
export function policiesOf (store: IamStore, caller: Exclude<Caller, { kind: 'root' | 'anonymous' }>): CallerPolicies {
  if (caller.kind === 'user') return { identity: identityPolicies(store, caller.user), boundary: boundaryOf(store, caller.user) }
  const { of, policies } = caller.session
  const found = of.kind === 'role' ? store.get('role', of.role) : undefined
  const role = of.kind === 'role' && found?.id === of.roleId ? found : undefined
  return {
    identity: role ? identityPolicies(store, role) : [],
    boundary: role && boundaryOf(store, role),
    session: policies?.map((text, index) => compileText(`session policy ${index + 1}`, text)),
  }
}
