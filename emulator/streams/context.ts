import type { DynamodbContext } from '../dynamodb/context.ts'
import type { Operation } from '../core/operation.ts'
import type { Shapes } from '../dynamodb/requests/shapes.ts'

/** A stream belongs to the store of its table. */
export type StreamsContext = DynamodbContext

export interface StreamsOperation<I = any, O = object> extends Operation<StreamsContext, I, O, Shapes> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: Shapes
}
