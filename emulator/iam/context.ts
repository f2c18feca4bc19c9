import type { Context } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { StructureShape } from '../core/protocol/shape.ts'
import type { IamDirectory } from './directory.ts'
import type { IamStore } from './principals/iam-store.ts'

export interface IamContext extends Context {
  readonly directory: IamDirectory
  /** What the caller's account has. */
  readonly store: IamStore
}

export interface IamOperation<I = any, O = object | undefined> extends Operation<IamContext, I, O, StructureShape> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: StructureShape
}
