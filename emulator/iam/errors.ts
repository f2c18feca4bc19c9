import { AwsError } from '../core/errors.ts'
import type { AwsQueryErrors } from '../core/protocol/aws-query.ts'
import { credentialsRefused } from '../sts/errors.ts'

/** What IAM calls its kinds of entities in messages. */
export type EntityName = 'user' | 'group' | 'role'

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', 404, message)

export const entityNotFound = (kind: EntityName, name: string): AwsError => noSuchEntity(`The ${kind} with name ${name} cannot be found.`)

export const policyNotFound = (arn: string): AwsError => noSuchEntity(`Policy ${arn} was not found.`)

export const versionNotFound = (arn: string, version: string): AwsError => noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`)

export const inlineNotFound = (kind: EntityName, name: string, policy: string): AwsError =>
  noSuchEntity(`The ${kind} policy with name ${policy} cannot be found${kind === 'role' ? '' : ` for ${kind} ${name}`}.`)

export const notAttached = (arn: string): AwsError => noSuchEntity(`Policy ${arn} was not found.`)

export const keyNotFound = (id: string): AwsError => noSuchEntity(`The Access Key with id ${id} cannot be found.`)

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1)

export const entityExists = (kind: EntityName, name: string): AwsError => new AwsError('EntityAlreadyExists', 409, `${capital(kind)} with name ${name} already exists.`)

export const policyExists = (name: string): AwsError => new AwsError('EntityAlreadyExists', 409, `A policy called ${name} already exists. Duplicate names are not allowed.`)

export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', 409, message)

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', 409, message)

export const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicyDocument', 400, message)

export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', 400, message)

export const validation = (message: string): AwsError => new AwsError('ValidationError', 400, message)

export const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', 403, message)

/** Of what belongs to AWS, such as its managed policies. */
export const notYours = (action: string, arn: string): AwsError => accessDenied(`User is not authorized to perform: iam:${action} on resource: policy ${arn}`)

export const throttled = (): AwsError => new AwsError('Throttling', 400, 'Rate exceeded')

export const serviceFailure = (): AwsError => new AwsError('ServiceFailure', 500, 'The request processing has failed because of an unknown error, exception or failure.')

/** What the protocol itself can refuse. */
export const protocolErrors: AwsQueryErrors = {
  unknownOperation: (name) => name === undefined
    ? new AwsError('MissingAction', 400, 'The request must contain the parameter Action.')
    : new AwsError('InvalidAction', 400, `Could not find operation ${name} for version 2010-05-08`),
  malformed: (message) => new AwsError('MalformedInput', 400, message),
  credentials: credentialsRefused,
  bodyTooLarge: () => new AwsError('RequestEntityTooLarge', 413, 'The request is too large.'),
  internal: serviceFailure,
}
