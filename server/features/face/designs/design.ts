import type { FastifyInstance } from 'fastify'
import type { Config } from '../../../config.ts'
import type { Clock } from '../../../core/clock.ts'
import type { ApiError } from '../../../core/errors.ts'
import type { PageTokens } from '../../../core/page-token.ts'
import type { FaceMeasurements } from '../measurements.ts'
import type { Events } from '../repositories/events.ts'
import type { Registrations } from '../repositories/registrations.ts'
import type { FaceStore } from '../repositories/store.ts'
import type { FaceRecord, Registration } from '../schemas.ts'

/** What both designs share, and each is given. */
export interface DesignParts {
  config: Config['face']
  store: FaceStore
  events: Events
  registrations: Registrations
  measurements: FaceMeasurements
  clock: Clock
}

/** The result of an attempt, as far as it is known without a match. */
export type FaceAttempt = Omit<FaceRecord, 'faceId'>

/** All that the two designs do differently; registering, verifying and everything else of the feature is the same code. */
export interface FaceDesign {
  /** Throws when the user of a registration is not to be verified. */
  admit (registration: Registration): Promise<void>

  /**
   * Stores a match and its ticket, both or neither.
   *
   * @param match.ticketId  of the ticket to issue
   * @returns the id of the ticket that is valid now
   * @throws 409 what stands in the way by now
   */
  storeMatch (match: { registration: Registration, record: FaceRecord, ticketId: string }): Promise<string>

  /** Stores an attempt that failed, if the design stores those; returns whether it does. */
  storeFailure (registration: Registration, attempt: FaceAttempt): Promise<boolean>

  /** What the documentation says of a validation beyond what is common. */
  validation: { description: string, refusals: readonly ApiError[] }

  /** Adds the routes that this design has. */
  register (api: FastifyInstance, options: { pageTokens: PageTokens }): Promise<void>
}
