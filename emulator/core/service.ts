import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import type { CredentialProblem } from './credentials.ts'
import type { Faults } from './faults.ts'
import type { Partitions, Storage } from './storage/storage.ts'
import type { Trace } from './trace.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** What the composition root gives every service. */
export interface Environment {
  readonly clock: Clock
  readonly trace: Trace
  readonly faults: Faults
  /** The storage of its state. */
  readonly storage: Pick<Storage, 'names' | 'open' | 'drop'>
  /** Receives errors that are our own fault: those that no service returns on purpose. */
  /** Receives what a user should know about a call, beyond AWS's answer. */
  readonly warn: (text: string) => void
  readonly log: (event: { error: unknown, service: string, operation?: string, requestId: string }) => void
}

/** Properties of a request other than its content. */
export interface Origin {
  /** The id of the API request behind the call, for the trace. */
  readonly causedBy?: string
  /** Set when the request has no readable credentials; the service writes the error. */
  readonly credentialProblem?: CredentialProblem
  /** Checks the signature of a request whose body has come; `undefined` when there is nothing to check. */
  readonly verify?: (body: Uint8Array) => CredentialProblem | undefined
}

/** An emulated service, as the gateway knows it. */
export interface Service {
  /** The name in traces and fault rules, and in SigV4 credential scopes. */
  readonly name: string
  /** The name in SigV4 credential scopes, if it differs. */
  readonly signingName?: string
  /** The first part of `X-Amz-Target`, for services that have one. */
  readonly targetPrefix?: string
  readonly operationNames: readonly string[]
  /** Answers one request; it rejects only with `ConnectionReset`. */
  handle (request: WireRequest, ctx: Context, origin: Origin): Promise<WireResponse>
  /**
   * Reads this service's part of a state: at a start, or of a staged state that will replace another. It is not visible
   * sees it before it is put in use.
   */
  load (state: Partitions): Promise<LoadedState>
  /** Stores what it keeps in memory alone: before a snapshot is saved, and before {@link close}. */
  keep? (): Promise<void>
  /** Deletes the state of one account in all its regions, or of all accounts. */
  reset (account?: string): Promise<void>
  close (): Promise<void>
}

/** A service's part of a state, ready for use. */
export interface LoadedState {
  /** New calls use this state; running calls finish on the one they have. */
  use (): void
  /** Runs tasks that fell due while the emulator was not running. */
  begin (): Promise<void>
}
