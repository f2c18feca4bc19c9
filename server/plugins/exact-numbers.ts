import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ValidationFailed } from '../core/errors.ts'
import { mayBeInexact, numberFaults, parseExactly, writeExactly } from '../core/exact-json.ts'

export interface ExactNumbersOptions {
  /** Content types that are taken as JSON, beside its own. */
  alsoJson?: readonly string[]
}

/**
 * Has the routes of a scope take and give numbers with all their digits. A body is validated as `JSON.parse` reads it;
 * handlers then get the same body with its numbers as they were written.
 */
export const exactNumbers = fp<ExactNumbersOptions>((scope, { alsoJson = [] }, done) => {
  const parse = scope.getDefaultJsonParser('error', 'error')
  const inexact = new WeakMap<FastifyRequest, string>()

  scope.removeContentTypeParser('application/json')
  scope.addContentTypeParser(['application/json', ...alsoJson], { parseAs: 'string' }, (request, text: string, done) => {
    // A byte order mark, which the parser passes over as well.
    if (mayBeInexact(text)) inexact.set(request, text.replace(/^\ufeff/, ''))
    void parse(request, text, done)
  })

  scope.addHook('preHandler', (request, _reply, done) => {
    const text = inexact.get(request)
    if (text === undefined) return done()
    const body = read(text)
    const faults = numberFaults(body, 'body')
    request.body = body
    done(faults.length > 0 ? new ValidationFailed(faults) : undefined)
  })

  scope.setSerializerCompiler(() => writeExactly)
  done()
}, { name: 'exact-numbers', fastify: '5.x' })

function read (text: string): unknown {
  try {
    return parseExactly(text)
  } catch (error) {
    // JSON.parse has read it before, so that nothing else can be wrong with it.
    if (error instanceof RangeError) throw new ValidationFailed([{ path: 'body', reason: 'is nested too deep' }])
    throw error
  }
}
