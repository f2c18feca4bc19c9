import type { CredentialProblem } from '../core/credentials.ts'
import { AwsError } from '../core/errors.ts'
import type { AwsJsonErrors } from '../core/protocol/aws-json.ts'
import type { AwsQueryErrors } from '../core/protocol/aws-query.ts'

// An error has the name of its shape; AWS Query, and a header of the other two protocols, show another code for most.
const QUERY_CODES: Readonly<Record<string, string>> = {
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
  LimitExceededFault: 'LimitExceeded',
  InvalidFormatFault: 'InvalidFormat',
  InternalServiceFault: 'InternalServiceError',
  DashboardInvalidInputError: 'InvalidParameterInput',
  DashboardNotFoundError: 'ResourceNotFound',
  ValidationException: 'ValidationError',
  ThrottlingException: 'Throttling',
  AccessDeniedException: 'AccessDenied',
  UnknownOperationException: 'InvalidAction',
  SerializationException: 'MalformedInput',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  InvalidSignatureException: 'SignatureDoesNotMatch',
}

const queryCode = ({ code }: AwsError): string => QUERY_CODES[code] ?? code

export const validation = (message: string): AwsError => new AwsError('ValidationException', 400, message)

export const serialization = (message = ''): AwsError => new AwsError('SerializationException', 400, message)

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValueException', 400, message)

export const invalidParameter = (value: string | number, parameter: string): AwsError => invalidValue(`The value ${value} for parameter ${parameter} is invalid.`)

export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombinationException', 400, message)

export const missingParameter = (message: string): AwsError => new AwsError('MissingRequiredParameterException', 400, message)

export const invalidFormat = (message: string): AwsError => new AwsError('InvalidFormatFault', 400, message)

/** An alarm that is not there: AWS says no more. */
export const alarmNotFound = (): AwsError => new AwsError('ResourceNotFound', 404, '')

export const resourceNotFound = (arn: string): AwsError => new AwsError('ResourceNotFoundException', 404, `Resource ${arn} does not exist`)

export const dashboardNotFound = (names: readonly string[]): AwsError =>
  new AwsError('DashboardNotFoundError', 404, names.length === 1 ? `Dashboard ${names[0]} does not exist` : `Dashboards ${names.join(', ')} do not exist`)

export const dashboardInvalid = (path: string, message: string): AwsError => new AwsError('DashboardInvalidInputError', 400,
  'The field DashboardBody must be a valid JSON object', { dashboardValidationMessages: [{ DataPath: path, Message: message }] })

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededFault', 400, message)

export const invalidToken = (): AwsError => new AwsError('InvalidNextToken', 400, 'Invalid nextToken')

/** Something that AWS honours and Sandtable does not; GAPS.md lists them. */
export const notEmulated = (what: string): AwsError => invalidValue(`Sandtable does not emulate ${what}`)

export const throttling = (): AwsError => new AwsError('ThrottlingException', 400, 'Rate exceeded')

export const accessDenied = (message: string): AwsError => new AwsError('AccessDeniedException', 403, message)

export const internal = (): AwsError => new AwsError('InternalServiceFault', 500, 'Internal service error')

const shared = {
  unknownOperation: (name: string | undefined) => new AwsError('UnknownOperationException', 400, `The action ${name ?? ''} is not valid for this web service.`),
  credentials: ({ code, message }: CredentialProblem) => new AwsError(code, 403, message),
  bodyTooLarge: () => new AwsError('RequestEntityTooLargeException', 413, 'Request size exceeded'),
  internal,
}

/** What AWS JSON and RPC v2 CBOR can refuse, and the body of every error. */
export const jsonErrors: AwsJsonErrors = {
  ...shared,
  serialization: () => serialization(),
  body: ({ code, message, details }) => ({ __type: code, message, ...details }),
  headers: (error) => ({ 'x-amzn-query-error': `${queryCode(error)};${error.status >= 500 ? 'Receiver' : 'Sender'}` }),
}

/** What AWS Query can refuse. */
export const queryErrors: AwsQueryErrors = {
  ...shared,
  malformed: serialization,
  codeOf: queryCode,
}
