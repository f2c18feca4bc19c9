import type { StateValue } from '../shapes.ts'
import type { Comparison, Treatment } from './alarm.ts'

/** A period with data. */
export interface Datapoint {
  /** Epoch ms at which it begins. */
  at: number
  value: number
  samples?: number
}

export interface Rule {
  /** N: how many datapoints are judged. */
  periods: number
  /** M: how many of them must breach. */
  toAlarm: number
  threshold: number
  comparison: Comparison
  missing: Treatment
}

export interface Verdict {
  /** `undefined`: the alarm keeps its state. */
  state: StateValue | undefined
  /** The datapoints that decided, newest first. */
  used: Datapoint[]
  /** How many missing ones were taken for something. */
  filled: number
}

/** How many periods are looked at beyond N. AWS does not publish it: its example has 5 for N = 3. */
export const EXTRA_PERIODS = 2

const BREACHES: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

/**
 * The state of an alarm by its datapoints.
 * Source: "Configuring how CloudWatch alarms treat missing data" (CloudWatch user guide).
 *
 * @param range  the periods of the evaluation range, newest first; `undefined` for those without data
 */
export function judge (range: readonly (Datapoint | undefined)[], { periods, toAlarm, threshold, comparison, missing }: Rule): Verdict {
  const isBreaching = ({ value }: Datapoint) => BREACHES[comparison](value, threshold)
  const real = range.filter((point) => point !== undefined)
  const used = real.slice(0, periods)
  const breaching = used.filter(isBreaching).length
  const byCount = (count: number): StateValue => count >= toAlarm ? 'ALARM' : 'OK'
  if (used.length === periods) return { state: byCount(breaching), used, filled: 0 }

  const filled = periods - used.length
  if (missing === 'breaching') return { state: byCount(breaching + filled), used, filled }
  if (missing === 'notBreaching') return { state: byCount(breaching), used, filled }
  if (used.length === 0) return { state: missing === 'missing' ? 'INSUFFICIENT_DATA' : undefined, used, filled }
  if (used.length >= toAlarm || breaching === 0) return { state: byCount(breaching), used, filled: 0 }
  if (missing === 'ignore') return { state: undefined, used, filled: 0 }
  return { state: isOldEnough(range, toAlarm, isBreaching) ? 'ALARM' : 'OK', used, filled: 0 }
}

/** Too few datapoints alarm if the oldest that breaches is M periods old, and all that came after it breach or are missing. */
function isOldEnough (range: readonly (Datapoint | undefined)[], toAlarm: number, isBreaching: (point: Datapoint) => boolean): boolean {
  const oldest = range.findLastIndex((point) => point !== undefined && isBreaching(point))
  return oldest + 1 >= toAlarm && range.slice(0, oldest).every((point) => point === undefined || isBreaching(point))
}
