import type { CredentialProblem } from '../core/credentials.ts'
import { AwsError } from '../core/errors.ts'
import type { AwsQueryErrors } from '../core/protocol/aws-query.ts'

export const validation = (message: string): AwsError => new AwsError('ValidationError', 400, message)

export const invalidArn = (arn: string): AwsError => validation(`${arn} is invalid`)

export const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', 403, message)

/** Also for a role that does not exist: AWS does not distinguish the two. */
export const notAllowedToAssume = (caller: string, role: string, action = 'sts:AssumeRole'): AwsError =>
  accessDenied(`User: ${caller} is not authorized to perform: ${action} on resource: ${role}`)

export const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicyDocument', 400, message)

export const unknownTransitiveTag = (): AwsError =>
  new AwsError('InvalidParameterValue', 400, 'The specified transitive tag key must be included in the requested tags.')

export const invalidIdentityToken = (message: string): AwsError => new AwsError('InvalidIdentityToken', 400, message)

export const expiredIdentityToken = (): AwsError => new AwsError('ExpiredTokenException', 400, 'Token expired')

export const throttled = (): AwsError => new AwsError('Throttling', 400, 'Rate exceeded')

export const internalFailure = (): AwsError => new AwsError('InternalFailure', 500, 'The request processing has failed because of an unknown error, exception or failure.')

/** How the Query services of AWS call what the JSON services call by other names. */
const CREDENTIAL_CODES: Readonly<Record<string, string>> = {
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
}

/** A credential problem in the codes of Query services. */
export function credentialsRefused ({ code, message }: CredentialProblem): AwsError {
  return new AwsError(CREDENTIAL_CODES[code] ?? code, code === 'IncompleteSignatureException' ? 400 : 403, message)
}

/** What the protocol itself can refuse. */
export const protocolErrors: AwsQueryErrors = {
  unknownOperation: (name) => name === undefined
    ? new AwsError('MissingAction', 400, 'The request must contain the parameter Action.')
    : new AwsError('InvalidAction', 400, `Could not find operation ${name} for version 2011-06-15`),
  malformed: (message) => new AwsError('MalformedInput', 400, message),
  credentials: credentialsRefused,
  bodyTooLarge: () => new AwsError('RequestEntityTooLarge', 413, 'The request is too large.'),
  internal: internalFailure,
}
