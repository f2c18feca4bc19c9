import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Database, Write } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import { allUnder } from './keys.ts'

/** The common part of an export and an import. */
export interface TransferRecord {
  readonly id: string
  readonly arn: string
  readonly tableArn: string
  readonly tableId: string
  readonly clientToken?: string
  /** Hash of the whole request, to distinguish a repeated one from another with the same token. */
  readonly digest: string
  /** Epoch ms. */
  readonly startedAt: number
  /** When the clock reaches this time, it is COMPLETED or FAILED. */
  readonly endsAt: number
  /** Why it fails. */
  readonly failure?: { readonly code: string, readonly message: string }
}

/** How long it is listed after its end. */
const LISTED_MS = 90 * 86_400_000

/** The id of an export or import that begins at a time (epoch ms). */
export function transferId (startedAt: number): string {
  return `${String(startedAt).padStart(14, '0')}-${randomBytes(4).toString('hex')}`
}

export function statusOfTransfer ({ endsAt, failure }: TransferRecord, now: number): 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' {
  if (now < endsAt) return 'IN_PROGRESS'
  return failure ? 'FAILED' : 'COMPLETED'
}

/** The exports or the imports of an account in a region. A record is stored after everything that it describes. */
export class Transfers<R extends TransferRecord> {
  readonly #records = new Map<string, R>()
  /** Running calls with a client token. */
  readonly #running = new Map<string, Promise<R>>()
  readonly #database: Database
  readonly #clock: Clock
  readonly #keyOf: (id: string) => string
  readonly #tokenMs: number

  /** @param options.tokenMs  how long after its end a client token is remembered */
  constructor ({ database, clock }: { database: Database, clock: Clock }, { keyOf, tokenMs }: { keyOf: (id: string) => string, tokenMs: number }) {
    this.#database = database
    this.#clock = clock
    this.#keyOf = keyOf
    this.#tokenMs = tokenMs
  }

  async load (): Promise<void> {
    for await (const chunk of this.#database.chunks(allUnder(this.#keyOf('')), CHUNK)) {
      for (const [, record] of chunk) this.remember(record as R) // only these records are written under these keys
    }
  }

  get (arn: string): R | undefined {
    return this.#records.get(arn)
  }

  /** The listed ones, the oldest first. */
  listed (tableArn?: string): R[] {
    const oldest = this.#clock.now() - LISTED_MS
    return [...this.#records.values()]
      .filter((record) => record.endsAt > oldest && (tableArn === undefined || record.tableArn === tableArn))
      .sort((one, other) => one.startedAt - other.startedAt || (one.id < other.id ? -1 : 1))
  }

  /** How many are in progress. */
  inProgress (now: number): number {
    let count = this.#running.size
    for (const record of this.#records.values()) if (statusOfTransfer(record, now) === 'IN_PROGRESS') count++
    return count
  }

  /** The writes that store a record; call {@link remember} afterwards. */
  writesOf (record: R): Write[] {
    return [{ key: this.#keyOf(record.id), value: record }]
  }

  remember (record: R): void {
    this.#records.set(record.arn, record)
  }

  async put (record: R): Promise<void> {
    await this.#database.commit(this.writesOf(record))
    this.remember(record)
  }

  /**
   * Runs a transfer, or returns the one that was begun with the same token.
   * @param options.conflict  the error for the same token with another request
   */
  async once ({ token, digest, conflict }: { token: string | undefined, digest: string, conflict: (token: string) => Error }, run: () => Promise<R>): Promise<R> {
    if (token === undefined) return run()
    for (let other = this.#running.get(token); other; other = this.#running.get(token)) await other.catch(() => {})
    const earlier = this.#withToken(token)
    if (earlier && earlier.digest !== digest) throw conflict(token)
    if (earlier) return earlier
    const running = run()
    this.#running.set(token, running)
    try {
      return await running
    } finally {
      this.#running.delete(token)
    }
  }

  #withToken (token: string): R | undefined {
    const now = this.#clock.now()
    return [...this.#records.values()].find((record) => record.clientToken === token && now < record.endsAt + this.#tokenMs)
  }
}
