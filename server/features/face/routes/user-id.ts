import type { FastifyInstance } from 'fastify'
import { UserIdRequired } from '../errors.ts'

/** Says in the words of seed 001 that a path lacks its user id, before the schema, which would say the same less plainly. */
export function requireUserId (api: FastifyInstance): void {
  api.addHook('preValidation', async (request) => {
    if ((request.params as { userId?: string }).userId === '') throw new UserIdRequired() // paths without the parameter have none that is empty
  })
}
