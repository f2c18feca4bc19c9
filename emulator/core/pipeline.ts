import type { Context } from './context.ts'
import { AwsError } from './errors.ts'
import type { Operation } from './operation.ts'
import { stopwatch } from './clock.ts'
import type { Trace } from './trace.ts'

/**
 * A service as the pipeline needs it; `validate` throws the service's own errors.
 *
 * @typeParam T  the service's own grammar for shapes
 */
export interface OperationSet<C extends Context, T = unknown> {
  readonly service: string
  readonly operations: Readonly<Record<string, Operation<C, any, any, T>>> // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  validate (operation: Operation<C, any, any, T>, input: unknown, ctx: C): unknown // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
}

/**
 * Runs one call whose context, credentials and operation name are settled: validate, run, trace.
 * All ways in end here; what differs between them is only how a request is read and an answer rendered.
 *
 * @param causedBy  the id of the API request behind the call, for the trace
 */
export async function invoke<C extends Context, T> (
  set: OperationSet<C, T>, name: string, input: unknown, ctx: C, trace: Trace, causedBy?: string
): Promise<unknown> {
  const operation = set.operations[name]
  if (!operation) throw new TypeError(`${set.service} has no operation ${name}`)
  const began = stopwatch()
  let result = 'ok'
  try {
    const valid = set.validate(operation, input, ctx)
    return await operation.run(valid, ctx)
  } catch (error) {
    result = error instanceof AwsError ? error.code : 'InternalFailure'
    throw error
  } finally {
    let readUnits = 0
    let writeUnits = 0
    for (const used of ctx.notes.capacity ?? []) {
      readUnits += used.readUnits
      writeUnits += used.writeUnits
    }
    trace.add({
      requestId: ctx.requestId,
      causedBy,
      service: set.service,
      operation: name,
      account: ctx.account,
      region: ctx.region,
      startedAt: ctx.startedAt,
      durationMs: stopwatch() - began,
      result,
      readUnits,
      writeUnits,
      ...ctx.notes,
    })
  }
}
