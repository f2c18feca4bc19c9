import { test } from 'tap'
import type { Feature } from '../features/feature.ts'
import { testApp } from '../test-support/app.ts'

test('AWS denying access', async (t) => {
  const CODES = ['AccessDeniedException', 'UnrecognizedClientException', 'ExpiredTokenException', 'InvalidSignatureException']

  for (const store of ['embedded', 'dynamodb'] as const) {
    t.test(`is a 503, one log line with action and table, and not ready: ${store}`, async (t) => {
      const lines: string[] = []
      const { app, emulator } = await testApp(t, { store, log: { write: (line) => { lines.push(line) } } })
      for (const code of CODES) {
        lines.length = 0
        await emulator.faults.add({ id: 'denied', service: 'dynamodb', error: { code, status: 400, message: 'User: arn:aws:iam::1:user/a is not authorized' } })
        const response = await app.inject('/api/registrations/one')
        t.match(response.json(), { statusCode: 503, code: 'STORE_ACCESS_DENIED', message: /^DynamoDB \(event-registrations\) denies this server access/ }, code)
        t.notMatch(response.payload, 'arn:aws', 'AWS\'s own words are for the log')
        t.match(lines.map((line) => JSON.parse(line) as object).find((line) => 'action' in line), {
          level: 50,
          requestId: response.headers['x-request-id'],
          action: 'dynamodb:GetItem',
          table: 'event-registrations',
          err: { type: code },
          msg: 'AWS denied access: dynamodb:GetItem on event-registrations',
        })
        t.match((await app.inject('/ready')).json(), { code: 'NOT_READY', details: [{ path: 'store', reason: 'access denied' }] })
        emulator.faults.remove('denied')
        t.equal((await app.inject('/ready')).statusCode, 200)
      }
    })
  }

  t.test('by S3 and Rekognition is reported as well, and recovers by itself', async (t) => {
    const image = { bucket: 'sandtable', key: 'a' }
    const looking: Feature = {
      name: 'looking',
      tables: () => [],
      async register (api, _config, { objects, faces }) {
        api.get('/get', () => objects.get(image))
        api.get('/head', () => objects.head(image))
        api.get('/faces', () => faces.detect(image))
      },
    }
    const { app, emulator } = await testApp(t, { features: [looking] })
    for (const [service, url, name] of [['s3', '/get', 'The object store'], ['s3', '/head', 'The object store'], ['rekognition', '/faces', 'Face analysis']] as const) {
      await emulator.faults.add({ id: 'denied', service, error: 'access-denied' })
      t.match((await app.inject(`/api${url}`)).json(), { statusCode: 503, code: 'STORE_ACCESS_DENIED', message: new RegExp(`^${name} denies this server access`) }, url)
      t.match((await app.inject('/ready')).json(), { code: 'NOT_READY', details: [{ path: service, reason: 'access denied' }] }, url)
      emulator.faults.remove('denied')
      t.equal((await app.inject('/ready')).statusCode, 200)
    }
  })

  t.test('is distinguished from an internal error of the store', async (t) => {
    t.intercept(Math, 'random', { value: () => 0 }) // no pauses
    const { app, emulator } = await testApp(t)
    await emulator.faults.add({ error: 'internal' })
    t.match((await app.inject('/api/registrations/one')).json(), { statusCode: 503, code: 'STORE_FAILED', message: 'DynamoDB (event-registrations) had an internal error' })
    t.match((await app.inject('/ready')).json(), { details: [{ path: 'store', reason: 'had an internal error' }] })
  })
})
