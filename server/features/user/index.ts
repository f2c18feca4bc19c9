import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Config } from '../../config.ts'
import { answer } from '../../core/answer.ts'
import { apiError, StoreBusy, ValidationFailed } from '../../core/errors.ts'
import { errorResponses, success } from '../../core/schemas.ts'
import type { Dependencies } from '../feature.ts'
import { createDeletionService } from './deletion-service.ts'
import { createDeletions } from './deletions.ts'
import { chatErasure } from './erasures/chat.ts'
import { faceErasure } from './erasures/face.ts'
import { imageErasure } from './erasures/image.ts'
import { reportErasure } from './erasures/report.ts'
import { DELETION, DeletionSchema, UserParamsSchema } from './schemas.ts'

const ACCEPTED = 'Deletion accepted'
const RETRIEVED = 'Deletion retrieved successfully'

export const DeletionNotFound = apiError('DELETION_NOT_FOUND', 'No deletion was requested for userId: %s', 404)

const badUser = new ValidationFailed([{ path: 'params.userId', reason: 'must be an id' }])
const busy = new StoreBusy('Table user-deletions')

/** Deletes everything of a user, across all features. */
export const userFeature: FastifyPluginAsyncTypebox<Dependencies & { config: Config }> = async (api, { config, ...dependencies }) => {
  const { aws: { documents }, clock } = dependencies
  const deletions = createDeletions({ documents, table: config.user.tables.deletions, clock })
  const service = createDeletionService({
    deletions,
    erasures: [
      faceErasure(config.face, dependencies), imageErasure(config.image, dependencies), chatErasure(config.chat, dependencies),
      reportErasure(config.report, dependencies),
    ],
    // The embedded store is in this process, and so no other process is on it.
    isAlone: config.store === 'embedded',
    onError: (err) => { api.log.error({ err }, 'user deletion') },
  })
  api.addHook('onListen', async () => { service.start() })
  api.addHook('onClose', async () => { await service.close() })

  api.delete('/users/:userId', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'Delete all data of a user',
      description: 'Face records, validations, registrations (their places go to users on the waiting list) and uploaded stored faces; images with their ' +
        'objects, and the profile of their owner; the chat\'s profile, conversations, messages, sessions and tokens; K9 user and reports. ' +
        'Access pattern: delete a user. In the request one conditional PutItem and one GetItem; then a job, which survives a restart, reads the ' +
        'data with Queries and deletes it in batches, until a pass finds nothing. A request while a job is pending returns that job.',
      tags: ['users'],
      params: UserParamsSchema,
      response: {
        202: success(DeletionSchema, { message: ACCEPTED, data: { userId: DELETION.userId, status: 'pending', requestedAt: DELETION.requestedAt, deleted: {} } }),
        ...errorResponses(badUser, busy),
      },
    },
  }, async ({ params: { userId } }, reply) => {
    const deletion = await service.request(userId)
    reply.code(202).header('location', `/api/users/${encodeURIComponent(userId)}/deletion`)
    return answer(ACCEPTED, deletion)
  })

  api.get('/users/:userId/deletion', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'The progress of a user\'s deletion',
      description: 'A completed job is kept for 30 days. Access pattern: the deletion of a user. One GetItem, strongly consistent, 1 RCU.',
      tags: ['users'],
      params: UserParamsSchema,
      response: {
        200: success(DeletionSchema, { message: RETRIEVED, data: DELETION }),
        ...errorResponses(badUser, new DeletionNotFound(DELETION.userId), busy),
      },
    },
  }, async ({ params: { userId } }) => {
    const deletion = await deletions.get(userId)
    if (!deletion) throw new DeletionNotFound(userId)
    return answer(RETRIEVED, deletion)
  })
}
