import { TARGETS } from './face-routes.ts'
import { each, type BenchRoute } from './route.ts'
import type { Seed } from './seed.ts'

const USERS = 200
const VALIDATIONS = 20
/** Seed 000's own page. */
const PAGE = 5

/** The routes of the history design, on data of their own: users with a month of validations each. */
export async function historyRoutes (seed: Seed): Promise<BenchRoute[]> {
  const model = await seed.verifiedUser()
  const users = await seed.validations({ users: USERS, each: VALIDATIONS }, model)
  const { eventId } = model.registration

  return [
    {
      name: 'history: newest five of a user',
      method: 'GET',
      url: '/api/registrations/:userId/face-validation/history',
      status: 200,
      target: TARGETS.historyQuery,
      async prepare () { return each(this, users).map((request) => ({ ...request, path: `${request.path}?limit=${PAGE}` })) },
    },
    {
      name: 'history: statistics of a user',
      method: 'GET',
      url: '/api/registrations/:userId/face-validation/stats',
      status: 200,
      target: TARGETS.historyQuery,
      async prepare () { return each(this, users) },
    },
    {
      name: 'history: is there a recent one',
      method: 'GET',
      url: '/api/registrations/:userId/face-validation/check-recent',
      status: 200,
      async prepare () { return each(this, users) },
    },
    {
      name: 'history: newest hundred of an event',
      method: 'GET',
      url: '/api/registrations/event/:eventId/face-validations',
      status: 200,
      async prepare () { return each(this, [eventId]) },
    },
  ]
}
