import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { BrowserGuard } from '../http/browser-guard.ts'
import { Lifecycle } from '../http/lifecycle.ts'
import type { WebConsole } from './console/index.ts'
import type { Control } from './control/index.ts'
import type { CallAccess } from './core/access.ts'
import type { Clock } from './core/clock.ts'
import { accountOf, type Context } from './core/context.ts'
import { OpenCors } from './core/cors.ts'
import { ConnectionReset } from './core/errors.ts'
import { readCredentials, type CredentialProblem } from './core/credentials.ts'
import type { Environment, Service } from './core/service.ts'
import type { IamDirectory } from './iam/directory.ts'
import type { Admission, Authority, SignedForm } from './iam/enforcement/authority.ts'
import { ShortRequests } from './short-requests.ts'
import { SocketBody, type WireRequest, type WireResponse } from './core/wire.ts'
import { refuseAccess, refuseService } from './unknown-service.ts'

/** A request id of an API or an SDK. The caller sends it, so that the trace can link its calls to the request. */
export const CAUSED_BY_HEADER = 'x-request-id'

export interface GatewayOptions {
  services: readonly Service[]
  /** Answers requests that no other service claims: a request without a target or a scope is S3's. */
  fallback: Service
  /** Answers an unsigned `GET /`: a health check. */
  front: Service
  /** Answers forms without a signature: only STS has calls that need none. */
  forms: Service
  control: Control
  webConsole: WebConsole
  clock: Clock
  log: Environment['log']
  /** The account of access keys that are not twelve digits. */
  accountId: string
  /** Knows the keys that were issued here. */
  issued: Pick<IamDirectory, 'accountOf'>
  /** Checks who calls. */
  authority: Authority
  /** The region of requests that name none. */
  region: string
  /** Which requests of browsers are accepted. */
  guard: BrowserGuard
  /** How long (ms) a body may stop arriving. Default: 60 seconds. */
  stalledBodyMs?: number
}

/** Routes a request to its service, whether it came by socket or from an SDK in this process. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #cors: OpenCors
  readonly #lifecycle: Lifecycle
  readonly #short: ShortRequests
  #server: Server | undefined

  constructor (options: GatewayOptions) {
    this.#options = options
    this.#cors = new OpenCors(options.guard)
    this.#lifecycle = new Lifecycle({ stalledBodyMs: options.stalledBodyMs, stalledAnswer: plainAnswer(STALLED, 'the body stopped arriving') })
    this.#short = new ShortRequests({
      answer: (request) => this.#admit(request),
      failed: (error, socket) => {
        if (!(error instanceof ConnectionReset)) return this.#failure(error)
        socket.resetAndDestroy()
        return undefined
      },
      isClosing: () => this.#lifecycle.isClosing,
      keepAliveMs: this.#lifecycle.serverOptions.keepAliveTimeout,
    })
  }

  /**
   * Handles a request: control API or credentials, context, service. It rejects only with `ConnectionReset`.
   *
   * @param inProcess  it comes from a client in this process, which is the account's root
   */
  async handle (request: WireRequest, { inProcess = false } = {}): Promise<WireResponse> {
    const { control, webConsole } = this.#options
    if (control.claims(request)) return webConsole.claims(request) ? webConsole.handle(request) : control.handle(request)
    if (request.method === 'OPTIONS' && this.#cors.asks(request)) return this.#cors.leave(request)
    const credentials = readCredentials(request)
    const scope = 'service' in credentials ? credentials : undefined
    const context = this.context(scope?.accessKeyId, scope?.region)
    const admission = inProcess ? IN_PROCESS : this.#options.authority.admit(request, scope, context.startedAt)
    if (!inProcess) context.access = admission.access
    const attempt = attemptOf(request)
    if (attempt > 1) context.notes.attempt = attempt
    const service = scope ? this.#byScope(scope.service, request) : this.#byTarget(request)
    if (!service) return refuseService(scope!.service, request, context.requestId)
    const answer = service.handle(request, context, {
      causedBy: request.headers[CAUSED_BY_HEADER],
      credentialProblem: 'code' in credentials ? credentials : admission.problem,
      verify: admission.verify,
    })
    const origin = request.headers['origin']
    return origin === undefined || service === this.#options.fallback ? answer : this.#cors.open(await answer, origin)
  }

  /** The context of a form that was signed, and what is wrong with its credentials. */
  admitForm (form: SignedForm & { accessKeyId: string, region: string }, request: WireRequest, { requestId, startedAt, notes }: Context): { context: Context, problem?: CredentialProblem } {
    const { accessKeyId, region } = form
    const { access, problem } = this.#options.authority.admit(request, { accessKeyId, region, service: 's3' }, startedAt, form)
    return { context: { ...this.context(accessKeyId, region), requestId, startedAt, notes, access }, problem }
  }

  /** The service of a signing name; several that share one are distinguished by their target. */
  #byScope (signingName: string, request: WireRequest): Service | undefined {
    let first: Service | undefined
    for (const service of this.#options.services) {
      if ((service.signingName ?? service.name) !== signingName) continue
      if (service.targetPrefix === undefined || request.headers['x-amz-target']?.startsWith(service.targetPrefix)) return service
      first ??= service
    }
    return first
  }

  /** The service of a request without a service in its credentials. */
  #byTarget (request: WireRequest): Service {
    const { services, front, fallback, forms } = this.#options
    const target = request.headers['x-amz-target']?.split('.')[0]
    const named = target === undefined ? undefined : services.find(({ targetPrefix }) => targetPrefix === target)
    return named ?? (isHealthCheck(request) ? front : isForm(request) ? forms : fallback)
  }

  /** The context of one call, with the access of calls in this process. */
  context (accessKeyId: string | undefined, region = this.#options.region): Context & { access: CallAccess | undefined } {
    const { clock, accountId, issued, authority } = this.#options
    return {
      requestId: randomUUID(),
      startedAt: clock.now(),
      clock,
      account: (accessKeyId && issued.accountOf(accessKeyId)) ?? accountOf(accessKeyId, accountId),
      region,
      accessKeyId,
      access: authority.inProcess,
      notes: {},
    }
  }

  /** Listens, and resolves with the port. */
  async listen (options: { host: string, port: number }): Promise<number> {
    const server = createServer(this.#lifecycle.serverOptions, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (error instanceof ConnectionReset) return request.socket.resetAndDestroy()
        if (response.headersSent) return response.destroy() // the client disconnected in the middle
        const { status, headers } = this.#failure(error)
        response.writeHead(status, headers).end()
      })
    })
    this.#lifecycle.attach(server)
    this.#short.attach(server)
    // A client that disconnects, or does not speak HTTP, does not affect others.
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (socket.writable) socket.end(refusalOf(error))
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
    await this.#lifecycle.beginClose(server)
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
      this.#short.closeIdle()
      setImmediate(() => {
        server.closeAllConnections()
        this.#short.closeAll()
      })
    })
  }

  /** The answer to a request that failed by a fault of ours, which is logged. */
  #failure (error: unknown): WireResponse {
    this.#options.log({ error, service: 'gateway', requestId: '' })
    return { status: 500, headers: { 'content-length': '0', connection: 'close' } }
  }

  async #serve (request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {}) // a client that disconnected: reading the body has failed already
    const wire = toWire(request)
    const answer = wire ? await this.#admit(wire) : { status: 400, headers: { 'content-length': '0' } }
    response.writeHead(answer.status, answer.headers)
    if (request.method === 'HEAD' || answer.body === undefined) {
      response.end()
    } else if (answer.body instanceof Readable) {
      await pipeline(answer.body, response)
    } else if (typeof answer.body === 'string') {
      // Node sends head and text in one write, and copies one-byte characters unchanged.
      response.end(answer.body, isAscii(answer.body, answer.headers) ? 'latin1' : 'utf8')
    } else {
      response.end(answer.body)
    }
  }

  /** Handles a request from the network, unless a browser sent it for a site that is not allowed. */
  #admit (request: WireRequest): Promise<WireResponse> | WireResponse {
    const { guard, control } = this.#options
    const refusal = guard.refusal(request.method, request.headers)
    if (refusal === undefined) return this.handle(request)
    return refuseAccess(`${refusal}. EMULATOR_ALLOWED_HOSTS allows hosts and their sites`, request, control.claims(request))
  }
}

