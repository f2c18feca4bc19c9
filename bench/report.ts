import { formatNumber, renderTable, type Column } from '../scenarios/kit/text-table.ts'
import { STEADY_RATE, type Latency } from './rate.ts'
import type { BenchResult } from './run.ts'
import { CONNECTIONS } from './load.ts'
import type { Side, Throughput } from './throughput.ts'

/** Enough to see by how much a least share is missed. */
const SHARE_DIGITS = 3

const right = (title: string): Column => ({ title, align: 'right' })

const LATENCY_COLUMNS: readonly Column[] = [
  { title: '' }, { title: 'route' }, { title: 'target' },
  ...['p99 at most', 'p50', 'p90', 'p97.5', 'p99', 'max', 'requests'].map(right),
]
const THROUGHPUT_COLUMNS: readonly Column[] = [
  { title: '' }, { title: 'route' },
  ...['requests/s', 'bare', 'share', 'at least', 'CPU', 'bare CPU', 'AWS calls', 'RCU', 'WCU', 'memory'].map(right),
]

/** The tables at the end of a run: only measured values. */
export function benchReport ({ latency, throughput }: BenchResult): string {
  return [
    ...latency.length > 0 ? [latencyReport(latency)] : [],
    ...throughput.length > 0 ? [throughputReport(throughput)] : [],
    verdict({ latency, throughput }),
  ].join('\n\n')
}

/** The missed targets, in words. */
export function failures ({ latency, throughput }: BenchResult): string[] {
  return [
    ...latency.filter(({ holds }) => !holds).map(({ route, target, wrong }) => `latency of ${route} (${wrong || target})`),
    ...throughput.filter(({ holds }) => !holds).map(({ route, wrong }) => `throughput of ${route}${wrong && ` (${wrong})`}`),
  ]
}

function latencyReport (latency: readonly Latency[]): string {
  const rows = latency.map((one) => [
    one.holds ? 'holds' : 'MISSED', one.route, one.target, ms(one.targetMs),
    ...[one.p50, one.p90, one.p97_5, one.p99, one.max].map(ms), String(one.requests),
  ])
  return [
    `Latency in ms at ${STEADY_RATE} requests/s, sent evenly, whether or not earlier ones are answered`,
    renderTable(LATENCY_COLUMNS, rows),
  ].join('\n')
}

function throughputReport (throughput: readonly Throughput[]): string {
  const rows = throughput.map((one) => [
    one.leastShare === undefined && one.holds ? '' : one.holds ? 'holds' : 'MISSED',
    one.route,
    perSecond(one.api), perSecond(one.bare), formatNumber(one.share, SHARE_DIGITS), formatNumber(one.leastShare, SHARE_DIGITS),
    `${one.api.cpuUs.toFixed(0)} us`, `${one.bare.cpuUs.toFixed(0)} us`,
    formatNumber(one.calls), formatNumber(one.readUnits), formatNumber(one.writeUnits), `${one.residentMb.toFixed(0)} MB`,
  ])
  return [
    `Throughput at ${CONNECTIONS} connections; bare is a Fastify route that sends the same bytes, measured in turns with the API's`,
    renderTable(THROUGHPUT_COLUMNS, rows),
    'Medians of the rounds. CPU: of the server\'s process, a request. Memory: of the API and its emulator together.',
  ].join('\n')
}

function verdict (result: BenchResult): string {
  const missed = failures(result)
  return missed.length === 0 ? 'All targets hold.' : `Missed: ${missed.join('; ')}.`
}

const ms = (value: number) => value.toFixed(2)
const perSecond = ({ requestsPerSecond }: Side) => requestsPerSecond.toFixed(0)
