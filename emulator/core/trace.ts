import { pause } from './clock.ts'
import { CallBodies, type Bodies } from './call-bodies.ts'
import { filterFor, type CallFilter } from './trace-filter.ts'
import type { CallRecord, TracedCall } from './traced-call.ts'

/** Which calls to return; a call must match every given member. */
export interface TraceFilter extends CallFilter {
  /** Only calls after this sequence number. */
  after?: number
  /** At most this many, the newest. */
  limit?: number
}

/** The longest wait for new calls, ms; then a follower checks again. */
const LONGEST_WAIT_MS = 60_000

/** The last calls, in a ring buffer. */
export class Trace {
  /** Called with every call; its notes may still grow. */
  watch: ((call: CallRecord) => void) | undefined
  readonly #ring: CallRecord[] = []
  /** The sequence numbers of the newest call, and of the oldest in the ring. */
  #sequence = 0
  #oldest = 1
  readonly #size: number
  /** Followers that wait for the next call. */
  readonly #waiting = new Set<AbortController>()
  #waking = false
  #bodies: CallBodies | undefined
  readonly #ending = new AbortController()

  /** @param size  how many calls are kept */
  constructor (size = 10_000) {
    this.#size = size
  }

  /** The sequence number of the newest call; 0 before the first. */
  get sequence (): number {
    return this.#sequence
  }

  /** Takes inputs and outputs; `undefined` while they are not kept. */
  get bodies (): CallBodies | undefined {
    return this.#bodies
  }

  /** Keeps inputs and outputs from now on, or drops those that are kept. */
  keepBodies (keep: boolean): void {
    if (keep !== (this.#bodies !== undefined)) this.#bodies = keep ? new CallBodies() : undefined
  }

  /** One call with what is kept of its input and output; `undefined` when the trace no longer has it. */
  find (sequence: number): { call: TracedCall } & Partial<Bodies> | undefined {
    if (sequence < this.#oldest || sequence > this.#sequence) return undefined
    const { notes } = this.#ring[(sequence - 1) % this.#size]! // it is among them
    return { call: this.#at(sequence), ...this.#bodies?.of(notes) }
  }

  /** Aborted when the emulator closes. */
  get ending (): AbortSignal {
    return this.#ending.signal
  }

  add (call: CallRecord): void {
    this.#ring[this.#sequence++ % this.#size] = call
    if (this.#sequence - this.#oldest >= this.#size) this.#oldest++
    this.watch?.(call)
    if (this.#waiting.size > 0) this.#wake()
  }

  /** The matching calls, oldest first. */
  query (filter: TraceFilter = {}): TracedCall[] {
    const { after = 0, limit = this.#size, ...wanted } = filter
    const fits = filterFor(wanted)
    const found: TracedCall[] = []
    for (let sequence = this.#sequence; sequence > after && sequence >= this.#oldest && found.length < limit; sequence--) {
      const call = this.#at(sequence)
      if (fits(call)) found.push(call)
    }
    return found.reverse()
  }

  /**
   * The matching calls as they are made, until the follower leaves, is aborted or the emulator closes. Nothing is buffered for slow
   * followers: calls that have left the ring are lost.
   * @param filter.after    begins with the calls after this sequence number rather than with the next one
   * @param options.onLost  called with the number of lost calls
   */
  async * follow (filter: Omit<TraceFilter, 'limit'> = {}, options: { signal?: AbortSignal, onLost?: (count: number) => void } = {}): AsyncGenerator<TracedCall> {
    const { after = this.#sequence, ...wanted } = filter
    const fits = filterFor(wanted)
    let last = after
    for (;;) {
      while (last < this.#sequence) {
        if (last + 1 < this.#oldest) {
          options.onLost?.(this.#oldest - last - 1)
          last = this.#oldest - 1
        }
        if (last >= this.#sequence) break
        const call = this.#at(++last)
        if (fits(call)) yield call
        if (options.signal?.aborted) return
      }
      if (this.#ending.signal.aborted || options.signal?.aborted) return
      await this.#news(options.signal)
    }
  }

  /** Deletes the recorded calls; their numbers are not used again. @returns how many there were */
  clear (): number {
    const cleared = this.#sequence - this.#oldest + 1
    this.#ring.length = 0
    this.#oldest = this.#sequence + 1
    return cleared
  }

  /** Ends all followers. */
  close (): void {
    this.#ending.abort()
    for (const waiting of this.#waiting) waiting.abort()
  }

  /** Waits for the next call, or for the end. */
  async #news (signal: AbortSignal | undefined): Promise<void> {
    const waiting = new AbortController()
    const stop = () => waiting.abort()
    this.#waiting.add(waiting)
    signal?.addEventListener('abort', stop)
    await pause(LONGEST_WAIT_MS, { signal: waiting.signal, idle: true })
    signal?.removeEventListener('abort', stop)
    this.#waiting.delete(waiting)
  }

  /** Waits until the calls of this turn are answered: only then are their notes complete. */
  #wake (): void {
    if (this.#waking) return
    this.#waking = true
    setImmediate(() => {
      this.#waking = false
      for (const waiting of this.#waiting) waiting.abort()
    })
  }

  #at (sequence: number): TracedCall {
    const { notes, ...call } = this.#ring[(sequence - 1) % this.#size]! // between the oldest and the newest there is one
    let readUnits = 0
    let writeUnits = 0
    for (const used of notes.capacity ?? []) {
      readUnits += used.readUnits
      writeUnits += used.writeUnits
    }
    return { sequence, ...call, readUnits, writeUnits, ...notes }
  }
}
