import { deleteKey, deleteKeys } from '../../../aws/delete-keys.ts'
import { queryPages } from '../../../aws/query-pages.ts'
import type { Config } from '../../../config.ts'
import { TableMissing } from '../../../core/errors.ts'
import { storedFacesOf } from '../../../core/object-folders.ts'
import type { Dependencies } from '../../feature.ts'
import { RegistrationCancelled, RegistrationNotFound } from '../../face/errors.ts'
import { FaceMeasurements } from '../../face/measurements.ts'
import { createRegistrationService } from '../../face/registration-service.ts'
import { createEvents } from '../../face/repositories/events.ts'
import { createRegistrations } from '../../face/repositories/registrations.ts'
import { USER_INDEX } from '../../face/tables.ts'
import type { Erasure } from './erasure.ts'

/**
 * Registrations are cancelled first, so that their places go to the waiting list; then their stored faces are deleted, then
 * they. Records and validations of both designs are deleted: a migration leaves the table of the other one behind.
 */
export function faceErasure ({ tables, design }: Config['face'], { aws: { documents }, clock, faces, objects }: Omit<Dependencies, 'uploads' | 'pageTokens'>): Erasure {
  const store = { documents, measurements: new FaceMeasurements() }
  const registrations = createRegistrations(store, tables.registrations)
  const service = createRegistrationService({ store, events: createEvents(store, tables.events), registrations, faces, objects, clock })

  async function removeRegistration (registrationId: string): Promise<{ registrations: number, storedFaces: number }> {
    try {
      await service.cancel({ registrationId, onlyOf: undefined })
    } catch (error) {
      // The index may still show one that is gone.
      if (!(error instanceof RegistrationCancelled) && !(error instanceof RegistrationNotFound)) throw error
    }
    const storedFaces = await objects.deleteFolder(storedFacesOf(registrationId))
    return { registrations: await deleteKey(documents, tables.registrations, { registrationId }), storedFaces }
  }

  async function removeValidations (userId: string): Promise<number> {
    let validations = 0
    for await (const page of queryPages(documents, { table: tables.history, hash: ['userId', userId], names: ['userId', 'registrationId'] })) {
      await deleteKeys(documents, tables.history, page)
      validations += page.length
    }
    return validations
  }

  /** The table of the design that is not chosen need not be there. */
  const where = (of: typeof design, run: () => Promise<number>): Promise<number> => run().catch((error: unknown) => {
    if (of !== design && error instanceof TableMissing) return 0
    throw error
  })

  return {
    name: 'face',
    async pass (userId) {
      const counts = { registrations: 0, storedFaces: 0 }
      for await (const page of queryPages(documents, { table: tables.registrations, index: USER_INDEX, hash: ['userId', userId], names: ['registrationId'] })) {
        for (const { registrationId } of page) {
          const removed = await removeRegistration(String(registrationId))
          counts.registrations += removed.registrations
          counts.storedFaces += removed.storedFaces
        }
      }
      const records = await where('single', () => deleteKey(documents, tables.faces, { userId }))
      const validations = await where('history', () => removeValidations(userId))
      return { ...counts, records, validations }
    },
  }
}
