import type { FastifyInstance } from 'fastify'
import { UserIdRequired } from '../errors.ts'

/** Says in the words of seed 001 that a path lacks its user id, before the schema, which would say the same less plainly. */
export function requireUserId (api: FastifyInstance): void {
  api.addHook('preValidation', (request, _reply, done) => {
    const { userId } = request.params as { userId?: string } // paths without the parameter have none that is empty
    done(userId === '' ? new UserIdRequired() : undefined)
  })
}
