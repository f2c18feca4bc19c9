import { stopwatch } from '../core/clock.ts'
import type { User } from './user.ts'

/** What is known of a token whose signature was checked; times in seconds since the epoch. */
export interface CheckedToken {
  user: User
  notBefore: number
  expires: number
}

/** How many tokens are remembered, each of 1 KB or so. */
const MOST = 1000

/**
 * Remembers tokens that were checked a moment ago: to check a signature takes longer than to read a record, and a client that
 * comes with a token comes with it again.
 *
 * @param keepMs  a key that is withdrawn may be good for so much longer
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

  /** In the place of the one that has been there longest, when there are too many. */
  add (token: string, checked: CheckedToken): void {
    this.#tokens.delete(token)
    this.#tokens.set(token, { checked, at: stopwatch() })
    const [oldest] = this.#tokens.keys()
    if (this.#tokens.size > this.#most) this.#tokens.delete(oldest!) // there is one
  }
}
