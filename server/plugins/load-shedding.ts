import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { apiError } from '../core/errors.ts'

const RETRY_SECONDS = 2

export const Overloaded = apiError('OVERLOADED', 'The server has more to do than it can', 503, { 'retry-after': String(RETRY_SECONDS) })

/** Turns requests away while the event loop is late by more than `maxEventLoopDelayMs`, in the scope it is registered in. */
export const loadShedding = fp(async (app: FastifyInstance, options: { maxEventLoopDelayMs: number }) => {
  await app.register(underPressure, {
    maxEventLoopDelay: options.maxEventLoopDelayMs,
    retryAfter: RETRY_SECONDS,
    customError: Overloaded as new () => Error, // it only ever makes one
  })
}, { name: 'load-shedding', fastify: '5.x' })
