import { compilePattern } from './pattern.ts'
import type { RequestPrincipal } from './request.ts'

/**
 * How closely a `Principal` names the caller. `direct`: the user, the session, or everybody; such a grant needs no other.
 * `role`: the role of the session; boundary and session policy still limit it. `account`: only the caller's account,
 * which leaves the decision to the account's own policies.
 */
export type Named = 'direct' | 'role' | 'account'

/** How closely the caller is named; `undefined` when it is not. */
export type PrincipalMatcher = (principal: RequestPrincipal) => Named | undefined

/** The element `Principal` as a policy has it, checked. */
export type PrincipalElement = '*' | Readonly<Record<string, string | readonly string[]>>

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function compilePrincipal (element: PrincipalElement): PrincipalMatcher {
  if (element === '*') return () => 'direct'
  const matchers: PrincipalMatcher[] = [...listOf(element.AWS).map(aws), ...listOf(element.Federated).map(federated)]
  return (principal) => {
    let best: Named | undefined
    for (const matcher of matchers) {
      const named = matcher(principal)
      if (named === 'direct') return named
      if (named === 'role' || best === undefined) best = named ?? best
    }
    return best
  }
}

function aws (named: string): PrincipalMatcher {
  if (named === '*') return () => 'direct'
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(named)?.[1]
  if (account !== undefined) {
    return (principal) => principal.account !== account ? undefined : principal.kind === 'root' ? 'direct' : 'account'
  }
  return (principal) => principal.arn === named ? 'direct' : principal.role === named ? 'role' : undefined
}

function federated (named: string): PrincipalMatcher {
  const fits = compilePattern(named, { wildcards: false, variables: false })
  return (principal) => principal.federated?.some((provider) => fits(provider, () => undefined)) ? 'direct' : undefined
}
