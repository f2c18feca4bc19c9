import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { apiError } from '../core/errors.ts'

const RETRY_SECONDS = 2

export const Overloaded = apiError('OVERLOADED', 'The server is overloaded', 503, { 'retry-after': String(RETRY_SECONDS) })

export interface LoadSheddingOptions {
  /** How late the event loop may be, on average since it was last looked at. */
  maxEventLoopDelayMs: number
  /** How often it is looked at. Default: every second. */
  sampleIntervalMs?: number
}

/** Turns requests away while the event loop is late, in the scope it is registered in. */
export const loadShedding = fp(async (app: FastifyInstance, options: LoadSheddingOptions) => {
  await app.register(underPressure, {
    maxEventLoopDelay: options.maxEventLoopDelayMs,
    sampleInterval: options.sampleIntervalMs,
    // Infinity says that not one sample was taken, since something blocked the loop all the while: that is over now, and
    // no reason to turn away the clients of the next interval.
    async pressureHandler (_request, _reply, _type, delay) {
      if (delay !== Infinity) throw new Overloaded()
    },
  })
}, { name: 'load-shedding', fastify: '5.x' })
