/** The value of a condition key: text for a key that has one value, a list for a key that may have several. */
export type KeyValue = string | readonly string[] | undefined

/** The values of a request's condition keys, by name in lower case. `undefined`: the request does not have the key. */
export type KeyValues = (name: string) => KeyValue

/** Who asks, as the `Principal` elements of resource policies name callers. */
export interface RequestPrincipal {
  readonly kind: 'root' | 'user' | 'session' | 'anonymous'
  /** `arn:aws:iam::A:user/N`, `arn:aws:sts::A:assumed-role/R/S`, `arn:aws:iam::A:root`; empty for who is anonymous. */
  readonly arn: string
  /** Twelve digits; empty for who is anonymous. */
  readonly account: string
  /** Of a session of a role: the ARN of the role. */
  readonly role?: string
  /** Of a caller with a token of a web identity: the names by which policies may call its provider. */
  readonly federated?: readonly string[]
}

/** One action on one resource, as policies see it. */
export interface PolicyRequest {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string
  readonly principal: RequestPrincipal
  readonly key: KeyValues
}
