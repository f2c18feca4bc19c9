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

/** Shared by both designs, and passed to each. */
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

/** The differences between the two designs; registration, verification and everything else of the feature is the same code. */
export interface FaceDesign {
  /** Throws if the user of a registration may not be verified. */
  admit (registration: Registration): Promise<void>

  /**
   * Stores a match and its ticket, both or neither.
   * @param match.ticketId  of the ticket to issue
   * @returns the id of the valid ticket
   * @throws 409 a conflict that has arisen since
   */
  storeMatch (match: { registration: Registration, record: FaceRecord, ticketId: string }): Promise<string>

  /** Stores a failed attempt, if the design stores those; returns whether it does. */
  storeFailure (registration: Registration, attempt: FaceAttempt): Promise<boolean>

  /** The part of a validation's documentation that differs. */
  validation: { description: string, refusals: readonly ApiError[] }

  /** Adds the design's routes. */
  register (api: FastifyInstance, options: { pageTokens: PageTokens }): Promise<void>
}
