import type { Context } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { StructureShape } from '../core/protocol/shape.ts'
import type { Alarms } from './alarms/index.ts'
import type { Limits } from './limits.ts'
import type { CloudwatchStore } from './store.ts'

/** The context of a CloudWatch call. */
export interface CloudwatchContext extends Context {
  readonly store: CloudwatchStore
  readonly limits: Limits
  readonly alarms: Pick<Alarms, 'plan' | 'setState'>
}

export interface CloudwatchOperation<I = any, O = object | undefined> extends Operation<CloudwatchContext, I, O, StructureShape> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: StructureShape
  /** Members that CloudWatch honours and this emulator does not: refused by name, and listed in GAPS.md. */
  readonly refuses?: readonly string[]
}
