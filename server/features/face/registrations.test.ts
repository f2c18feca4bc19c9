import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import type { TracedCall } from '../../../emulator/index.ts'
import { buildApp } from '../../app.ts'
import { StoreBusy } from '../../core/errors.ts'
import { FaceMeasurements } from './measurements.ts'
import { transact, type FaceStore } from './repositories/store.ts'
import type { Event, Registration, RegistrationStatus } from './schemas.ts'
import { onBothStores, type FaceApp } from './test-support/face-app.ts'

interface RegistrationPage { message: string, data: { count: number, data: Registration[], lastEvaluatedKey: string | null } }

/** Each on its own millisecond, so that who came first is plain. */
async function registerInTurn (api: FaceApp, eventId: string, userIds: string[]): Promise<Registration[]> {
  const registrations: Registration[] = []
  for (const userId of userIds) {
    registrations.push(await api.register({ userId, eventId }))
    await api.clock.advance(1)
  }
  return registrations
}

async function eventOf (api: FaceApp, eventId: string): Promise<Event> {
  const { Item } = await api.aws.documents.send(new GetCommand({ TableName: api.config.face.tables.events, Key: { eventId } }))
  return Item as Event // the table's only items
}

async function registrationsOf (api: FaceApp, eventId: string, status?: RegistrationStatus): Promise<Registration[]> {
  const response = await api.call('GET', `/api/events/${eventId}/registrations?limit=1000${status ? `&status=${status}` : ''}`)
  return response.json<RegistrationPage>().data.data
}

