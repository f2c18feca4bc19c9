import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { Clock } from '../../../core/clock.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { EventNotFound, FaceValidationNotFound, UserIdRequired, UserNotRegistered } from '../errors.ts'
import { PAGE_TOKEN, VALIDATION, VALIDATION_STATS } from '../examples.ts'
import type { Events } from '../repositories/events.ts'
import type { Registrations } from '../repositories/registrations.ts'
import { EventParamsSchema, UserParamsSchema } from '../schemas.ts'
import {
  FaceValidationPageSchema, FaceValidationSchema, SeedPageSchema, QueryFaceValidationsSchema, QueryRecentSchema, RecentSchema, ValidationParamsSchema, ValidationStatsSchema,
} from '../validation-schemas.ts'
import type { ValidationPage, ValidationSource } from '../validation-source.ts'
import { ValidationStatsSum } from '../validation-stats.ts'
import { answer } from './answer.ts'
import { deprecate } from './deprecation.ts'
import { requireUserId } from './user-id.ts'

const MINUTE_MS = 60_000

type ValidationList = Static<typeof FaceValidationPageSchema>

const RETRIEVED = 'Face validation retrieved successfully'
const COMPUTED = 'Face validation statistics computed'
const RECENT = 'User has a recent face validation'
const NOT_RECENT = 'User has no recent face validation'

const { userId } = VALIDATION
const registrationId = VALIDATION.registrationId!
const badUser = [new UserIdRequired(), new ValidationFailed([{ path: 'params.userId', reason: 'must NOT have more than 256 characters' }])]

/** The documentation of each route, by the design that answers it. */
const CALLS = {
  history: {
    history: 'Access pattern: history. One Query on ByTimestamp, 0.5 RCU for each 4 KB read; never a Scan. The last pages can be shorter than ' +
      'their limit if they have expired validations that DynamoDB has not deleted yet; the last page is the one whose lastEvaluatedKey is null. If there are none, one Query on UserIndex checks whether the user has a registration.',
    one: 'Access pattern: one validation. One GetItem, 0.5 RCU for each 4 KB.',
    stats: 'Access pattern: validation statistics. One Query of the user\'s validations for each MB of them, 0.5 RCU for each 4 KB. Every attempt counts.',
    recent: 'Access pattern: recent validation. One Query on ByTimestamp for the latest, 0.5 RCU.',
    event: 'Access pattern: event validations. One Query on EventIndex, newest first, 0.5 RCU for each 4 KB read; never a Scan. Pages are like those of a user.',
  },
  single: {
    history: 'Deprecated: a user has one record, which is the whole history. One GetItem.',
    one: 'Deprecated: a user has one record, which counts for all their registrations. Two GetItem.',
    stats: 'Deprecated: computed from the one record. One GetItem. Failed attempts are not stored, and so not counted.',
    recent: 'Deprecated: computed from the one record. One GetItem.',
    event: 'Deprecated: the verified registrations of the event, in the order of registration. One Query on EventIndex.',
  },
} as const

export interface FaceValidationOptions {
  source: ValidationSource
  events: Pick<Events, 'get'>
  registrations: Pick<Registrations, 'hasAny'>
  clock: Clock
  pageTokens: PageTokens
  /** The one-record design answers, and has routes of its own for it. */
  deprecated: boolean
}

