/** The server's source of time. Only this file reads the wall clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now (): number
}

/** The machine's own time. */
export const systemClock: Clock = { now: () => Date.now() }

/** Milliseconds since an arbitrary point, for durations only: it never moves with an emulated clock. */
export const stopwatch = (): number => performance.now()

/** ISO 8601, UTC, with milliseconds. */
export const isoTime = (now: number): string => new Date(now).toISOString()
