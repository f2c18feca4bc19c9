import type { Tables } from '../scenarios/kit/expected-calls.ts'
import { createTraceReader } from '../scenarios/kit/trace-reader.ts'
import { startChild } from './child.ts'
import { CONNECTIONS, shootAll, UNCOUNTED_SECONDS } from './load.ts'
import { measureLatency, type Latency } from './rate.ts'
import type { BenchRoute } from './route.ts'
import { closeAll, openStages, type Stage } from './stage.ts'
import { measureThroughput, probe, ROUNDS_A_ROUTE, type Probe, type Throughput } from './throughput.ts'

export const PARTS = ['latency', 'throughput'] as const
export type Part = typeof PARTS[number]

export interface BenchOptions {
  /** Seconds that measuring takes, all parts together; starting up and making data come on top. */
  seconds: number
  parts: readonly Part[]
  /** Only routes with one of these texts in their names. Default: all. */
  routes?: readonly string[]
  /** Of the server under test, by the names of the environment variables. */
  settings: Readonly<Record<string, string>>
  tables: Tables
  /** Called before each measurement. */
  onProgress?: (what: string) => void
}

export interface BenchResult {
  latency: Latency[]
  throughput: Throughput[]
}

/** Of the time, when both parts are run. */
const LATENCY_SHARE = 0.55
/** What a latency measurement takes beyond its own time. */
const LATENCY_OVERHEAD_SECONDS = UNCOUNTED_SECONDS + 1.4
/** Finding out how quick a route is, and making what the rounds use up. */
const THROUGHPUT_OVERHEAD_SECONDS = 0.4
const LEAST_ROUND_SECONDS = 0.1
/**
 * Sent to each process before its first round, so that V8 has compiled what it will compile: without it, the first
 * route is held against a bare Fastify that is several times slower than a minute later.
 */
const WARM_UP_REQUESTS = 12_000

/** Nothing there has this name. */
export class NothingSelected extends Error {}

/**
 * Measures the API's routes, each side in a process of its own.
 *
 * @throws {@link NothingSelected}; an error when the server does not start, or a route does not answer as it should
 */
export async function runBench (options: BenchOptions): Promise<BenchResult> {
  const { parts, seconds, settings, tables, onProgress = () => {} } = options
  const stages = await openStages({ settings, tables, onProgress })
  try {
    const all = stages.flatMap((stage) => stage.routes.map((route): StagedRoute => ({ route, stage })))
    const wanted = options.routes?.map((text) => text.toLowerCase())
    const routes = all.filter(({ route: { name } }) => wanted?.some((text) => name.toLowerCase().includes(text)) ?? true)
    if (routes.length === 0) throw new NothingSelected(`No route has ${wanted?.join(' or ')} in its name. The routes are: ${all.map(({ route }) => route.name).join('; ')}`)

    const share = (part: Part) => !parts.includes(part) ? 0 : parts.length === 1 ? seconds : seconds * (part === 'latency' ? LATENCY_SHARE : 1 - LATENCY_SHARE)
    const latency = await measureLatencies(routes, { seconds: share('latency'), onProgress })
    const throughput = await measureThroughputs(routes, { seconds: share('throughput'), onProgress })
    return { latency, throughput }
  } finally {
    await closeAll(stages)
  }
}

/** A route, and where it is measured. */
interface StagedRoute { route: BenchRoute, stage: Stage }

interface Measuring { seconds: number, onProgress: (what: string) => void }

async function measureLatencies (routes: readonly StagedRoute[], { seconds, onProgress }: Measuring): Promise<Latency[]> {
  const withTarget = routes.flatMap(({ route, stage }) => route.target ? [{ route: { ...route, target: route.target }, stage }] : [])
  if (seconds === 0) return []
  const each = Math.max(1, Math.floor(seconds / withTarget.length - LATENCY_OVERHEAD_SECONDS))
  const latencies: Latency[] = []
  for (const { route, stage } of withTarget) {
    onProgress(`latency of ${route.name}`)
    latencies.push(await measureLatency(route, { baseUrl: stage.server.url, seconds: each }))
  }
  return latencies
}

async function measureThroughputs (routes: readonly StagedRoute[], { seconds, onProgress }: Measuring): Promise<Throughput[]> {
  if (seconds === 0) return []
  const probes: (StagedRoute & { probed: Probe })[] = []
  for (const { route, stage } of routes) {
    const trace = createTraceReader(stage.server.emulatorUrl!) // the API's process has one
    probes.push({ route, stage, probed: await probe(route, { api: stage.api, trace }) })
  }
  const bare = await startChild({ kind: 'bare', routes: probes.map(({ probed }) => probed.bare) })
  try {
    onProgress('warming up')
    const warmUp = { amount: WARM_UP_REQUESTS, connections: CONNECTIONS }
    for (const { server, routes: [first] } of new Set(routes.map(({ stage }) => stage))) {
      await shootAll({ ...warmUp, baseUrl: server.url, requests: await first!.prepare(CONNECTIONS) }) // one of its routes is measured
    }
    await shootAll({ ...warmUp, baseUrl: bare.url, requests: await routes[0]!.route.prepare(CONNECTIONS) })
    const roundSeconds = Math.max(LEAST_ROUND_SECONDS, (seconds / routes.length - THROUGHPUT_OVERHEAD_SECONDS) / ROUNDS_A_ROUTE)
    const throughputs: Throughput[] = []
    for (const { route, stage, probed } of probes) {
      onProgress(`throughput of ${route.name}`)
      throughputs.push(await measureThroughput(probed, { api: stage.server, bare, roundSeconds }))
    }
    return throughputs
  } finally {
    await bare.close()
  }
}
