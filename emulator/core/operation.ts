import type { Context } from './context.ts'

/**
 * One operation of a service, as data and two functions. Every way in runs it through the same pipeline.
 *
 * @typeParam C  the service's context
 * @typeParam I  the input once `types` and `custom` have passed it
 * @typeParam T  the service's own grammar for shapes
 */
export interface Operation<C extends Context = Context, I = any, O = any, T = unknown> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  /** The shape of the input: members, types, bounds. */
  readonly types: T
  /** Rules across members. Throws the service's error. */
  readonly custom?: (input: I, ctx: C) => void
  readonly run: (input: I, ctx: C) => Promise<O> | O
}
