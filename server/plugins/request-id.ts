import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'
import { runWithRequestId } from '../core/request-context.ts'

const SANE = /^[A-Za-z0-9_.:@-]{1,128}$/

/** The id that the client sent, if it is a sane one, or a new one. */
export function requestIdOf (request: Pick<IncomingMessage, 'headers'>): string {
  const sent = request.headers['x-request-id']
  return typeof sent === 'string' && SANE.test(sent) ? sent : randomUUID()
}

/** Sends the request id with every answer, and makes it known to all that the request causes. */
export const requestIds = fp((app, _options, done) => {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  // Not earlier: reading the body from the socket would lose the context again.
  app.addHook('preValidation', (request, _reply, done) => runWithRequestId(request.id, done))
  done()
}, { name: 'request-ids', fastify: '5.x' })
