import type { LoadRequest } from './load.ts'

/** A latency target of a seed: p99 in ms, at the API, on the embedded store. */
export interface Target {
  /** The seed's own name of it. */
  name: string
  p99Ms: number
  /** What is typical. */
  p50Ms?: number
}

/** A route that is measured. */
export interface BenchRoute {
  name: string
  method: LoadRequest['method']
  /** As the API declares it. */
  url: string
  /** The expected status of every answer. */
  status: number
  /** Whether each request can be sent only once, because it uses up its data. */
  once?: boolean
  target?: Target
  /** The minimum share of a bare route's throughput. */
  leastShare?: number
  /** Prepares the data for a number of requests. Returns that many requests if each can be sent only once, else some to repeat. */
  prepare (amount: number): Promise<LoadRequest[]>
}

/** Requests that differ in the first parameter of their path, as often as there are values for it. */
export function each (route: Pick<BenchRoute, 'method' | 'url'>, values: readonly string[], body?: (value: string, index: number) => object): LoadRequest[] {
  return values.map((value, index) => ({
    method: route.method,
    path: route.url.replace(/:\w+/, encodeURIComponent(value)),
    body: body && JSON.stringify(body(value, index)),
  }))
}
