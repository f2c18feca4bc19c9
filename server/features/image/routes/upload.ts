import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import { answer } from '../../../core/answer.ts'
import { NotYourself } from '../../../auth/errors.ts'
import { subjectOf } from '../../../auth/user.ts'
import { PayloadTooLarge, StoreBusy, UnsupportedMediaType, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { NotAnImage, TooManyPixels, UploadMissing } from '../errors.ts'
import { IMAGE } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import { AcceptedSchema, UploadFormSchema } from '../schemas.ts'
import { readUploadForm } from '../upload-form.ts'

const ACCEPTED = 'Image accepted for processing'

const { imageId, userId } = IMAGE

/** Where images come in. */
export const uploadRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform, uploads: FastifyPluginAsync, maxPixels: number }> = async (api, options) => {
  const { platform: { uploadService }, uploads, maxPixels } = options
  await api.register(uploads)
  api.post('/images', {
    schema: {
      summary: 'Upload an image',
      description: 'A form (multipart/form-data): the image as `file`, JPEG, PNG or WebP by its content, and fields. It is processed afterwards: ' +
        'follow `Location`, or its events. Access pattern: upload. One PutObject, and one TransactWriteItems with the item and its owner\'s ' +
        'counters; for the first image of a user, also a failed transaction and a PutItem of the profile.',
      tags: ['images'],
      consumes: ['multipart/form-data'],
      body: { content: { 'multipart/form-data': { schema: UploadFormSchema } } },
      response: {
        202: success(AcceptedSchema, { message: ACCEPTED, data: { imageId, userId, status: 'pending' } }),
        ...errorResponses(
          new UploadMissing(), new NotAnImage('notes.txt'), new ValidationFailed([{ path: 'body.tags.0', reason: 'must NOT have more than 64 characters' }]),
          new NotYourself(userId), new PayloadTooLarge(), new UnsupportedMediaType('text/plain'), new TooManyPixels(20_000, 20_000, 100),
          new StoreBusy('Table image-processing-metadata'), new StoreBusy('The object store')
        ),
      },
    },
  }, async (request, reply) => {
    if (!request.isMultipart()) throw new UnsupportedMediaType(request.headers['content-type'] ?? 'that is missing')
    const { fields, image: upload } = await readUploadForm(request, { maxPixels })
    try {
      const owner = subjectOf(request, { id: fields.userId, path: 'body.userId' })
      const { imageId, userId } = await uploadService.accept({ userId: owner, fields, upload })
      reply.code(202).header('location', `/api/images/${imageId}?userId=${encodeURIComponent(userId)}`)
      return answer(ACCEPTED, { imageId, userId, status: 'pending' as const })
    } finally {
      await upload.bytes.close()
    }
  })
}
