import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { isoTime } from '../../../core/clock.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import type { Chat } from '../chat.ts'
import { ProfileNotFound } from '../errors.ts'
import { PROFILE } from '../examples.ts'
import { ProfileSchema, PutProfileSchema } from '../schemas.ts'
import { SIGNED_IN } from './signed-in.ts'

const RETRIEVED = 'Profile retrieved successfully'
const WRITTEN = 'Profile written successfully'

const busy = new StoreBusy('Table learning-navigator')

/** The caller's profile. */
export const profileRoutes: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (api, { chat: { profiles, clock } }) => {
  api.get('/profile', {
    config: SIGNED_IN,
    schema: {
      summary: 'Your profile',
      description: 'Access pattern: profile. One GetItem, 0.5 RCU.',
      tags: ['chat'],
      response: {
        200: success(ProfileSchema, { message: RETRIEVED, data: PROFILE }),
        ...errorResponses(new ProfileNotFound(), busy),
      },
    },
  }, async (request) => {
    const profile = await profiles.get(callerOf(request).id)
    if (!profile) throw new ProfileNotFound()
    return answer(RETRIEVED, profile)
  })

  api.put('/profile', {
    config: SIGNED_IN,
    schema: {
      summary: 'Write your profile',
      description: 'Access pattern: write a profile. One UpdateItem, 1 WCU. It replaces everything except createdAt.',
      tags: ['chat'],
      body: PutProfileSchema,
      response: {
        200: success(ProfileSchema, { message: WRITTEN, data: PROFILE }),
        ...errorResponses(new ValidationFailed([{ path: 'body.email', reason: 'must match format "email"' }]), 413, 415, busy),
      },
    },
  }, async (request) => answer(WRITTEN, await profiles.put(callerOf(request).id, request.body, isoTime(clock.now()))))
}
