import type { Metric, Unit } from '../metrics/metric.ts'
import type { Datum } from '../metrics/metric-store.ts'

const MINUTE_MS = 60_000

/** Takes a value of a metric; dimensions are name, value, name, value. */
export type Count = (namespace: string, name: string, value: number, unit: Unit, ...dimensions: string[]) => void

interface Counter { metric: Metric, unit: Unit, n: number, sum: number, min: number, max: number, values: Map<number, number> }

/** What was counted since it was last taken, by account, region and minute. */
export class Counters {
  #minutes = new Map<string, Map<string, Counter>>()
  /** Most calls are of the same account and minute as the one before. */
  #lastKey = ''
  #last = new Map<string, Counter>()

  get isEmpty (): boolean {
    return this.#minutes.size === 0
  }

  /** @param at  epoch ms */
  add (account: string, region: string, at: number, [namespace, name, value, unit, ...dimensions]: Parameters<Count>): void {
    const minute = Math.floor(at / MINUTE_MS)
    const key = `${account}/${region}/${minute}`
    if (key !== this.#lastKey) {
      let counters = this.#minutes.get(key)
      if (!counters) this.#minutes.set(key, counters = new Map<string, Counter>())
      this.#lastKey = key
      this.#last = counters
    }
    const metricKey = `${namespace} ${name} ${dimensions.join('\n')}`
    let counter = this.#last.get(metricKey)
    if (!counter) {
      const Dimensions = []
      for (let index = 0; index < dimensions.length; index += 2) Dimensions.push({ Name: dimensions[index]!, Value: dimensions[index + 1]! })
      this.#last.set(metricKey, counter = { metric: { Namespace: namespace, MetricName: name, Dimensions }, unit, n: 0, sum: 0, min: Infinity, max: -Infinity, values: new Map() })
    }
    counter.n++
    counter.sum += value
    if (value < counter.min) counter.min = value
    if (value > counter.max) counter.max = value
    counter.values.set(value, (counter.values.get(value) ?? 0) + 1)
  }

  /** All of it, by account and region with a slash between them; the counters begin anew. */
  take (): Map<string, Datum[]> {
    const taken = new Map<string, Datum[]>()
    for (const [key, counters] of this.#minutes) {
      const [account, region, minute] = key.split('/')
      const owner = `${account}/${region}`
      const data = taken.get(owner) ?? []
      taken.set(owner, data)
      for (const { metric, unit, n, sum, min, max, values } of counters.values()) data.push({ metric, unit, at: Number(minute) * MINUTE_MS, sample: { n, sum, min, max, values: [...values] } })
    }
    this.clear()
    return taken
  }

  clear (): void {
    this.#minutes = new Map()
    this.#lastKey = ''
    this.#last = new Map()
  }
}
