import type { Trace } from './trace.ts'

/** A summary of calls. */
export interface Sums {
  calls: number
  /** Calls that were not answered `ok`. */
  failures: number
  readUnits: number
  writeUnits: number
}

/** A summary of the calls since a moment. */
export interface Activity extends Sums {
  /** The sequence number of the newest call. */
  sequence: number
  /** Calls that had left the trace before they could be counted. */
  lost: number
  byService: Record<string, Sums>
}

const nothing = (): Sums => ({ calls: 0, failures: 0, readUnits: 0, writeUnits: 0 })

/**
 * Summarizes the calls that the trace has after a sequence number. It costs nothing until it is called.
 * @param options.exceptCausedBy  calls with this cause are left out
 */
export function summarize (trace: Pick<Trace, 'query' | 'sequence'>, { after, exceptCausedBy }: { after: number, exceptCausedBy?: string }): Activity {
  const { sequence } = trace
  const found = trace.query({ after })
  const activity: Activity = { sequence, lost: sequence - after - found.length, ...nothing(), byService: {} }
  for (const call of found) {
    if (exceptCausedBy !== undefined && call.causedBy === exceptCausedBy) continue
    for (const sums of [activity, activity.byService[call.service] ??= nothing()]) {
      sums.calls++
      if (call.result !== 'ok') sums.failures++
      sums.readUnits += call.readUnits
      sums.writeUnits += call.writeUnits
    }
  }
  return activity
}
