import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import type { Chat } from '../chat.ts'
import { ConversationContended, ConversationNotFound, MessageNotFound } from '../errors.ts'
import { EVENT_STREAM, isStreamWanted, replyStream, STREAM_EXAMPLE } from '../event-stream.ts'
import { PAGE_TOKEN, QUESTION, REPLY } from '../examples.ts'
import {
  ConversationParamsSchema, CreatedMessageSchema, CreateMessageQuerySchema, CreateMessageSchema, MessagePageSchema, MessageParamsSchema, MessageSchema,
  QueryMessagesSchema,
} from '../schemas.ts'
import { messagesScope } from './page-scopes.ts'
import { SIGNED_IN } from './signed-in.ts'

const POSTED = 'Message posted successfully'
const RETRIEVED = 'Message retrieved successfully'

const { conversationId, timestamp } = QUESTION
const busy = new StoreBusy('Table learning-navigator')
const notFound = new ConversationNotFound(conversationId)
const badId = new ValidationFailed([{ path: 'params.conversationId', reason: 'must NOT have more than 256 characters' }])
const created = success(CreatedMessageSchema, { message: POSTED, data: { ...QUESTION, reply: REPLY } })

/** The messages of the caller's conversations. */
export const messageRoutes: FastifyPluginAsyncTypebox<{ chat: Chat, pageTokens: PageTokens }> = async (api, { chat, pageTokens }) => {
  const { messages, messageService } = chat

  api.get('/conversations/:conversationId/messages', {
    config: SIGNED_IN,
    schema: {
      summary: 'The messages of a conversation, oldest or newest first',
      description: 'Access pattern: messages of a conversation. One Query, 0.5 RCU for each 4 KB read, and one GetItem if there are none. A ' +
        'page is shorter than its limit if its messages exceed 1 MB; the last page is the one whose lastEvaluatedKey is null.',
      tags: ['chat'],
      params: ConversationParamsSchema,
      querystring: QueryMessagesSchema,
      response: {
        200: success(MessagePageSchema, { message: 'Retrieved 1 messages', data: { count: 1, data: [QUESTION], lastEvaluatedKey: PAGE_TOKEN } }),
        ...errorResponses(badId, new InvalidPageToken(), notFound, busy),
      },
    },
  }, async (request) => {
    const { params: { conversationId }, query: { order, limit, lastEvaluatedKey } } = request
    const asked = { userId: callerOf(request).id, conversationId, order }
    const scope = messagesScope(asked)
    const { items, lastKey } = await messageService.list({ ...asked, limit, startKey: pageTokens.decode(scope, lastEvaluatedKey) })
    return answer(`Retrieved ${items.length} messages`, { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) })
  })

  api.get('/conversations/:conversationId/messages/:timestamp', {
    config: SIGNED_IN,
    schema: {
      summary: 'One message',
      description: 'Access pattern: one message. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['chat'],
      params: MessageParamsSchema,
      response: {
        200: success(MessageSchema, { message: RETRIEVED, data: REPLY }),
        ...errorResponses(badId, new MessageNotFound(conversationId, timestamp), busy),
      },
    },
  }, async (request) => {
    const { conversationId, timestamp } = request.params
    const message = await messages.get({ userId: callerOf(request).id, conversationId, timestamp })
    if (!message) throw new MessageNotFound(conversationId, timestamp)
    return answer(RETRIEVED, message)
  })

  api.post('/conversations/:conversationId/messages', {
    config: SIGNED_IN,
    schema: {
      summary: 'Post a message, and get an answer',
      description: 'Access pattern: new message. One TransactWriteItems of the message and the entry in your list, with its lastMessage and ' +
        'unread: 2 WCU for each KB of both, and 2 of the index. A message in the same millisecond as the last one, or before it because the clock was set back, gets a time one millisecond ' +
        'after it. With ?reply=true, or when text/event-stream is accepted, the assistant answers: Access pattern: new message with ' +
        'a reply. One more such transaction. The stream has the events `message` (yours, as stored), `delta` (text of the answer), `reply` (the ' +
        'answer, as stored) or `error`; the answer is stored even if the client disconnects.',
      tags: ['chat'],
      params: ConversationParamsSchema,
      querystring: CreateMessageQuerySchema,
      body: CreateMessageSchema,
      response: {
        201: {
          description: 'Done',
          content: {
            'application/json': { schema: Type.Object(created.properties), example: { status: 'success', message: POSTED, data: { ...QUESTION, reply: REPLY } } },
            [EVENT_STREAM]: { schema: Type.String(), example: STREAM_EXAMPLE },
          },
        },
        ...errorResponses(
          badId, new ValidationFailed([{ path: 'body.content', reason: 'is required' }]), notFound, 413, 415, busy, new ConversationContended()
        ),
      },
    },
  }, async (request, reply) => {
    const { params: { conversationId }, query, body } = request
    const userId = callerOf(request).id
    const isStreamed = isStreamWanted(request)
    const isAnswered = query.reply || isStreamed
    if (isAnswered && body.role !== 'user') throw new ValidationFailed([{ path: 'body.role', reason: 'must be user if an answer is requested' }])
    const message = await messageService.post({ userId, conversationId }, body)
    reply.code(201).header('location', `/api/chat/conversations/${conversationId}/messages/${message.timestamp}`)
    if (isStreamed) {
      reply.type(EVENT_STREAM).header('cache-control', 'no-store')
      const stream = replyStream(message, { request, answer: (onText) => messageService.reply(userId, message, onText) })
      return reply.send(stream as unknown as string) // the schema knows it, and the stream is made of it
    }
    return answer(POSTED, isAnswered ? { ...message, reply: await messageService.reply(userId, message) } : message)
  })
}
