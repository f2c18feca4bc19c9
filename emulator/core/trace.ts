/** Capacity that a call used on one table or index. Units as AWS counts them. */
export interface ConsumedUnits {
  /** Table name, or `table/index`. */
  resource: string
  readUnits: number
  writeUnits: number
}

/** What an operation writes down about itself while it runs. */
export interface CallNotes {
  /** The table, bucket or collection that the call is about; several, separated by commas, for a batch. */
  resource?: string
  index?: string
  /** Keys of the items or objects named in the request, in the service's own notation. */
  keys?: unknown[]
  capacity?: ConsumedUnits[]
  /** Items read or written. */
  items?: number
  /** Items that a batch gave back, since a fault rule throttled them. */
  unprocessed?: number
  /** Bytes of the answer, or of an upload. */
  bytes?: number
}

/** One AWS call, as `/_sandtable/trace` shows it. */
export interface TracedCall extends CallNotes {
  /** Counts up from 1 for the life of the emulator. */
  sequence: number
  requestId: string
  /** The id of the API request that caused the call, when the caller said so. */
  causedBy?: string
  service: string
  operation: string
  account: string
  region: string
  /** Epoch ms on the emulator's clock. */
  startedAt: number
  /** Real time, not the emulator's. */
  durationMs: number
  /** `ok`, or the error's code. */
  result: string
  readUnits: number
  writeUnits: number
}

export interface TraceFilter {
  causedBy?: string
  service?: string
  operation?: string
  resource?: string
  result?: string
  account?: string
  /** Only calls after this sequence number. */
  after?: number
  /** At most this many, the newest. */
  limit?: number
}

/** The last calls, oldest first, in a ring. */
export class Trace {
  #ring: TracedCall[] = []
  #next = 0
  #sequence = 0
  readonly #size: number

  /** @param size  how many calls are kept */
  constructor (size = 10_000) {
    this.#size = size
  }

  /** The sequence number of the newest call; 0 before the first. */
  get sequence (): number {
    return this.#sequence
  }

  add (call: Omit<TracedCall, 'sequence'>): void {
    this.#ring[this.#next] = Object.assign(call, { sequence: ++this.#sequence })
    this.#next = (this.#next + 1) % this.#size
  }

  query (filter: TraceFilter = {}): TracedCall[] {
    const { limit, after = 0, ...equal } = filter
    const wanted = Object.entries(equal).filter(([, value]) => value !== undefined)
    const found = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
      .filter((call) => call.sequence > after && wanted.every(([name, value]) => call[name as keyof TracedCall] === value))
    return limit === undefined ? found : found.slice(-limit)
  }

  clear (): void {
    this.#ring = []
    this.#next = 0
  }
}