/** The number of the request's attempt, as SDKs send it: `attempt=2; max=4`. */
function attemptOf ({ headers }: WireRequest): number {
  const header = headers['amz-sdk-request']
  return header === undefined ? 1 : Number(/\battempt=(\d{1,4})\b/.exec(header)?.[1] ?? 1)
}

/** What a client that uses the emulator as a proxy writes before the path. */
const ABSOLUTE = /^https?:\/\/[^/?#]+(?=\/)/i

function toWire (request: IncomingMessage): WireRequest | undefined {
  const url = (request.url ?? '/').replace(ABSOLUTE, '')
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (!path.startsWith('/')) return undefined
  const headers = request.headers as WireRequest['headers'] // only `set-cookie` would be a list, and requests have none
  if (headers['set-cookie'] !== undefined) delete headers['set-cookie']
  // DynamoDB reads the first of several such headers.
  if (headers['accept-encoding']?.includes(',')) headers['accept-encoding'] = request.headersDistinct['accept-encoding']?.[0]
  return {
    method: request.method ?? 'GET',
    path,
    query: mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)),
    headers,
    body: new SocketBody(request),
    socket: request.socket,
  }
}

/** The query of most requests. It is never changed. */
const NO_QUERY = new URLSearchParams()

/** Whether each character of a text body is one byte, according to `content-length`. */
const isAscii = (body: string, headers: WireResponse['headers']): boolean => headers['content-length'] === String(body.length)

/** Whether a request is a health check: a bare `GET /`, at a host that is not a bucket's. */
function isHealthCheck ({ method, path, query, headers }: WireRequest): boolean {
  if (method !== 'GET' || path !== '/' || query.size > 0 || headers['authorization'] !== undefined) return false
  const host = (headers['host'] ?? '').replace(/:\d*$/, '')
  return !host.includes('.') || host.startsWith('dynamodb.') || isIP(host) !== 0
}

/** Whether it is a call in AWS Query; forms that upload to S3 have another type. */
const isForm = ({ method, path, headers }: WireRequest): boolean =>
  method === 'POST' && path === '/' && (headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false)

/** Nothing is to be checked. */
const IN_PROCESS: Admission = {}

const STALLED = '408 Request Timeout'

const REFUSALS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: STALLED,
}

/** The answer to bytes that are not a request, so that their service is not known. */
function refusalOf ({ code = '', message }: NodeJS.ErrnoException): string {
  return plainAnswer(REFUSALS[code] ?? '400 Bad Request', message)
}

function plainAnswer (status: string, message: string): string {
  const body = `${status.slice(4)}: ${message.replace(/[^\x20-\x7e]/g, ' ')}\n`
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
