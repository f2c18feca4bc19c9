import type { LoadRequest } from './load.ts'
import type { Seed } from './seed.ts'

/** A latency target of seed 000: p99 in ms, at the API, on the embedded store. */
export interface Target {
  /** The seed's own name of it. */
  name: string
  p99Ms: number
}

export const TARGETS = {
  getOne: { name: 'get one', p99Ms: 5 },
  historyQuery: { name: 'history query', p99Ms: 10 },
  write: { name: 'write', p99Ms: 10 },
  scanPage: { name: 'scan page of 100', p99Ms: 100 },
} as const satisfies Record<string, Target>

/** A route that is measured. */
export interface BenchRoute {
  name: string
  method: LoadRequest['method']
  /** As the API declares it. */
  url: string
  /** What every answer's status must be. */
  status: number
  /** Whether each request can be sent but once, because it uses up what it is about. */
  once?: boolean
  target?: Target
  /** The least share of a bare route's throughput that it must reach. */
  leastShare?: number
  /** Makes ready what so many requests need; gives that many if each can be sent but once, else some to be repeated. */
  prepare (amount: number): Promise<LoadRequest[]>
}

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

  /** Requests that differ in one parameter, as often as there are values for it. */
  const each = (route: Pick<BenchRoute, 'method' | 'url'>, values: readonly string[], body?: (value: string, index: number) => object): LoadRequest[] =>
    values.map((value, index) => ({
      method: route.method,
      path: route.url.replace(/:\w+/, encodeURIComponent(value)),
      body: body && JSON.stringify(body(value, index)),
    }))

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
