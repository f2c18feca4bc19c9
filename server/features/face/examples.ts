import type { Event, FaceRecord, Registration } from './schemas.ts'
import type { FaceValidation, ValidationStats } from './validation-schemas.ts'

// Examples of the documentation: one user's requests in order.

const CREATED = '2026-03-01T12:00:00.000Z'
const VERIFIED = '2026-03-01T12:05:00.000Z'

export const EVENT: Event = {
  eventId: 'evt_0mm7r4u80c4f1d2a3b5e69788',
  name: 'Analytical Engine Day',
  capacity: 10,
  registeredCount: 0,
  waitlistedCount: 0,
  createdAt: CREATED,
  updatedAt: CREATED,
}

export const REGISTRATION: Registration = {
  registrationId: 'reg_0mm7r4u80a1b2c3d4e5f60718',
  userId: 'user123',
  eventId: EVENT.eventId,
  name: 'Ada Lovelace',
  status: 'registered',
  storedFaceKey: 'demo/ada.jpg',
  createdAt: CREATED,
  updatedAt: CREATED,
}

export const TICKET_ID = 'tkt_0mm7rba2o9f8e7d6c5b4a3210'

export const RECORD: FaceRecord = {
  userId: 'user123',
  faceId: 'face_1772366700000_9f8e7d6c',
  name: 'Ada Lovelace',
  validationStatus: 'success',
  confidence: 99.5,
  quality: 'HIGH',
  faceImageKey: 'demo/ada-again.jpg',
  storedFaceKey: 'demo/ada.jpg',
  comparisonResult: { similarity: 0.995, isMatch: true },
  attributes: { age: 30, gender: 'Female', emotions: { happy: 0.8, calm: 0.2 }, smile: true },
  timestamp: VERIFIED,
  createdAt: VERIFIED,
  updatedAt: VERIFIED,
  metadata: { source: 'face-verification-api', ipAddress: '192.168.1.1', eventId: EVENT.eventId },
}

const ATTEMPT = { timestamp: VERIFIED, validationStatus: RECORD.validationStatus, confidence: RECORD.confidence, quality: RECORD.quality }

export const VALIDATION: FaceValidation = {
  ...RECORD,
  registrationId: REGISTRATION.registrationId,
  eventId: EVENT.eventId,
  attempts: [{ timestamp: '2026-03-01T12:04:00.000Z', validationStatus: 'failed', confidence: 12.5, quality: 'MEDIUM' }, ATTEMPT],
  expiresAt: 1774958700,
}

export const VALIDATION_STATS: ValidationStats = {
  userId: 'user123',
  total: 2,
  succeeded: 1,
  failed: 1,
  pending: 0,
  successRate: 50,
  averageConfidence: 56,
  quality: { HIGH: 50, MEDIUM: 50, LOW: 0 },
  firstValidationAt: '2026-03-01T12:04:00.000Z',
  lastValidationAt: VERIFIED,
}

/** A page token, which is opaque. */
export const PAGE_TOKEN = 'eyJ1c2VySWQiOiJ1c2VyMTIzIn0.4k2mZx8Jv0c3'
