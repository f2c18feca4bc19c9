import { Readable } from 'node:stream'
import { HttpResponse, type HttpRequest } from '@smithy/protocol-http'
import type { HttpHandlerOptions, RequestHandler } from '@smithy/types'
import type { WireRequest, WireResponse } from './core/wire.ts'

/** A response that is in hand already, to be taken as the answer to a command's first attempt. */
export interface FirstResponse { response: WireResponse | undefined }

/** Handler options that may carry a {@link FirstResponse}: the fast path hands a failure over in them. */
export interface InProcessOptions extends HttpHandlerOptions { firstResponse?: FirstResponse }

/**
 * A request handler for SDK clients that calls the emulator in this process: no socket, and no signature, but the
 * SDK's own serialization, middleware and retries.
 */
export class InProcessHandler implements RequestHandler<HttpRequest, HttpResponse, InProcessOptions> {
  readonly #handle: (request: WireRequest) => Promise<WireResponse>

  constructor (handle: (request: WireRequest) => Promise<WireResponse>) {
    this.#handle = handle
  }

  async handle (request: HttpRequest, options: InProcessOptions = {}): Promise<{ response: HttpResponse }> {
    const first = options.firstResponse?.response
    if (first) {
      options.firstResponse!.response = undefined
      return { response: toSdkResponse(first) }
    }
    if (options.abortSignal?.aborted) {
      const error = new Error('Request aborted')
      error.name = 'AbortError'
      throw error
    }
    return { response: toSdkResponse(await this.#handle(toWireRequest(request))) }
  }

  updateHttpClientConfig (): void {}
  httpHandlerConfigs (): Record<string, never> { return {} }
  destroy (): void {}
}

function toWireRequest (request: HttpRequest): WireRequest {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one ?? '')
  }
  const headers: WireRequest['headers'] = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value
  return { method: request.method, path: request.path, query, headers, body: toBytes(request.body) }
}

function toBytes (body: unknown): AsyncIterable<Uint8Array> {
  if (body === undefined || body === null || body === '') return Readable.from([])
  if (typeof body === 'string') return Readable.from([Buffer.from(body)])
  if (body instanceof Uint8Array) return Readable.from([body])
  return body as AsyncIterable<Uint8Array> // node streams and web streams both iterate over bytes
}

function toSdkResponse ({ status, headers, body }: WireResponse): HttpResponse {
  return new HttpResponse({
    statusCode: status,
    headers,
    body: body instanceof Readable ? body : Readable.from(body === undefined || body.length === 0 ? [] : [Buffer.from(body)]),
  })
}
