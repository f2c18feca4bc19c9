import type { FaceAnalyser } from '../../aws/face-analyser.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import { ApiError } from '../../core/errors.ts'
import type { Clock } from '../../core/clock.ts'
import {
  RegistrationCancelled, RegistrationNotFound, RegistrationWaitlisted, SeveralFacesFound, StoredFaceMissing, StoredFaceUnusable,
} from './errors.ts'
import type { FaceAttempt, FaceDesign } from './designs/design.ts'
import { attributesOf, faceVectorOf, qualityOf } from './face-facts.ts'
import { faceId, sortableId } from './ids.ts'
import { requireReachable } from './image-access.ts'
import type { FaceMeasurements } from './measurements.ts'
import type { RegistrationRequest } from './registration-service.ts'
import type { Registrations } from './repositories/registrations.ts'
import type { Quality, Registration } from './schemas.ts'

const SOURCE = 'face-verification-api'

/** The result of comparing a new image with the stored face. */
export type Verification =
  | { success: true, stored: true, confidence: number, quality: Quality, faceId: string, ticketId: string }
  | { success: false, stored: boolean, confidence: number, quality: Quality, reason: 'FACES_DO_NOT_MATCH' | 'NO_FACE_FOUND' }

export interface VerificationOptions {
  design: FaceDesign
  registrations: Registrations
  faces: FaceAnalyser
  objects: ObjectStore
  measurements: FaceMeasurements
  clock: Clock
  /** Similarity, 0 to 100, from which two faces belong to the same person. */
  matchThreshold: number
}

/** Verifies a registration's face, and issues its ticket. */
export function createVerification (options: VerificationOptions) {
  const { design, registrations, faces, objects, measurements, clock, matchThreshold } = options

  /** The similarity of the two pictures' faces, 0 to 100. */
  async function similarityTo (reference: string, candidate: string, registrationId: string): Promise<number> {
    try {
      // Without a threshold, because a similarity that is too low is also returned.
      return (await faces.compare(objects.parse(reference), objects.parse(candidate), 0))?.similarity ?? 0
    } catch (error) {
      // Faces were found in the candidate just before, so the reference was changed or deleted.
      const isRefused = error instanceof ApiError && error.statusCode < 500
      throw isRefused ? new StoredFaceUnusable(registrationId, registrationId, { cause: error }) : error
    }
  }

  return {
    /**
     * Compares a new image with the registration's stored face and, on a match, stores the design's record and
     * issues the ticket, both or neither.
     * @throws 400 bad key, not an image, several faces; 404 registration or image unknown; 409 the design does not admit
     * the user, or the registration cannot be verified; 413 image too large; 503 store or Rekognition unavailable
     */
    async verify (request: RegistrationRequest & { faceImageKey: string, ipAddress: string }): Promise<Verification> {
      const { registrationId, onlyOf, faceImageKey, ipAddress } = request
      const candidate = objects.parse(faceImageKey)
      const registration = await registrations.get(registrationId, { consistent: true, onlyOf })
      if (!registration) throw new RegistrationNotFound(registrationId)
      requireReachable(objects, faceImageKey, request)
      await design.admit(registration)
      const storedFaceKey = verifiable(registration)

      const [face, ...others] = await faces.detect(candidate)
      if (others.length > 0) throw new SeveralFacesFound(faceImageKey, others.length + 1)
      const confidence = face ? await similarityTo(storedFaceKey, faceImageKey, registrationId) : 0
      const isMatch = face !== undefined && confidence >= matchThreshold

      const now = clock.now()
      const at = new Date(now).toISOString()
      const attempt: FaceAttempt = {
        userId: registration.userId,
        name: registration.name,
        validationStatus: isMatch ? 'success' : 'failed',
        confidence,
        quality: face ? qualityOf(face) : 'LOW',
        faceImageKey,
        storedFaceKey,
        faceVector: face && faceVectorOf(face),
        comparisonResult: { similarity: confidence / 100, isMatch },
        attributes: face ? attributesOf(face) : {},
        timestamp: at,
        createdAt: at,
        updatedAt: at,
        metadata: { source: SOURCE, ipAddress, eventId: registration.eventId },
      }
      const { quality } = attempt
      if (!isMatch) {
        const stored = await design.storeFailure(registration, attempt)
        measurements.attempts[face ? 'notMatched' : 'noFace'] += 1
        return { success: false, stored, confidence, quality, reason: face ? 'FACES_DO_NOT_MATCH' : 'NO_FACE_FOUND' }
      }
      const record = { ...attempt, faceId: faceId(now) }
      const ticketId = await design.storeMatch({ registration, record, ticketId: sortableId('tkt', now) })
      measurements.attempts.matched += 1
      return { success: true, stored: true, confidence, quality, faceId: record.faceId, ticketId }
    },
  }
}

export type VerificationService = ReturnType<typeof createVerification>

/** The stored face of a registration that may be verified. */
function verifiable ({ registrationId, status, storedFaceKey }: Registration): string {
  if (status === 'cancelled') throw new RegistrationCancelled(registrationId)
  if (status === 'waitlisted') throw new RegistrationWaitlisted(registrationId)
  if (storedFaceKey === undefined) throw new StoredFaceMissing(registrationId, registrationId)
  return storedFaceKey
}
