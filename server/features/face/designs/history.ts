import { StoreBusy } from '../../../core/errors.ts'
import { RegistrationCancelled } from '../errors.ts'
import { createFaceValidations } from '../repositories/face-validations.ts'
import { transact } from '../repositories/store.ts'
import { dashboardRoutes } from '../routes/dashboard.ts'
import { faceValidationRoutes } from '../routes/face-validations.ts'
import type { Registration } from '../schemas.ts'
import type { DesignParts, FaceAttempt, FaceDesign } from './design.ts'

/** A validation can find a full item, or another validation that issues the ticket; both are retried. */
const MOST_ATTEMPTS = 5

/** A validation for each registration of a user, with every attempt, for 30 days (seed 000). */
export function historyDesign ({ config, store, events, registrations, measurements, clock }: DesignParts): FaceDesign {
  const validations = createFaceValidations(store, { table: config.tables.history, clock })
  const of = <T extends FaceAttempt>({ registrationId, eventId }: Registration, attempt: T) => ({ ...attempt, registrationId, eventId })

  return {
    // A user may always be verified again.
    async admit () {},

    async storeMatch ({ registration, record, ticketId: newTicketId }) {
      let ticketId = registration.ticketId ?? newTicketId
      let full = false
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const refused = await transact(store, {
          validation: validations.addition(of(registration, record), { full }),
          ticket: registrations.keptTicket(registration, { ticketId, faceId: record.faceId, at: record.createdAt }),
        })
        if (refused.size === 0) return ticketId
        if (refused.has('validation')) full = !full
        if (refused.has('ticket')) {
          const current = refused.get('ticket') as Registration | undefined // the item at its key is a validation
          if (current?.status !== 'registered') throw new RegistrationCancelled(registration.registrationId)
          // Another validation has issued the ticket meanwhile, or a cancellation has removed it.
          ticketId = current.ticketId ?? newTicketId
        }
      }
      throw new StoreBusy(`Table ${config.tables.history}`)
    },

    async storeFailure (registration, attempt) {
      await validations.add(of(registration, attempt))
      return true
    },

    validation: {
      description: 'One GetItem (the registration, strongly consistent), DetectFaces, CompareFaces, and on a match one TransactWriteItems that ' +
        'writes the validation and the ticket, both or neither: 2 WCU for each KB of each item. For a failed attempt only the validation ' +
        'is written, with one UpdateItem. A registration has one validation: its latest successful attempt, or its latest if none succeeded, with a list of all.',
      refusals: [],
    },

    async register (api, { pageTokens }) {
      await api.register(dashboardRoutes, { source: { summaries: (most) => validations.summaries(most), hasFailures: true }, measurements })
      await api.register(faceValidationRoutes, { source: validations, events, registrations, clock, pageTokens, deprecated: false })
    },
  }
}
