import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { runWithRequestId } from '../../../core/request-context.ts'
import { errorResponses } from '../../../core/schemas.ts'
import { ImageNotFound } from '../errors.ts'
import { IMAGE } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import { eventsBetween, isDone, type ProgressEvent } from '../progress.ts'
import { ImageParamsSchema, OwnerQuerySchema, type Image, type ImageKey } from '../schemas.ts'
import { imageKeyOf } from './owner.ts'

/** When nothing is heard for so long, the table is asked: another process may be at work. Real time. */
const ASK_MS = 2_000

const { imageId, processingSteps: { resize } } = IMAGE
const EXAMPLE = format({ event: 'step', data: { imageId, step: 'resize', ...resize } }) + format({ event: 'status', data: { imageId, status: 'completed' } })

/** Processing, step by step. */
export const eventRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform }> = async (api, { platform: { images, service, progress } }) => {
  const closing = new AbortController()
  api.addHook('preClose', (done) => {
    closing.abort()
    done()
  })

  /** What has become of an image so far, then what becomes of it, to the last step. */
  async function * follow (key: ImageKey, { first, requestId }: { first: Image, requestId: string }): AsyncGenerator<string> {
    // Resumes when the connection is drained, which may happen in the context of another request.
    const read = () => runWithRequestId(requestId, () => images.get(key, { consistent: true }))
    const inbox = progress.follow(key)
    try {
      let seen: Image | undefined
      // Once more, since something may have happened before anybody listened.
      let image = await read() ?? first
      while (!closing.signal.aborted) {
        const events = eventsBetween(seen, image)
        yield events.length > 0 ? events.map(format).join('') : ': nothing new\n\n'
        if (isDone(image)) return
        seen = image
        const next: Image | undefined = await inbox.next(ASK_MS, closing.signal) ?? await read()
        if (!next) {
          yield format({ event: 'deleted', data: { imageId: key.imageId } })
          return
        }
        image = next
      }
    } finally {
      inbox.close()
    }
  }

  api.get('/images/:imageId/events', {
    // A stream may last longer than any other answer.
    config: { deadline: false },
    schema: {
      summary: 'Follow the processing of an image',
      description: 'Server-sent events: `step` for each step that begins or ends, `status` when the status changes, beginning with past ' +
        'events. The stream ends with the status `completed` or `failed`, or with `deleted`. Access pattern: follow the processing. Two GetItem, ' +
        'and one more every 2 s without an event.',
      tags: ['images'],
      params: ImageParamsSchema,
      querystring: OwnerQuerySchema,
      response: {
        200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } } },
        ...errorResponses(
          new ValidationFailed([{ path: 'query.userId', reason: 'is required without a token' }]), new ImageNotFound(imageId),
          new StoreBusy('Table image-processing-metadata')
        ),
      },
    },
  }, async (request, reply) => {
    const key = imageKeyOf(request)
    const first = await service.get(key)
    return send(reply, follow(key, { first, requestId: request.id }))
  })
}

/** The schema's type of the answer is its text; it is sent as it comes. */
function send (reply: FastifyReply, events: AsyncIterable<string>): FastifyReply {
  return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-store').send(Readable.from(events))
}

function format ({ event, data }: ProgressEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
