import type { Context } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { StructureShape } from '../core/protocol/shape.ts'
import type { Limits } from './limits.ts'
import type { Scaler } from './scaling/scaler.ts'
import type { ScalingStore } from './store.ts'

/** The context of a call to Application Auto Scaling. */
export interface AutoScalingContext extends Context {
  readonly store: ScalingStore
  readonly scaler: Scaler
  readonly limits: Limits
}

export interface AutoScalingOperation<I = any, O = object | undefined> extends Operation<AutoScalingContext, I, O, StructureShape> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: StructureShape
}
