import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { NotYourself } from '../../../auth/errors.ts'
import { onlyOf, subjectOf } from '../../../auth/user.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { FaceAnalysisUnavailable, ImageNotFound, ImageTooLarge, InvalidImage } from '../../../aws/face-analyser.ts'
import { keyPart } from '../../../core/ids.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, PageQuerySchema, success } from '../../../core/schemas.ts'
import { AlreadyRegistered, EventNotFound, PlacesContended, RegistrationCancelled, RegistrationNotFound, SeveralFacesFound } from '../errors.ts'
import { EVENT, PAGE_TOKEN, REGISTRATION } from '../examples.ts'
import type { Face } from '../face.ts'
import { sortableId } from '../ids.ts'
import {
  CancellationSchema, CreateEventSchema, CreateRegistrationSchema, EventPageSchema, EventParamsSchema, EventSchema, QueryRegistrationsSchema,
  RegistrationPageSchema, RegistrationParamsSchema, RegistrationSchema, type Event,
} from '../schemas.ts'
import { answer } from './answer.ts'

const EVENT_RETRIEVED = 'Event retrieved successfully'
const EVENT_CREATED = 'Event created successfully'
const REGISTERED = 'Registered successfully'
const WAITLISTED = 'Event is full - placed on the waiting list'
const RETRIEVED = 'Registration retrieved successfully'
const CANCELLED = 'Registration cancelled successfully'

/** The token of a list of all events is valid for no other list. */
const EVENTS_SCOPE = 'events'

const { registrationId, userId, eventId } = REGISTRATION
const image = 's3://sandtable/demo/ada.jpg'
const busy = new StoreBusy('Table event-registrations')
const missingMember = new ValidationFailed([{ path: 'body.name', reason: 'is required' }])
const badId = new ValidationFailed([{ path: 'params.registrationId', reason: 'must NOT have more than 256 characters' }])

