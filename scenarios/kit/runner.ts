import type { TracedCall } from '../../emulator/core/traced-call.ts'
import { ApiClient, type RawResponse } from './api-client.ts'
import { createCallers } from './callers.ts'
import type { NamedScenario } from './catalogue.ts'
import { Checks, type CheckResult } from './checks.ts'
import { createEmulatorAccess, type ClosableEmulatorAccess } from './emulator-access.ts'
import { compareCalls, type ExpectedCall, type Tables } from './expected-calls.ts'
import { Given } from './given.ts'
import { createRandom } from './random.ts'
import { NotApplicable } from './not-applicable.ts'
import { RecordedCalls } from './recorded-calls.ts'
import type { ScenarioContext } from './scenario.ts'
import { mean, quantile } from './statistics.ts'
import { createTraceReader, type TraceReader } from './trace-reader.ts'

/** What scenarios run against. */
export interface Target {
  apiUrl: string
  /** Of the emulator under the API. Without it there is no trace, and no clock that could be moved. */
  emulatorUrl?: string
  /** Sent as a bearer token: an admin's, where the API asks for tokens. */
  token?: string
}

/** A target that was started for the purpose. */
export interface Kit extends Target {
  close (): Promise<void>
}

export interface RunOptions {
  scenarios: readonly NamedScenario[]
  target: Target
  /** Starts a kit for a scenario that needs settings of its own; without it such a scenario is skipped. */
  startKit?: (environment: Readonly<Record<string, string>>) => Promise<Kit>
  /** The names of the tables, as the target has them. */
  tables: Tables
  /** The app client that users' tokens are for. Default: the emulator's own. */
  clientId?: string
  /** How many run at once. Default 1. */
  jobs?: number
  /** The same seed gives the same ids, names and pictures. */
  seed: number
  /** Write the calls of requests without a list of expected ones, rather than compare them with those written before. */
  record?: boolean
  /** Where the calls of a request are looked up. Default: the trace of the target's emulator, if there is one. */
  trace?: (emulatorUrl: string) => TraceReader
  onStart?: (scenario: NamedScenario) => void
  onEnd?: (result: ScenarioResult) => void
}

/** What the requests that a scenario is about used, on average. */
export interface Usage {
  calls: number
  readUnits: number
  writeUnits: number
  /** Calls by service. */
  services: Record<string, number>
}

/** One of the requests that a scenario is about, on the scenario's time line. */
export interface MeasuredRequest {
  method: string
  path: string
  status: number
  /** Since the scenario began. */
  atMs: number
  durationMs: number
  /** `undefined` without a trace. */
  calls?: MeasuredCall[]
}

/** An AWS call of such a request. */
export interface MeasuredCall extends Pick<TracedCall, 'service' | 'operation' | 'resource' | 'index' | 'durationMs' | 'readUnits' | 'writeUnits' | 'result'> {
  /** Since the request's first call. */
  afterMs: number
}

export interface ScenarioResult {
  name: string
  title: string
  seed: string
  pattern: string
  outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or the error that ended it. */
  reason?: string
  checks: CheckResult[]
  /** The requests that the scenario is about. */
  requests: number
  /** Of these requests, from sending to having read the answer; `undefined` without any. */
  p50Ms?: number
  /** From the scenario's begin to its end, with what it prepares. */
  durationMs?: number
  /** These requests, in their order. */
  timeline?: MeasuredRequest[]
  /** A request's; `undefined` without a trace. */
  usage?: Usage
}

interface Measured { request: MeasuredRequest, usage?: Usage }

/** Runs scenarios, and reports the result of each, in the order in which they were given. It does not throw. */
export async function runScenarios (options: RunOptions): Promise<ScenarioResult[]> {
  const { scenarios, jobs = 1 } = options
  const results: ScenarioResult[] = []
  const waiting = [...scenarios.entries()]
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, scenario] = next
      options.onStart?.(scenario)
      const result = await runScenario(scenario, options)
      results[index] = result
      options.onEnd?.(result)
    }
  }))
  return results
}

async function runScenario (scenario: NamedScenario, options: RunOptions): Promise<ScenarioResult> {
  const check = new Checks()
  const measured: Measured[] = []
  const { name, title, seed, pattern } = scenario
  const began = performance.now()
  const ended = await runOn(scenario, { options, check, measured, began }).catch((error: unknown) => error)
  const failed = (ended !== undefined && !(ended instanceof NotApplicable)) || check.results.some(({ outcome }) => outcome === 'failed')
  const reason = ended instanceof Error ? (ended.cause instanceof Error ? `${ended.message}: ${ended.cause.message}` : ended.message) : undefined
  return {
    name,
    title,
    seed,
    pattern,
    outcome: failed ? 'failed' : ended ? 'skipped' : 'passed',
    reason,
    checks: check.results,
    requests: measured.length,
    p50Ms: quantile(measured.map(({ request }) => request.durationMs), 0.5),
    durationMs: performance.now() - began,
    timeline: measured.map(({ request }) => request).sort((one, other) => one.atMs - other.atMs),
    usage: meanUsage(measured),
  }
}

