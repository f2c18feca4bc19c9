import { setImmediate as nextTurn } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import { startEmulator, startSandtable, type Sandtable, type StartSandtableOptions } from '../index.ts'

const TIME = Date.parse('2026-03-01T12:00:00.000Z')

async function started (t: Test, options: StartSandtableOptions = {}): Promise<Sandtable> {
  const sandtable = await startSandtable({ ...options, emulator: { frozenAt: TIME, ...options.emulator } })
  t.teardown(() => sandtable.close())
  return sandtable
}

interface Answer { status: number, requestId: string, data: Record<string, unknown> }

async function call (url: string, body?: object): Promise<Answer> {
  const response = await fetch(url, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const { data = {} } = await response.json() as { data?: Record<string, unknown> } // the API's envelope
  return { status: response.status, requestId: response.headers.get('x-request-id')!, data }
}

const newEvent = { name: 'An event', capacity: 10 }
const createEvent = (sandtable: Sandtable) => call(`${sandtable.apiUrl}/api/events`, newEvent)

for (const store of ['embedded', 'dynamodb']) {
  test(`STORE=${store}: a face is verified, on one clock and in one trace`, async (t) => {
    const sandtable = await started(t, { demo: true, settings: { STORE: store, FACE_RECORD_TTL_DAYS: '30' } })
    const { apiUrl, demo } = sandtable
    const verified = await call(`${apiUrl}/api/registrations/${demo!.registrationId}/validate-face-image`, { faceImageKey: demo!.sameFaceKey })
    t.match(verified, { status: 201, data: { success: true } })
    const record = await call(`${apiUrl}/api/registrations/${demo!.userId}/face`)
    t.match(record, { status: 200, data: { createdAt: '2026-03-01T12:00:00.000Z' } }, 'the time is the emulator\'s')
    t.match(sandtable.trace.query({ causedBy: verified.requestId }).map(({ operation }) => operation),
      [/GetItem/, /GetItem/, 'DetectFaces', 'CompareFaces', 'TransactWriteItems'], 'the trace knows what a request called')

    await sandtable.clock.advance(31 * 86_400_000)
    t.match(await call(`${apiUrl}/api/registrations/${demo!.userId}/face`), { status: 404 }, 'its TTL has passed')
  })
}

test('two in one process share nothing', async (t) => {
  const [one, other] = await Promise.all([started(t), started(t)])
  const { data: { eventId } } = await createEvent(one)
  const { data: { registrationId } } = await call(`${one.apiUrl}/api/registrations`, { userId: 'grace', eventId, name: 'Grace' })
  t.match(await call(`${one.apiUrl}/api/registrations/${String(registrationId)}`), { status: 200 })
  t.match(await call(`${other.apiUrl}/api/registrations/${String(registrationId)}`), { status: 404 })
  await one.clock.advance(1000)
  t.equal(other.clock.now(), TIME)
  t.ok(one.trace.query({ operation: 'TransactWriteItems' }).length > 0)
  t.equal(other.trace.query({ operation: 'TransactWriteItems' }).length, 0)
})

test('the control API describes the API beside the emulator', async (t) => {
  const { apiUrl, emulatorUrl } = await started(t)
  const described = await (await fetch(`${emulatorUrl}/_sandtable/api`)).json() as { routes: { method: string, path: string }[] } // as the route is described
  t.match(described, { url: apiUrl, docs: `${apiUrl}/docs` })
  t.match(described.routes.find(({ method, path }) => method === 'POST' && path === '/api/events'), { summary: /./ })
})

test('after a reset no state is left, and everything works', async (t) => {
  const sandtable = await started(t, { demo: true })
  const { s3 } = sandtable.clients()
  await sandtable.reset()
  t.match(await call(`${sandtable.apiUrl}/api/registrations/${sandtable.demo!.registrationId}`), { status: 404 })
  t.match(await createEvent(sandtable), { status: 201 })
  await t.resolves(s3.send(new PutObjectCommand({ Bucket: 'sandtable', Key: 'a', Body: 'b' })), 'the bucket is there')
  await sandtable.reset({ service: 's3' })
  t.match(await createEvent(sandtable), { status: 201 }, 'tables outlive a reset of S3')
  t.equal((await fetch(`${sandtable.emulatorUrl}/_sandtable/reset`, { method: 'POST' })).status, 200)
  t.match(await createEvent(sandtable), { status: 201 }, 'also when the reset comes over HTTP')
})

test('after it is closed nothing answers', async (t) => {
  const sandtable = await startSandtable()
  const { apiUrl, emulatorUrl } = sandtable
  t.match(await createEvent(sandtable), { status: 201 })
  await sandtable[Symbol.asyncDispose]()
  await t.rejects(fetch(apiUrl))
  await t.rejects(fetch(emulatorUrl))
})

test('invalid options are refused, and leave nothing behind', async (t) => {
  const emulator = await startEmulator()
  t.teardown(() => emulator.close())
  const listening = () => process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length
  const before = listening()
  await t.rejects(startSandtable({ settings: { PORT: new URL(emulator.url!).port } }), { code: 'EADDRINUSE' })
  await t.rejects(startSandtable({ settings: { PORT: 'none' } }), { name: 'ConfigError', message: /^PORT is "none"/ })
  // Node lets go of a closed socket some turns later.
  for (let turn = 0; turn < 10_000 && listening() > before; turn++) await nextTurn()
  t.equal(listening(), before, 'no emulator')
})
