import { PassThrough, type Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { ApiError, InternalError } from '../../core/errors.ts'
import { envelope } from '../../core/schemas.ts'
import { QUESTION, REPLY } from './examples.ts'
import type { Message } from './schemas.ts'

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export const EVENT_STREAM = 'text/event-stream'

const event = (name: 'message' | 'delta' | 'reply' | 'error', data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

export const STREAM_EXAMPLE = event('message', QUESTION) + event('delta', { text: 'Close' }) + event('delta', { text: ' the book ...' }) + event('reply', REPLY)

/** Whether the client accepts a stream, by name. */
export function isStreamWanted ({ headers: { accept = '' } }: Pick<FastifyRequest, 'headers'>): boolean {
  return accept.split(',').some((range) => range.split(';', 1)[0]!.trim().toLowerCase() === EVENT_STREAM)
}

/**
 * The answer to a message as a stream of events, from the message to the stored reply. A client that disconnects stops the
 * stream, not the answer.
 * @param options.answer  answers the message, and reports each piece of text as it comes
 */
export function replyStream (message: Message, options: { request: FastifyRequest, answer: (onText: (text: string) => void) => Promise<Message> }): Readable {
  const { request, answer } = options
  const stream = new PassThrough()
  const send = (text: string) => { if (!stream.destroyed) stream.write(text) }

  send(event('message', message))
  void answer((text) => send(event('delta', { text }))).then((reply) => event('reply', reply), (error: unknown) => {
    const shown = error instanceof ApiError ? error : new InternalError()
    if (shown.statusCode >= 500) request.log.error({ err: error }, 'the answer to a message failed')
    return event('error', envelope(shown, request.id))
  }).then((last) => {
    send(last)
    stream.end()
  })
  return stream
}
