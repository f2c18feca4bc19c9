import { stopwatch, systemClock, type Clock } from '../core/clock.ts'
import { createSweeper, type Sweeper } from '../core/sweeper.ts'

/** The path at which an emulator serves its time. AWS has nothing there. */
const CLOCK_PATH = '/_sandtable/clock'
/** Real time between two readings, and the timeout of one. */
const POLL_MS = 250
const TIMEOUT_MS = 2_000

export interface RemoteClockOptions {
  /** The endpoint of DynamoDB, such as http://localhost:4566. */
  endpoint: string
  /** Whether to keep trying if the endpoint answers that it has no clock. */
  required?: boolean
  report?: (text: string) => void
}

/** The emulator's answer, and its time. */
interface Reading { epochMs: number, frozen: boolean, readAt: number }

/**
 * The clock of a remote emulator, read a few times a second. Between two readings it runs, unless it is frozen; while the
 * emulator cannot be reached, it continues from the last reading. Before the first one it is the machine's clock.
 */
export class RemoteClock implements Clock {
  readonly #url: URL
  readonly #required: boolean
  readonly #report: (text: string) => void
  readonly #poll: Sweeper
  #reading: Reading | undefined
  #isLost = false
  #isAbsent = false

  constructor ({ endpoint, required = false, report = () => {} }: RemoteClockOptions) {
    this.#url = new URL(CLOCK_PATH, endpoint)
    this.#required = required
    this.#report = report
    this.#poll = createSweeper({ sweep: (signal) => this.#read(signal), everyMs: POLL_MS, checkMs: POLL_MS, onError: () => this.#lose() })
  }

  now (): number {
    if (!this.#reading) return systemClock.now()
    const { epochMs, frozen, readAt } = this.#reading
    return frozen ? epochMs : epochMs + Math.floor(stopwatch() - readAt)
  }

  /** Whether the time is the emulator's. */
  get isFollowing (): boolean {
    return this.#reading !== undefined
  }

  /** Reads the time once, then continues in the background. */
  async start (): Promise<void> {
    await this.refresh()
    if (!this.#isAbsent) this.#poll.start()
  }

  /** Reads the time now. */
  refresh (): Promise<void> {
    return this.#poll.run()
  }

  close (): Promise<void> {
    return this.#poll.close()
  }

  async #read (signal: AbortSignal): Promise<void> {
    if (this.#isAbsent) return
    const response = await fetch(this.#url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]), redirect: 'error' })
    const answer = await response.json().catch(() => undefined) as { epochMs?: unknown, frozen?: unknown } | undefined // checked below
    if (!response.ok || typeof answer?.epochMs !== 'number') {
      if (this.#required) return this.#lose()
      this.#isAbsent = true
      return
    }
    if (this.#isLost) this.#report(`The emulator's clock at ${this.#url.origin} is readable again`)
    this.#isLost = false
    this.#reading = { epochMs: answer.epochMs, frozen: answer.frozen === true, readAt: stopwatch() }
  }

  #lose (): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#report(`The emulator's clock at ${this.#url.href} cannot be read; ${this.#reading ? 'the clock continues from its last time' : 'the machine\'s clock is used'} until it answers`)
  }
}
