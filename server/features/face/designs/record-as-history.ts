import type { FaceRecords } from '../repositories/face-records.ts'
import type { Registrations } from '../repositories/registrations.ts'
import type { FaceRecord, Registration } from '../schemas.ts'
import type { FaceValidation } from '../validation-schemas.ts'
import type { ValidationSource } from '../validation-source.ts'

/** The one record of a user in the shape of a history; an event's validations are its verified registrations. */
export function recordAsHistory ({ records, registrations }: { records: FaceRecords, registrations: Registrations }): ValidationSource {
  return {
    async history (userId, { withVector }) {
      const record = await records.get(userId)
      return { items: record ? [validationOf(record, { withVector })] : [] }
    },

    // The record counts for all the user's registrations, and no others.
    async get (userId, registrationId) {
      const [record, registration] = await Promise.all([records.get(userId), registrations.get(registrationId, { onlyOf: userId })])
      return record && registration && { ...validationOf(record, { withVector: true }), registrationId }
    },

    async * attempts (userId) {
      const record = await records.get(userId)
      if (record) yield record
    },

    async latestSince (userId, since) {
      const record = await records.get(userId)
      return record && Date.parse(record.timestamp) >= since ? validationOf(record, { withVector: false }) : undefined
    },

    async ofEvent (eventId, { limit, startKey }) {
      const { items, lastKey } = await registrations.listByEvent({ eventId, verified: true, limit, startKey })
      return { items: items.map(verified), lastKey }
    },
  }
}

function validationOf ({ faceVector, ...record }: FaceRecord, { withVector }: { withVector: boolean }): FaceValidation {
  return { ...record, eventId: record.metadata.eventId, ...withVector && { faceVector } }
}

/** The part of a validation that a registration has. */
function verified ({ userId, registrationId, eventId, name, faceId, storedFaceKey, verifiedAt, updatedAt }: Registration): FaceValidation {
  return { userId, registrationId, eventId, name, faceId, storedFaceKey, validationStatus: 'success', timestamp: verifiedAt ?? updatedAt }
}
