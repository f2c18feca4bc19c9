import type { AccessRequest } from '../../core/access.ts'
import type { Decision, PolicyKind } from '../evaluator/evaluate.ts'

const KINDS: Readonly<Record<PolicyKind, string>> = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'resource-based policy',
}

/**
 * The text of AWS's access errors.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialMessage (arn: string, { action, resource, shown = resource, policy }: AccessRequest, decision: Exclude<Decision, { outcome: 'allowed' }>): string {
  const on = shown === '' ? '' : ` on resource: ${shown}`
  const start = `User: ${arn} is not authorized to perform: ${action}${on}`
  if (decision.outcome === 'explicitDeny') {
    const kind = KINDS[decision.by.kind]
    return `${start} with an explicit deny in a${/^[aeiou]/.test(kind) ? 'n' : ''} ${kind}`
  }
  // Of a trust policy that does not allow it, AWS says no more.
  if (policy?.required && decision.missing === 'resource') return start
  return `${start} because no ${KINDS[decision.missing]} allows the ${action} action`
}
