import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ApiError, apiError, BadRequest, EmptyBody, InternalError, InvalidJson, PayloadTooLarge, RequestTimeout, RouteNotFound, UnsupportedMediaType } from '../core/errors.ts'
import { envelope } from '../core/schemas.ts'
import { requestIdOf } from './request-id.ts'

const HeadersTooLarge = apiError('HEADERS_TOO_LARGE', 'The request\'s headers are too large', 431)

const contentTypeOf = (request: FastifyRequest) => request.headers['content-type'] ?? 'that is missing'
const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0]!

/** Errors of Fastify and its plugins, in the API's own words. */
const FRAMEWORK: Readonly<Record<string, (request: FastifyRequest) => ApiError>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => new InvalidJson(),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new EmptyBody(),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (request) => new UnsupportedMediaType(contentTypeOf(request)),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new PayloadTooLarge(),
  FST_INVALID_MULTIPART_CONTENT_TYPE: (request) => new UnsupportedMediaType(contentTypeOf(request)),
  FST_REQ_FILE_TOO_LARGE: () => new PayloadTooLarge(),
  FST_FILES_LIMIT: () => new PayloadTooLarge(),
  FST_FIELDS_LIMIT: () => new PayloadTooLarge(),
  FST_PARTS_LIMIT: () => new PayloadTooLarge(),
  FST_ERR_BAD_URL: () => new BadRequest('The path is not valid: a % must be followed by two hexadecimal digits'),
}

/** The one place that writes an error's answer, for everything that a request can run into. */
export const errors = fp((app, _options, done) => {
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request, reply) => sendError(new RouteNotFound(request.method, pathOf(request)), request, reply))
  done()
}, { name: 'errors', fastify: '5.x' })

/** Answers with the error's envelope. Whatever is not the API's own error is logged, and masked. */
export function sendError (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const shown = toApiError(error, request)
  if (shown.statusCode >= 500) {
    const level = shown instanceof InternalError ? 'error' : 'warn'
    request.log[level]({ err: error }, shown.message)
  }
  void reply.code(shown.statusCode)
    .headers({ ...shown.headers, 'x-request-id': request.id })
    .type('application/json; charset=utf-8')
    .send(envelope(shown, request.id))
}

function toApiError (error: unknown, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error
  if (!(error instanceof Error)) return new InternalError()
  const { code = '', statusCode = 500 } = error as { code?: string, statusCode?: number } // Fastify's errors have both
  const known = Object.hasOwn(FRAMEWORK, code) ? FRAMEWORK[code] : undefined
  if (known) return known(request)
  if (!(statusCode >= 400 && statusCode < 500)) return new InternalError()
  const name = (STATUS_CODES[statusCode] ?? 'Bad Request').toUpperCase().replaceAll(/[^A-Z]+/g, '_')
  return new (apiError(name, '%s', statusCode))(error.message)
}

/** What the HTTP parser cannot read is no request and runs no hooks: the answer is written to the socket. */
export function answerClientError (error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const shown = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? new RequestTimeout()
    : error.code === 'HPE_HEADER_OVERFLOW' ? new HeadersTooLarge() : new BadRequest('This is not a valid HTTP request')
  socket.end(answerOf(shown))
}

/** The answer to a body that stopped arriving, as it goes over the wire. */
export const stalledAnswer = (): string => answerOf(new RequestTimeout())

/** An answer with no request behind it. */
function answerOf (shown: ApiError): string {
  const id = requestIdOf({ headers: {} })
  const body = JSON.stringify(envelope(shown, id))
  return [
    `HTTP/1.1 ${shown.statusCode} ${STATUS_CODES[shown.statusCode]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