function countStatuses (registrations: Registration[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of registrations) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

onBothStores('events and registrations', async (t, start) => {
  const api = await start()

  t.test('a user registers for an event, and the registration is found', async (t) => {
    const created = await api.call('POST', '/api/events', { name: 'Opening', capacity: 2 })
    t.equal(created.statusCode, 201)
    const { data: event } = created.json<{ data: Event }>()
    t.match(event, {
      eventId: /^evt_/, name: 'Opening', capacity: 2, registeredCount: 0, waitlistedCount: 0, createdAt: '2026-03-01T12:00:00.000Z', updatedAt: event.createdAt,
    })
    t.same(api.callsOf(created), ['PutItem 1'])

    const { eventId } = event
    const registered = await api.call('POST', '/api/registrations', { userId: 'ada', eventId, name: 'Ada' })
    t.equal(registered.statusCode, 201)
    const { data: registration } = registered.json<{ data: Registration }>()
    t.match(registration, { registrationId: /^reg_/, userId: 'ada', eventId, name: 'Ada', status: 'registered', createdAt: event.createdAt })
    t.equal(registered.headers.location, `/api/registrations/${registration.registrationId}`)
    t.same(api.callsOf(registered).map((call) => call.split(' ')[0]), ['GetItem', 'TransactWriteItems'])

    const found = await api.call('GET', String(registered.headers.location))
    t.same(found.json(), { status: 'success', message: 'Registration retrieved successfully', data: registration })
    t.same(api.callsOf(found), ['GetItem 0.5'])
    t.match(await eventOf(api, eventId), { registeredCount: 1, waitlistedCount: 0 })
  })

  t.test('a hundred concurrent requests for ten places give ten registered and ninety waitlisted', async (t) => {
    const eventId = await api.event(10)
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) =>
      api.call('POST', '/api/registrations', { userId: `user${i}`, eventId, name: 'Somebody' })))
    const statuses = answers.map((answer) => `${answer.statusCode} ${answer.json<{ data: Registration }>().data.status}`)
    t.equal(statuses.filter((status) => status === '201 registered').length, 10)
    t.equal(statuses.filter((status) => status === '201 waitlisted').length, 90)
    t.match(await eventOf(api, eventId), { registeredCount: 10, waitlistedCount: 90 })
    t.equal((await registrationsOf(api, eventId, 'registered')).length, 10)
    t.equal((await registrationsOf(api, eventId, 'waitlisted')).length, 90)
  })

  t.test('a user has one registration for an event, even with twenty concurrent requests', async (t) => {
    const eventId = await api.event(50)
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('POST', '/api/registrations', { userId: 'ada', eventId, name: 'Ada' })))
    t.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1)
    const refused = answers.filter(({ statusCode }) => statusCode === 409)
    t.equal(refused.length, 19)
    t.match(refused[0]!.json(), { code: 'ALREADY_REGISTERED', message: `User ada already has a registration for event ${eventId}` })
    t.match(await eventOf(api, eventId), { registeredCount: 1, waitlistedCount: 0 })
    t.equal((await registrationsOf(api, eventId)).length, 1)

    t.equal((await api.register({ userId: 'ada', eventId: await api.event(1) })).status, 'registered', 'another event is another matter')
    t.equal((await api.register({ userId: 'bob', eventId })).status, 'registered', 'and so is another user')
  })

  t.test('a freed place goes to the user who has waited longest', async (t) => {
    const eventId = await api.event(2)
    const [first, , third, fourth, fifth] = await registerInTurn(api, eventId, ['u1', 'u2', 'u3', 'u4', 'u5'])
    t.match([first, third, fourth], [{ status: 'registered' }, { status: 'waitlisted' }, { status: 'waitlisted' }])

    const left = await api.call('DELETE', `/api/registrations/${third!.registrationId}`)
    t.same(left.json<{ data: object }>().data, { registrationId: third!.registrationId, status: 'cancelled', promotedRegistrationId: null }, 'leaving the list frees no place')
    t.match(await eventOf(api, eventId), { registeredCount: 2, waitlistedCount: 2 })

    const cancelled = await api.call('DELETE', `/api/registrations/${first!.registrationId}`)
    t.equal(cancelled.statusCode, 200)
    t.same(cancelled.json(), {
      status: 'success',
      message: 'Registration cancelled successfully',
      data: { registrationId: first!.registrationId, status: 'cancelled', promotedRegistrationId: fourth!.registrationId },
    })
    t.same(api.callsOf(cancelled).map((call) => call.split(' ')[0]), ['GetItem', 'GetItem', 'Query', 'TransactWriteItems'])
    t.match(await eventOf(api, eventId), { registeredCount: 2, waitlistedCount: 1 })
    const promoted = (await api.call('GET', `/api/registrations/${fourth!.registrationId}`)).json<{ data: Registration }>().data
    t.match(promoted, { status: 'registered', promotedAt: /T/ })

    const again = await api.call('DELETE', `/api/registrations/${first!.registrationId}`)
    t.match(again.json(), { statusCode: 409, code: 'REGISTRATION_CANCELLED' })
    t.equal((await api.register({ userId: 'u1', eventId })).status, 'waitlisted', 'who cancelled may come again, at the end of the list')
    t.match((await registrationsOf(api, eventId, 'waitlisted')).map(({ userId }) => userId), [fifth!.userId, 'u1'])
  })

  t.test('when all cancel at once, every waiting user moves up once', async (t) => {
    const eventId = await api.event(10)
    const users = Array.from({ length: 15 }, (_, i) => `u${i}`)
    const registrations = await registerInTurn(api, eventId, users)
    const answers = await Promise.all(registrations.slice(0, 10).map(({ registrationId }) => api.call('DELETE', `/api/registrations/${registrationId}`)))
    t.ok(answers.every(({ statusCode }) => statusCode === 200))
    const promoted = answers.map((answer) => answer.json<{ data: { promotedRegistrationId: string | null } }>().data.promotedRegistrationId)
    t.same(promoted.filter((id) => id !== null).sort(), registrations.slice(10).map(({ registrationId }) => registrationId).sort())
    t.match(await eventOf(api, eventId), { registeredCount: 5, waitlistedCount: 0 })
    t.equal((await registrationsOf(api, eventId, 'registered')).length, 5)
    t.equal((await registrationsOf(api, eventId, 'cancelled')).length, 10)

    const last = await api.call('DELETE', `/api/registrations/${registrations[14]!.registrationId}`)
    t.same(api.callsOf(last).map((call) => call.split(' ')[0]), ['GetItem', 'GetItem', 'TransactWriteItems'], 'nobody waits: no Query')
  })

  t.test('one registration cancelled ten times at once frees one place', async (t) => {
    const eventId = await api.event(1)
    const { registrationId } = await api.register({ userId: 'ada', eventId })
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('DELETE', `/api/registrations/${registrationId}`)))
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array.from({ length: 9 }, () => 409)])
    t.match(await eventOf(api, eventId), { registeredCount: 0, waitlistedCount: 0 })
  })

  t.test('the list of an event has full pages, oldest first, each one Query', async (t) => {
    const eventId = await api.event(4)
    const registrations = await registerInTurn(api, eventId, Array.from({ length: 9 }, (_, i) => `u${i}`))
    const url = `/api/events/${eventId}/registrations`
    let token: string | null = null
    for (const [status, wanted] of [['', registrations], ['waitlisted', registrations.slice(4)]] as const) {
      const pages: string[][] = []
      do {
        const response = await api.call('GET', `${url}?limit=2${status && `&status=${status}`}${token ? `&lastEvaluatedKey=${token}` : ''}`)
        t.same(api.callsOf(response), ['Query 0.5'])
        const { message, data }: RegistrationPage = response.json()
        t.equal(message, `Retrieved ${data.count} registrations`)
        pages.push(data.data.map(({ registrationId }) => registrationId))
        token = data.lastEvaluatedKey
      } while (token)
      t.same(pages.flat(), wanted.map(({ registrationId }) => registrationId), `each exactly once ${status}`)
      t.ok(pages.slice(0, -1).every((page) => page.length === 2 || page.length === 0))
    }

    const first = (await api.call('GET', `${url}?limit=2`)).json<RegistrationPage>().data.lastEvaluatedKey!
    const other = await api.event(1)
    const refused = [
      `/api/events/${other}/registrations?lastEvaluatedKey=${first}`,
      `${url}?status=waitlisted&lastEvaluatedKey=${first}`,
      `/api/registrations/face/admin/all?lastEvaluatedKey=${first}`,
      `${url}?lastEvaluatedKey=${first}x`,
    ]
    for (const path of refused) t.match((await api.call('GET', path)).json(), { statusCode: 400, code: 'INVALID_PAGE_TOKEN' }, path)
    t.same((await api.call('GET', `/api/events/${await api.event(1)}/registrations`)).json<RegistrationPage>().data, { count: 0, data: [], lastEvaluatedKey: null })
  })

  t.test('a waiting user is found beyond the first megabyte of an event as well', async (t) => {
    const eventId = await api.event(1)
    const waiting = await registerInTurn(api, eventId, ['first', 'w1', 'w2'])
    const { registrations: table } = api.config.face.tables
    // Older than those, so that every Query for who waits has to read past them.
    const older = Array.from({ length: 120 }, (_, i): Registration => ({
      ...waiting[0]!, registrationId: `old${i}`, userId: `old${i}`, name: 'x'.repeat(10_000), createdAt: `2020-01-01T00:00:00.${String(i).padStart(3, '0')}Z`,
    }))
    await Promise.all(older.map((Item) => api.aws.documents.send(new PutCommand({ TableName: table, Item }))))

    const url = `/api/events/${eventId}/registrations?status=waitlisted`
    const first = await api.call('GET', url)
    t.equal(api.callsOf(first).length, 1, 'still one Query')
    const { data: short } = first.json<RegistrationPage>()
    t.match(short, { count: 0, lastEvaluatedKey: /./ }, 'a page may be short, and says that it is not the last')
    const { data: rest } = (await api.call('GET', `${url}&lastEvaluatedKey=${short.lastEvaluatedKey}`)).json<RegistrationPage>()
    t.match(rest, { count: 2, data: [{ userId: 'w1' }, { userId: 'w2' }], lastEvaluatedKey: null })

    const cancelled = await api.call('DELETE', `/api/registrations/${waiting[0]!.registrationId}`)
    t.match(cancelled.json(), { data: { promotedRegistrationId: waiting[1]!.registrationId } })
  })

  t.test('bad input is reported, and changes nothing', async (t) => {
    const eventId = await api.event(5)
    const valid = { userId: 'ada', eventId, name: 'Ada' }
    const cases: [method: 'GET' | 'POST' | 'DELETE', url: string, body: object | undefined, status: number, code: string][] = [
      ['POST', '/api/events', {}, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/events', { name: 'E' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/events', { name: '', capacity: 1 }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/events', { name: 'E', capacity: 0 }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/events', { name: 'E', capacity: 1.5 }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/events', { name: 'E', capacity: '10' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/events', { name: 'E', capacity: 1, eventId: 'mine' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, userId: undefined }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, userId: 'a\nb' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, userId: 'a\u0000b' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, userId: 'x'.repeat(257) }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, name: 7 }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, status: 'registered' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, storedFaceKey: '' }, 400, 'VALIDATION_FAILED'],
      ['POST', '/api/registrations', { ...valid, storedFaceKey: 's3://' }, 400, 'INVALID_OBJECT_LOCATION'],
      ['POST', '/api/registrations', { ...valid, eventId: 'unknown' }, 404, 'EVENT_NOT_FOUND'],
      ['GET', '/api/registrations/unknown', undefined, 404, 'REGISTRATION_NOT_FOUND'],
      ['DELETE', '/api/registrations/unknown', undefined, 404, 'REGISTRATION_NOT_FOUND'],
      ['GET', `/api/registrations/${encodeURIComponent(`user#ada#event#${eventId}`)}`, undefined, 404, 'REGISTRATION_NOT_FOUND'],
      ['GET', '/api/events/unknown', undefined, 404, 'EVENT_NOT_FOUND'],
      ['GET', '/api/events/unknown/registrations', undefined, 404, 'EVENT_NOT_FOUND'],
      ['GET', '/api/events/unknown/registrations?status=waitlisted', undefined, 404, 'EVENT_NOT_FOUND'],
      ['GET', '/api/events?limit=0', undefined, 400, 'VALIDATION_FAILED'],
      ['GET', '/api/events?lastEvaluatedKey=x', undefined, 400, 'INVALID_PAGE_TOKEN'],
      ['GET', `/api/events/${eventId}/registrations?status=gone`, undefined, 400, 'VALIDATION_FAILED'],
      ['GET', `/api/events/${eventId}/registrations?limit=0`, undefined, 400, 'VALIDATION_FAILED'],
      ['GET', `/api/events/${eventId}/registrations?page=2`, undefined, 400, 'VALIDATION_FAILED'],
      ['GET', '/api/events/a%00b/registrations', undefined, 400, 'VALIDATION_FAILED'],
    ]
    for (const [method, url, body, statusCode, code] of cases) {
      t.match((await api.call(method, url, body)).json(), { status: 'error', statusCode, code }, `${method} ${url} ${JSON.stringify(body)}`)
    }
    t.match(await eventOf(api, eventId), { registeredCount: 0, waitlistedCount: 0 })
    t.equal((await api.register({ userId: 'ada', eventId })).status, 'registered')
  })

  t.test('two servers that share the store share its places', async (t) => {
    const other = await buildApp({ config: api.config, aws: api.aws, clock: api.clock })
    t.teardown(() => other.close())
    const eventId = await api.event(3)
    const body = (i: number) => ({ userId: `u${i}`, eventId, name: 'Somebody' })
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? api.app : other).inject({ method: 'POST', url: '/api/registrations', payload: body(i) })))
    t.equal(answers.filter((answer) => answer.json<{ data: Registration }>().data.status === 'registered').length, 3)
    t.match(await eventOf(api, eventId), { registeredCount: 3, waitlistedCount: 17 })
  })

  // They say the same whatever the store.
  if (api.config.store === 'embedded') t.test('every answer above is as documented', async (t) => api.checkDocs(t))
})

