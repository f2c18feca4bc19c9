import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import type { Chat } from '../chat.ts'
import { EmailTokenNotFound } from '../errors.ts'
import { EMAIL_TOKEN, PROFILE } from '../examples.ts'
import { ConsumedEmailTokenSchema, ConsumeEmailTokenSchema, CreateEmailTokenSchema, EmailTokenSchema } from '../schemas.ts'
import { SIGNED_IN } from './signed-in.ts'

const ISSUED = 'Token issued successfully'
const CONSUMED = 'Token consumed successfully'

const { purpose, email } = EMAIL_TOKEN
const busy = new StoreBusy('Table learning-navigator')

/** Tokens that confirm an e-mail address. */
export const emailTokenRoutes: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (api, { chat: { emailTokenService } }) => {
  api.post('/tokens', {
    config: SIGNED_IN,
    schema: {
      summary: 'Issue a token for an e-mail address',
      description: 'Access pattern: issue a token. One PutItem, 2 WCU with its index entry. It is valid once, only for you, for 24 hours. In production it is sent by ' +
        'e-mail; here it is in the answer, so that the next step can be built and tested.',
      tags: ['chat'],
      body: CreateEmailTokenSchema,
      response: {
        201: success(EmailTokenSchema, { message: ISSUED, data: EMAIL_TOKEN }),
        ...errorResponses(new ValidationFailed([{ path: 'body.email', reason: 'is required' }]), 413, 415, busy),
      },
    },
  }, async (request, reply) => {
    reply.code(201)
    return answer(ISSUED, await emailTokenService.issue(callerOf(request).id, request.body))
  })

  api.post('/tokens/consume', {
    config: SIGNED_IN,
    schema: {
      summary: 'Consume a token',
      description: 'Access pattern: consume a token. One strongly consistent GetItem, 1 RCU, and one conditional DeleteItem, 2 WCU with its index entry. Of any number of ' +
        'concurrent requests, one gets 200. The answer does not say why a token is refused.',
      tags: ['chat'],
      body: ConsumeEmailTokenSchema,
      response: {
        200: success(ConsumedEmailTokenSchema, { message: CONSUMED, data: { purpose, email, userId: PROFILE.userId } }),
        ...errorResponses(new ValidationFailed([{ path: 'body.token', reason: 'is required' }]), new EmailTokenNotFound(purpose), 413, 415, busy),
      },
    },
  }, async (request) => answer(CONSUMED, await emailTokenService.consume(callerOf(request).id, request.body)))
}
