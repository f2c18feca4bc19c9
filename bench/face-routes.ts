import { each, type BenchRoute, type Target } from './route.ts'
import type { Seed } from './seed.ts'

/** Those of seed 000. */
export const TARGETS = {
  getOne: { name: 'get one', p99Ms: 5 },
  historyQuery: { name: 'history query', p99Ms: 10 },
  write: { name: 'write', p99Ms: 10 },
  scanPage: { name: 'scan page of 100', p99Ms: 100 },
} as const satisfies Record<string, Target>

const USERS = 1000
const EVENTS = 32
const PLACES = 1_000_000
const PAGE = 100
/** A route that repeats itself needs no more of them than this. */
const VARIETY = 1024

/** The routes of the one-record design, on data of their own. */
export async function faceRoutes (seed: Seed): Promise<BenchRoute[]> {
  const model = await seed.verifiedUser()
  const users = await seed.faceRecords(USERS, model)
  const event = await seed.given().event(PLACES)
  for (let count = 0; count < PAGE; count++) await seed.given().registration({ event })
  const events: string[] = []
  for (let count = 0; count < EVENTS; count++) events.push((await seed.given().event(PLACES)).eventId)

  const routes: BenchRoute[] = [
    {
      name: 'get one',
      method: 'GET',
      url: '/api/registrations/:userId/face',
      status: 200,
      target: TARGETS.getOne,
      leastShare: 0.2,
      async prepare () { return each(this, users) },
    },
    {
      name: 'exists',
      method: 'GET',
      url: '/api/registrations/:userId/face/exists',
      status: 200,
      async prepare () { return each(this, users) },
    },
    {
      name: 'validate before creation',
      method: 'GET',
      url: '/api/registrations/:userId/face/validate-before-creation',
      status: 200,
      async prepare () { return each(this, seed.userIds(VARIETY)) },
    },
    {
      name: 'create',
      method: 'POST',
      url: '/api/registrations/:registrationId/validate-face-image',
      status: 201,
      once: true,
      target: TARGETS.write,
      async prepare (amount) {
        return each(this, await seed.registrations(amount, model), () => ({ faceImageKey: model.registration.storedFaceKey }))
      },
    },
    {
      name: 'update',
      method: 'PUT',
      url: '/api/registrations/:userId/face',
      status: 200,
      target: TARGETS.write,
      async prepare () { return each(this, users, (_, index) => ({ confidence: 90 + index % 10, quality: 'MEDIUM' })) },
    },
    {
      name: 'delete',
      method: 'DELETE',
      url: '/api/registrations/:userId/face',
      status: 200,
      once: true,
      target: TARGETS.write,
      async prepare (amount) { return each(this, await seed.faceRecords(amount, model)) },
    },
    {
      name: 'admin/all, 100 a page',
      method: 'GET',
      url: '/api/registrations/face/admin/all',
      status: 200,
      target: TARGETS.scanPage,
      async prepare () { return [{ method: this.method, path: `${this.url}?limit=${PAGE}` }] },
    },
    {
      name: 'registrations of an event, 100 a page',
      method: 'GET',
      url: '/api/events/:eventId/registrations',
      status: 200,
      async prepare () { return each(this, [event.eventId]).map((request) => ({ ...request, path: `${request.path}?limit=${PAGE}` })) },
    },
    {
      name: 'register',
      method: 'POST',
      url: '/api/registrations',
      status: 201,
      once: true,
      async prepare (amount) {
        return each(this, seed.userIds(amount), (userId, index) => ({ userId, eventId: events[index % EVENTS], name: 'Ada Lovelace' }))
      },
    },
    {
      name: 'get a registration',
      method: 'GET',
      url: '/api/registrations/:registrationId',
      status: 200,
      async prepare () { return each(this, [model.registration.registrationId]) },
    },
  ]
  return routes
}
