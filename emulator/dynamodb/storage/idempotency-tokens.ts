import { createHash } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import { idempotentParameterMismatch } from '../errors.ts'
import { allUnder, keys } from './keys.ts'

interface Remembered { digest: string, until: number, outcome: Promise<unknown> }

/** The stored record of a token. */
interface TokenRecord { token: string, digest: string, until: number, outcome: unknown }

/** Writes an outcome in the same step as its effects. */
export type Remember<T> = (work: { write (key: string, value: unknown): void }, outcome: T) => void

/**
 * Transactions by their client token, for as long as AWS remembers them: a repeated request does not run again.
 * A failed transaction is not remembered, and may be tried again with the same token.
 */
export class IdempotencyTokens {
  readonly #remembered = new Map<string, Remembered>()
  /** Expired tokens, whose records are deleted with the next write. */
  #over: string[] = []
  readonly #clock: Clock
  readonly #forMs: number

  constructor (clock: Clock, forMs: number) {
    this.#clock = clock
    this.#forMs = forMs
  }

  /** Loads the tokens of the database. */
  async load (database: Database): Promise<void> {
    const records: TokenRecord[] = []
    for await (const chunk of database.chunks(allUnder(keys.idempotencyToken('')), CHUNK)) {
      for (const [, record] of chunk) records.push(record as TokenRecord) // only `once` writes there
    }
    for (const { token, outcome, ...rest } of records.sort((a, b) => a.until - b.until)) {
      this.#remembered.set(token, { ...rest, outcome: Promise.resolve(outcome) })
    }
  }

  /**
   * Runs `first`; or, if this token was seen, `again` with the outcome of the first.
   * @throws IdempotentParameterMismatchException for the same token with another request
   */
  async once<T> (token: string, request: unknown, { first, again }: { first: (remember: Remember<T>) => Promise<T>, again: (outcome: T) => T | Promise<T> }): Promise<T> {
    this.#forget()
    const digest = createHash('sha1').update(JSON.stringify(request)).digest('base64')
    const seen = this.#remembered.get(token)
    if (seen) {
      if (seen.digest !== digest) throw idempotentParameterMismatch()
      return again(await seen.outcome as T) // the same request had the same kind of outcome
    }
    const until = this.#clock.now() + this.#forMs
    const outcome = first((work, outcome) => {
      for (const token of this.#over) work.write(keys.idempotencyToken(token), undefined)
      this.#over = []
      work.write(keys.idempotencyToken(token), { token, digest, until, outcome } satisfies TokenRecord)
    })
    this.#remembered.set(token, { digest, until, outcome })
    outcome.catch(() => this.#remembered.delete(token))
    return outcome
  }

  /** The oldest come first, since a Map keeps insertion order. */
  #forget (): void {
    const now = this.#clock.now()
    for (const [token, { until }] of this.#remembered) {
      if (until > now) return
      this.#remembered.delete(token)
      this.#over.push(token)
    }
  }
}
