import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import type { Registration } from './schemas.ts'
import { faceApp, onBothStores, type FaceApp } from './test-support/face-app.ts'

const MOST_ATTEMPTS = 10
const THROTTLED = 'ProvisionedThroughputExceededException'

interface Units { read: number, write: number }

const provisioned = ({ read, write }: Units) => ({ ReadCapacityUnits: read, WriteCapacityUnits: write })

/** Gives a table and each of its indexes so many units a second, and throttles from now on: each has a second's worth. */
async function throttle ({ aws, emulator }: FaceApp, TableName: string, units: Units, ofIndexes = units): Promise<void> {
  const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName }))
  await aws.dynamodb.send(new UpdateTableCommand({
    TableName,
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: provisioned(units),
    GlobalSecondaryIndexUpdates: Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => ({ Update: { IndexName, ProvisionedThroughput: provisioned(ofIndexes) } })),
  }))
  emulator.throughput.throttling = true
}

/** The results of the calls of DynamoDB behind an answer, in order. */
const resultsOf = ({ emulator }: FaceApp, headers: Record<string, unknown>): string[] =>
  emulator.trace.query({ causedBy: String(headers['x-request-id']) }).map(({ result }) => result)

const record = (userId: string) => `/api/registrations/${userId}/face`

onBothStores('a table without units left: a route answers 503 with Retry-After when its retries are used up, and not before', async (t, start) => {
  t.intercept(Math, 'random', { value: () => 0 }) // no pauses
  const api = await start()
  await api.putRecord({ userId: 'ada' })
  const eventId = await api.event(5)
  await throttle(api, api.config.face.tables.faces, { read: 1, write: 1 })

  for (const which of ['first', 'second']) t.equal((await api.call('GET', record('ada'))).statusCode, 200, `the ${which} read uses half a unit`)
  t.equal((await api.call('PUT', record('ada'), { confidence: 90 })).statusCode, 200)

  // The clock stands, so that no units come back.
  for (const [method, body] of [['GET', undefined], ['PUT', { confidence: 91 }], ['DELETE', undefined]] as const) {
    const answer = await api.call(method, record('ada'), body)
    t.match(answer.json(), { statusCode: 503, code: 'STORE_BUSY', message: 'Table face-verifications is too busy to answer' }, method)
    t.equal(answer.headers['retry-after'], '1', method)
    t.same(resultsOf(api, answer.headers), Array.from({ length: MOST_ATTEMPTS }, () => THROTTLED), `${method} was tried so often`)
  }
  t.equal((await api.call('GET', `/api/events/${eventId}`)).statusCode, 200, 'other tables are not concerned')

  await api.clock.advance(1000)
  const kept = await api.call('GET', record('ada'))
  t.match(kept.json(), { data: { confidence: 90 } }, 'what was refused changed nothing')
  t.same(resultsOf(api, kept.headers), ['ok'])

  // From here on each throttled call takes 300 ms of the clock: the fourth retry finds a unit.
  api.clock.autoAdvance(300)
  const late = await api.call('PUT', record('ada'), { confidence: 92 })
  t.equal(late.statusCode, 200)
  const later = await api.call('PUT', record('ada'), { confidence: 93 })
  t.equal(later.statusCode, 200)
  t.same(resultsOf(api, later.headers), [THROTTLED, THROTTLED, THROTTLED, THROTTLED, 'ok'])
  t.same((await api.call('GET', record('ada'))).json<{ data: { confidence: number } }>().data.confidence, 93)
})

test('a load above the capacity of the tables, on a clock that moves with it, is carried through by the retries', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 })
  const api = await faceApp(t, { store: 'embedded' })
  const eventId = await api.event(5)
  await throttle(api, api.config.face.tables.registrations, { read: 2, write: 20 }, { read: 2, write: 2 })
  api.clock.autoAdvance(500)
  const after = api.emulator.trace.sequence

  const users = Array.from({ length: 12 }, (_, index) => `user-${index}`)
  const registrations = await Promise.all(users.map((userId) => api.register({ userId, eventId })))
  t.equal(registrations.filter(({ status }) => status === 'registered').length, 5)
  const found = await Promise.all(registrations.map(({ registrationId }) => api.call('GET', `/api/registrations/${registrationId}`)))
  t.same(found.map((answer) => answer.json<{ data: Registration }>().data), registrations)
  const throttled = api.emulator.trace.query({ after }).filter(({ throttling }) => throttling)
  t.ok(throttled.length >= 8, `${throttled.length} transactions were throttled`)
  for (const { throttling } of throttled) t.equal(throttling?.[0]?.reason, 'IndexWriteProvisionedThroughputExceeded')
})

test('a transaction whose tables have no units left is answered with 503 and Retry-After, and writes nothing', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 })
  const api = await faceApp(t, { store: 'embedded' })
  const eventId = await api.event(5)
  await throttle(api, api.config.face.tables.registrations, { read: 100, write: 1 })
  const answer = await api.call('POST', '/api/registrations', { userId: 'ada', eventId, name: 'Ada' })
  t.match(answer.json(), { statusCode: 503, code: 'STORE_BUSY' })
  t.equal(answer.headers['retry-after'], '1')
  t.same(resultsOf(api, answer.headers).filter((result) => result === 'TransactionCanceledException').length, 12)
  t.match((await api.call('GET', `/api/events/${eventId}`)).json(), { data: { registeredCount: 0 } }, 'the place is still free')
})

test('on the running clock, the same retries carry a burst of three seconds\' load through', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.5 })
  const api = await faceApp(t, { store: 'dynamodb' })
  const users = Array.from({ length: 12 }, (_, index) => `user-${index}`)
  for (const userId of users) await api.putRecord({ userId })
  await throttle(api, api.config.face.tables.faces, { read: 4, write: 4 })
  await api.clock.resume()
  const answers = await Promise.all(users.map((userId) => api.call('PUT', record(userId), { confidence: 77 })))
  t.same(answers.map(({ statusCode }) => statusCode), users.map(() => 200))
  const throttled = api.emulator.trace.query({ result: THROTTLED })
  t.ok(throttled.length > 0, `${throttled.length} attempts were throttled`)
})