async function runOn (scenario: NamedScenario, { options, check, measured, began }: { options: RunOptions, check: Checks, measured: Measured[], began: number }): Promise<void> {
  const { environment } = scenario
  if (environment && !options.startKit) {
    const settings = Object.entries(environment).map((entry) => ` ${entry.join('=')}`)
    throw new NotApplicable(`it needs its own API and emulator${settings.length > 0 ? ' with' : ''}${settings.join(',')}, which only a run without --target starts`)
  }
  const kit = environment && await options.startKit?.(environment)
  const { apiUrl, emulatorUrl, token } = kit ?? options.target
  let emulator: ClosableEmulatorAccess | undefined
  const api = new ApiClient({ baseUrl: apiUrl, token })
  const trace = emulatorUrl === undefined ? undefined : (options.trace ?? createTraceReader)(emulatorUrl)
  const given = new Given({
    api,
    random: createRandom(options.seed, scenario.name),
    prefix: `${scenario.name.replaceAll('/', '.')}-${options.seed.toString(36)}`,
  })
  const recorded = new RecordedCalls({ scenarioFile: scenario.file, isRecording: options.record ?? false })
  const context: ScenarioContext = {
    api,
    given,
    caller: createCallers({ api, emulatorUrl, clientId: options.clientId, token, newUserId: () => given.userId() }),
    check,
    expectCalls: (response, calls) => expectCalls(response, calls, { check, measured, trace, tables: options.tables, began, recorded }),
    get emulator () {
      if (emulatorUrl === undefined) throw new NotApplicable('it needs the emulator under the API: give its address with --emulator')
      emulator ??= createEmulatorAccess({ url: emulatorUrl, ownsClock: kit !== undefined })
      return emulator
    },
    tables: options.tables,
  }
  try {
    await scenario.run(context)
    await recorded.save()
  } finally {
    emulator?.close()
    await kit?.close()
  }
}

interface Expecting { check: Checks, measured: Measured[], trace?: TraceReader, tables: Tables, began: number, recorded: RecordedCalls }

async function expectCalls (response: Omit<RawResponse, 'text'>, expected: readonly ExpectedCall[] | undefined, { check, measured, trace, tables, began, recorded }: Expecting): Promise<void> {
  const what = `${response.method} ${response.path} makes the documented AWS calls, at the documented cost`
  const { method, path, status, sentAt, durationMs } = response
  const request: MeasuredRequest = { method, path, status, atMs: sentAt - began, durationMs }
  if (!trace) {
    measured.push({ request })
    check.notChecked(what)
    return
  }
  const calls = await trace.callsOf(response.requestId)
  const services: Record<string, number> = {}
  for (const { service } of calls) services[service] = (services[service] ?? 0) + 1
  const sum = (units: 'readUnits' | 'writeUnits') => calls.reduce((total, call) => total + call[units], 0)
  measured.push({ request: { ...request, calls: measuredCalls(calls) }, usage: { calls: calls.length, readUnits: sum('readUnits'), writeUnits: sum('writeUnits'), services } })
  const { matches, diff } = compareCalls(expected ?? await recorded.next(calls), calls, tables)
  if (matches) check.pass(what)
  else check.fail(what, `+ made, but not documented; - documented, but not made\n${diff}`)
}

function measuredCalls (calls: readonly TracedCall[]): MeasuredCall[] {
  const first = Math.min(...calls.map(({ startedAt }) => startedAt))
  return calls.map(({ service, operation, resource, index, startedAt, durationMs, readUnits, writeUnits, result }) =>
    ({ service, operation, resource, index, afterMs: startedAt - first, durationMs, readUnits, writeUnits, result }))
}

function meanUsage (measured: readonly Measured[]): Usage | undefined {
  const all = measured.flatMap(({ usage }) => usage ?? [])
  if (all.length === 0) return undefined
  const meanOf = (pick: (usage: Usage) => number) => mean(all.map(pick)) ?? 0
  const services = [...new Set(all.flatMap(({ services }) => Object.keys(services)))]
  return {
    calls: meanOf(({ calls }) => calls),
    readUnits: meanOf(({ readUnits }) => readUnits),
    writeUnits: meanOf(({ writeUnits }) => writeUnits),
    services: Object.fromEntries(services.map((name) => [name, meanOf(({ services }) => services[name] ?? 0)])),
  }
}
