import { Turns } from './turns.ts'

/** Cancels a scheduled task that has not run yet. Calling it twice, or after the task ran, does nothing. */
export type Cancel = () => void

/** The emulated services' view of time. Only this file reads the wall clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now (): number
  /**
   * Runs a task once when the clock reaches `at` (epoch ms): by itself while the clock runs, and during
   * {@link VirtualClock.advance} when it is moved past that point. A task that is already due runs soon, not immediately.
   */
  schedule (at: number, task: () => void | Promise<void>): Cancel
  /**
   * Called for a throttled call before it is answered; see {@link VirtualClock.autoAdvance}.
   * @returns a promise for which the answer waits, if any
   */
  throttled (): Promise<void> | undefined
}

/** A clock's state as the control API shows it. */
export interface ClockState {
  /** ISO 8601 with milliseconds, UTC. */
  now: string
  epochMs: number
  frozen: boolean
  /** By how much each throttled call advances a frozen clock; left out if it does not. */
  autoAdvanceMs?: number
}

/** The state of a clock, to resume it later: the time of a frozen one, else its offset. */
export interface ClockMemo {
  /** Epoch ms; `undefined` while the clock runs. */
  readonly frozenAt?: number
  /** Ms between the machine's time and the clock's. */
  readonly offset: number
}

/** The years 0 to 9999: later years do not fit ISO 8601's four digits, which clients parse. */
const EARLIEST = -62_167_219_200_000
const LATEST = 253_402_300_799_999

/** A time that the clock cannot be moved to. */
export class ClockOutOfRange extends RangeError {
  override name = 'ClockOutOfRange'

  constructor () {
    super('The clock goes from the year 0 to the end of the year 9999')
  }
}

/** Limits a time to the clock's range, for times that an earlier version has stored. */
const withinRange = (time: number): number => Math.min(Math.max(time, EARLIEST), LATEST)

interface Scheduled { at: number, task: () => void | Promise<void> }

/** setTimeout fires immediately for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Milliseconds since an arbitrary point, for durations only: it never moves with an emulated clock. */
export const stopwatch = (): number => performance.now()

/** The machine's own time, for code that runs without an emulator. */
export const systemTime = (): number => Date.now()

/**
 * Waits in real time, where a client's own timeouts should see it. Ends early, without an error, when it is aborted.
 * @param options.idle  it does not keep the process alive
 */
export function pause (ms: number, { signal, idle = false }: { signal: AbortSignal, idle?: boolean }): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (idle) timer.unref()
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}

/**
 * A clock that runs like the wall clock, and can be frozen, set and moved.
 * Moving it forward runs all tasks that fall due, in order, each task at its own time, before the call resolves.
 * Moving it back only changes the time.
 */
export class VirtualClock implements Clock {
  /** While frozen: the time. While running: the offset from the machine's time. */
  #frozenAt: number | undefined
  #offset = 0
  #scheduled = new Set<Scheduled>()
  #timer: NodeJS.Timeout | undefined
  /** Incremented when the clock is set while it is being moved; the move then ends. */
  #taken = 0
  /** One move at a time, so that two callers who each advance a day move it by two. */
  readonly #moves = new Turns()
  #closed = false
  #autoAdvanceMs = 0
  #movedAt = Date.now()
  readonly #onError: (error: unknown) => void
  readonly #keep: (memo: ClockMemo) => Promise<void>
  readonly #settle: () => Promise<void>

  /**
   * @param options.frozenAt  start frozen, at this time (epoch ms), whatever was kept
   * @param options.kept      resume from this state
   * @param options.keep      stores the state; called before the clock is frozen, resumed or moved
   * @param options.settle    awaited when a caller moves it, before it leaves a time: what is under way then is done first
   * @param options.onError   called when a scheduled task fails and no caller awaits it
   */
  constructor (options: { frozenAt?: number, kept?: ClockMemo, keep?: (memo: ClockMemo) => Promise<void>, settle?: () => Promise<void>, onError?: (error: unknown) => void } = {}) {
    this.#goOn({ offset: 0, ...options.kept, ...options.frozenAt !== undefined && { frozenAt: options.frozenAt } })
    this.#keep = options.keep ?? (async () => {})
    this.#settle = options.settle ?? (async () => {})
    this.#onError = options.onError ?? (() => {})
  }

  now (): number {
    return this.#frozenAt ?? Date.now() + this.#offset
  }

  /** When it was last set, moved, frozen or resumed, or began, by the machine's time (epoch ms). */
  get movedAt (): number {
    return this.#movedAt
  }