/** Events with their places, and their registrations and waiting lists. */
export const registrationRoutes: FastifyPluginAsyncTypebox<{ face: Face, pageTokens: PageTokens }> = async (api, { face, pageTokens }) => {
  const { clock, events, registrations, registrationService } = face

  api.post('/events', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'Create an event (admin)',
      description: 'Access pattern: create an event. One PutItem, 1 WCU.',
      tags: ['events'],
      body: CreateEventSchema,
      response: {
        201: success(EventSchema, { message: EVENT_CREATED, data: EVENT }),
        ...errorResponses(missingMember, 413, 415, new StoreBusy('Table events')),
      },
    },
  }, async ({ body }, reply) => {
    const now = clock.now()
    const at = new Date(now).toISOString()
    const event: Event = { eventId: sortableId('evt', now), ...body, registeredCount: 0, waitlistedCount: 0, createdAt: at, updatedAt: at }
    await events.create(event)
    reply.code(201)
    return answer(EVENT_CREATED, event)
  })

  api.get('/events', {
    schema: {
      summary: 'All events',
      description: 'Access pattern: list events. One Scan a page, 0.5 RCU for each 4 KB read. In no order.',
      tags: ['events'],
      querystring: PageQuerySchema,
      response: {
        200: success(EventPageSchema, { message: 'Retrieved 1 events', data: { count: 1, data: [EVENT], lastEvaluatedKey: PAGE_TOKEN } }),
        ...errorResponses(new ValidationFailed([{ path: 'query.limit', reason: 'must be >= 1' }]), new InvalidPageToken(), new StoreBusy('Table events')),
      },
    },
  }, async ({ query: { limit, lastEvaluatedKey } }) => {
    const { items, lastKey } = await events.list({ limit, startKey: pageTokens.decode(EVENTS_SCOPE, lastEvaluatedKey) })
    return answer(`Retrieved ${items.length} events`, { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(EVENTS_SCOPE, lastKey) })
  })

  api.get('/events/:eventId', {
    schema: {
      summary: 'One event',
      description: 'Access pattern: one event. One GetItem, strongly consistent, 1 RCU for each 4 KB.',
      tags: ['events'],
      params: EventParamsSchema,
      response: {
        200: success(EventSchema, { message: EVENT_RETRIEVED, data: EVENT }),
        ...errorResponses(400, new EventNotFound(eventId), new StoreBusy('Table events')),
      },
    },
  }, async ({ params: { eventId } }) => {
    const event = await events.get(eventId)
    if (!event) throw new EventNotFound(eventId)
    return answer(EVENT_RETRIEVED, event)
  })

  api.get('/events/:eventId/registrations', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'The registrations of an event, oldest first (admin)',
      description: 'Access pattern: registrations of an event. One Query on EventIndex, 0.5 RCU for each 4 KB read; never a Scan. With ' +
        '?status= it reads up to 1 MB until the page is full; only beyond that can a page before the last one be shorter than its limit. The last ' +
        'page is the one whose lastEvaluatedKey is null. If an event has no registrations, one GetItem checks whether the event exists.',
      tags: ['events'],
      params: EventParamsSchema,
      querystring: QueryRegistrationsSchema,
      response: {
        200: success(RegistrationPageSchema, {
          message: 'Retrieved 1 registrations',
          data: { count: 1, data: [REGISTRATION], lastEvaluatedKey: PAGE_TOKEN },
        }),
        ...errorResponses(new ValidationFailed([{ path: 'query.limit', reason: 'must be >= 1' }]), new InvalidPageToken(), new EventNotFound(eventId), busy),
      },
    },
  }, async ({ params: { eventId }, query: { status, limit, lastEvaluatedKey } }) => {
    const scope = `registrations/EventIndex/${keyPart(eventId)}/${status ?? ''}`
    const startKey = pageTokens.decode(scope, lastEvaluatedKey)
    const { items, lastKey } = await registrations.listByEvent({ eventId, status, limit, startKey })
    if (items.length === 0 && !lastKey && !await events.get(eventId)) throw new EventNotFound(eventId)
    const data = { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) }
    return answer(`Retrieved ${items.length} registrations`, data)
  })

  api.post('/registrations', {
    schema: {
      summary: 'Register a user for an event',
      description: 'Access pattern: register. One GetItem (the event), DetectFaces when a storedFaceKey is given, which must show exactly one ' +
        'face, and one TransactWriteItems that counts the place, claims the one registration of the user for the event and writes it; repeated ' +
        'from the GetItem if the last place is taken in between. `registered` while there are places, else `waitlisted`.',
      tags: ['registrations'],
      body: CreateRegistrationSchema,
      response: {
        201: success(RegistrationSchema, { message: REGISTERED, data: REGISTRATION }),
        ...errorResponses(
          missingMember, new InvalidImage(image), new SeveralFacesFound(image, 6), new NotYourself(userId), new EventNotFound(eventId), new ImageNotFound(image),
          new AlreadyRegistered(userId, eventId), new ImageTooLarge(image), 415, busy, new PlacesContended(), new FaceAnalysisUnavailable()
        ),
      },
    },
  }, async (request, reply) => {
    const { body, user } = request
    subjectOf(request, { id: body.userId, path: 'body.userId' })
    const registration = await registrationService.register(body, { onlyOf: onlyOf(user) })
    reply.code(201).header('location', `/api/registrations/${registration.registrationId}`)
    return answer(registration.status === 'registered' ? REGISTERED : WAITLISTED, registration)
  })

  api.get('/registrations/:registrationId', {
    schema: {
      summary: 'One registration',
      description: 'Access pattern: get a registration. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['registrations'],
      params: RegistrationParamsSchema,
      response: {
        200: success(RegistrationSchema, { message: RETRIEVED, data: REGISTRATION }),
        ...errorResponses(badId, new RegistrationNotFound(registrationId), busy),
      },
    },
  }, async ({ params: { registrationId }, user }) => {
    const registration = await registrations.get(registrationId, { onlyOf: onlyOf(user) })
    if (!registration) throw new RegistrationNotFound(registrationId)
    return answer(RETRIEVED, registration)
  })

  api.delete('/registrations/:registrationId', {
    schema: {
      summary: 'Cancel a registration',
      description: 'Access pattern: cancel. Two GetItem (the registration, its event), a Query on EventIndex if there is a waiting list, and one ' +
        'TransactWriteItems that cancels, frees the place or gives it to the user who has waited longest, and lets the user register again. It is ' +
        'retried if another request changed one of these in between. The registration stays, as `cancelled` and without its ticket.',
      tags: ['registrations'],
      params: RegistrationParamsSchema,
      response: {
        200: success(CancellationSchema, {
          message: CANCELLED,
          data: { registrationId, status: 'cancelled', promotedRegistrationId: null },
        }),
        ...errorResponses(badId, new RegistrationNotFound(registrationId), new RegistrationCancelled(registrationId), busy, new PlacesContended()),
      },
    },
  }, async ({ params: { registrationId }, user }) => {
    const { promoted } = await registrationService.cancel({ registrationId, onlyOf: onlyOf(user) })
    return answer(CANCELLED, { registrationId, status: 'cancelled' as const, promotedRegistrationId: promoted?.registrationId ?? null })
  })
}
