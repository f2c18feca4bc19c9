import type { AccessRequest, ServiceAccess } from '../core/access.ts'
import type { RekognitionContext } from './context.ts'
import { accessDenied, invalidS3Object } from './errors.ts'

interface Picture { S3Object?: { Bucket?: string, Name?: string } }

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrekognition.html */
export const access: ServiceAccess<RekognitionContext> = {
  requests (operation, given, { account, region }) {
    const { CollectionId, ...pictures } = given as { CollectionId?: string, Image?: Picture, SourceImage?: Picture, TargetImage?: Picture } // of one of the operations
    const action = `rekognition:${operation}`
    const objects = [pictures.Image, pictures.SourceImage, pictures.TargetImage].flatMap((picture) => picture?.S3Object ?? [])
    return [
      CollectionId === undefined ? { action, resource: '*', shown: '' } : { action, resource: `arn:aws:rekognition:${region}:${account}:collection/${CollectionId}` },
      // Rekognition reads pictures with the rights of its caller.
      ...objects.map(({ Bucket, Name }): AccessRequest => ({ action: 's3:GetObject', resource: `arn:aws:s3:::${Bucket}/${Name}` })),
    ]
  },
  denied: ({ action, message }) => action.startsWith('s3:') ? invalidS3Object() : accessDenied(message),
}
