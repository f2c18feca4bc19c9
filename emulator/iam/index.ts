import type { Context } from '../core/context.ts'
import { AwsError } from '../core/errors.ts'
import { invoke } from '../core/pipeline.ts'
import { serveAwsQuery, type AwsQueryService } from '../core/protocol/aws-query.ts'
import { BrokenConstraints, readShape, type StructureShape } from '../core/protocol/shape.ts'
import type { Environment, Service } from '../core/service.ts'
import { access } from './access.ts'
import type { IamContext, IamOperation } from './context.ts'
import type { IamDirectory } from './directory.ts'
import { accessDenied, protocolErrors, serviceFailure, throttled, validation } from './errors.ts'
import { accessKeyOperations } from './operations/access-keys.ts'
import { entityPolicyOperations } from './operations/entity-policies.ts'
import { groupOperations } from './operations/groups.ts'
import { managedPolicyOperations } from './operations/managed-policies.ts'
import { roleOperations } from './operations/roles.ts'
import { simulationOperations } from './operations/simulate.ts'
import { userOperations } from './operations/users.ts'

export const operations = {
  ...userOperations,
  ...accessKeyOperations,
  ...groupOperations,
  ...roleOperations,
  ...managedPolicyOperations,
  ...entityPolicyOperations,
  ...simulationOperations,
} satisfies Record<string, IamOperation>

const MAX_BODY_BYTES = 1024 * 1024

/** The members that name what a call is about. */
const NAMES = ['UserName', 'GroupName', 'RoleName', 'PolicyName']

export interface IamService extends Service {
  /** Runs an operation with no wire at all. Rejects with an `AwsError`. */
  call (operation: string, input: object, ctx: Context): Promise<unknown>
}

/** IAM, with state apart for each account; it has no regions. */
export function createIam (environment: Environment, directory: IamDirectory): IamService {
  const service: AwsQueryService<IamContext> = {
    service: 'iam',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    maxBodyBytes: MAX_BODY_BYTES,
    operations,
    access,
    errors: protocolErrors,
    faults: {
      subjects (input) {
        const given = input as Record<string, unknown> // the protocol passes objects only
        return NAMES.flatMap((name) => typeof given[name] === 'string' ? [{ resource: given[name] }] : [])
      },
      throttled,
      internal: serviceFailure,
      accessDenied: ({ operation, ctx: { account, accessKeyId } }) => accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: iam:${operation}`),
      named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
    },
    validate (operation, input, ctx) {
      const read = readInput(operation.types, input)
      operation.custom?.(read, ctx)
      return read
    },
  }
  return {
    name: 'iam',
    operationNames: Object.keys(operations),
    handle: async (request, ctx, origin) => serveAwsQuery(service, request, { ...ctx, directory, store: await directory.storeOf(ctx.account) }, environment, origin),
    call: async (name, input, ctx) => invoke(service, name, input, { ...ctx, directory, store: await directory.storeOf(ctx.account) }, environment),
    load: (state) => directory.load(state),
    reset: (account) => directory.reset(account),
    close: () => directory.close(),
  }
}

function readInput (types: StructureShape, input: unknown): unknown {
  try {
    return readShape(types, input)
  } catch (error) {
    throw error instanceof BrokenConstraints ? validation(error.message) : error
  }
}
