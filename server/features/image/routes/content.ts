import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ObjectNotFound, RangeNotSatisfiable, type ObjectStore } from '../../../aws/object-store.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses } from '../../../core/schemas.ts'
import { ImageNotFound, NotProcessed, ObjectGone } from '../errors.ts'
import { IMAGE } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import { ImageParamsSchema, OwnerQuerySchema, RangeHeadersSchema } from '../schemas.ts'
import { imageKeyOf } from './owner.ts'

const { imageId } = IMAGE

/** A client may be slow to take the bytes. */
const SLOW = { deadline: false } as const

const bytes = (description: string) => ({
  description,
  content: Object.fromEntries(['image/jpeg', 'image/png', 'image/webp'].map((type) => [type, { schema: { type: 'string', contentMediaType: type }, example: '(bytes)' }])),
})

const response = {
  200: bytes('The image'),
  206: bytes('The part of the image that `Range` asks for'),
  304: { description: 'The ETag matches `If-None-Match`', type: 'null' },
  ...errorResponses(
    new ValidationFailed([{ path: 'query.userId', reason: 'is required without a token' }]), new ImageNotFound(imageId),
    new ObjectGone('original', imageId), new RangeNotSatisfiable(), new StoreBusy('The object store')
  ),
}

/** The images themselves. */
export const contentRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform, objects: ObjectStore }> = async (api, { platform: { service }, objects }) => {
  /** Passes an object on as it comes, with what S3 says of it. */
  async function send (reply: FastifyReply, request: FastifyRequest, { key, what, imageId }: { key: string, what: string, imageId: string }) {
    // Node joins repeated ones, also where its types know only some of them.
    const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers as { range?: string, 'if-range'?: string, 'if-none-match'?: string }
    const found = await objects.open(key, { range, ifRange, ifNoneMatch }).catch((error: unknown) => {
      throw error instanceof ObjectNotFound ? new ObjectGone(what, imageId) : error
    })
    reply.header('etag', found.etag).header('accept-ranges', 'bytes').header('cache-control', 'private, no-cache')
    if (found.kind === 'unchanged') return reply.code(304).send()
    reply.type(found.contentType ?? 'application/octet-stream').header('content-length', found.size).header('x-content-type-options', 'nosniff')
    if (found.kind === 'part') reply.code(206).header('content-range', found.contentRange)
    return reply.send(found.body)
  }

  api.get('/images/:imageId/original', {
    config: SLOW,
    schema: {
      summary: 'The image as it was uploaded',
      description: 'Access pattern: get the original. One GetItem, 0.5 RCU for each 4 KB, and one GetObject, whose bytes are streamed.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      headers: RangeHeadersSchema,
      response,
    },
  }, async (request, reply) => {
    const { imageId, originalS3Key: key } = await service.get(imageKeyOf(request))
    return send(reply, request, { key, what: 'original', imageId })
  })

  api.get('/images/:imageId/processed', {
    config: SLOW,
    schema: {
      summary: 'The processed image',
      description: 'Access pattern: get the processed image. One GetItem, 0.5 RCU for each 4 KB, and one GetObject, whose bytes are passed on as ' +
        'they come.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      headers: RangeHeadersSchema,
      response: { ...response, ...errorResponses(new NotProcessed(imageId, 'processing')) },
    },
  }, async (request, reply) => {
    const { imageId, status, processedS3Key: key } = await service.get(imageKeyOf(request))
    if (status !== 'completed') throw new NotProcessed(imageId, status)
    // One that was completed elsewhere need not have brought its image.
    if (key === undefined) throw new ObjectGone('processed image', imageId)
    return send(reply, request, { key, what: 'processed image', imageId })
  })
}
