import type { AccessNote, AccessRequest, CallAccess, Denial } from '../../core/access.ts'
import type { Context } from '../../core/context.ts'
import { evaluate, type Decision } from '../evaluator/evaluate.ts'
import type { KeyValue, RequestPrincipal } from '../evaluator/request.ts'
import { arnOf, principalOf, type Caller } from '../principals/caller.ts'
import type { IamStore } from '../principals/iam-store.ts'
import { compileText, policiesOf, type CallerPolicies } from '../principals/policies-of.ts'
import type { RoleRecord } from '../principals/records.ts'
import { globalKey, type CallOrigin } from './condition-keys.ts'
import { denialMessage } from './messages.ts'

/** Decisions that are kept for a caller. */
const MOST_DECISIONS = 10_000

/** A decision, and what the trace shows of it. */
interface Kept { readonly decision: Decision, readonly note: AccessNote }

/** A caller with its policies, compiled, and the decisions that depend on nothing but action and resource. */
export class KnownCaller {
  readonly caller: Caller
  readonly principal: RequestPrincipal
  readonly policies: CallerPolicies
  readonly role: RoleRecord | undefined
  readonly #store: IamStore
  readonly #version: number
  readonly #kept = new Map<string, Kept>()

  constructor (store: IamStore, caller: Caller) {
    this.caller = caller
    this.principal = principalOf(caller)
    this.#store = store
    this.#version = store.version
    this.policies = caller.kind === 'user' || caller.kind === 'role' ? policiesOf(store, caller) : { identity: [] }
    this.role = caller.kind === 'role' && caller.session.of.kind === 'role' ? store.get('role', caller.session.of.role) : undefined
  }

  /** Whether nothing has changed in its account since; after a restore the account has another store. */
  isCurrentIn (store: IamStore): boolean {
    return store === this.#store && store.version === this.#version
  }

  decide (request: AccessRequest, ctx: Context, origin: CallOrigin): Kept {
    // A resource's policy may change without a word.
    const name = request.policy || request.principal ? undefined : `${request.action} ${request.resource}`
    const kept = name === undefined ? undefined : this.#kept.get(name)
    if (kept) return kept
    let depends = false
    const key = (wanted: string): KeyValue => {
      depends = true
      return request.key?.(wanted) ?? globalKey(wanted, this.caller, ctx, { origin, role: this.role })
    }
    const { policy } = request
    const decision = evaluate({ action: request.action, resource: request.resource, principal: request.principal ?? this.principal, key }, {
      ...this.policies,
      resource: policy?.text === undefined ? undefined : compileText(policy.name, policy.text),
      // The holder of a token, and who has not signed, have no policies of their own, in any account.
      resourceAccount: request.principal || this.caller.kind === 'anonymous' ? undefined : policy?.account,
      resourceRequired: policy?.required,
    })
    const found = { decision, note: noteOf(request, decision) }
    if (name !== undefined && !depends) {
      if (this.#kept.size >= MOST_DECISIONS) this.#kept.clear()
      this.#kept.set(name, found)
    }
    return found
  }
}

function noteOf ({ action, resource }: AccessRequest, decision: Decision): AccessNote {
  if (decision.outcome === 'implicitDeny') return { action, resource, decision: decision.outcome }
  const { policy, statement } = decision.by
  return { action, resource, decision: decision.outcome, by: `${policy}#${statement.sid || statement.index}` }
}

/** The checks of one call over the wire. */
export class CheckedAccess implements CallAccess {
  readonly #known: KnownCaller
  readonly #origin: CallOrigin
  readonly #audit: boolean

  /** @param audit  nothing is refused; the trace says what would have been */
  constructor (known: KnownCaller, origin: CallOrigin, audit: boolean) {
    this.#known = known
    this.#origin = origin
    this.#audit = audit
  }

  check (requests: readonly AccessRequest[], ctx: Context): Denial | undefined {
    let first: Denial | undefined
    const notes = ctx.notes.access ??= []
    for (const request of requests) {
      const { decision, note } = this.#known.decide(request, ctx, this.#origin)
      notes.push(note)
      if (decision.outcome === 'allowed') continue
      const { caller } = this.#known
      const arn = request.principal?.arn ?? arnOf(caller)
      first ??= { action: request.action, resource: request.resource, message: denialMessage(arn, request, decision), anonymous: caller.kind === 'anonymous' }
      if (!this.#audit) break
    }
    if (!first || !this.#audit) return first
    ctx.notes.wouldDeny ??= first.message
    return undefined
  }
}

/** The account's root may do everything; what it asks for is noted, for policies that are made of a trace. */
export const rootAccess: CallAccess = {
  check (requests, ctx) {
    const notes = ctx.notes.access ??= []
    for (const { action, resource } of requests) notes.push({ action, resource, decision: 'allowed' })
    return undefined
  },
}
