import type { Metric, Unit } from '../metrics/metric.ts'
import type { Datum } from '../metrics/metric-store.ts'

const MINUTE_MS = 60_000

/** Takes a value of a metric; dimensions are name, value, name, value. */
export type Count = (namespace: string, name: string, value: number, unit: Unit, ...dimensions: string[]) => void

interface Counter { metric: Metric, unit: Unit, n: number, sum: number, min: number, max: number, values: Map<number, number> }

type ByDimensions = Map<string, Counter>
/** By namespace, name and the values of the dimensions: nested, so that counting builds few strings. */
type ByMetric = Map<string, Map<string, ByDimensions>>

/** What was counted since it was last taken, by account, region and minute. */
export class Counters {
  #minutes = new Map<string, ByMetric>()
  /** Most calls are of the same account and minute as the one before. */
  #last: { account: string, region: string, minute: number, metrics: ByMetric } | undefined

  get isEmpty (): boolean {
    return this.#minutes.size === 0
  }

  /** @param at  epoch ms */
  add (account: string, region: string, at: number, ...[namespace, name, value, unit, ...dimensions]: Parameters<Count>): void {
    const names = inner(this.#metricsOf(account, region, Math.floor(at / MINUTE_MS)), namespace)
    let values = dimensions[1] ?? ''
    for (let index = 3; index < dimensions.length; index += 2) values += `\n${dimensions[index]!}`
    const counters = inner(names, name)
    let counter = counters.get(values)
    if (!counter) {
      const Dimensions = []
      for (let index = 0; index < dimensions.length; index += 2) Dimensions.push({ Name: dimensions[index]!, Value: dimensions[index + 1]! })
      counters.set(values, counter = { metric: { Namespace: namespace, MetricName: name, Dimensions }, unit, n: 0, sum: 0, min: Infinity, max: -Infinity, values: new Map() })
    }
    counter.n++
    counter.sum += value
    if (value < counter.min) counter.min = value
    if (value > counter.max) counter.max = value
    counter.values.set(value, (counter.values.get(value) ?? 0) + 1)
  }

  #metricsOf (account: string, region: string, minute: number): ByMetric {
    const last = this.#last
    if (last && last.minute === minute && last.account === account && last.region === region) return last.metrics
    const metrics = inner(this.#minutes, `${account}/${region}/${minute}`)
    this.#last = { account, region, minute, metrics }
    return metrics
  }

  /** All of it, by account and region with a slash between them; the counters begin anew. */
  take (): Map<string, Datum[]> {
    const taken = new Map<string, Datum[]>()
    for (const [key, metrics] of this.#minutes) {
      const [account, region, minute] = key.split('/')
      const owner = `${account}/${region}`
      const data = taken.get(owner) ?? []
      taken.set(owner, data)
      const all = [...metrics.values()].flatMap((names) => [...names.values()].flatMap((counters) => [...counters.values()]))
      for (const { metric, unit, n, sum, min, max, values } of all) data.push({ metric, unit, at: Number(minute) * MINUTE_MS, sample: { n, sum, min, max, values: [...values] } })
    }
    this.clear()
    return taken
  }

  clear (): void {
    this.#minutes = new Map()
    this.#last = undefined
  }
}

/** The map within a map, made if there is none. */
function inner<K, V> (outer: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let found = outer.get(key)
  if (!found) outer.set(key, found = new Map<K, V>())
  return found
}
