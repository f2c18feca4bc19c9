import type { Unit } from './metric.ts'
import { sampleOf, type Sample } from './sample.ts'

/** A value that is published again and again until it changes: what a table has provisioned, for instance. */
export interface Steps {
  unit: Unit
  /** How often (ms) it is published. */
  everyMs: number
  /** Since when (epoch ms) it has had each value; `null` where there is none. In the order of time. */
  values: [at: number, value: number | null][]
}

/** What is published in a span of time; what has no value is not published. */
export function pointsOf ({ everyMs, values }: Steps, from: number, to: number): { at: number, sample: Sample }[] {
  const points: { at: number, sample: Sample }[] = []
  for (const [index, [since, value]] of values.entries()) {
    if (value === null) continue
    const until = Math.min(values[index + 1]?.[0] ?? Infinity, to)
    for (let at = Math.ceil(Math.max(since, from) / everyMs) * everyMs; at < until; at += everyMs) points.push({ at, sample: sampleOf(value) })
  }
  return points
}
