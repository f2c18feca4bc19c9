import type { VirtualClock } from '../core/clock.ts'
import type { Trace } from '../core/trace.ts'

/** What the control API moves: the object that `startEmulator()` returns has the same members. */
export interface Controlled {
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly serviceNames: readonly string[]
  reset (scope?: { service?: string, account?: string }): Promise<void>
}

export interface ControlRoute {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Below `/_sandtable`. */
  path: string
  summary: string
  /** The answer's body. Throws a {@link ControlError} on bad input. */
  run (emulator: Controlled, input: { query: URLSearchParams, body: Record<string, unknown> }): unknown
}

/** A refusal by the control API. */
export class ControlError extends Error {
  readonly status: number

  constructor (status: number, message: string) {
    super(message)
    this.status = status
  }
}
