import type { Context } from './context.ts'
import { ConnectionReset } from './errors.ts'
import type { FaultyCall, Faults, Strike } from './faults.ts'
import { checkInput } from './pipeline.ts'
import type { OperationSet } from './operation.ts'

/** Validates and runs one call while there are fault rules, and applies them. */
export async function runUnderFaults<C extends Context, T> (set: OperationSet<C, T>, name: string, input: unknown, ctx: C, faults: Faults): Promise<unknown> {
  const operation = set.operations[name]! // the pipeline has found it
  const batch = set.faults.batches?.[name]
  // A batch that continues in part must be valid as a whole.
  const valid = batch && checkInput(set, name, input, ctx)
  const call = { service: set.service, operation: name, ctx, subjects: set.faults.subjects(input, ctx) }
  const strike = faults.draw(call, batch !== undefined)
  if (strike.delayMs > 0) await faults.hold(strike.delayMs)

  const inParts = batch !== undefined && strike.error === 'throttle' && strike.places.size < call.subjects.length
  if (strike.error !== undefined && strike.error !== 'answer-lost' && !inParts) {
    noteSubjects(call)
    throw errorOf(set, call, strike)
  }
  if (inParts) {
    ctx.notes.unprocessed = strike.places.size
    const given = input as object // it is valid
    const output: unknown = await operation.run(batch.without(valid as object, strike.places), ctx)
    await ctx.clock.throttled()
    return batch.withUnprocessed(output as object, given, strike.places) // every batch answers with an object
  }
  const output: unknown = await operation.run(valid ?? checkInput(set, name, input, ctx), ctx)
  if (strike.error === 'answer-lost') throw new ConnectionReset()
  return output
}

function errorOf<C extends Context, T> (set: OperationSet<C, T>, call: FaultyCall<C>, { error, places }: Strike): Error {
  if (error === 'throttle') return set.faults.throttled(call, call.subjects.filter((_, place) => places.has(place)))
  if (error === 'access-denied') return set.faults.accessDenied(call)
  if (error === 'internal') return set.faults.internal()
  return typeof error === 'object' ? set.faults.named(error) : new ConnectionReset()
}

/** Notes for the trace, instead of those of an operation that did not run. */
function noteSubjects ({ ctx, subjects }: FaultyCall): void {
  const resources = new Set(subjects.map(({ resource }) => resource))
  if (resources.size > 0) ctx.notes.resource = [...resources].join(',')
  const keys = subjects.flatMap(({ key }) => key === undefined ? [] : [key])
  if (keys.length > 0) ctx.notes.keys = keys
}
