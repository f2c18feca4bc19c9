import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { startBareServer } from './bare-server.ts'
import { shootAll, shootSteadily, uncovered, type LoadRequest } from './load.ts'
import { wrongAnswers, type Latency } from './rate.ts'
import { benchReport, failures } from './report.ts'
import type { Throughput } from './throughput.ts'

/** Answers everything, and remembers what was asked and when. */
async function recorder (t: Test): Promise<{ baseUrl: string, seen: { line: string, body: string, at: number }[] }> {
  const seen: { line: string, body: string, at: number }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => { body += chunk.toString() })
    request.on('end', () => {
      seen.push({ line: `${request.method} ${request.url}`, body, at: performance.now() })
      response.writeHead(request.url === '/missing' ? 404 : 200).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

test('all requests are sent, each once', async (t) => {
  const { baseUrl, seen } = await recorder(t)
  const requests: LoadRequest[] = Array.from({ length: 64 }, (_, index) => ({ method: 'PUT', path: `/${index}`, body: `{"n":${index}}` }))
  const shots = await shootAll({ baseUrl, requests, amount: 64, connections: 16 })
  t.same(seen.map(({ line, body }) => `${line} ${body}`).sort(), requests.map(({ method, path, body }) => `${method} ${path} ${body}`).sort())
  t.equal(shots.durationsMs.length, 64)
  t.same([...shots.statuses], [[200, 64]])
  t.equal(shots.errors, 0)
  t.ok(shots.seconds > 0)
})

test('requests are repeated when there are fewer than needed, and wrong answers are counted', async (t) => {
  const { baseUrl, seen } = await recorder(t)
  const shots = await shootAll({ baseUrl, requests: [{ method: 'GET', path: '/missing' }, { method: 'GET', path: '/there' }], amount: 40, connections: 4 })
  t.equal(seen.length, 40)
  t.equal(wrongAnswers(shots, 200), '20 answered with 404')
  t.equal(wrongAnswers({ statuses: new Map([[200, 3]]), errors: 2 }, 200), '2 not answered')
  t.equal(wrongAnswers({ statuses: new Map([[200, 3]]), errors: 0 }, 200), '')
})

test('a steady rate is spread over each second; the first and last seconds are not counted', async (t) => {
  const { baseUrl, seen } = await recorder(t)
  const requests: LoadRequest[] = Array.from({ length: 15 }, (_, index) => ({ method: 'GET', path: `/${index}` }))
  const shots = await shootSteadily({ baseUrl, requests, rate: 5, seconds: 1 })
  t.equal(shots.durationsMs.length, 5)
  t.equal(shots.statuses.get(200), 15, 'but what was answered')
  t.same(seen.map(({ line }) => line).sort(), requests.map(({ method, path }) => `${method} ${path}`).sort(), 'each was sent once')
  const times = seen.map(({ at }) => at).sort((a, b) => a - b)
  const gaps = times.slice(1).map((at, index) => at - times[index]!)
  // Timers of a busy machine are late; never would they make a burst out of an even row.
  t.ok(gaps.filter((gap) => gap > 50).length >= 10, 'one after the other, not all at once', { gaps })
})

test('an answer slower than the interval also delays the measured times of the requests behind it', async (t) => {
  t.same(uncovered(12), [12])
  t.same(uncovered(2500), [2500, 1500, 500])
})

test('the bare server sends the same bytes', async (t) => {
  const body = '{"status":"success"}'
  const contentType = 'application/json; charset=utf-8'
  const bare = await startBareServer([{ method: 'POST', url: '/api/registrations/:userId/face', status: 201, contentType, body }])
  t.teardown(() => bare.close())
  const response = await fetch(`${bare.url}/api/registrations/ada/face`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  t.equal(response.status, 201)
  t.equal(response.headers.get('content-type'), contentType)
  t.equal(await response.text(), body)
})

test('the report shows which targets are met', async (t) => {
  const latency: Latency = {
    route: 'get one', target: 'get one', targetMs: 5, requests: 800, p50: 0.5, p90: 0.6, p97_5: 0.7, p99: 0.8, max: 3, holds: true, wrong: '',
  }
  const side = (requestsPerSecond: number) => ({ requestsPerSecond, spread: [1, 2] as [number, number], cpuUs: 50 })
  const throughput: Throughput = {
    route: 'get one', api: side(10_000), bare: side(40_000), share: 0.25, leastShare: 0.2, calls: 1, readUnits: 0.5, writeUnits: 0, residentMb: 100, holds: true, wrong: '',
  }
  const good = { latency: [latency], throughput: [throughput] }
  t.same(failures(good), [])
  t.match(benchReport(good), /^holds +get one +get one +5\.00 +0\.50 +0\.60 +0\.70 +0\.80 +3\.00 +800$/m)
  t.match(benchReport(good), /^holds +get one +10000 +40000 +0\.25 +0\.2 +50 us +50 us +1 +0\.5 +0 +100 MB$/m)
  t.match(benchReport(good), 'All targets hold.')

  const bad = { latency: [{ ...latency, p99: 6, holds: false }], throughput: [{ ...throughput, holds: false, wrong: '3 answered 503' }] }
  t.same(failures(bad), ['latency of get one (get one)', 'throughput of get one (3 answered 503)'])
  t.match(benchReport(bad), /^MISSED +get one/m)
  t.notMatch(benchReport({ latency: [], throughput: [throughput] }), 'Latency', 'what was not measured is not there')
})
