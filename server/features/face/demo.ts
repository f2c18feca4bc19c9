import { readFile } from 'node:fs/promises'
import { createFace, type FaceOptions } from './face.ts'
import { transact } from './repositories/store.ts'
import type { Event, Registration } from './schemas.ts'

/** Portraits that come with the project, under the folder `demo/` of the default bucket. They are drawn, not of real people. */
const PORTRAITS = ['ada.jpg', 'ada-again.jpg', 'bob.jpg'] as const

/** Demo data to try: Ada's second portrait matches her first, Bob's does not. */
export interface FaceDemo {
  eventId: string
  registrationId: string
  userId: string
  /** Keys of images in the default bucket. */
  storedFaceKey: string
  sameFaceKey: string
  otherFaceKey: string
}

const DEMO: FaceDemo = {
  eventId: 'demo-event',
  registrationId: 'demo-ada',
  userId: 'ada',
  storedFaceKey: 'demo/ada.jpg',
  sameFaceKey: 'demo/ada-again.jpg',
  otherFaceKey: 'demo/bob.jpg',
}

/**
 * Stores the demo data: an event with two places, Ada and Bob with their stored faces, Carol on the waiting list, and
 * the portraits. If it is stored already, only the portraits are restored.
 */
export async function seedFaceDemo (options: FaceOptions): Promise<FaceDemo> {
  const { store, events, registrations } = createFace(options)
  const at = new Date(options.clock.now()).toISOString()
  const times = { createdAt: at, updatedAt: at }
  const { eventId } = DEMO
  const event: Event = { eventId, name: 'Demo event', capacity: 2, registeredCount: 2, waitlistedCount: 1, ...times }
  const ada: Registration = { registrationId: DEMO.registrationId, userId: DEMO.userId, eventId, name: 'Ada', status: 'registered', storedFaceKey: DEMO.storedFaceKey, ...times }
  const bob: Registration = { registrationId: 'demo-bob', userId: 'bob', eventId, name: 'Bob', status: 'registered', storedFaceKey: DEMO.otherFaceKey, ...times }
  const carol: Registration = { registrationId: 'demo-carol', userId: 'carol', eventId, name: 'Carol', status: 'waitlisted', ...times }

  await Promise.all([
    ...PORTRAITS.map(async (name) => {
      await options.objects.put(`demo/${name}`, await readFile(new URL(`demo/${name}`, import.meta.url)), 'image/jpeg')
    }),
    // All or nothing, and refused if it exists already.
    transact(store, {
      event: events.creation(event),
      ada: registrations.creation(ada),
      adaClaim: registrations.claim(ada),
      bob: registrations.creation(bob),
      bobClaim: registrations.claim(bob),
      carol: registrations.creation(carol),
      carolClaim: registrations.claim(carol),
    }),
  ])
  return DEMO
}
