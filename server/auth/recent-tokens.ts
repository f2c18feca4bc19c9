import { stopwatch } from '../core/clock.ts'
import type { User } from './user.ts'

/** The claims of a token whose signature was verified; times in seconds since the epoch. */
export interface CheckedToken {
  user: User
  notBefore: number
  expires: number
}

/** How many tokens are cached, each of about 1 KB. */
const MOST = 1000

/**
 * Caches recently verified tokens: verifying a signature takes longer than reading a record, and a client usually
 * sends its token again.
 * @param keepMs  a withdrawn key may be accepted for this much longer
 */
export class RecentTokens {
  readonly #keepMs: number
  readonly #most: number
  readonly #tokens = new Map<string, { checked: CheckedToken, at: number }>()

  constructor ({ keepMs, most = MOST }: { keepMs: number, most?: number }) {
    this.#keepMs = keepMs
    this.#most = most
  }

  /** The result, if it is recent. The caller checks whether the token is valid at this time. */
  get (token: string): CheckedToken | undefined {
    const found = this.#tokens.get(token)
    return found && stopwatch() - found.at < this.#keepMs ? found.checked : undefined
  }

  /** Replaces the oldest, if there are too many. */
  add (token: string, checked: CheckedToken): void {
    this.#tokens.delete(token)
    this.#tokens.set(token, { checked, at: stopwatch() })
    const [oldest] = this.#tokens.keys()
    if (this.#tokens.size > this.#most) this.#tokens.delete(oldest!) // there is one
  }
}
