import type { CallAccess } from './access.ts'
import type { Clock } from './clock.ts'
import type { CallNotes } from './traced-call.ts'

/** What every operation knows about its call. It is independent of HTTP: all ways in share it. */
export interface Context {
  readonly requestId: string
  /** When the call arrived, on the emulator's clock (epoch ms). An operation's "now". */
  readonly startedAt: number
  readonly clock: Clock
  /** Twelve digits. */
  readonly account: string
  readonly region: string
  /** The access key of the caller; `undefined` when the request had no credentials. */
  readonly accessKeyId: string | undefined
  /** Checks what the caller may do; `undefined` while IAM is off. */
  readonly access?: CallAccess | undefined
  /** Where an operation records what the trace should show about it. */
  readonly notes: CallNotes
}

/** The caller that the credentials name. */
export interface Caller {
  accessKeyId: string
  region: string
}

/** Whether it is an account id: twelve digits. */
export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text)

/** An access key of twelve digits is itself the account; any other key belongs to the default account. */
export function accountOf (accessKeyId: string | undefined, defaultAccount: string): string {
  return accessKeyId !== undefined && isAccountId(accessKeyId) ? accessKeyId : defaultAccount
}
