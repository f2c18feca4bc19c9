import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { NotYourself } from '../../../auth/errors.ts'
import { subjectOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed, type Fault } from '../../../core/errors.ts'
import { originalsOf, processedOf } from '../../../core/object-folders.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { IMAGE } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import { CreatedManySchema, CreateManySchema, GetManySchema, GotManySchema, type NewImage } from '../schemas.ts'

const { imageId, userId, originalS3Key } = IMAGE
const busy = new StoreBusy('Table image-processing-metadata')

/** Many images in one request. */
export const batchRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform }> = async (api, { platform: { bulkService } }) => {
  api.post('/images/batch', {
    schema: {
      summary: 'Write the records of up to 500 images',
      description: 'Their bytes must already be in the object store, below their owner\'s `uploads/` and `processed/`. Access pattern: create many. ' +
        'BatchWriteItem, 25 a call; unprocessed items are sent again with exponential backoff and jitter; and one UpdateItem of each ' +
        'owner\'s counters. Not a transaction: the answer says for each image whether it was written. 207 if some were not, 503 if none was.',
      tags: ['images'],
      body: CreateManySchema,
      response: {
        201: success(CreatedManySchema, {
          message: 'Wrote 1 of 1 images',
          data: { written: 1, failed: 0, images: [{ imageId, userId, originalS3Key, outcome: 'written' }] },
        }),
        207: success(CreatedManySchema, {
          message: 'Wrote 1 of 2 images',
          data: { written: 1, failed: 1, images: [{ imageId, userId, originalS3Key, outcome: 'written' }, { userId, originalS3Key, outcome: 'not written' }] },
        }),
        ...errorResponses(new ValidationFailed([{ path: 'body.images.0.originalS3Key', reason: 'must begin with uploads/user_12345678/' }]), new NotYourself(userId), 413, 415, busy),
      },
    },
  }, async (request, reply) => {
    const all = request.body.images.map((image, index) => ({ ...image, userId: subjectOf(request, { id: image.userId, path: `body.images.${index}.userId` }) }))
    const faults = all.flatMap(keyFaults)
    if (faults.length > 0) throw new ValidationFailed(faults)
    const images = (await bulkService.createMany(all)).map(({ image: { imageId, userId, originalS3Key }, isWritten }) =>
      isWritten ? { imageId, userId, originalS3Key, outcome: 'written' as const } : { userId, originalS3Key, outcome: 'not written' as const })
    const written = images.filter(({ outcome }) => outcome === 'written').length
    reply.code(written === images.length ? 201 : 207)
    return answer(`Wrote ${written} of ${images.length} images`, { written, failed: images.length - written, images })
  })

  api.post('/images/batch-get', {
    schema: {
      summary: 'Up to 100 images by their keys',
      description: 'Access pattern: get many. One BatchGetItem, 0.5 RCU for each 4 KB of each image; unprocessed keys are requested again. ' +
        'The images are in the requested order; the keys of missing ones are listed.',
      tags: ['images'],
      body: GetManySchema,
      response: {
        200: success(GotManySchema, { message: 'Retrieved 1 of 2 images', data: { images: [IMAGE], absent: [{ imageId: 'img_0mm7r4u80ffffffffffffffff', userId }] } }),
        ...errorResponses(new ValidationFailed([{ path: 'body.keys', reason: 'must NOT have more than 100 items' }]), new NotYourself(userId), 413, 415, busy),
      },
    },
  }, async (request) => {
    const keys = request.body.keys.map(({ imageId, userId }, index) => ({
      imageId, userId: subjectOf(request, { id: userId, path: `body.keys.${index}.userId` }),
    }))
    const { images, absent } = await bulkService.getMany(keys)
    return answer(`Retrieved ${images.length} of ${keys.length} images`, { images, absent })
  })
}

/** An image names objects of its owner alone, since a reader of the image may read these. */
function keyFaults ({ userId, originalS3Key, processedS3Key, status }: NewImage & { userId: string }, index: number): Fault[] {
  const path = `body.images.${index}`
  const [originals, processed] = [originalsOf(userId), processedOf(userId)]
  return [
    ...originalS3Key.startsWith(originals) ? [] : [{ path: `${path}.originalS3Key`, reason: `must begin with ${originals}` }],
    ...processedS3Key?.startsWith(processed) ?? true ? [] : [{ path: `${path}.processedS3Key`, reason: `must begin with ${processed}` }],
    ...processedS3Key === undefined || status === 'completed' ? [] : [{ path: `${path}.processedS3Key`, reason: 'is for completed images' }],
  ]
}