  state (): ClockState {
    const now = this.now()
    const state = { now: new Date(now).toISOString(), epochMs: now, frozen: this.#frozenAt !== undefined }
    return this.#autoAdvanceMs > 0 ? { ...state, autoAdvanceMs: this.#autoAdvanceMs } : state
  }

  /** Freezes it at once. Resolves when that also survives a restart. */
  freeze (): Promise<void> {
    this.#movedAt = Date.now()
    this.#frozenAt ??= this.now()
    this.#arm()
    return this.#keep(this.memo())
  }

  /** Resumes it at once. Resolves when that also survives a restart. */
  resume (): Promise<void> {
    this.#movedAt = Date.now()
    this.#run()
    return this.#keep(this.memo())
  }

  /** Moves the clock by `ms` (0 or more) and resolves when all due tasks have run. */
  advance (ms: number): Promise<void> {
    return this.#move(() => this.now() + ms, true)
  }

  /** Moves the clock to `epochMs`, forward as {@link advance} does, or back. */
  set (epochMs: number): Promise<void> {
    return this.#move(() => epochMs, true)
  }

  /**
   * Makes each throttled call advance the clock by this many ms while it is frozen, before it is answered: SDKs retry in
   * real time, and capacity that returns with the clock's time otherwise never would. 0, the default, turns it off.
   */
  autoAdvance (ms: number): void {
    this.#autoAdvanceMs = ms
  }

  throttled (): Promise<void> | undefined {
    return this.#frozenAt !== undefined && this.#autoAdvanceMs > 0 ? this.advance(this.#autoAdvanceMs) : undefined
  }

  memo (): ClockMemo {
    return { frozenAt: this.#frozenAt, offset: this.#offset }
  }

  /** The state with which a clock that showed this time resumes now. */
  static memoOf ({ epochMs, frozen }: Pick<ClockState, 'epochMs' | 'frozen'>): ClockMemo {
    return frozen ? { frozenAt: epochMs, offset: 0 } : { offset: epochMs - Date.now() }
  }

  /** Resumes from a state, at once. Scheduled tasks do not run, and the state is not stored. */
  resumeFrom ({ frozenAt, offset }: ClockMemo): void {
    this.#taken++
    this.#goOn({ frozenAt, offset })
    this.#arm()
  }

  #goOn ({ frozenAt, offset }: ClockMemo): void {
    this.#movedAt = Date.now()
    this.#frozenAt = frozenAt === undefined ? undefined : withinRange(frozenAt)
    const now = Date.now()
    const time = now + offset
    this.#offset = time === withinRange(time) ? offset : withinRange(time) - now
  }

  schedule (at: number, task: () => void | Promise<void>): Cancel {
    const scheduled = { at, task }
    this.#scheduled.add(scheduled)
    this.#arm()
    return () => { if (this.#scheduled.delete(scheduled)) this.#arm() }
  }

  /** Cancels all scheduled tasks; nothing runs after this. */
  close (): void {
    this.#closed = true
    this.#scheduled.clear()
    this.#arm()
  }

  #move (target: () => number, kept = false): Promise<void> {
    return this.#moves.take(() => this.#moveTo(target(), kept))
  }

  async #moveTo (target: number, kept: boolean): Promise<void> {
    // A running clock may pass the end of the range.
    if (kept && !(target >= EARLIEST && target <= LATEST)) throw new ClockOutOfRange()
    const wasFrozen = this.#frozenAt !== undefined
    const taken = this.#taken
    this.#frozenAt = this.now()
    this.#arm()
    const settle = kept ? this.#settle : undefined
    try {
      await settle?.()
      // Stored first, so that items that expire during the move are not back after a kill.
      if (kept) await this.#keep(VirtualClock.memoOf({ epochMs: target, frozen: wasFrozen }))
      for (let due = this.#earliest(); due && due.at <= target && taken === this.#taken; due = this.#earliest()) {
        this.#scheduled.delete(due)
        this.#frozenAt = Math.max(this.#frozenAt, due.at)
        await due.task()
        await settle?.()
      }
    } finally {
      if (taken === this.#taken) {
        this.#frozenAt = target
        if (kept) this.#movedAt = Date.now()
        if (!wasFrozen) this.#run()
      }
    }
  }

  #run (): void {
    if (this.#frozenAt === undefined) return
    this.#offset = this.#frozenAt - Date.now()
    this.#frozenAt = undefined
    this.#arm()
  }

  #earliest (): Scheduled | undefined {
    let earliest: Scheduled | undefined
    for (const scheduled of this.#scheduled) {
      if (!earliest || scheduled.at < earliest.at) earliest = scheduled
    }
    return earliest
  }

  /** Sets the one timer to the earliest task while the clock runs; a frozen clock has none. */
  #arm (): void {
    clearTimeout(this.#timer)
    if (this.#frozenAt !== undefined || this.#closed) return
    const due = this.#earliest()
    if (!due) return
    this.#timer = setTimeout(() => { void this.#runDue() }, Math.min(Math.max(due.at - this.now(), 0), LONGEST_TIMER_MS))
    this.#timer.unref()
  }

  async #runDue (): Promise<void> {
    try {
      await this.#move(() => this.now())
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#arm()
    }
  }
}
