import { AwsError } from '../core/errors.ts'
import { serveAwsQuery, type AwsQueryService } from '../core/protocol/aws-query.ts'
import { BrokenConstraints, readShape, type StructureShape } from '../core/protocol/shape.ts'
import type { Environment, Service } from '../core/service.ts'
import type { IamDirectory } from '../iam/directory.ts'
import type { TokenVerifier } from '../tokens/verifier.ts'
import { access } from './access.ts'
import type { StsContext, StsOperation } from './context.ts'
import { accessDenied, internalFailure, protocolErrors, throttled, validation } from './errors.ts'
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts'
import { assumeRole } from './operations/assume-role.ts'
import { getAccessKeyInfo } from './operations/get-access-key-info.ts'
import { getCallerIdentity } from './operations/get-caller-identity.ts'
import { getSessionToken } from './operations/get-session-token.ts'

export const operations = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
  GetSessionToken: getSessionToken,
} satisfies Record<string, StsOperation>

/** Forms are small. */
const MAX_BODY_BYTES = 256 * 1024

export interface StsOptions {
  directory: IamDirectory
  tokens: TokenVerifier
  /** Whether policies are enforced. */
  enforced: () => boolean
}

/** STS: who calls, and temporary credentials. Its state is IAM's. */
export function createSts (environment: Environment, { directory, tokens, enforced }: StsOptions): Service {
  const service: AwsQueryService<StsContext> = {
    service: 'sts',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    maxBodyBytes: MAX_BODY_BYTES,
    unsigned: new Set(['AssumeRoleWithWebIdentity']),
    operations,
    access,
    errors: protocolErrors,
    faults: {
      subjects (input) {
        const { RoleArn } = input as { RoleArn?: unknown } // the protocol passes objects only
        return typeof RoleArn === 'string' ? [{ resource: RoleArn.slice(RoleArn.lastIndexOf('/') + 1) }] : []
      },
      throttled,
      internal: internalFailure,
      accessDenied: ({ operation, ctx: { account, accessKeyId } }) => accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: sts:${operation}`),
      named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
    },
    validate (operation, input, ctx) {
      const read = readInput(operation.types, input)
      operation.custom?.(read, ctx)
      return read
    },
  }
  return {
    name: 'sts',
    operationNames: Object.keys(operations),
    handle: (request, ctx, origin) => serveAwsQuery(service, request, { ...ctx, directory, tokens, enforced: enforced() }, environment, origin),
    // Sessions are part of IAM's state.
    load: async () => ({ use: () => {}, begin: async () => {} }),
    reset: async () => {},
    close: async () => {},
  }
}

function readInput (types: StructureShape, input: unknown): unknown {
  try {
    return readShape(types, input)
  } catch (error) {
    throw error instanceof BrokenConstraints ? validation(error.message) : error
  }
}
