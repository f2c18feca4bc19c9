import { test } from 'tap'
import { testApp } from '../test-support/app.ts'

/** The price of a unit on demand in us-east-1. */
const READ = 0.125e-6
const WRITE = 0.625e-6

const costOf = (header: unknown) => {
  const [, usd, rcu, wcu] = /^usd=([\d.]+), rcu=([\d.]+), wcu=([\d.]+)$/.exec(String(header)) ?? []
  return [usd, rcu, wcu].map(Number)
}

for (const store of ['embedded', 'dynamodb'] as const) {
  test(`COST_HEADER=on, ${store}`, async (t) => {
    const { app, emulator } = await testApp(t, { store, config: { COST_HEADER: 'on' } })
    const { token } = await emulator.tokens.issue({ sub: 'ann' })
    const authorization = `Bearer ${token}`

    t.test('an answer says what its request cost, as the trace does', async (t) => {
      for (const [method, url, payload] of [
        ['POST', '/api/reports', { title: 'First' }], ['GET', '/api/reports', undefined], ['GET', '/api/reports/nothing', undefined],
        ['POST', '/api/chat/conversations', { title: 'Learning' }],
      ] as const) {
        const { headers } = await app.inject({ method, url, payload, headers: { authorization } })
        const calls = emulator.trace.query({ causedBy: String(headers['x-request-id']) })
        const rcu = calls.reduce((sum, { readUnits = 0 }) => sum + readUnits, 0)
        const wcu = calls.reduce((sum, { writeUnits = 0 }) => sum + writeUnits, 0)
        t.ok(rcu + wcu > 0, `${method} ${url}`)
        const [usd, ...units] = costOf(headers['x-sandtable-cost'])
        t.strictSame(units, [rcu, wcu])
        t.ok(Math.abs(usd! - (rcu * READ + wcu * WRITE)) < 1e-12)
      }
    })

    t.test('an answer without a call costs nothing, and has its header too', async (t) => {
      t.equal((await app.inject('/health')).headers['x-sandtable-cost'], 'usd=0, rcu=0, wcu=0')
      t.equal((await app.inject('/nothing')).headers['x-sandtable-cost'], 'usd=0, rcu=0, wcu=0')
    })

    t.test('requests at the same time have their own costs', async (t) => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => app.inject({ method: index % 2 ? 'POST' : 'GET', url: '/api/reports', headers: { authorization }, ...index % 2 && { payload: { title: 'One of many' } } })))
      for (const [index, { headers }] of answers.entries()) {
        const [, rcu, wcu] = costOf(headers['x-sandtable-cost'])
        t.equal(index % 2 ? wcu! > 0 && rcu === 0 : rcu! > 0 && wcu === 0, true, `request ${index}`)
      }
    })
  })
}

test('COST_HEADER=off: no answer has the header', async (t) => {
  const { app, emulator } = await testApp(t)
  const { token } = await emulator.tokens.issue({ sub: 'ann' })
  const { headers } = await app.inject({ url: '/api/reports', headers: { authorization: `Bearer ${token}` } })
  t.notOk('x-sandtable-cost' in headers)
})

test('the prices are those of the region, where there are any', async (t) => {
  for (const [region, each] of [['eu-west-1', 0.70675e-6], ['ap-south-1', 0.71e-6], ['sa-east-1', WRITE]] as const) {
    const { app, emulator } = await testApp(t, { config: { COST_HEADER: 'on', AWS_REGION: region } })
    const { token } = await emulator.tokens.issue({ sub: 'ann' })
    const { headers } = await app.inject({ method: 'POST', url: '/api/reports', payload: { title: 'First' }, headers: { authorization: `Bearer ${token}` } })
    const [usd, rcu, wcu] = costOf(headers['x-sandtable-cost'])
    t.ok(rcu === 0 && wcu! > 0 && Math.abs(usd! - wcu! * each) < 1e-12, region)
  }
})
