import { STATUS_CODES } from 'node:http'
import { Type, type Static, type TSchema } from 'typebox'
import { ID_PATTERN, LONGEST_ID } from './ids.ts'
import { InternalError, PayloadTooLarge, RouteNotFound, StoreBusy, UnsupportedMediaType, ValidationFailed, type ApiError } from './errors.ts'

/** The id of anything: opaque, 1 to 256 characters without control characters. */
export const IdSchema = Type.String({ minLength: 1, maxLength: LONGEST_ID, pattern: ID_PATTERN, examples: ['user123'] })

/** ISO 8601, UTC, with milliseconds. */
export const TimeSchema = Type.String({ format: 'date-time', examples: ['2026-03-01T12:00:00.000Z'] })

/** A string or null, as one type: `anyOf` would cost the serializer a validation of every answer. */
export const NullableStringSchema = Type.Unsafe<string | null>({ type: ['string', 'null'] })

/** One of some strings, as one type. */
export const choice = <const T extends readonly string[]>(values: T) => Type.Unsafe<T[number]>({ type: 'string', enum: [...values] })

/**
 * The envelope of a success.
 *
 * @param data     schema of `data`
 * @param example  an answer, without its `status`
 */
export function success<T extends TSchema> (data: T, example?: { message: string, data: Static<T> }) {
  return Type.Object(
    { status: choice(['success']), message: Type.String(), data },
    { description: 'Done', ...example && { examples: [{ status: 'success', ...example }] } }
  )
}

/** The `data` of a list. */
export function page<T extends TSchema> (item: T) {
  return Type.Object({
    count: Type.Integer({ minimum: 0 }),
    data: Type.Array(item),
    lastEvaluatedKey: NullableStringSchema,
  })
}

/**
 * The query of a list.
 * @param defaultLimit  items on a page if the client does not say
 */
export function pageQuery (defaultLimit: number) {
  return {
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: defaultLimit, description: 'Items on a page' }),
    lastEvaluatedKey: Type.Optional(Type.String({ minLength: 1, description: 'The lastEvaluatedKey of the page before' })),
  }
}

/** The query of a list of 100 items a page. */
export const PageQuerySchema = Type.Object(pageQuery(100), { additionalProperties: false })

/** The envelope of an error. */
export const ErrorSchema = Type.Object({
  status: choice(['error']),
  message: Type.String(),
  statusCode: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.String({ pattern: '^[A-Z0-9_]+$' }),
  requestId: Type.String(),
  details: Type.Optional(Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }))),
})

/** The default example of an error with a status, for routes without a more specific one. */
const TYPICAL: Readonly<Record<number, () => ApiError>> = {
  400: () => new ValidationFailed([{ path: 'body.name', reason: 'is required' }]),
  404: () => new RouteNotFound('GET', '/api/nothing'),
  413: () => new PayloadTooLarge(),
  415: () => new UnsupportedMediaType('text/plain'),
  500: () => new InternalError(),
  503: () => new StoreBusy('Table events'),
}

/**
 * The error responses of a route, each with examples.
 * @param errors  statuses, or errors as the route would make them, which then are the examples
 */
export function errorResponses<S extends number> (...errors: (S | ApiError)[]): Record<S, typeof ErrorSchema> {
  const examples = new Map<number, object[]>()
  for (const error of errors) {
    const example = typeof error === 'number' ? typical(error) : error
    examples.set(example.statusCode, [...examples.get(example.statusCode) ?? [], envelope(example, '5f0c3a52-8d6e-4b8e-9a51-0d5f6c1f8a77')])
  }
  return Object.fromEntries([...examples].map(([status, examples]) => [status, Type.Object(ErrorSchema.properties, { description: STATUS_CODES[status] ?? 'Error', examples })])) as
    Record<S, typeof ErrorSchema> // one entry for each status that was asked for
}

/**
 * A route's responses with more errors: a status that exists already gets their examples as well.
 * @param response  of a route's schema
 */
export function withErrorResponses (response: unknown, errors: readonly ApiError[]): Record<string, unknown> {
  const responses: Record<string, unknown> = { ...response as object | undefined } // by status, as Fastify takes it
  for (const [status, more] of Object.entries<TSchema & { examples?: unknown[] }>(errorResponses(...errors))) {
    const there = responses[status] as typeof more | undefined // errorResponses() made all errors of the API
    responses[status] = there ? { ...there, examples: [...there.examples ?? [], ...more.examples ?? []] } : more
  }
  return responses
}

/** The body of an error's answer. */
export function envelope (error: ApiError, requestId: string): Static<typeof ErrorSchema> {
  const { message, statusCode, code, details } = error
  return { status: 'error', message, statusCode, code, requestId, ...details && { details: [...details] } }
}

function typical (status: number): ApiError {
  const make = TYPICAL[status]
  if (!make) throw new TypeError(`There is no default error for ${status}: pass the route's own error to errorResponses()`)
  return make()
}
