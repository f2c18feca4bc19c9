import { FaceRecordExists, RegistrationCancelled } from '../errors.ts'
import { createFaceRecords } from '../repositories/face-records.ts'
import { transact } from '../repositories/store.ts'
import { adminRoutes } from '../routes/admin.ts'
import { dashboardRoutes } from '../routes/dashboard.ts'
import { faceValidationRoutes } from '../routes/face-validations.ts'
import { recordRoutes } from '../routes/records.ts'
import type { DesignParts, FaceDesign } from './design.ts'
import { recordAsHistory } from './record-as-history.ts'

/** One record a user, and no failed attempts (seed 001). The routes of the history answer from it, and are deprecated. */
export function singleDesign ({ config, store, events, registrations, measurements, clock }: DesignParts): FaceDesign {
  const records = createFaceRecords(store, { table: config.tables.faces, ttlDays: config.recordTtlDays, clock })
  return {
    async admit ({ userId }) {
      if (await records.exists(userId)) throw new FaceRecordExists()
    },

    async storeMatch ({ registration, record, ticketId }) {
      const refused = await transact(store, {
        record: records.creation(record),
        ticket: registrations.ticket(registration, { ticketId, faceId: record.faceId, at: record.createdAt }),
      })
      if (refused.has('record')) throw new FaceRecordExists()
      if (refused.has('ticket')) throw new RegistrationCancelled(registration.registrationId)
      return ticketId
    },

    async storeFailure () {
      return false
    },

    validation: {
      description: 'Two GetItem (the registration, strongly consistent; the key of the record), DetectFaces, CompareFaces, and on a match one ' +
        'TransactWriteItems that writes the one record of the user and the ticket, both or neither: 2 WCU for each KB of each item. It ' +
        'stops at the first of these that decides. A failed attempt is not stored.',
      refusals: [new FaceRecordExists()],
    },

    async register (api, { pageTokens }) {
      await api.register(recordRoutes, { records, clock })
      await api.register(adminRoutes, { records, pageTokens })
      await api.register(dashboardRoutes, { source: { summaries: (most) => records.summaries(most), hasFailures: false }, measurements })
      await api.register(faceValidationRoutes, { source: recordAsHistory({ records, registrations }), events, registrations, clock, pageTokens, deprecated: true })
    },
  }
}
