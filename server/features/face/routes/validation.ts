import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlyOf } from '../../../auth/user.ts'
import { FaceAnalysisUnavailable, ImageNotFound, ImageTooLarge, InvalidImage } from '../../../aws/face-analyser.ts'
import { InvalidObjectLocation } from '../../../aws/object-store.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { choice, errorResponses } from '../../../core/schemas.ts'
import {
  RegistrationCancelled, RegistrationNotFound, RegistrationWaitlisted, SeveralFacesFound, StoredFaceMissing, StoredFaceUnusable,
} from '../errors.ts'
import { RECORD, REGISTRATION, TICKET_ID } from '../examples.ts'
import type { Face } from '../face.ts'
import { FaceImageSchema, MatchSchema, MismatchSchema, RegistrationParamsSchema } from '../schemas.ts'
import { answer } from './answer.ts'

const VERIFIED = 'Face verified successfully - ticket issued'
const REFUSED = {
  FACES_DO_NOT_MATCH: 'Face does not match the stored face - try again',
  NO_FACE_FOUND: 'No face found in the image - try again',
} as const

const MatchedSchema = Type.Object({
  status: choice(['success']),
  message: Type.String(),
  data: MatchSchema,
  dynamodbStored: Type.Boolean(),
}, {
  examples: [{
    ...answer(VERIFIED, { success: true, confidence: RECORD.confidence, quality: RECORD.quality, faceId: RECORD.faceId, ticketId: TICKET_ID }),
    dynamodbStored: true,
  }],
})
const MismatchedSchema = Type.Object({
  status: choice(['success']),
  message: Type.String(),
  data: MismatchSchema,
  dynamodbStored: Type.Boolean(),
}, {
  examples: [{
    ...answer(REFUSED.FACES_DO_NOT_MATCH, { success: false, confidence: 12.5, quality: 'HIGH', reason: 'FACES_DO_NOT_MATCH' }),
    dynamodbStored: false,
  }],
})

const { registrationId } = REGISTRATION
const image = 's3://sandtable/demo/ada-again.jpg'

/** Verifies a face against the stored one. */
export const validationRoutes: FastifyPluginAsyncTypebox<{ face: Face }> = async (api, { face: { verification, design } }) => {
  api.post('/registrations/:registrationId/validate-face-image', {
    schema: {
      summary: 'Verify a face',
      description: `Access pattern: create. ${design.validation.description}`,
      tags: ['face'],
      params: RegistrationParamsSchema,
      body: FaceImageSchema,
      response: {
        200: MismatchedSchema,
        201: MatchedSchema,
        ...errorResponses(
          new ValidationFailed([{ path: 'body.faceImageKey', reason: 'is required' }]), new InvalidObjectLocation('s3://'), new InvalidImage(image),
          new SeveralFacesFound(image, 6), new RegistrationNotFound(registrationId), new ImageNotFound(image), ...design.validation.refusals,
          new RegistrationWaitlisted(registrationId), new RegistrationCancelled(registrationId), new StoredFaceMissing(registrationId, registrationId),
          new StoredFaceUnusable(registrationId, registrationId), new ImageTooLarge(image), 415, new FaceAnalysisUnavailable(),
          new StoreBusy('Table face-verifications')
        ),
      },
    },
  }, async ({ params: { registrationId }, body: { faceImageKey }, ip, user }, reply) => {
    const { stored, ...verified } = await verification.verify({ registrationId, onlyOf: onlyOf(user), faceImageKey, ipAddress: ip })
    if (!verified.success) return { ...answer(REFUSED[verified.reason], verified), dynamodbStored: stored }
    reply.code(201)
    return { ...answer(VERIFIED, verified), dynamodbStored: stored }
  })
}
