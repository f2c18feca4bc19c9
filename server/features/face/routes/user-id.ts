import type { FastifyInstance } from 'fastify'
import { UserIdRequired } from '../errors.ts'

/** Reports a missing user id in a path with seed 001's message, before the schema, whose message is less clear. */
export function requireUserId (api: FastifyInstance): void {
  api.addHook('preValidation', (request, _reply, done) => {
    const { userId } = request.params as { userId?: string } // paths without the parameter have none that is empty
    done(userId === '' ? new UserIdRequired() : undefined)
  })
}
