import type { ApiClient } from '../scenarios/kit/api-client.ts'
import { median } from '../scenarios/kit/statistics.ts'
import type { TraceReader } from '../scenarios/kit/trace-reader.ts'
import type { Child } from './child.ts'
import { CONNECTIONS, shootAll, type LoadRequest } from './load.ts'
import type { BareRoute } from './messages.ts'
import { wrongAnswers } from './rate.ts'
import type { BenchRoute } from './route.ts'

/** Rounds of each side, alternating, so that a drifting machine favours neither. */
const ROUNDS = 5
/** All rounds of a route: before those that count, each side has one to warm up in. */
export const ROUNDS_A_ROUTE = 2 * (ROUNDS + 1)
/** Sent first, to estimate the speed of a side. */
const TRIAL_REQUESTS = 4 * CONNECTIONS
/** So that a route that uses up its data does not spend the time on making them. */
const MOST_ONCE = 6000

/** How many requests a second one side answered, and what each cost. */
export interface Side {
  /** The median of the rounds. */
  requestsPerSecond: number
  /** The slowest and the quickest round. */
  spread: [number, number]
  /** CPU time of the process under test, a request. */
  cpuUs: number
}

export interface Throughput {
  route: string
  api: Side
  bare: Side
  /** The API's throughput as a share of the bare route's in the same turn; the median of the rounds. */
  share: number
  leastShare?: number
  /** What one request used, from the trace. */
  calls: number
  readUnits: number
  writeUnits: number
  /** Of the API's process, emulator and all, after the rounds. */
  residentMb: number
  holds: boolean
  wrong: string
}

/** One request of a route, sent by itself: its answer for the bare route to send, and the capacity that it used. */
export interface Probe extends Pick<Throughput, 'calls' | 'readUnits' | 'writeUnits'> {
  route: BenchRoute
  bare: BareRoute
}

/** @throws when the route does not answer as it should */
export async function probe (route: BenchRoute, { api, trace }: { api: ApiClient, trace: TraceReader }): Promise<Probe> {
  const [{ path, body, headers } = { path: '' }] = await route.prepare(1)
  const response = await api.send(route.method, path, { body, headers })
  if (response.status !== route.status) throw new Error(`${route.method} ${path} answered ${response.status}: ${response.text.slice(0, 200)}`)
  const calls = await trace.callsOf(response.requestId)
  const sum = (units: 'readUnits' | 'writeUnits') => calls.reduce((total, call) => total + call[units], 0)
  return {
    route,
    bare: {
      method: route.method,
      url: route.url,
      status: response.status,
      contentType: response.headers.get('content-type') ?? 'application/json',
      body: response.text,
    },
    calls: calls.length,
    readUnits: sum('readUnits'),
    writeUnits: sum('writeUnits'),
  }
}

/** Measures a route and its bare counterpart, in alternating rounds of about the given seconds. */
export async function measureThroughput ({ route, ...used }: Probe, options: { api: Child, bare: Child, roundSeconds: number }): Promise<Throughput> {
  const { api, bare, roundSeconds } = options
  const wanted = route.status
  const sample = await route.prepare(TRIAL_REQUESTS)

  async function fireApi (after: Round): Promise<Round> {
    const amount = amountFor(after, { roundSeconds, most: route.once ? MOST_ONCE : Infinity })
    return fireRound(api, await route.prepare(amount), { amount, wanted })
  }
  // A bare route's answer does not depend on the request.
  const fireBare = (after: Round) => fireRound(bare, sample, { amount: amountFor(after, { roundSeconds, most: Infinity }), wanted })

  let apiRound = await fireApi(await fireRound(api, sample, { amount: TRIAL_REQUESTS, wanted }))
  let bareRound = await fireBare(await fireRound(bare, sample, { amount: TRIAL_REQUESTS, wanted }))
  const apiRounds: Round[] = []
  const bareRounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    apiRounds.push(apiRound = await fireApi(apiRound))
    bareRounds.push(bareRound = await fireBare(bareRound))
  }

  const apiSide = summarize(apiRounds)
  const bareSide = summarize(bareRounds)
  // The ratios of neighbouring rounds: a slow moment of the machine affects both.
  const share = median(apiRounds.map(({ requestsPerSecond }, round) => requestsPerSecond / bareRounds[round]!.requestsPerSecond)) ?? NaN
  const wrong = [...new Set([...apiRounds, ...bareRounds].flatMap((round) => round.wrong || []))].join('; ')
  return {
    route: route.name,
    api: apiSide,
    bare: bareSide,
    share,
    leastShare: route.leastShare,
    calls: used.calls,
    readUnits: used.readUnits,
    writeUnits: used.writeUnits,
    residentMb: (await api.usage()).residentBytes / 2 ** 20,
    holds: wrong === '' && share >= (route.leastShare ?? 0),
    wrong,
  }
}

interface Round { requestsPerSecond: number, cpuUs: number, wrong: string }

async function fireRound (child: Child, requests: readonly LoadRequest[], { amount, wanted }: { amount: number, wanted: number }): Promise<Round> {
  const before = await child.usage()
  const shots = await shootAll({ baseUrl: child.url, requests, amount, connections: CONNECTIONS })
  const { cpuMs } = await child.usage()
  return {
    requestsPerSecond: amount / shots.seconds,
    cpuUs: (cpuMs - before.cpuMs) / amount * 1000,
    wrong: wrongAnswers(shots, wanted),
  }
}

/** As many requests as the round before says fill the time; every connection gets the same number. */
function amountFor ({ requestsPerSecond }: Round, { roundSeconds, most }: { roundSeconds: number, most: number }): number {
  return Math.ceil(Math.min(requestsPerSecond * roundSeconds, most) / CONNECTIONS) * CONNECTIONS
}

function summarize (rounds: readonly Round[]): Side {
  const rates = rounds.map(({ requestsPerSecond }) => requestsPerSecond)
  return {
    requestsPerSecond: median(rates) ?? NaN,
    spread: [Math.min(...rates), Math.max(...rates)],
    cpuUs: median(rounds.map(({ cpuUs }) => cpuUs)) ?? NaN,
  }
}
