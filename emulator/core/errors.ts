/**
 * An error that a service returns on purpose. Anything else thrown by an operation is our bug and is answered with 500.
 * Made only by the functions in `<service>/errors.ts`, which also decide how it looks on the wire.
 */
export class AwsError extends Error {
  /** AWS's error code, such as `ResourceNotFoundException`. */
  readonly code: string
  /** HTTP status. */
  readonly status: number
  /** Members of the error body beyond code and message, such as `CancellationReasons`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor (code: string, status: number, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = status
    this.details = details
  }
}

/** A service's internal error, with the message of a cause that the user can remove. */
export function explained (internal: AwsError, { message }: Error): AwsError {
  internal.message = message
  return internal
}

/** The codes of throttling errors; DynamoDB also has them in the reasons of a cancelled transaction. */
const THROTTLES: ReadonlySet<string | undefined> = new Set([
  'ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded', 'SlowDown', 'ThrottlingError', 'ProvisionedThroughputExceeded',
])

export function isThrottle (error: unknown): boolean {
  if (!(error instanceof AwsError)) return false
  const { CancellationReasons: reasons = [] } = error.details as { CancellationReasons?: readonly { Code?: string }[] } // as DynamoDB has them
  return THROTTLES.has(error.code) || reasons.some(({ Code }) => THROTTLES.has(Code))
}

/**
 * A call whose connection breaks without an answer. In process it is the error that a client's socket would report, and the
 * name is the one that the SDK's own HTTP handler gives it.
 */
export class ConnectionReset extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'ECONNRESET'
  readonly errno = -104
  readonly syscall = 'read'

  constructor () {
    super('read ECONNRESET')
  }
}
