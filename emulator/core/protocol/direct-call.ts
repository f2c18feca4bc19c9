import type { Context } from '../context.ts'
import { ConnectionReset } from '../errors.ts'
import { invoke } from '../pipeline.ts'
import type { Environment } from '../service.ts'
import type { WireResponse } from '../wire.ts'
import { asServiceError, renderAwsJsonError, type AwsJsonService } from './aws-json.ts'

/** An operation's outcome: its answer, or the response that an SDK would have received for its failure, if any. */
export type DirectResult = { output: Record<string, unknown>, requestId: string } | { failure: WireResponse | ConnectionReset }

/** Runs an operation of a JSON service directly, and synchronously if the operation is synchronous. Never throws. */
export function callDirectly<C extends Context> (
  service: AwsJsonService<C>, name: string, input: object, ctx: C, environment: Environment, causedBy?: string
): DirectResult | Promise<DirectResult> {
  // Every operation returns an object, or nothing.
  const succeed = (output: unknown) => ({ output: (output ?? {}) as Record<string, unknown>, requestId: ctx.requestId })
  const fail = (error: unknown) =>
    ({ failure: error instanceof ConnectionReset ? error : renderAwsJsonError(service, asServiceError(service, error, name, ctx, environment), ctx) })
  try {
    const output = invoke(service, name, input, ctx, environment, causedBy)
    return output instanceof Promise ? output.then(succeed, fail) : succeed(output)
  } catch (error) {
    return fail(error)
  }
}
