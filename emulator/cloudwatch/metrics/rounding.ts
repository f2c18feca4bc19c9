const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A start as CloudWatch reads it: rounded down, the more the older it is. */
export function roundedStart (start: number, now: number): number {
  const age = now - start
  const step = age < 15 * DAY_MS ? MINUTE_MS : age < 63 * DAY_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS
  return Math.floor(start / step) * step
}
