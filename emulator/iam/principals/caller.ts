import type { RequestPrincipal } from '../evaluator/request.ts'
import { isAccountId } from '../../core/context.ts'
import type { IamStore } from './iam-store.ts'
import type { SessionRecord, UserRecord } from './records.ts'

/** Who makes a call, as the access key says. */
export type Caller =
  | { readonly kind: 'root', readonly account: string, readonly session?: SessionRecord }
  | { readonly kind: 'user', readonly account: string, readonly user: UserRecord, readonly session?: SessionRecord }
  | { readonly kind: 'role', readonly account: string, readonly session: SessionRecord }
  | { readonly kind: 'anonymous', readonly account: string }

/** The ARN by which messages and policies name a caller. */
export function arnOf (caller: Caller): string {
  switch (caller.kind) {
    case 'root': return `arn:aws:iam::${caller.account}:root`
    case 'user': return caller.user.arn
    case 'role': {
      const { of } = caller.session
      return of.kind === 'role' ? `arn:aws:sts::${caller.account}:assumed-role/${of.role}/${of.sessionName}` : ''
    }
    case 'anonymous': return ''
  }
}

/** `aws:userid`, which is also `UserId` of GetCallerIdentity. */
export function userIdOf (caller: Caller): string {
  switch (caller.kind) {
    case 'root': return caller.account
    case 'user': return caller.user.id
    case 'role': return caller.session.of.kind === 'role' ? `${caller.session.of.roleId}:${caller.session.of.sessionName}` : ''
    case 'anonymous': return ''
  }
}

/** A caller as the evaluator sees it. */
export function principalOf (caller: Caller): RequestPrincipal {
  const arn = arnOf(caller)
  switch (caller.kind) {
    case 'role': return { kind: 'session', arn, account: caller.account, role: caller.session.of.kind === 'role' ? caller.session.of.roleArn : undefined }
    case 'anonymous': return { kind: 'anonymous', arn, account: '' }
    default: return { kind: caller.kind, arn, account: caller.account }
  }
}

/** The owner of a key; `undefined` for one that the account did not issue. A session whose user or key is deleted has no owner. */
export function callerOf (store: IamStore, accessKeyId: string): Caller | undefined {
  const { account } = store
  const credentials = store.credentials(accessKeyId)
  if (!credentials) return undefined
  if ('user' in credentials) {
    const user = store.get('user', credentials.user)
    return user && { kind: 'user', account, user }
  }
  const { of } = credentials
  if (of.kind === 'role') return { kind: 'role', account, session: credentials }
  if (of.kind === 'root') return { kind: 'root', account, session: credentials }
  const user = store.get('user', of.name)
  return user && { kind: 'user', account, user, session: credentials }
}

/** The account's root, for keys that were not issued here: those of the environment, and account ids. */
export const rootOf = (accessKeyId: string | undefined, account: string): Caller =>
  ({ kind: 'root', account: accessKeyId !== undefined && isAccountId(accessKeyId) ? accessKeyId : account })