onBothStores('with three calls in ten throttled, users see no error, what is stored is right, and the trace has every attempt', async (t, start) => {
  t.intercept(Math, 'random', { value: () => 0 }) // no pauses
  const { faults, trace, ...api } = await start().then((api) => ({ ...api, ...api.emulator }))
  const eventId = await api.event(5)
  const { id } = await faults.add({ service: 'dynamodb', error: 'throttle', share: 0.3, seed: 7 })
  const after = trace.sequence

  const users = Array.from({ length: 12 }, (_, index) => `user-${index}`)
  const registrations = await Promise.all(users.map((userId) => api.register({ userId, eventId })))
  t.same(countStatuses(registrations), { registered: 5, waitlisted: 7 })
  const found = await Promise.all(registrations.map(({ registrationId }) => api.call('GET', `/api/registrations/${registrationId}`)))
  t.same(found.map((response) => response.json<{ data: Registration }>().data), registrations)
  const left = registrations.filter(({ status }) => status === 'registered').slice(0, 2)
  const cancelled = await Promise.all(left.map(({ registrationId }) => api.call('DELETE', `/api/registrations/${registrationId}`)))
  t.same(cancelled.map(({ statusCode }) => statusCode), [200, 200])
  t.same(countStatuses(await registrationsOf(api, eventId)), { registered: 5, waitlisted: 5, cancelled: 2 })

  const { hits } = faults.list().find((one) => one.id === id)!
  faults.clear()
  t.match(await eventOf(api, eventId), { registeredCount: 5, waitlistedCount: 5 })

  const calls = trace.query({ after }).filter(({ causedBy }) => causedBy !== undefined)
  const isThrottled = ({ result }: TracedCall) => result === 'ThrottlingException' || result === 'TransactionCanceledException'
  const throttled = calls.filter(isThrottled)
  t.ok(hits > 10 && throttled.length >= hits, `${hits} of ${calls.length} calls were throttled`)
  const isFollowed = ({ sequence, causedBy, operation, result, attempt = 1 }: TracedCall) => {
    const next = calls.find((call) => call.sequence > sequence && call.causedBy === causedBy && call.operation === operation)
    // A cancelled transaction is another command when it is tried again.
    return next !== undefined && (next.attempt ?? 1) === (result === 'ThrottlingException' ? attempt + 1 : 1)
  }
  t.same(throttled.filter((call) => !isFollowed(call)), [], 'after each comes the next attempt')
})

