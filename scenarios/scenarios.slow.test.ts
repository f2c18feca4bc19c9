import { test } from 'tap'
import type { TracedCall } from '../emulator/core/traced-call.ts'
import { startSandtable } from '../index.ts'
import { loadConfig } from '../server/config.ts'
import { tableNames } from '../server/tables.ts'
import { loadScenarios, selectScenarios } from './kit/catalogue.ts'
import { runScenarios, type Kit, type RunOptions } from './kit/runner.ts'
import { createTraceReader } from './kit/trace-reader.ts'

const SEED = 1

async function startKit (settings: Readonly<Record<string, string>>): Promise<Kit> {
  // A machine that tests on all its processors is late, which is not the matter here.
  return startSandtable({ settings: { MAX_EVENT_LOOP_DELAY: '10m', ...settings } })
}

test('scenarios', async (t) => {
  const kit = await startKit({})
  t.teardown(() => kit.close())
  const all = await loadScenarios()
  const common: Omit<RunOptions, 'scenarios' | 'seed'> = { target: kit, startKit, tables: tableNames(loadConfig({})), jobs: 4 }
  const named = (name: string) => all.filter((one) => one.name === name)

  t.test('every access pattern works, at no more than its cost', async (t) => {
    const results = await runScenarios({ ...common, scenarios: all, seed: SEED })
    for (const { name, outcome, reason, checks } of results) {
      t.equal(outcome, 'passed', name, { reason, checks: checks.filter(({ outcome }) => outcome !== 'passed') })
      t.ok(checks.length > 0, `${name} checks something`)
    }
  })

  t.test('every access pattern that the API documents has a scenario, and every scenario has an access pattern', async (t) => {
    const history = await startKit({ FACE_DESIGN: 'history' })
    t.teardown(() => history.close())
    const routes = [...await documentedRoutes(kit.apiUrl), ...await documentedRoutes(history.apiUrl)]
    t.same(routes.filter(({ patterns }) => patterns.length === 0), [], 'every route says which access pattern it serves')
    const documented = [...new Set(routes.flatMap(({ patterns }) => patterns))]
    t.ok(documented.length > 10, 'there are as many as the feature has')
    // Those of the operations are what an operator does with the tables, without the API.
    const replayed = new Set(all.filter(({ name }) => !name.startsWith('operations/')).map(({ pattern }) => pattern))
    t.same(documented.filter((pattern) => !replayed.has(pattern)), [], 'none is without a scenario')
    t.same([...replayed].filter((pattern) => !documented.includes(pattern)), [], 'no scenario is of one that is not documented')
  })

  t.test('a Scan instead of the promised Get fails the scenario, and shows the difference', async (t) => {
    const trace = (url: string) => ({
      async callsOf (requestId: string): Promise<TracedCall[]> {
        const calls = await createTraceReader(url).callsOf(requestId)
        return calls.map((call) => ({ ...call, operation: 'Scan', readUnits: 25 }))
      },
    })
    const [result] = await runScenarios({ ...common, scenarios: named('face/get-one'), seed: SEED + 1, trace })
    t.equal(result?.outcome, 'failed')
    const failed = result?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
    t.equal(failed.length, 1)
    t.match(failed[0]?.detail, '+ dynamodb  Scan  face-verifications  25 RCU, 0 WCU\n- dynamodb  GetItem  face-verifications  0.5 RCU, 0 WCU')
  })

  t.test('a call that costs more than promised fails the scenario', async (t) => {
    const trace = (url: string) => ({
      async callsOf (requestId: string): Promise<TracedCall[]> {
        const calls = await createTraceReader(url).callsOf(requestId)
        return calls.map((call) => ({ ...call, readUnits: call.readUnits * 2 }))
      },
    })
    const [result] = await runScenarios({ ...common, scenarios: named('face/get-missing'), seed: SEED + 2, trace })
    t.equal(result?.outcome, 'failed')
  })

  t.test('without a trace, calls and cost are neither checked nor passed', async (t) => {
    const target = { apiUrl: kit.apiUrl }
    const scenarios = [...named('face/get-missing'), ...named('face/expires'), ...named('face/check-then-put')]
    const [missing, expires, race] = await runScenarios({ ...common, startKit: undefined, target, scenarios, seed: SEED + 3 })
    t.equal(missing?.outcome, 'passed')
    t.same(missing?.checks.map(({ outcome }) => outcome), ['passed', 'passed', 'not checked'])
    t.equal(missing?.usage, undefined, 'there is nothing to tell of what it used')
    t.ok(missing?.p50Ms, 'its time was measured all the same')
    t.match(expires, { outcome: 'skipped', reason: 'it needs its own API and emulator with FACE_RECORD_TTL_DAYS=30, which only a run without --target starts' })
    t.match(race, { outcome: 'skipped', reason: 'it needs its own API and emulator, which only a run without --target starts' })
  })

  t.test('another system\'s clock is not moved, and a missing emulator is not called', async (t) => {
    const [expires] = named('face/expires')
    const shared = [{ ...expires!, environment: undefined }]
    const [onShared] = await runScenarios({ ...common, scenarios: shared, seed: SEED + 4 })
    t.match(onShared, { outcome: 'skipped', reason: 'it moves the clock, which other users of the emulator depend on' })
    const [onNone] = await runScenarios({ ...common, target: { apiUrl: kit.apiUrl }, scenarios: shared, seed: SEED + 5 })
    t.match(onNone, { outcome: 'skipped', reason: /needs the emulator under the API/ })
  })

  t.test('a scenario whose setup fails is reported as failed, with the reason', async (t) => {
    const scenarios = named('face/get-one')
    await runScenarios({ ...common, scenarios, seed: SEED + 6 })
    const [again] = await runScenarios({ ...common, scenarios, seed: SEED + 6 })
    t.match(again, { outcome: 'failed', reason: /^Cannot begin: POST \/api\/.*validate-face-image answered with 409/ }, 'a seed can be repeated on a new store only')
    const [nowhere] = await runScenarios({ ...common, target: { apiUrl: 'http://127.0.0.1:1' }, scenarios, seed: SEED })
    t.match(nowhere, { outcome: 'failed', reason: /ECONNREFUSED|bad port/ })
  })

  t.test('scenarios are selected by name, title or access pattern', async (t) => {
    const names = (...texts: string[]) => selectScenarios(all, texts).map(({ name }) => name)
    t.same(names('RESET'), ['face/delete-and-register-again'])
    t.same(names('concurrent validations', 'get-missing'), ['face/create-race', 'face/create-race-of-registrations', 'face/get-missing'])
    t.same(names('no such thing'), [])
    t.equal(names().length, all.length)
  })
})

/** What the API's own documentation says of its routes: "Access pattern: get one. ...". Deprecated ones bring none of their own. */
async function documentedRoutes (apiUrl: string): Promise<{ route: string, patterns: string[] }[]> {
  const response = await fetch(`${apiUrl}/docs/json`)
  const { paths } = await response.json() as { paths: Record<string, Record<string, { description?: string, deprecated?: boolean }>> } // OpenAPI
  return Object.entries(paths).filter(([path]) => path.startsWith('/api/')).flatMap(([path, methods]) =>
    Object.entries(methods).filter(([, { deprecated }]) => !deprecated).map(([method, { description = '' }]) => ({
      route: `${method.toUpperCase()} ${path}`,
      patterns: [...description.matchAll(/Access pattern: ([^.;:]+)[.;:]/g)].map(([, name]) => name!),
    })))
}
