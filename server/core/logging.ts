import { LogController, type FastifyReply, type FastifyRequest, type FastifyServerOptions } from 'fastify'

/** What Fastify takes as its logger: pino's options. */
export type LoggerOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>

/** The stream for log lines: one JSON line at a time. */
export interface LogStream { write (line: string): void }

/** Members that are never written, wherever they are: names in lower case, without `-` and `_`. */
const SECRET = new Set([
  'authorization', 'proxyauthorization', 'cookie', 'setcookie', 'apikey', 'xapikey', 'password', 'secret', 'credentials',
  'token', 'accesstoken', 'idtoken', 'refreshtoken', 'sessiontoken', 'xamzsecuritytoken', 'accesskeyid', 'secretaccesskey',
  'pagetokensecret', 'facevector', 'vector', 'bytes', 'imagebytes',
])
const REDACTED = '[redacted]'
const SECRET_PARAMETER = /([?&][^=&]*(?:token|secret|signature|credential|password|authorization)[^=&]*=)[^&]*/gi

/** Objects nested deeper than this are not inspected, and so not written. */
const DEEPEST = 6

/**
 * Options of the server's log: one JSON line an event, without authorization headers, tokens, credentials, bytes of
 * images or face vectors, whatever object they come in.
 *
 * @param options.stream  where the lines go; default: standard output
 */
export function loggerOptions (options: { level: string, stream?: LogStream }): LoggerOptions {
  return {
    level: options.level,
    base: undefined,
    timestamp: true,
    formatters: { log: (event) => redact(event, 0) as Record<string, unknown> }, // an object stays one
    // The formatter has selected the members to show; pino's own serializer would add all the error's members again.
    serializers: { err: (shown) => shown as unknown as ReturnType<typeof describe> },
    ...options.stream && { stream: options.stream },
  }
}

/** Writes one line for each request, when it is answered. */
export class RequestLog extends LogController {
  constructor () {
    super({ requestIdLogLabel: 'requestId' })
  }

  override incomingRequest (): void {}

  override requestCompleted (error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = {
      method: request.method,
      url: redactUrl(request.url),
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
    }
    if (error) reply.log.error({ ...line, err: error }, 'request failed')
    else reply.log.info(line, 'request')
  }

  /** The error handler logs errors, and the request's own line has the rest. */
  override defaultErrorLog (): void {}
  override routeNotFound (): void {}
}

/** A URL without the values of parameters that look like secrets. */
export const redactUrl = (url: string): string => url.includes('?') ? url.replace(SECRET_PARAMETER, `$1${REDACTED}`) : url

function redact (value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Error) return redact(describe(value), depth)
  if (value instanceof Date) return value
  if (depth === DEEPEST) return '[...]'
  if (Array.isArray(value)) return value.map((one) => redact(one, depth + 1))
  const shown: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    shown[name] = SECRET.has(name.toLowerCase().replace(/[-_]/g, '')) && member !== undefined ? REDACTED : redact(member, depth + 1)
  }
  return shown
}

/** The logged members of an error. An SDK's error contains the whole exchange, so only these are logged. */
function describe (error: Error) {
  const { code, statusCode, $metadata } = error as { code?: unknown, statusCode?: unknown, $metadata?: unknown } // shown as they are
  return { type: error.name, message: error.message, code, statusCode, aws: $metadata, stack: error.stack ?? '', cause: error.cause }
}
