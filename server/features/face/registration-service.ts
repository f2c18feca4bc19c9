import type { FaceAnalyser } from '../../aws/face-analyser.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import type { Clock } from '../../core/clock.ts'
import { ApiError } from '../../core/errors.ts'
import { storedFacesOf } from '../../core/object-folders.ts'
import { AlreadyRegistered, EventNotFound, NoFaceFound, PlacesContended, RegistrationCancelled, RegistrationNotFound, SeveralFacesFound } from './errors.ts'
import { sortableId } from './ids.ts'
import { requireReachable } from './image-access.ts'
import type { ImageFormat } from './image-format.ts'
import type { Events } from './repositories/events.ts'
import type { Registrations } from './repositories/registrations.ts'
import { backOff, transact, type FaceStore } from './repositories/store.ts'
import type { CreateRegistration, Registration } from './schemas.ts'

/** How often a decision is repeated because the event's places changed in between. */
const MOST_DECISIONS = 50

/** The registration of a call, and its caller. */
export interface RegistrationRequest {
  registrationId: string
  /** The caller, to whom other users' registrations do not exist; `undefined` for a caller who may reach all of them. */
  onlyOf: string | undefined
}

export interface RegistrationServiceOptions {
  store: FaceStore
  events: Events
  registrations: Registrations
  faces: FaceAnalyser
  objects: ObjectStore
  clock: Clock
}

/** Assigns the places of events, manages waiting lists, and stores reference faces. */
export function createRegistrationService (options: RegistrationServiceOptions) {
  const { store, events, registrations, faces, objects, clock } = options
  const isoNow = () => new Date(clock.now()).toISOString()

  /** @throws 400 or 404 unless the image shows exactly one face */
  async function requireOneFace (key: string): Promise<void> {
    const found = await faces.detect(objects.parse(key))
    if (found.length === 0) throw new NoFaceFound(key)
    if (found.length > 1) throw new SeveralFacesFound(key, found.length)
  }

  async function isAwaited (eventId: string): Promise<boolean> {
    return ((await events.get(eventId))?.waitlistedCount ?? 0) > 0
  }

  async function requireOpen ({ registrationId, onlyOf }: RegistrationRequest): Promise<void> {
    const registration = await registrations.get(registrationId, { consistent: true, onlyOf })
    if (!registration) throw new RegistrationNotFound(registrationId)
    if (registration.status === 'cancelled') throw new RegistrationCancelled(registrationId)
  }

  async function setStoredFace (registrationId: string, key: string) {
    const changed = await registrations.setStoredFace(registrationId, key, isoNow())
    if (!changed) throw new RegistrationCancelled(registrationId) // it existed a moment ago, and none is ever deleted
    return changed
  }

  return {
    /**
     * Registers a user for an event: `registered` while there are places, else `waitlisted`. The count of places
     * is a condition of the transaction that writes the registration, so that no two get the last place.
     * @param access.onlyOf  the caller; `undefined` for one who may reach all images
     * @throws 404 no such event, or no such image; 400 the stored face is not one face; 409 already registered
     */
    async register (request: CreateRegistration, { onlyOf }: Pick<RegistrationRequest, 'onlyOf'>): Promise<Registration> {
      const { userId, eventId, storedFaceKey } = request
      if (storedFaceKey !== undefined) {
        requireReachable(objects, storedFaceKey, { onlyOf })
        await requireOneFace(storedFaceKey)
      }
      for (let decision = 0; decision < MOST_DECISIONS; decision++) {
        if (decision > 1) await backOff(decision)
        const event = await events.get(eventId)
        if (!event) throw new EventNotFound(eventId)
        const isFree = event.registeredCount < event.capacity
        const at = isoNow()
        const registration: Registration = {
          ...request,
          registrationId: sortableId('reg', clock.now()),
          status: isFree ? 'registered' : 'waitlisted',
          createdAt: at,
          updatedAt: at,
        }
        const refused = await transact(store, {
          claim: registrations.claim(registration),
          registration: registrations.creation(registration),
          event: events.change(eventId, isFree ? 'takePlace' : 'joinWaitlist', at),
        })
        if (refused.size === 0) return registration
        if (refused.has('claim')) throw new AlreadyRegistered(userId, eventId)
      }
      throw new PlacesContended()
    },

    /**
     * Cancels a registration. If it had a place, the user who has waited longest gets it in the same transaction.
     * @returns who was moved up, if anybody
     * @throws 404 no such registration; 409 it is already cancelled
     */
    async cancel ({ registrationId, onlyOf }: RegistrationRequest): Promise<{ promoted?: Registration }> {
      for (let decision = 0; decision < MOST_DECISIONS; decision++) {
        if (decision > 1) await backOff(decision)
        const registration = await registrations.get(registrationId, { consistent: true, onlyOf })
        if (!registration) throw new RegistrationNotFound(registrationId)
        if (registration.status === 'cancelled') throw new RegistrationCancelled(registrationId)
        const { eventId } = registration
        const at = isoNow()
        const hadPlace = registration.status === 'registered'
        // The index may not show a very recent registration yet; then the condition of freePlace fails, and the decision is
        // repeated.
        const next = hadPlace && await isAwaited(eventId) ? await registrations.oldestWaiting(eventId) : undefined
        const refused = await transact(store, {
          cancellation: registrations.cancellation(registration, at),
          release: registrations.release(registration),
          promotion: next && registrations.promotion(next, at),
          event: events.change(eventId, hadPlace && !next ? 'freePlace' : 'leaveWaitlist', at),
        })
        if (refused.size === 0) return { promoted: next }
      }
      throw new PlacesContended()
    },

    /**
     * Makes an image that is already in the object store the stored face of a registration.
     * @throws 404 no such registration or image; 400 not exactly one face; 409 cancelled
     */
    async nameStoredFace (request: RegistrationRequest, faceImageKey: string): Promise<Registration> {
      const { registrationId } = request
      await requireOpen(request)
      requireReachable(objects, faceImageKey, request)
      await requireOneFace(faceImageKey)
      return (await setStoredFace(registrationId, faceImageKey)).after
    },

    /**
     * Stores an uploaded image under a new key and makes it the stored face. A refused image is
     * deleted again; so is the upload that it replaces, unless a face was verified against it.
     * @param upload.format  by its content
     * @throws like {@link nameStoredFace}
     */
    async uploadStoredFace (request: RegistrationRequest, upload: { bytes: Uint8Array, format: ImageFormat }): Promise<Registration> {
      const { registrationId } = request
      await requireOpen(request)
      const folder = storedFacesOf(registrationId)
      const key = `${folder}${sortableId('stored', clock.now())}.${upload.format === 'jpeg' ? 'jpg' : 'png'}`
      await objects.put(key, upload.bytes, `image/${upload.format}`)
      const { before, after } = await requireOneFace(key).then(() => setStoredFace(registrationId, key)).catch(async (error: unknown) => {
        // After a 503 it is unknown whether the registration already names it.
        if (error instanceof ApiError && error.statusCode < 500) await objects.delete(key)
        throw error
      })
      const isReplaced = before.storedFaceKey?.startsWith(folder) && before.faceId === undefined
      if (isReplaced) await objects.delete(before.storedFaceKey!)
      return after
    },
  }
}

export type RegistrationService = ReturnType<typeof createRegistrationService>
