import { quantile } from '../scenarios/kit/statistics.ts'
import { CONNECTIONS, shootAll, shootSteadily, UNCOUNTED_SECONDS, type Shots } from './load.ts'
import type { BenchRoute } from './route.ts'

/** Requests a second, at which the seeds' latency targets are measured. */
export const STEADY_RATE = 200

/**
 * Sent as quickly as they are answered, before the steady rate: V8 compiles what is called often, for tens of milliseconds at a
 * time, and at a steady rate would do so for a minute.
 */
const WARM_UP_REQUESTS = 100 * CONNECTIONS

/** Answers in time of one route at a steady rate, in ms. */
export interface Latency {
  route: string
  target: string
  targetMs: number
  requests: number
  p50: number
  p90: number
  p97_5: number
  p99: number
  max: number
  /** Whether p99, and p50 if it has a target, meet the target, and every answer had the expected status. */
  holds: boolean
  /** The unexpected answers, in words; empty if there are none. */
  wrong: string
}

/** Measures a route that has a target at {@link STEADY_RATE}, for a number of seconds. */
export async function measureLatency (route: BenchRoute & Required<Pick<BenchRoute, 'target'>>, { baseUrl, seconds }: { baseUrl: string, seconds: number }): Promise<Latency> {
  await shootAll({ baseUrl, requests: await route.prepare(WARM_UP_REQUESTS), amount: WARM_UP_REQUESTS, connections: CONNECTIONS })
  const requests = await route.prepare(STEADY_RATE * (seconds + UNCOUNTED_SECONDS))
  const shots = await shootSteadily({ baseUrl, requests, rate: STEADY_RATE, seconds })
  const at = (share: number) => quantile(shots.durationsMs, share) ?? Infinity
  const wrong = wrongAnswers(shots, route.status)
  return {
    route: route.name,
    target: route.target.name,
    targetMs: route.target.p99Ms,
    requests: shots.durationsMs.length,
    p50: at(0.5),
    p90: at(0.9),
    p97_5: at(0.975),
    p99: at(0.99),
    max: at(1),
    holds: wrong === '' && at(0.99) <= route.target.p99Ms && at(0.5) <= (route.target.p50Ms ?? Infinity),
    wrong,
  }
}

/** The answers that did not have the expected status, in words. */
export function wrongAnswers ({ statuses, errors }: Pick<Shots, 'statuses' | 'errors'>, wanted: number): string {
  const others = [...statuses].filter(([status]) => status !== wanted).map(([status, count]) => `${count} answered with ${status}`)
  return [...others, ...errors > 0 ? [`${errors} not answered`] : []].join(', ')
}
