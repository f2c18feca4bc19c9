import createError from '@fastify/error'

/** One error in a request: its path (`body.name`, `query.limit`) and the reason. */
export interface Fault { path: string, reason: string }

/**
 * An error that the API returns on purpose: its message reaches the client, at any status. Anything else that is thrown
 * is answered with a masked 500. Made by the classes that {@link apiError} returns.
 */
export class ApiError extends Error {
  /** Stable and machine-readable, in upper snake case. */
  declare readonly code: string
  declare readonly statusCode: number
  /** Headers of the answer, such as `retry-after`. */
  declare readonly headers?: Readonly<Record<string, string>>
  declare readonly details?: readonly Fault[]
}

/** Arguments fill the message's `%s`; a last `{ cause }` has the underlying error, for the log. */
export type ApiErrorClass = new (...args: [...values: (string | number)[], options: { cause: unknown }] | (string | number)[]) => ApiError

/**
 * Makes a class of the API's errors.
 * @param code        stable and machine-readable, in upper snake case, such as `FACE_RECORD_EXISTS`
 * @param message     with a `%s` for each argument of the constructor
 * @param statusCode  HTTP status
 * @param headers     of every answer with this error, such as `retry-after`
 */
export function apiError (code: string, message: string, statusCode: number, headers?: Readonly<Record<string, string>>): ApiErrorClass {
  // @fastify/error only uses the prototype of its base, and types it as the constructor of all errors.
  const base = ApiError as unknown as ErrorConstructor
  // A stack is for the server's developers; a client's error does not need one, and capturing it takes time.
  const made = createError(code, message, statusCode, base, statusCode >= 500)
  if (headers) Object.assign(made.prototype, { headers })
  return made as unknown as ApiErrorClass // its instances inherit from ApiError
}

const RETRY_SOON = { 'retry-after': '1' }
const RETRY_LATER = { 'retry-after': '5' }

/** How many errors the message itself names; the others are in the details. */
const FAULTS_IN_MESSAGE = 3

/** 400, with one detail for each error. */
export class ValidationFailed extends apiError('VALIDATION_FAILED', 'The request is not valid: %s', 400) {
  override readonly details: readonly Fault[]

  constructor (details: readonly Fault[]) {
    const shown = details.slice(0, FAULTS_IN_MESSAGE).map(({ path, reason }) => `${path} ${reason}`)
    super(shown.join('; ') + (details.length > shown.length ? `; and ${details.length - shown.length} more` : ''))
    this.details = details
  }
}

export const InvalidJson = apiError('INVALID_JSON', 'The body is not valid JSON', 400)
export const EmptyBody = apiError('EMPTY_BODY', 'The body is empty, but its content type is JSON', 400)
export const BadRequest = apiError('BAD_REQUEST', '%s', 400)
export const RouteNotFound = apiError('ROUTE_NOT_FOUND', 'There is no route %s %s', 404)
export const RequestTimeout = apiError('REQUEST_TIMEOUT', 'The request did not arrive in time', 408)
export const PayloadTooLarge = apiError('PAYLOAD_TOO_LARGE', 'The request is larger than this route accepts', 413)
export const UnsupportedMediaType = apiError('UNSUPPORTED_MEDIA_TYPE', 'This route does not accept the content type %s', 415)
export const InternalError = apiError('INTERNAL_ERROR', 'Internal server error', 500)
export const ServiceUnavailable = apiError('SERVICE_UNAVAILABLE', '%s', 503, RETRY_LATER)
export const TableMissing = apiError('TABLE_MISSING', '%s does not exist. Create it with: npx sandtable tables create', 503, RETRY_LATER)
export const StoreBusy = apiError('STORE_BUSY', '%s is too busy to answer', 503, RETRY_SOON)
export const StoreUnreachable = apiError('STORE_UNREACHABLE', '%s cannot be reached', 503, RETRY_LATER)

export const StoreFailed = apiError('STORE_FAILED', '%s had an internal error', 503, RETRY_LATER)
export const StoreAccessDenied = apiError('STORE_ACCESS_DENIED', '%s denies this server access. The operator must check its AWS credentials and permissions', 503, RETRY_LATER)

/** Why a call to AWS fails for some time, if it is not the caller's fault. */
export type AwsOutage = 'busy' | 'unreachable' | 'failed' | 'denied'

