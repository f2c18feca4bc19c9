import type { Policy, Statement } from './compile.ts'
import type { Named } from './principal.ts'
import type { PolicyRequest } from './request.ts'

/** The kinds of policies, by the part that they play in a decision. */
export type PolicyKind = 'identity' | 'boundary' | 'session' | 'resource'

/** The policies that apply to a request. */
export interface Policies {
  /** Of the user with its groups, or of the role. */
  readonly identity: readonly Policy[]
  /** The permissions boundary of the user or role. */
  readonly boundary?: Policy
  /** What was passed when the session was made: together they allow what any of them allows. */
  readonly session?: readonly Policy[]
  /** Of the resource: a bucket, a table, or the trust policy of a role. */
  readonly resource?: Policy
  /** The account of the resource, where it is another than the caller's. */
  readonly resourceAccount?: string
  /** The resource's policy has to allow the request, in its own account too: a trust policy does. */
  readonly resourceRequired?: boolean
}

/** The statement that decided. */
export interface Deciding {
  readonly kind: PolicyKind
  readonly policy: string
  readonly statement: Pick<Statement, 'index' | 'sid'>
}

export type Decision =
  | { readonly outcome: 'allowed', readonly by: Deciding }
  | { readonly outcome: 'explicitDeny', readonly by: Deciding }
  /** Nothing denied it, but policies of this kind had to allow it and did not. */
  | { readonly outcome: 'implicitDeny', readonly missing: PolicyKind }

/**
 * Decides whether a request may be made. A statement that denies wins. Otherwise an identity policy has to allow it, or in
 * the caller's own account a resource policy that names the caller; the permissions boundary and the session policies each
 * have to allow it too. In another account both sides have to.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate (request: PolicyRequest, policies: Policies): Decision {
  const { identity, boundary, session, resource } = policies
  const denied = find('Deny', request, 'identity', identity) ??
    find('Deny', request, 'resource', resource && [resource]) ??
    find('Deny', request, 'boundary', boundary && [boundary]) ??
    find('Deny', request, 'session', session)
  if (denied) return { outcome: 'explicitDeny', by: denied.by }

  const granted = closest(request, resource)
  const elsewhere = policies.resourceAccount !== undefined && policies.resourceAccount !== request.principal.account
  if ((elsewhere || policies.resourceRequired) && !granted) return { outcome: 'implicitDeny', missing: 'resource' }
  const grantSuffices = granted !== undefined && !elsewhere && granted.named !== 'account'
  // A user or session that is named itself is not held by boundary or session policies; one whose role is named is.
  if (grantSuffices && granted.named === 'direct') return { outcome: 'allowed', by: granted.by }

  const allowed = grantSuffices ? granted : find('Allow', request, 'identity', identity)
  if (!allowed) return { outcome: 'implicitDeny', missing: request.principal.kind === 'anonymous' ? 'resource' : 'identity' }
  if (boundary && !find('Allow', request, 'boundary', [boundary])) return { outcome: 'implicitDeny', missing: 'boundary' }
  if (session && !find('Allow', request, 'session', session)) return { outcome: 'implicitDeny', missing: 'session' }
  return { outcome: 'allowed', by: allowed.by }
}

/** The first statement of that effect that is about the request. */
function find (effect: Statement['effect'], request: PolicyRequest, kind: PolicyKind, policies: readonly Policy[] = []): { by: Deciding } | undefined {
  for (const { name, statements } of policies) {
    for (const statement of statements) {
      if (statement.effect === effect && statement.applies(request) !== undefined) return { by: { kind, policy: name, statement } }
    }
  }
  return undefined
}

const CLOSENESS: Readonly<Record<Named, number>> = { account: 0, role: 1, direct: 2 }

/** The statement of a resource's policy that allows the request to the caller by the closest name. */
function closest (request: PolicyRequest, policy: Policy | undefined): { named: Named, by: Deciding } | undefined {
  let best: { named: Named, by: Deciding } | undefined
  for (const statement of policy?.statements ?? []) {
    const named = statement.effect === 'Allow' ? statement.applies(request) : undefined
    if (named === undefined || (best && CLOSENESS[best.named] >= CLOSENESS[named])) continue
    best = { named, by: { kind: 'resource', policy: policy!.name, statement } }
  }
  return best
}
