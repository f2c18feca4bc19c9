import type { PageKey } from '../../core/page-token.ts'
import type { Attempt, FaceValidation } from './validation-schemas.ts'

export interface ValidationQuery {
  limit: number
  startKey?: PageKey
  /** With the landmarks of each face. */
  withVector: boolean
}

export interface ValidationPage { items: FaceValidation[], lastKey?: PageKey }

/** The source of validations for seed 000's routes: the history, or in the one-record design the one record. Expired ones are left out. */
export interface ValidationSource {
  /** Of a user, newest first. */
  history (userId: string, query: ValidationQuery): Promise<ValidationPage>
  ofEvent (eventId: string, query: ValidationQuery): Promise<ValidationPage>
  get (userId: string, registrationId: string): Promise<FaceValidation | undefined>
  /** All that count in a user's statistics, in no order. */
  attempts (userId: string): AsyncIterable<Attempt>
  /** @param since  epoch milliseconds */
  latestSince (userId: string, since: number): Promise<FaceValidation | undefined>
}
