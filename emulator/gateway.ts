import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { Control } from './control/index.ts'
import type { Clock } from './core/clock.ts'
import { accountOf, type Context } from './core/context.ts'
import { readCredentials } from './core/credentials.ts'
import type { Service } from './core/service.ts'
import type { WireRequest, WireResponse } from './core/wire.ts'

/** Any SDK's or API's request id, sent by the caller so that the trace can link its calls to it. */
export const CAUSED_BY_HEADER = 'x-request-id'

export interface GatewayOptions {
  services: readonly Service[]
  /** Answers what no other service claims: a request without a target or a scope is S3's. */
  fallback: Service
  control: Control
  clock: Clock
  /** The account of access keys that are not twelve digits. */
  accountId: string
  /** The region of requests that name none. */
  region: string
}

/** Takes a request to its service, whether it came by socket or from an SDK in this process. */
export class Gateway {
  readonly #options: GatewayOptions
  #server: Server | undefined

  constructor (options: GatewayOptions) {
    this.#options = options
  }

  /** The whole way of a request: control or credentials, context, service. It never rejects. */
  async handle (request: WireRequest): Promise<WireResponse> {
    const { control, fallback, services } = this.#options
    if (control.claims(request)) return control.handle(request)
    const credentials = readCredentials(request)
    const scope = 'service' in credentials ? credentials : undefined
    const target = request.headers['x-amz-target']?.split('.')[0]
    const service = scope
      ? services.find(({ name }) => name === scope.service)
      : services.find(({ targetPrefix }) => targetPrefix !== undefined && targetPrefix === target) ?? fallback
    if (!service) return notEmulated(scope!.service)
    return service.handle(request, this.context(scope?.accessKeyId, scope?.region), {
      causedBy: request.headers[CAUSED_BY_HEADER],
      credentialProblem: 'code' in credentials ? credentials : undefined,
    })
  }

  /** The context of one call. */
  context (accessKeyId: string | undefined, region = this.#options.region): Context {
    const { clock, accountId } = this.#options
    return {
      requestId: randomUUID(),
      startedAt: clock.now(),
      clock,
      account: accountOf(accessKeyId, accountId),
      region,
      accessKeyId,
      notes: {},
    }
  }

  /** Listens, and resolves with the port when it does. */
  async listen (options: { host: string, port: number }): Promise<number> {
    const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
    // A client that goes away, or speaks no HTTP, is its own loss.
    server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, options.host, resolve)
    })
    this.#server = server
    return (server.address() as AddressInfo).port
  }

  async close (): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
      setImmediate(() => server.closeAllConnections())
    })
  }

  async #serve (request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {}) // a client that hung up: reading the body has failed already
    const wire = toWire(request)
    const answer = wire ? await this.handle(wire) : { status: 400, headers: { 'content-length': '0' } }
    response.writeHead(answer.status, answer.headers)
    if (request.method === 'HEAD' || answer.body === undefined) {
      response.end()
    } else if (answer.body instanceof Readable) {
      await pipeline(answer.body, response)
    } else {
      response.end(answer.body)
    }
    if (!request.complete) readAway(request)
  }
}

/**
 * Reads what is left of a refused upload, so that a client that sends all before it reads gets to read the answer.
 * `resume()` does not do once a service has begun to read: a stream that has been iterated over does not flow.
 */
function readAway (request: IncomingMessage): void {
  request.on('readable', () => { while (request.read() !== null); })
}

function toWire (request: IncomingMessage): WireRequest | undefined {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (!path.startsWith('/')) return undefined
  const headers: WireRequest['headers'] = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : value
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers,
    body: request,
  }
}

function notEmulated (service: string): WireResponse {
  const body = JSON.stringify({ __type: 'UnknownOperationException', message: `Sandtable does not emulate the service '${service}'` })
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'content-length': String(Buffer.byteLength(body)) },
    body,
  }
}
