export const DONE = 0
export const FAILED = 1
export const WRONG_USAGE = 2

/** A failure, reported in one line: what it is, and what to do about it. */
export class Failure extends Error {
  override name = 'Failure'
  /** The exit status of the process. */
  readonly status: number
  /** A stack does not help a user of the command line. */
  override stack = undefined

  /** @param options.status  of the process. Default: 1, failed */
  constructor (message: string, options: { status?: number, cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.status = options.status ?? FAILED
  }
}

/** The exit status of an error, and its line; never a stack trace. */
export function outcomeOf (error: unknown): { status: number, line: string } {
  if (error instanceof Failure) return { status: error.status, line: error.message }
  // A wrong setting. It is recognized by name, since its class is in a large module that most verbs do not load.
  if (error instanceof Error && error.name === 'ConfigError') return { status: WRONG_USAGE, line: error.message }
  return { status: FAILED, line: describe(error).replace(/\s*\n\s*/g, ' ') }
}

function describe (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // A connection that was tried at several addresses has the reasons in its parts.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describe).join('; ')
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
}
