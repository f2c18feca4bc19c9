import type { Context } from './context.ts'
import type { OperationSet } from './operation.ts'

/**
 * Checks that the caller may make a call. A service that does not say what its calls ask for asks for the action of the
 * operation's name, on `*`.
 *
 * @throws the service's access error
 */
export function authorize<C extends Context, T> (set: OperationSet<C, T>, operation: string, input: unknown, ctx: C): void {
  const requests = set.access?.requests(operation, input, ctx) ?? [{ action: `${set.service}:${operation}`, resource: '*', shown: '' }]
  const denial = ctx.access?.check(requests, ctx)
  if (!denial) return
  throw set.access?.denied(denial, ctx) ?? set.faults.named({ code: 'AccessDenied', status: 403, message: denial.message })
}
