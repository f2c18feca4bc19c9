import type { CredentialProblem } from '../core/credentials.ts'
import { AwsError } from '../core/errors.ts'
import type { AwsJsonErrors } from '../core/protocol/aws-json.ts'
import type { TargetId } from './resource.ts'

export const validation = (message: string): AwsError => new AwsError('ValidationException', 400, message)

export const serialization = (message = ''): AwsError => new AwsError('SerializationException', 400, message)

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', 400, message)

export const tooManyTags = (resource: string): AwsError =>
  new AwsError('TooManyTagsException', 400, 'The number of tags exceeds the limit.', { ResourceName: resource })

export const resourceNotFound = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', 400, `The specified resource doesn't exist: ${arn}`, { ResourceName: arn })

export const invalidToken = (): AwsError => new AwsError('InvalidNextTokenException', 400, 'The token is not valid')

export const throttling = (): AwsError => new AwsError('ThrottlingException', 400, 'Rate exceeded')

export const internal = (): AwsError => new AwsError('InternalServiceException', 500, 'The service encountered an internal error.')

export const accessDenied = (message: string): AwsError => new AwsError('AccessDeniedException', 400, message)

const place = ({ ResourceId, ScalableDimension }: TargetId) => `service namespace: dynamodb, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`

export const noTargetFound = (id: TargetId): AwsError => new AwsError('ObjectNotFoundException', 400, `No scalable target found for ${place(id)}`)

export const noTargetRegistered = (id: TargetId): AwsError => new AwsError('ObjectNotFoundException', 400, `No scalable target registered for ${place(id)}`)

export const noPolicyFound = (id: TargetId, name: string): AwsError =>
  new AwsError('ObjectNotFoundException', 400, `No scaling policy found for ${place(id)}, policy name: ${name}`)

export const noScheduledActionFound = (id: TargetId, name: string): AwsError =>
  new AwsError('ObjectNotFoundException', 400, `No scheduled action found for ${place(id)}, scheduled action name: ${name}`)

export const protocolErrors: AwsJsonErrors = {
  unknownOperation: () => new AwsError('UnknownOperationException', 400, ''),
  serialization: () => serialization(),
  credentials: ({ code, message }: CredentialProblem) => new AwsError(code, 400, message),
  bodyTooLarge: () => new AwsError('RequestEntityTooLargeException', 413, 'Request size exceeded'),
  internal,
  body: ({ code, message, details }) => ({ __type: code, message, ...details }),
}