/** Each kind's error; its argument names the service or table. */
export const OUTAGES: Readonly<Record<AwsOutage, ApiErrorClass>> = { busy: StoreBusy, unreachable: StoreUnreachable, failed: StoreFailed, denied: StoreAccessDenied }

/** Error names, and codes of cancelled transactions, that mean "later": the SDK has already retried then. */
const BUSY = new Set([
  'ProvisionedThroughputExceededException', 'ProvisionedThroughputExceeded', 'ThrottlingException', 'ThrottlingError', 'Throttling',
  'RequestLimitExceeded', 'TooManyRequestsException', 'SlowDown', 'ServiceUnavailable',
  'TransactionConflictException', 'TransactionConflict', 'TransactionInProgressException',
])

/** Names and system codes of errors that happen before AWS has answered. */
const UNREACHABLE = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ETIMEDOUT',
  'TimeoutError', 'NetworkingError',
])

/** Error names for wrong credentials or missing permissions. The SDK's own are for credentials that it cannot load. */
const DENIED = new Set([
  'AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'AuthFailure', 'ExpiredToken', 'ExpiredTokenException', 'Forbidden',
  'IncompleteSignature', 'IncompleteSignatureException', 'InvalidAccessKeyId', 'InvalidClientTokenId', 'InvalidSignatureException', 'InvalidToken',
  'MissingAuthenticationToken', 'MissingAuthenticationTokenException', 'NotAuthorized', 'OptInRequired', 'RequestExpired', 'RequestTimeTooSkewed',
  'SignatureDoesNotMatch', 'UnauthorizedAccess', 'UnrecognizedClientException', 'CredentialsProviderError', 'TokenProviderError',
])

/** Error names for failures of the service itself. */
const SERVER_ERRORS = new Set(['InternalServerError', 'InternalError', 'InternalFailure'])

/** Statuses of a proxy whose service does not answer. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 504])

/** The members of an SDK's exception that show its kind; every one may be missing. */
interface AwsException {
  name?: string
  code?: string
  $fault?: 'client' | 'server'
  $metadata?: { httpStatusCode?: number }
  CancellationReasons?: readonly { Code?: string }[]
}

/** Distinguishes outages of AWS from errors that have a meaning for the API. */
export function awsOutage (error: unknown): AwsOutage | undefined {
  if (!(error instanceof Error)) return undefined
  const { name = '', code = '', $fault, $metadata: { httpStatusCode: status = 0 } = {}, CancellationReasons = [] } = error as AwsException // each is checked before use
  const reasons = CancellationReasons.map(({ Code = 'None' }) => Code).filter((reason) => reason !== 'None')
  if (BUSY.has(name) || (reasons.length > 0 && reasons.every((reason) => BUSY.has(reason)))) return 'busy'
  // A HEAD has no body that would name the error, only its status.
  if (DENIED.has(name) || status === 401 || status === 403) return 'denied'
  if (UNREACHABLE.has(name) || UNREACHABLE.has(code) || GATEWAY_STATUSES.has(status)) return 'unreachable'
  if ($fault === 'server' || status >= 500 || SERVER_ERRORS.has(name)) return 'failed'
  return undefined
}

/**
 * Turns an error of an AWS SDK into a 503 if time or an operator can help: a missing table, throttling after all
 * retries, an internal error, an endpoint that cannot be reached or denies access. Other errors are returned unchanged.
 * @param options.table  the table, or tables, of the call; the message names them
 */
export function translateAwsError (error: unknown, options: { table?: string | readonly string[] } = {}): unknown {
  const tables = [options.table ?? []].flat()
  const [the, one] = tables.length === 1 ? [`Table ${tables[0]}`, `Table ${tables[0]}`] : [`One of the tables ${tables.join(', ')}`, 'DynamoDB']
  if (tables.length > 0 && error instanceof Error && error.name === 'ResourceNotFoundException') return new TableMissing(the, { cause: error })
  const outage = awsOutage(error)
  if (outage === undefined) return error
  if (outage === 'busy') return new StoreBusy(one, { cause: error })
  return new OUTAGES[outage](tables.length > 0 ? `DynamoDB (${tables.join(', ')})` : 'AWS', { cause: error })
}

/** Runs a call on a table, or on several, with its exceptions translated as {@link translateAwsError} does. */
export function withTable<T> (table: string | readonly string[], call: () => Promise<T>): Promise<T> {
  return call().catch((error: unknown) => { throw translateAwsError(error, { table }) })
}
