import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { isoTime } from '../../../core/clock.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import type { Chat } from '../chat.ts'
import { SessionNotFound } from '../errors.ts'
import { SESSION } from '../examples.ts'
import { CreateSessionSchema, EndedSessionSchema, SessionParamsSchema, SessionSchema, type Session } from '../schemas.ts'
import { allowNoBody, SIGNED_IN } from './signed-in.ts'

const STARTED = 'Session started successfully'
const RETRIEVED = 'Session retrieved successfully'
const ENDED = 'Session ended successfully'

const { sessionId } = SESSION
const busy = new StoreBusy('Table learning-navigator')
const notFound = new SessionNotFound(sessionId)
const badId = new ValidationFailed([{ path: 'params.sessionId', reason: 'must NOT have more than 256 characters' }])

/** The caller's sessions, which expire. */
export const sessionRoutes: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (api, { chat: { sessions, clock } }) => {
  api.post('/sessions', {
    config: SIGNED_IN,
    preValidation: allowNoBody,
    schema: {
      summary: 'Start a session',
      description: 'Access pattern: start a session. One PutItem, 2 WCU with its index entry. It expires, by default after an hour.',
      tags: ['chat'],
      body: CreateSessionSchema,
      response: {
        201: success(SessionSchema, { message: STARTED, data: SESSION }),
        ...errorResponses(new ValidationFailed([{ path: 'body.ttlSeconds', reason: 'must be >= 1' }]), 413, 415, busy),
      },
    },
  }, async (request, reply) => {
    const now = clock.now()
    const session: Session = {
      sessionId: `ses_${randomBytes(24).toString('base64url')}`,
      userId: callerOf(request).id,
      createdAt: isoTime(now),
      expiresAt: Math.floor(now / 1000) + request.body.ttlSeconds,
    }
    await sessions.create(session)
    reply.code(201).header('location', `/api/chat/sessions/${session.sessionId}`)
    return answer(STARTED, session)
  })

  api.get('/sessions/:sessionId', {
    config: SIGNED_IN,
    schema: {
      summary: 'One session',
      description: 'Access pattern: one session. One GetItem, 0.5 RCU. 404 from the second at which it expires, whether or not DynamoDB has deleted it yet.',
      tags: ['chat'],
      params: SessionParamsSchema,
      response: {
        200: success(SessionSchema, { message: RETRIEVED, data: SESSION }),
        ...errorResponses(badId, notFound, busy),
      },
    },
  }, async (request) => {
    const { sessionId } = request.params
    const session = await sessions.get(callerOf(request).id, sessionId)
    if (!session) throw new SessionNotFound(sessionId)
    return answer(RETRIEVED, session)
  })

  api.delete('/sessions/:sessionId', {
    config: SIGNED_IN,
    schema: {
      summary: 'End a session',
      description: 'Access pattern: end a session. One conditional DeleteItem, 2 WCU with its index entry.',
      tags: ['chat'],
      params: SessionParamsSchema,
      response: {
        200: success(EndedSessionSchema, { message: ENDED, data: { sessionId } }),
        ...errorResponses(badId, notFound, busy),
      },
    },
  }, async (request) => {
    const { sessionId } = request.params
    if (!await sessions.remove(callerOf(request).id, sessionId)) throw new SessionNotFound(sessionId)
    return answer(ENDED, { sessionId })
  })
}