/** The routes of seed 000: a user's validations, one of them, their statistics, whether there is a recent one, and an event's. */
export const faceValidationRoutes: FastifyPluginAsyncTypebox<FaceValidationOptions> = async (api, { source, events, registrations, clock, pageTokens, deprecated }) => {
  const calls = CALLS[deprecated ? 'single' : 'history']
  const busy = new StoreBusy(deprecated ? 'Table face-verifications' : 'Table face-verifications-history')
  const badList = [new ValidationFailed([{ path: 'query.limit', reason: 'must be <= 1000' }]), new InvalidPageToken()]
  const common = { tags: ['face validations'], deprecated }
  requireUserId(api)
  if (deprecated) deprecate(api)

  function pageAnswer (scope: string, { items, lastKey }: ValidationPage) {
    const page = { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) }
    return answerOf(`Retrieved ${items.length} face validations`, page)
  }

  // The deprecated routes answer in the shape of seed 000: `count` and `data` are members of the answer itself.
  const answerOf = deprecated ? (message: string, page: ValidationList) => ({ status: 'success' as const, message, ...page }) : answer<ValidationList>
  const example = { count: 1, data: [VALIDATION], lastEvaluatedKey: PAGE_TOKEN }
  const message = 'Retrieved 1 face validations'
  const listed = deprecated ? SeedPageSchema({ message, ...example }) : success(FaceValidationPageSchema, { message, data: example })

  const isEmpty = ({ items, lastKey }: ValidationPage) => items.length === 0 && !lastKey

  async function requireRegistered (userId: string): Promise<void> {
    if (!await registrations.hasAny(userId)) throw new UserNotRegistered(userId)
  }

  api.get('/registrations/:userId/face-validation/history', {
    config: { auth: { owner: 'userId' }, successor: '/api/registrations/:userId/face' },
    schema: {
      ...common,
      summary: 'The validations of a user, newest first',
      description: calls.history,
      params: UserParamsSchema,
      querystring: QueryFaceValidationsSchema,
      response: {
        200: listed,
        ...errorResponses(...badUser, ...badList, new UserNotRegistered(userId), busy),
      },
    },
  }, async ({ params: { userId }, query: { limit, lastEvaluatedKey, include } }) => {
    const scope = `face-validations/user/${userId}`
    const startKey = pageTokens.decode(scope, lastEvaluatedKey)
    const page = await source.history(userId, { limit, startKey, withVector: include === 'faceVector' })
    if (isEmpty(page) && !startKey) await requireRegistered(userId)
    return pageAnswer(scope, page)
  })

  api.get('/registrations/:userId/face-validation/stats', {
    config: { auth: { owner: 'userId' }, successor: '/api/registrations/:userId/face' },
    schema: {
      ...common,
      summary: 'Statistics of a user\'s validations',
      description: calls.stats,
      params: UserParamsSchema,
      response: {
        200: success(ValidationStatsSchema, { message: COMPUTED, data: VALIDATION_STATS }),
        ...errorResponses(...badUser, new UserNotRegistered(userId), busy),
      },
    },
  }, async ({ params: { userId } }) => {
    const sum = new ValidationStatsSum()
    for await (const attempt of source.attempts(userId)) sum.add(attempt)
    const stats = sum.of(userId)
    if (stats.total === 0) await requireRegistered(userId)
    return answer(COMPUTED, stats)
  })

  api.get('/registrations/:userId/face-validation/check-recent', {
    config: { auth: { owner: 'userId' }, successor: '/api/registrations/:userId/face/exists' },
    schema: {
      ...common,
      summary: 'Was this user validated recently?',
      description: calls.recent,
      params: UserParamsSchema,
      querystring: QueryRecentSchema,
      response: {
        200: success(RecentSchema, {
          message: RECENT,
          data: { userId, minutes: 60, hasRecentValidation: true, latest: { registrationId, validationStatus: 'success', timestamp: VALIDATION.timestamp } },
        }),
        ...errorResponses(...badUser, new ValidationFailed([{ path: 'query.minutes', reason: 'must be >= 1' }]), busy),
      },
    },
  }, async ({ params: { userId }, query: { minutes } }) => {
    const found = await source.latestSince(userId, clock.now() - minutes * MINUTE_MS)
    const latest = found ? { registrationId: found.registrationId, validationStatus: found.validationStatus, timestamp: found.timestamp } : null
    return answer(found ? RECENT : NOT_RECENT, { userId, minutes, hasRecentValidation: found !== undefined, latest })
  })

  api.get('/registrations/:userId/face-validation/:registrationId', {
    config: { auth: { owner: 'userId' }, successor: '/api/registrations/:userId/face' },
    schema: {
      ...common,
      summary: 'The validation of one registration',
      description: calls.one,
      params: ValidationParamsSchema,
      response: {
        200: success(FaceValidationSchema, { message: RETRIEVED, data: VALIDATION }),
        ...errorResponses(...badUser, new FaceValidationNotFound(userId, registrationId), busy),
      },
    },
  }, async ({ params: { userId, registrationId } }) => {
    const validation = await source.get(userId, registrationId)
    if (!validation) throw new FaceValidationNotFound(userId, registrationId)
    return answer(RETRIEVED, validation)
  })

  api.get('/registrations/event/:eventId/face-validations', {
    config: { auth: { admin: true }, successor: '/api/events/:eventId/registrations' },
    schema: {
      ...common,
      summary: 'The validations of an event (admin)',
      description: calls.event,
      params: EventParamsSchema,
      querystring: QueryFaceValidationsSchema,
      response: {
        200: listed,
        ...errorResponses(...badList, new EventNotFound(VALIDATION.eventId!), busy),
      },
    },
  }, async ({ params: { eventId }, query: { limit, lastEvaluatedKey, include } }) => {
    const scope = `face-validations/event/${eventId}`
    const startKey = pageTokens.decode(scope, lastEvaluatedKey)
    const page = await source.ofEvent(eventId, { limit, startKey, withVector: include === 'faceVector' })
    if (isEmpty(page) && !startKey && !await events.get(eventId)) throw new EventNotFound(eventId)
    return pageAnswer(scope, page)
  })
}
