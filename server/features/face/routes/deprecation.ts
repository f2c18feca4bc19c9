import type { FastifyInstance } from 'fastify'

/** When the one-record design replaced the history: 2026-01-01, in the form of RFC 9745. */
const DEPRECATED_SINCE = '@1767225600'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The path of the route that replaces this one, with parameters of the same names. */
    successor?: string
  }
}

/**
 * Marks the routes of a scope as deprecated, each with the replacement in its `config.successor`: `Deprecation` (RFC 9745)
 * and `Link` on every answer, and one log line a request.
 */
export function deprecate (api: FastifyInstance): void {
  api.addHook('onRequest', async (request, reply) => {
    const { url, config: { successor } } = request.routeOptions
    if (successor === undefined) return
    const params = request.params as Record<string, string> // a route's parameters are
    const target = successor.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    reply.header('deprecation', DEPRECATED_SINCE)
    reply.header('link', `<${target}>; rel="successor-version"`)
    request.log.warn({ route: url, successor }, 'a deprecated route was called')
  })
}
