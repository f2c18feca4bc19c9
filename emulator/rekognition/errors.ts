import type { CredentialProblem } from '../core/credentials.ts'
import { AwsError } from '../core/errors.ts'
import type { AwsJsonErrors } from '../core/protocol/aws-json.ts'
import type { PictureFault } from './faces/face-engine.ts'

export const validation = (message: string): AwsError => new AwsError('ValidationException', 400, message)

export const serialization = (message = ''): AwsError => new AwsError('SerializationException', 400, message)

export const invalidParameter = (message = 'Request has invalid parameters'): AwsError =>
  new AwsError('InvalidParameterException', 400, message)

export const invalidImageFormat = (): AwsError =>
  new AwsError('InvalidImageFormatException', 400, 'Request has invalid image format')

export const imageTooLarge = (): AwsError => new AwsError('ImageTooLargeException', 400, 'Image size is too large')

export const invalidS3Object = (): AwsError => new AwsError(
  'InvalidS3ObjectException', 400, 'Unable to get object metadata from S3. Check object key, region and/or access permissions.')

export const accessDenied = (message = 'User is not authorized to perform this action'): AwsError =>
  new AwsError('AccessDeniedException', 400, message)

export const provisionedThroughputExceeded = (): AwsError =>
  new AwsError('ProvisionedThroughputExceededException', 400, 'Provisioned Rate exceeded')

export const throttling = (): AwsError =>
  new AwsError('ThrottlingException', 400, 'Slow down; sudden increase in rate of requests')

export const internalServerError = (): AwsError => new AwsError('InternalServerError', 500, 'Internal server error')

export const noFaceToSearchBy = (): AwsError => invalidParameter('There are no faces in the image. Should be at least 1.')

export const faceNotFound = (): AwsError => invalidParameter('faceId was not found in the collection')

/** A member that AWS honours and Sandtable does not; GAPS.md lists them. */
export const notEmulated = (member: string): AwsError => invalidParameter(`Sandtable does not emulate the parameter ${member}`)

export const collectionNotFound = (id: string): AwsError =>
  new AwsError('ResourceNotFoundException', 400, `The collection id: ${id} does not exist`)

export const collectionExists = (id: string): AwsError =>
  new AwsError('ResourceAlreadyExistsException', 400, `The collection id: ${id} already exists`)

export const collectionFull = (id: string): AwsError =>
  new AwsError('ServiceQuotaExceededException', 400, `The collection id: ${id} has the maximum number of faces`)

export const invalidToken = (): AwsError => new AwsError('InvalidPaginationTokenException', 400, 'Invalid Token')

/** The error of a picture that an engine refuses. */
export const pictureFaults: Readonly<Record<PictureFault, () => AwsError>> = {
  format: invalidImageFormat,
  'too-large': imageTooLarge,
  'too-small': invalidParameter,
}

/** The errors that can be arranged for a picture: those that the operations on images declare. */
export const arrangeable = {
  AccessDeniedException: () => accessDenied(),
  ImageTooLargeException: imageTooLarge,
  InternalServerError: internalServerError,
  InvalidImageFormatException: invalidImageFormat,
  InvalidParameterException: () => invalidParameter(),
  InvalidS3ObjectException: invalidS3Object,
  ProvisionedThroughputExceededException: provisionedThroughputExceeded,
  ThrottlingException: throttling,
} satisfies Record<string, () => AwsError>

export type ArrangeableError = keyof typeof arrangeable

/** Errors of the protocol itself, and the body of every error. */
export const protocolErrors: AwsJsonErrors = {
  unknownOperation: () => new AwsError('UnknownOperationException', 400, ''),
  serialization: () => serialization(),
  credentials: ({ code, message }: CredentialProblem) => new AwsError(code, 400, message),
  bodyTooLarge: () => new AwsError('RequestEntityTooLargeException', 413, 'Request size exceeded'),
  internal: internalServerError,
  body: ({ code, message }, requestId) => ({ __type: code, Code: code, Logref: requestId, Message: message }),
}
