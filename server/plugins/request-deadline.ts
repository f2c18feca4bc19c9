import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { apiError } from '../core/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` for an answer that may take as long as it takes. */
    deadline?: false
  }
}

export const TookTooLong = apiError('REQUEST_TOOK_TOO_LONG', 'The request could not be served in time', 503, { 'retry-after': '5' })

export interface RequestDeadlineOptions {
  /** From a request's arrival to its answer. */
  timeoutMs: number
}

/**
 * Gives up on requests that are not answered in time. One timer does for all of them: Fastify's own `handlerTimeout`
 * makes a timer and an abort signal for each request, which takes half as long as answering a bare one.
 */
export const requestDeadline = fp<RequestDeadlineOptions>((app, { timeoutMs }, done) => {
  /** Unanswered requests, and so in the order of their deadlines. */
  const open = new Set<FastifyReply>()
  let timer: NodeJS.Timeout | undefined

  function look (): void {
    timer = undefined
    for (const reply of open) {
      const left = timeoutMs - reply.elapsedTime
      if (left > 0) return lookIn(left)
      open.delete(reply)
      giveUp(reply)
    }
  }

  function lookIn (ms: number): void {
    timer = setTimeout(look, Math.ceil(ms)) // eslint-disable-line no-restricted-syntax -- real time, as the client waits it
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.deadline === false) return done()
    open.add(reply)
    if (!timer) lookIn(timeoutMs)
    done()
  })
  app.addHook('onResponse', (_request, reply, done) => {
    open.delete(reply)
    done()
  })
  app.addHook('onClose', (_app, done) => {
    clearTimeout(timer)
    done()
  })
  done()
}, { name: 'request-deadline', fastify: '5.x' })

/** An answer that has begun cannot become an error any more: its connection is closed. */
function giveUp (reply: FastifyReply): void {
  if (reply.raw.headersSent) reply.raw.destroy()
  else if (!reply.sent) void reply.send(new TookTooLong())
}
