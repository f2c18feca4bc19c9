import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlyOf } from '../../../auth/user.ts'
import type { Clock } from '../../../core/clock.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { IdSchema, errorResponses, success } from '../../../core/schemas.ts'
import { ComparisonResultsReadOnly, FaceRecordExists, FaceRecordNotFound, UserIdRequired } from '../errors.ts'
import { RECORD } from '../examples.ts'
import type { FaceRecords } from '../repositories/face-records.ts'
import { FaceRecordSchema, OWN_CHANGES, UpdateFaceRecordSchema, UserParamsSchema } from '../schemas.ts'
import { answer } from './answer.ts'
import { requireUserId } from './user-id.ts'

// Seed 001, to the letter.
const ELIGIBLE = 'User is eligible for face verification - no existing record found'
const RETRIEVED = 'Face record retrieved successfully'
const UPDATED = 'Face record updated successfully'
const DELETED = 'Face record deleted successfully - user can now re-register'
const HAS_RECORD = 'User has face record'
const HAS_NONE = 'User has no face record'

const EligibleSchema = Type.Object({ userId: IdSchema, canCreateFace: Type.Boolean() })
const DeletedSchema = Type.Object({ userId: IdSchema, message: Type.String() })
const ExistsSchema = Type.Object({ userId: IdSchema, hasFaceRecord: Type.Boolean() })

const { userId } = RECORD
const badUser = [new UserIdRequired(), new ValidationFailed([{ path: 'params.userId', reason: 'must NOT have more than 256 characters' }])]
const busy = new StoreBusy('Table face-verifications')

/** The one face record of a user: may one be created, does it exist, read, change, delete. */
export const recordRoutes: FastifyPluginAsyncTypebox<{ records: FaceRecords, clock: Clock }> = async (api, { records, clock }) => {
  requireUserId(api)

  api.get('/registrations/:userId/face/validate-before-creation', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'May a face record be created for this user?',
      description: 'Access pattern: duplicate check. One GetItem of the key alone, 0.5 RCU for each 4 KB.',
      tags: ['face'],
      params: UserParamsSchema,
      response: {
        200: success(EligibleSchema, { message: ELIGIBLE, data: { userId, canCreateFace: true } }),
        ...errorResponses(...badUser, new FaceRecordExists(), busy),
      },
    },
  }, async ({ params: { userId } }) => {
    if (await records.exists(userId)) throw new FaceRecordExists()
    return answer(ELIGIBLE, { userId, canCreateFace: true })
  })

  api.get('/registrations/:userId/face/exists', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'Does this user have a face record?',
      description: 'Access pattern: existence. One GetItem of the key alone, 0.5 RCU for each 4 KB. Never 404.',
      tags: ['face'],
      params: UserParamsSchema,
      response: {
        200: success(ExistsSchema, { message: HAS_RECORD, data: { userId, hasFaceRecord: true } }),
        ...errorResponses(...badUser, busy),
      },
    },
  }, async ({ params: { userId } }) => {
    const hasFaceRecord = await records.exists(userId)
    return answer(hasFaceRecord ? HAS_RECORD : HAS_NONE, { userId, hasFaceRecord })
  })

  api.get('/registrations/:userId/face', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'The face record of a user',
      description: 'Access pattern: get one. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['face'],
      params: UserParamsSchema,
      response: {
        200: success(FaceRecordSchema, { message: RETRIEVED, data: RECORD }),
        ...errorResponses(...badUser, new FaceRecordNotFound(userId), busy),
      },
    },
  }, async ({ params: { userId } }) => {
    const record = await records.get(userId)
    if (!record) throw new FaceRecordNotFound(userId)
    return answer(RETRIEVED, record)
  })

  api.put('/registrations/:userId/face', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'Change the face record of a user',
      description: 'Access pattern: update. One conditional UpdateItem, 1 WCU for each KB. Members that are not sent do not change; ' +
        'an object that is sent replaces the old one. userId, faceId and the times cannot be changed. With ' +
        'AUTH_MODE=jwt users may change the name and the metadata of their own record; only admins may change results of the comparison.',
      tags: ['face'],
      params: UserParamsSchema,
      body: UpdateFaceRecordSchema,
      response: {
        200: success(FaceRecordSchema, { message: UPDATED, data: { ...RECORD, confidence: 97.5 } }),
        ...errorResponses(
          ...badUser, new ValidationFailed([{ path: 'body.faceId', reason: 'is not known here' }]), new ComparisonResultsReadOnly('confidence'),
          new FaceRecordNotFound(userId), 413, 415, busy
        ),
      },
    },
  }, async ({ params: { userId }, body, user }) => {
    const results = Object.keys(body).filter((name) => !OWN_CHANGES.has(name))
    if (results.length > 0 && onlyOf(user) !== undefined) throw new ComparisonResultsReadOnly(results.join(', '))
    const record = await records.update(userId, body, new Date(clock.now()).toISOString())
    if (!record) throw new FaceRecordNotFound(userId)
    return answer(UPDATED, record)
  })

  api.delete('/registrations/:userId/face', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'Delete the face record of a user (admin)',
      description: 'Access pattern: reset. One conditional DeleteItem, 1 WCU for each KB. The user can verify a face again.',
      tags: ['face'],
      params: UserParamsSchema,
      response: {
        200: success(DeletedSchema, { message: DELETED, data: { userId, message: DELETED } }),
        ...errorResponses(...badUser, new FaceRecordNotFound(userId), busy),
      },
    },
  }, async ({ params: { userId } }) => {
    if (!await records.remove(userId)) throw new FaceRecordNotFound(userId)
    return answer(DELETED, { userId, message: DELETED })
  })
}
