import { createHash } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { idempotentParameterMismatch } from './errors.ts'

interface Remembered { digest: string, until: number, outcome: Promise<unknown> }

/**
 * Transactions by their client token, for as long as AWS remembers them: the same request again is not run again.
 * A transaction that failed is forgotten, and may be tried with the same token.
 */
export class IdempotencyTokens {
  readonly #remembered = new Map<string, Remembered>()
  readonly #clock: Clock
  readonly #forMs: number

  constructor (clock: Clock, forMs: number) {
    this.#clock = clock
    this.#forMs = forMs
  }

  /**
   * Runs `first`, or, when this token was seen, `again` with what the first one gave.
   * @throws IdempotentParameterMismatchException for the same token with another request
   */
  async once<T> (token: string, request: unknown, { first, again }: { first: () => Promise<T>, again: (outcome: T) => Promise<T> }): Promise<T> {
    this.#forget()
    const digest = createHash('sha1').update(JSON.stringify(request)).digest('base64')
    const seen = this.#remembered.get(token)
    if (seen) {
      if (seen.digest !== digest) throw idempotentParameterMismatch()
      return again(await seen.outcome as T) // the same request had the same kind of outcome
    }
    const outcome = first()
    this.#remembered.set(token, { digest, until: this.#clock.now() + this.#forMs, outcome })
    outcome.catch(() => this.#remembered.delete(token))
    return outcome
  }

  /** The oldest come first, since a Map keeps the order of insertion. */
  #forget (): void {
    const now = this.#clock.now()
    for (const [token, { until }] of this.#remembered) {
      if (until > now) return
      this.#remembered.delete(token)
    }
  }
}
