import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import type { BareRoute } from './messages.ts'

/** Plain Fastify with routes that send a fixed text: the baseline for the API's routes. */
export async function startBareServer (routes: readonly BareRoute[]): Promise<{ url: string, close: () => Promise<void> }> {
  const app = fastify()
  for (const { method, url, status, contentType, body } of routes) {
    app.route({ method, url, handler: (_request, reply) => { void reply.code(status).type(contentType).send(body) } })
  }
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // it listens on a port
  return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
}
