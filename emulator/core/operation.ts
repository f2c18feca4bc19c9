import type { ServiceAccess } from './access.ts'
import type { Context } from './context.ts'
import type { ServiceFaults } from './faults.ts'

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

/**
 * A service as the pipeline needs it; `validate` throws the service's own errors.
 *
 * @typeParam T  the service's own grammar for shapes
 */
export interface OperationSet<C extends Context, T = unknown> {
  readonly service: string
  readonly operations: Readonly<Record<string, Operation<C, any, any, T>>> // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  /** How it reports injected faults. */
  readonly faults: ServiceFaults<C>
  /** The actions and resources that policies are checked for. */
  readonly access?: ServiceAccess<C>
  validate (operation: Operation<C, any, any, T>, input: unknown, ctx: C): unknown // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
}
