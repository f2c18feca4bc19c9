import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { ProfileNotFound } from '../errors.ts'
import { USER } from '../examples.ts'
import { preferencesFaults } from '../preferences.ts'
import type { ReportParts } from '../report.ts'
import { UpdateUserSchema, UserSchema } from '../schemas.ts'
import { ME } from './me.ts'

const RETRIEVED = 'User retrieved successfully'
const UPDATED = 'User updated successfully'

const busy = new StoreBusy('Table k9-users-dev')

/** The profile of the user of the token. */
export const userRoutes: FastifyPluginAsyncTypebox<Pick<ReportParts, 'users' | 'now'>> = async (api, { users, now }) => {
  api.get('/users/me', {
    config: ME,
    schema: {
      summary: 'My profile',
      description: 'Access pattern: my profile. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['users'],
      response: {
        200: success(UserSchema, { message: RETRIEVED, data: USER }),
        ...errorResponses(new ProfileNotFound(USER.user_id), busy),
      },
    },
  }, async (request) => {
    const { id } = callerOf(request)
    const user = await users.get(id)
    if (!user) throw new ProfileNotFound(id)
    return answer(RETRIEVED, user)
  })

  api.put('/users/me', {
    config: ME,
    schema: {
      summary: 'Create or update my profile',
      description: 'Access pattern: create or update my profile. One UpdateItem, 1 WCU for each KB. Members that are not sent do not change; ' +
        'null removes one; preferences that are sent replace the old ones.',
      tags: ['users'],
      body: UpdateUserSchema,
      response: {
        200: success(UserSchema, { message: UPDATED, data: USER }),
        ...errorResponses(new ValidationFailed([{ path: 'body.preferences', reason: 'must have at most 10240 bytes as JSON, and has 12000' }]), 413, 415, busy),
      },
    },
  }, async (request) => {
    const { body } = request
    const faults = body.preferences ? preferencesFaults(body.preferences, 'body.preferences') : []
    if (faults.length > 0) throw new ValidationFailed(faults)
    return answer(UPDATED, await users.update(callerOf(request).id, body, now()))
  })
}
