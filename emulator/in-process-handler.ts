import { validateHeaderName, validateHeaderValue } from 'node:http'
import { Readable } from 'node:stream'
import { HttpResponse, type HttpRequest } from '@smithy/protocol-http'
import type { HttpHandlerOptions, RequestHandler } from '@smithy/types'
import { ConnectionReset } from './core/errors.ts'
import type { WireRequest, WireResponse } from './core/wire.ts'

/** A response that exists already, or its error, to be used as the outcome of a command's first attempt. */
export interface FirstResponse { response: WireResponse | ConnectionReset | undefined }

/** Handler options that may have a {@link FirstResponse}: the fast path passes a failure in them. */
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
      if (first instanceof ConnectionReset) throw first
      return { response: toSdkResponse(first) }
    }
    const { abortSignal } = options
    if (!abortSignal) return { response: toSdkResponse(await this.#handle(toWireRequest(request))) }
    return { response: toSdkResponse(await unlessAborted(abortSignal, () => this.#handle(toWireRequest(request)))) }
  }

  updateHttpClientConfig (): void {}
  httpHandlerConfigs (): Record<string, never> { return {} }
  destroy (): void {}
}

/** Runs a call that its caller may abort; the caller then gets no result. */
async function unlessAborted<T> (signal: NonNullable<HttpHandlerOptions['abortSignal']>, call: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw aborted()
  // The SDK's type of a signal knows one listener only; the platform's knows more.
  const events = signal as AbortSignal
  let leave = () => {}
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(aborted())
    events.addEventListener('abort', leave)
  })
  try {
    return await Promise.race([call(), left])
  } finally {
    events.removeEventListener('abort', leave)
  }
}

/** The same error as the SDK's own HTTP handler's. */
const aborted = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

function toWireRequest (request: HttpRequest): WireRequest {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one ?? '')
  }
  const headers: WireRequest['headers'] = {}
  for (const [name, value] of Object.entries(request.headers)) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    headers[name.toLowerCase()] = value
  }
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) Object.assign(headers, framing(request.body))
  return { method: request.method, path: request.path, query, headers, body: toBytes(request.body) }
}

/** The headers that Node's HTTP client adds for a body: its length, or chunked transfer if that is not known. */
function framing (body: unknown): WireRequest['headers'] {
  if (body === undefined || body === null) return { 'content-length': '0' }
  if (typeof body === 'string') return { 'content-length': String(Buffer.byteLength(body)) }
  if (body instanceof Uint8Array) return { 'content-length': String(body.byteLength) }
  return { 'transfer-encoding': 'chunked' }
}

async function * toBytes (body: unknown): AsyncGenerator<Uint8Array> {
  if (body === undefined || body === null) return
  if (typeof body === 'string') yield Buffer.from(body)
  // A plain view: the SDK's own byte arrays warn when they are used as a string, which Buffer.from does.
  else if (body instanceof Uint8Array) yield new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  // Node streams and web streams both iterate over bytes, or over text if an encoding is set.
  else for await (const piece of body as AsyncIterable<Uint8Array | string>) yield typeof piece === 'string' ? Buffer.from(piece) : piece
}

/** The SDK accepts the bytes of a JSON answer directly; for an S3 object it needs a stream. */
function toSdkResponse ({ status, headers, body }: WireResponse): HttpResponse {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const json = headers['content-type']?.startsWith('application/x-amz-json')
  const sdkBody = bytes instanceof Readable || json ? bytes : Readable.from(bytes === undefined || bytes.length === 0 ? [] : [bytes])
  return new HttpResponse({ statusCode: status, headers, body: sdkBody })
}
