import type { VirtualClock } from '../core/clock.ts'
import type { Trace } from '../core/trace.ts'
import type { ArrangedAnswers } from '../rekognition/index.ts'

/** What the control API moves: the object that `startEmulator()` returns has the same members. */
export interface Controlled {
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly serviceNames: readonly string[]
  /** What Rekognition answers by arrangement. */
  readonly faces: Pick<ArrangedAnswers, 'arrange' | 'list' | 'clear'>
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
