import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'

/** One request as it is to be sent. */
export interface LoadRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  /** JSON. */
  body?: string
  headers?: Record<string, string>
}

/** The results of a load. */
export interface Shots {
  /** From sending each to having read its answer, in ms. */
  durationsMs: number[]
  /** Answers by status. */
  statuses: Map<number, number>
  /** Connections that failed, and requests that got no answer in time. */
  errors: number
  /** From the first request to the last answer. */
  seconds: number
}

export interface LoadOptions {
  baseUrl: string
  /** Sent from the first to the last; repeated from the first if there are too few. */
  requests: readonly LoadRequest[]
}

/** Connections for requests that are not sent at a steady rate. */
export const CONNECTIONS = 16

/** How often autocannon looks whether it is done; its default of a second would be longer than what is measured. */
const SAMPLE_MS = 20
/** At a steady rate, every connection sends one request a second. */
const INTERVAL_MS = 1000

/** Sends `amount` requests over a number of connections. Each connection sends its next request when the last is answered. */
export async function shootAll (options: LoadOptions & { amount: number, connections: number }): Promise<Shots> {
  const { baseUrl, requests, amount, connections } = options
  const shots = newShots()
  const began = performance.now()
  const share = Math.ceil(Math.min(amount, requests.length) / connections)
  let next = 0
  await fire(baseUrl, {
    amount,
    connections,
    sampleInt: SAMPLE_MS,
    // A list for each connection, built beforehand: what autocannon builds while it measures, it measures.
    setupClient (client) {
      client.setRequests(Array.from({ length: share }, () => prepare(requests[next++ % requests.length]!)))
    },
  }, (status, durationMs) => {
    count(shots, status)
    shots.durationsMs.push(durationMs)
    shots.seconds = (performance.now() - began) / 1000
  }, shots)
  return shots
}

/** For how long {@link shootSteadily} sends requests that it does not count, while its connections are opened. */
const WARM_UP_SECONDS = 1
/** The same at the end, when connections finish one after the other, which has the process that measures collect garbage. */
const COOL_DOWN_SECONDS = 1
/** What {@link shootSteadily} takes beyond the time in which it counts. */
export const UNCOUNTED_SECONDS = WARM_UP_SECONDS + COOL_DOWN_SECONDS

/**
 * Sends `rate` requests a second, evenly.
 *
 * autocannon keeps a rate by sending a second's requests at once, and corrects for coordinated omission by an interval
 * that it takes in the wrong unit. So there is a connection for every request of a second, each with one request a
 * second, and they begin one after the other. A request is then never kept waiting by the one before it, which is what
 * coordinated omission is, unless that takes longer than a second; what it hid then is added.
 *
 * The first requests of each connection, which open it too, and its last are not counted.
 *
 * @param options.seconds  for how long requests are counted
 */
export async function shootSteadily (options: LoadOptions & { rate: number, seconds: number }): Promise<Shots> {
  const { baseUrl, requests, rate, seconds } = options
  const shots = newShots()
  const began = performance.now()
  const connections: Promise<void>[] = []
  for (let index = 0; index < rate; index++) {
    await sleep(Math.max(0, began + index * INTERVAL_MS / rate - performance.now()))
    let answered = 0
    connections.push(fire(baseUrl, {
      amount: seconds + UNCOUNTED_SECONDS,
      connections: 1,
      connectionRate: 1,
      sampleInt: SAMPLE_MS * 10,
      setupClient (client) {
        client.setRequests(Array.from({ length: seconds + UNCOUNTED_SECONDS }, (_, turn) => prepare(requests[(turn * rate + index) % requests.length]!)))
      },
    }, (status, durationMs) => {
      count(shots, status)
      if (answered >= WARM_UP_SECONDS && answered < WARM_UP_SECONDS + seconds) shots.durationsMs.push(...uncovered(durationMs))
      answered++
      shots.seconds = (performance.now() - began) / 1000
    }, shots))
  }
  await Promise.all(connections)
  return shots
}

/** The duration itself, and those of the requests that it kept from being sent in time. */
export function uncovered (durationMs: number): number[] {
  const all = []
  for (let waited = durationMs; waited > 0; waited -= INTERVAL_MS) all.push(waited)
  return all
}

const newShots = (): Shots => ({ durationsMs: [], statuses: new Map(), errors: 0, seconds: 0 })

function count ({ statuses }: Shots, status: number): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
}

function prepare ({ method, path, body, headers }: LoadRequest): autocannon.Request {
  return { method, path, headers: { ...body !== undefined && { 'content-type': 'application/json' }, ...headers }, ...body !== undefined && { body } }
}

function fire (url: string, options: Omit<autocannon.Options, 'url'>, onResponse: (status: number, durationMs: number) => void, shots: Shots): Promise<void> {
  return new Promise((resolve, reject) => {
    const instance = autocannon({ url, ...options }, (error: Error | null, result: autocannon.Result) => {
      if (error) return reject(error)
      shots.errors += result.errors
      resolve()
    })
    instance.on('response', (_client, status, _bytes, durationMs) => onResponse(status, durationMs))
  })
}
