import { authorize } from './authorize.ts'
import type { Context } from './context.ts'
import { AwsError, ConnectionReset, isThrottle } from './errors.ts'
import type { OperationSet } from './operation.ts'
import { stopwatch } from './clock.ts'
import type { Environment } from './service.ts'
import { runUnderFaults } from './faulty-call.ts'

/**
 * Runs one call whose context, credentials and operation name are settled: faults, validate, run, trace.
 * All ways in end here; what differs between them is only how a request is read and an answer rendered.
 *
 * An operation that answers at once is answered at once, and throws at once: each promise on the way costs as much as
 * reading an item.
 *
 * @param causedBy  the id of the API request that caused the call, for the trace
 */
export function invoke<C extends Context, T> (
  set: OperationSet<C, T>, name: string, input: unknown, ctx: C, { trace, faults }: Pick<Environment, 'trace' | 'faults'>, causedBy?: string
): unknown {
  const operation = set.operations[name]
  if (!operation) throw new TypeError(`${set.service} has no operation ${name}`)
  const began = stopwatch()
  const end = (result: string, output: unknown) => {
    const { requestId, account, region, startedAt, notes } = ctx
    trace.add({ requestId, causedBy, service: set.service, operation: name, account, region, startedAt, durationMs: stopwatch() - began, result, notes })
    trace.bodies?.keep(notes, input, output)
  }
  const succeed = (output: unknown) => {
    end('ok', output)
    return output
  }
  const fail = (error: unknown) => {
    if (error instanceof AwsError && error.code === 'TransactionCanceledException') ctx.notes.cancellations = reasonsOf(error)
    end(resultOf(error), error)
    const waits = isThrottle(error) ? ctx.clock.throttled() : undefined
    if (waits) return waits.then(() => { throw error })
    throw error
  }
  let output: unknown
  try {
    output = faults.any ? runUnderFaults(set, name, input, ctx, faults) : operation.run(checkInput(set, name, input, ctx), ctx)
  } catch (error) {
    return fail(error)
  }
  return output instanceof Promise ? output.then(succeed, fail) : succeed(output)
}

/** Validates an input, and checks that the caller may make the call: AWS refuses in this order. */
export function checkInput<C extends Context, T> (set: OperationSet<C, T>, name: string, input: unknown, ctx: C): unknown {
  const valid = set.validate(set.operations[name]!, input, ctx) // the caller has found it
  if (ctx.access !== undefined) authorize(set, name, valid, ctx)
  return valid
}

function reasonsOf ({ details }: AwsError): string[] {
  const { CancellationReasons: reasons = [] } = details as { CancellationReasons?: readonly { Code?: string }[] } // as DynamoDB has them
  return reasons.map(({ Code = 'None' }) => Code)
}

function resultOf (error: unknown): string {
  if (error instanceof AwsError) return error.code
  return error instanceof ConnectionReset ? 'ConnectionReset' : 'InternalFailure'
}
