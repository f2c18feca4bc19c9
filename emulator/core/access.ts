import type { KeyValue, RequestPrincipal } from '../iam/evaluator/request.ts'
import type { Context } from './context.ts'
import type { AwsError } from './errors.ts'

/** One action on one resource that a call needs. */
export interface AccessRequest {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string
  /** An ARN, or `*` where the action has none. */
  readonly resource: string
  /** How messages name the resource, where it is not the ARN: `''` when they leave it out. */
  readonly shown?: string
  /** The service's condition keys, by name in lower case. */
  readonly key?: (name: string) => KeyValue
  /** The policy of the resource. */
  readonly policy?: ResourcePolicy
  /** Who asks, where it is not who signed: the holder of a token. */
  readonly principal?: RequestPrincipal
}

export interface ResourcePolicy {
  readonly name: string
  /** `undefined` when the resource has none. */
  readonly text: string | undefined
  /** Of the resource. */
  readonly account: string
  /** Without it nothing is allowed: so it is with trust policies. */
  readonly required?: boolean
}

/** A request that policies do not allow. */
export interface Denial {
  readonly action: string
  readonly resource: string
  /** In the words of AWS. */
  readonly message: string
  /** The caller has not signed. */
  readonly anonymous: boolean
}

/** What one request came to, for the trace. */
export interface AccessNote {
  action: string
  resource: string
  decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  /** The policy and statement that decided: `orders-policy#Read`, or by place `orders-policy#0`. */
  by?: string
}

/** Checks what the caller of one call may do. */
export interface CallAccess {
  /** The first request that is not allowed. Each is noted for the trace. In audit mode there is none. */
  check (requests: readonly AccessRequest[], ctx: Context): Denial | undefined
}

/** What checks of access need to know of a service. */
export interface ServiceAccess<C extends Context> {
  /** What a call asks for; its input is valid. */
  requests (operation: string, input: unknown, ctx: C): readonly AccessRequest[]
  /** The service's own error. */
  denied (denial: Denial, ctx: C): AwsError
}