test('a transaction that conflicts with another is retried a limited number of times', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 }) // no pauses
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) })
  const parts = {
    one: { Delete: { TableName: 'events', Key: { eventId: 'one' } } },
    none: undefined,
    two: { Delete: { TableName: 'events', Key: { eventId: 'two' } } },
  }
  /** A store that gives these answers, the last one for good. */
  const answering = (...answers: (Error | undefined)[]) => {
    const counted = { calls: 0 }
    const send = async () => {
      const answer = answers[Math.min(counted.calls++, answers.length - 1)]
      if (answer) throw answer
      return {}
    }
    return { counted, store: { documents: { send }, measurements: new FaceMeasurements() } as unknown as FaceStore } // nothing else is called
  }

  const conflict = cancelled('None', 'TransactionConflict')
  const twice = answering(conflict, conflict, undefined)
  t.same(await transact(twice.store, parts), new Map())
  t.equal(twice.counted.calls, 3)

  const refused = answering(conflict, cancelled('TransactionConflict', 'ConditionalCheckFailed'))
  t.same(await transact(refused.store, parts), new Map([['two', undefined]]), 'a condition that does not hold is an answer')
  t.equal(refused.counted.calls, 2)

  const endless = answering(conflict)
  await t.rejects(transact(endless.store, parts), StoreBusy)
  t.equal(endless.counted.calls, 12)

  const throttled = answering(cancelled('ThrottlingError', 'None'))
  await t.rejects(transact(throttled.store, parts), StoreBusy)
  t.equal(throttled.counted.calls, 12, 'which the SDK does not try again itself')

  const missing = Object.assign(new Error('Requested resource not found'), { name: 'ResourceNotFoundException' })
  await t.rejects(transact(answering(missing).store, parts), { code: 'TABLE_MISSING', message: /^Table events does not exist/ })
  const bug = new TypeError('a bug')
  await t.rejects(transact(answering(bug).store, parts), bug)
})
