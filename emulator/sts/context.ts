import type { Context } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { StructureShape } from '../core/protocol/shape.ts'
import type { IamDirectory } from '../iam/directory.ts'
import type { TokenVerifier } from '../tokens/verifier.ts'

export interface StsContext extends Context {
  readonly directory: IamDirectory
  /** Checks the tokens of the local issuer. */
  readonly tokens: TokenVerifier
  /** Whether policies are enforced: else a role does not have to exist. */
  readonly enforced: boolean
}

export interface StsOperation<I = any, O = object> extends Operation<StsContext, I, O, StructureShape> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: StructureShape
}
