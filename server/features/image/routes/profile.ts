import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { ProfileNotFound } from '../errors.ts'
import { PROFILE } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import { ProfileSchema, PutProfileSchema, UserParamsSchema } from '../schemas.ts'

const RETRIEVED = 'Profile retrieved successfully'
const STORED = 'Profile stored successfully'

const busy = new StoreBusy('Table image-processing-metadata')

/** The profile of an owner of images. */
export const profileRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform }> = async (api, { platform: { profiles, clock } }) => {
  api.get('/users/:userId/profile', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'The profile, preferences and statistics of a user',
      description: 'Access pattern: get a profile. One GetItem, 0.5 RCU. The first upload creates one if there is none.',
      tags: ['images'],
      params: UserParamsSchema,
      response: {
        200: success(ProfileSchema, { message: RETRIEVED, data: PROFILE }),
        ...errorResponses(new ValidationFailed([{ path: 'params.userId', reason: 'must NOT have more than 256 characters' }]), new ProfileNotFound(PROFILE.userId), busy),
      },
    },
  }, async ({ params: { userId } }) => {
    const profile = await profiles.get(userId)
    if (!profile) throw new ProfileNotFound(userId)
    return answer(RETRIEVED, profile)
  })

  api.put('/users/:userId/profile', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'Store the profile and the preferences of a user',
      description: 'Access pattern: put a profile. One UpdateItem, 1 WCU for each KB; a profile is in no index. Members that are not sent are removed, ' +
        'or reset to their defaults; the statistics stay.',
      tags: ['images'],
      params: UserParamsSchema,
      body: PutProfileSchema,
      response: {
        200: success(ProfileSchema, { message: STORED, data: PROFILE }),
        ...errorResponses(new ValidationFailed([{ path: 'body.profile', reason: 'is required' }]), 413, 415, busy),
      },
    },
  }, async ({ params: { userId }, body }) => answer(STORED, await profiles.put(userId, body, new Date(clock.now()).toISOString())))
}
