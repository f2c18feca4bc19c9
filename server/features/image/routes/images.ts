import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { ImageNotFound, StatusConflict } from '../errors.ts'
import { IMAGE } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import { DeletedSchema, ImageParamsSchema, ImageSchema, OwnerQuerySchema, TtlSchema, UpdateImageSchema } from '../schemas.ts'
import { imageKeyOf } from './owner.ts'

const RETRIEVED = 'Image retrieved successfully'
const UPDATED = 'Image updated successfully'
const LIFETIME_SET = 'Lifetime set successfully'
const DELETED = 'Image deleted successfully'

const { imageId, userId } = IMAGE
const noUser = new ValidationFailed([{ path: 'query.userId', reason: 'is required without a token' }])
const busy = new StoreBusy('Table image-processing-metadata')

/** One image: read, change, delete. */
export const imageRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform }> = async (api, { platform: { service } }) => {
  api.get('/images/:imageId', {
    schema: {
      summary: 'One image',
      description: 'Access pattern: get an image. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      response: {
        200: success(ImageSchema, { message: RETRIEVED, data: IMAGE }),
        ...errorResponses(noUser, new ImageNotFound(imageId), busy),
      },
    },
  }, async (request) => {
    return answer(RETRIEVED, await service.get(imageKeyOf(request)))
  })

  api.patch('/images/:imageId', {
    schema: {
      summary: 'Update the processing status of an image',
      description: 'For a processor elsewhere. Access pattern: update the status. One conditional UpdateItem, which also writes every index, ' +
        'StatusIndex twice if the status changes. A status goes from pending to processing, and from there to completed or failed; ' +
        'a step without a status needs the status processing. A step that is sent replaces the old one.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      body: UpdateImageSchema,
      response: {
        200: success(ImageSchema, { message: UPDATED, data: IMAGE }),
        ...errorResponses(
          noUser, new ValidationFailed([{ path: 'body.status', reason: 'must be one of pending, processing, completed, failed' }]),
          new ImageNotFound(imageId), new StatusConflict(imageId, 'completed'), 413, 415, busy
        ),
      },
    },
  }, async (request) => {
    return answer(UPDATED, await service.update(imageKeyOf(request), request.body))
  })

  api.put('/images/:imageId/ttl', {
    schema: {
      summary: 'Set the lifetime of an image',
      description: 'The image expires after so many days from now. A new lifetime replaces the old one. Access pattern: set the lifetime. One ' +
        'GetItem (strongly consistent) and one TransactWriteItems (the item, and its cleanup entry). Access pattern: ' +
        'expired images. At that time the server deletes the item and subtracts it from its owner\'s statistics (one ' +
        'TransactWriteItems), deletes both objects, then the entry (one DeleteItem). It looks for due entries with one Query on StatusIndex ' +
        'every 30 seconds, and within a second of a time that it has set itself.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      body: TtlSchema,
      response: {
        200: success(ImageSchema, { message: LIFETIME_SET, data: { ...IMAGE, ttl: 1_774_958_400 } }),
        ...errorResponses(noUser, new ValidationFailed([{ path: 'body.days', reason: 'must be >= 1' }]), new ImageNotFound(imageId), 413, 415, busy),
      },
    },
  }, async (request) => {
    return answer(LIFETIME_SET, await service.setLifetime(imageKeyOf(request), request.body.days))
  })

  api.delete('/images/:imageId', {
    schema: {
      summary: 'Delete an image',
      description: 'Access pattern: delete an image. One GetItem, one TransactWriteItems (the item, its owner\'s counters, and the entry of ' +
        'its lifetime if it has one), two DeleteObject. ' +
        'It may be deleted while it is processed.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      response: {
        200: success(DeletedSchema, { message: DELETED, data: { imageId, userId } }),
        ...errorResponses(noUser, new ImageNotFound(imageId), busy, new StoreBusy('The object store')),
      },
    },
  }, async (request) => {
    const key = imageKeyOf(request)
    await service.remove(key)
    return answer(DELETED, key)
  })
}
