import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, PageQuerySchema, success } from '../../../core/schemas.ts'
import type { Chat } from '../chat.ts'
import { ConversationNotFound } from '../errors.ts'
import { CONVERSATION, ENTRY, PAGE_TOKEN, QUESTION } from '../examples.ts'
import {
  ConversationEntryPageSchema, ConversationEntrySchema, ConversationParamsSchema, ConversationSchema, ConversationWithMessagesSchema,
  CreateConversationSchema, DeletedConversationSchema, QueryConversationSchema,
} from '../schemas.ts'
import { messagesScope } from './page-scopes.ts'
import { allowNoBody, SIGNED_IN } from './signed-in.ts'

const STARTED = 'Conversation started successfully'
const RETRIEVED = 'Conversation retrieved successfully'
const READ = 'Conversation marked as read'
const DELETED = 'Conversation deleted successfully'
const DELETING = 'A part of the conversation is deleted - send the same request again to delete the rest'

const { conversationId } = CONVERSATION
const busy = new StoreBusy('Table learning-navigator')
const notFound = new ConversationNotFound(conversationId)
const badId = new ValidationFailed([{ path: 'params.conversationId', reason: 'must NOT have more than 256 characters' }])

/** The caller's conversations. */
export const conversationRoutes: FastifyPluginAsyncTypebox<{ chat: Chat, pageTokens: PageTokens }> = async (api, { chat, pageTokens }) => {
  const { conversations, entries, messages, conversationService } = chat

  api.post('/conversations', {
    config: SIGNED_IN,
    preValidation: allowNoBody,
    schema: {
      summary: 'Start a conversation',
      description: 'Access pattern: start a conversation. One TransactWriteItems of the conversation and its entry in your list: 4 WCU, and 2 of the index.',
      tags: ['chat'],
      body: CreateConversationSchema,
      response: {
        201: success(ConversationSchema, { message: STARTED, data: CONVERSATION }),
        ...errorResponses(new ValidationFailed([{ path: 'body.title', reason: 'must NOT have more than 200 characters' }]), 413, 415, busy),
      },
    },
  }, async (request, reply) => {
    const conversation = await conversationService.start(callerOf(request).id, request.body.title)
    reply.code(201).header('location', `/api/chat/conversations/${conversation.conversationId}`)
    return answer(STARTED, conversation)
  })

  api.get('/conversations', {
    config: SIGNED_IN,
    schema: {
      summary: 'Your conversations, latest activity first',
      description: 'Access pattern: conversations of a user. One Query on the index, 0.5 RCU for each 4 KB read. A conversation in which ' +
        'a message is posted while you read the pages moves to the first one.',
      tags: ['chat'],
      querystring: PageQuerySchema,
      response: {
        200: success(ConversationEntryPageSchema, { message: 'Retrieved 1 conversations', data: { count: 1, data: [ENTRY], lastEvaluatedKey: PAGE_TOKEN } }),
        ...errorResponses(new ValidationFailed([{ path: 'query.limit', reason: 'must be >= 1' }]), new InvalidPageToken(), busy),
      },
    },
  }, async (request) => {
    const { limit, lastEvaluatedKey } = request.query
    const userId = callerOf(request).id
    const scope = `chat/conversations/${userId}`
    const { items, lastKey } = await entries.list({ userId, limit, startKey: pageTokens.decode(scope, lastEvaluatedKey) })
    return answer(`Retrieved ${items.length} conversations`, { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) })
  })

  api.get('/conversations/:conversationId', {
    config: SIGNED_IN,
    schema: {
      summary: 'One conversation',
      description: 'Access pattern: one conversation. One GetItem, 0.5 RCU. With ?messages= its first messages come with it: Access pattern: ' +
        'a conversation with its first messages. One Query instead, 0.5 RCU for each 4 KB; its token continues in the list of messages.',
      tags: ['chat'],
      params: ConversationParamsSchema,
      querystring: QueryConversationSchema,
      response: {
        200: success(ConversationWithMessagesSchema, {
          message: RETRIEVED,
          data: { ...CONVERSATION, messages: { count: 1, data: [QUESTION], lastEvaluatedKey: PAGE_TOKEN } },
        }),
        ...errorResponses(badId, notFound, busy),
      },
    },
  }, async (request) => {
    const { params: { conversationId }, query: { messages: limit } } = request
    const userId = callerOf(request).id
    if (limit === 0) {
      const conversation = await conversations.get(userId, conversationId)
      if (!conversation) throw new ConversationNotFound(conversationId)
      return answer(RETRIEVED, conversation)
    }
    const found = await messages.withConversation({ userId, conversationId, limit })
    if (!found) throw new ConversationNotFound(conversationId)
    const { conversation, items, lastKey } = found
    const lastEvaluatedKey = pageTokens.encode(messagesScope({ userId, conversationId, order: 'asc' }), lastKey)
    return answer(RETRIEVED, { ...conversation, messages: { count: items.length, data: items, lastEvaluatedKey } })
  })

  api.post('/conversations/:conversationId/read', {
    config: SIGNED_IN,
    schema: {
      summary: 'Mark a conversation as read',
      description: 'Access pattern: mark as read. One conditional UpdateItem: 1 WCU, and 1 of the index.',
      tags: ['chat'],
      params: ConversationParamsSchema,
      response: {
        200: success(ConversationEntrySchema, { message: READ, data: { ...ENTRY, unread: 0 } }),
        ...errorResponses(badId, notFound, busy),
      },
    },
  }, async (request) => {
    const { conversationId } = request.params
    const entry = await entries.markRead(callerOf(request).id, conversationId)
    if (!entry) throw new ConversationNotFound(conversationId)
    return answer(READ, entry)
  })

  api.delete('/conversations/:conversationId', {
    config: SIGNED_IN,
    schema: {
      summary: 'Delete a conversation with all its messages',
      description: 'Access pattern: delete a conversation. One TransactWriteItems, after which no message can be added, then a strongly ' +
        'consistent Query for every 100 messages and a BatchWriteItem for every 25, and one TransactWriteItems at the end. At most 10,000 ' +
        'messages a request: 202 means that there are more. The same request resumes an interrupted deletion.',
      tags: ['chat'],
      params: ConversationParamsSchema,
      response: {
        200: success(DeletedConversationSchema, { message: DELETED, data: { conversationId, deletedMessages: 42, complete: true } }),
        202: success(DeletedConversationSchema, { message: DELETING, data: { conversationId, deletedMessages: 10_000, complete: false } }),
        ...errorResponses(badId, notFound, busy),
      },
    },
  }, async (request, reply) => {
    const { conversationId } = request.params
    const removed = await conversationService.remove({ userId: callerOf(request).id, conversationId })
    reply.code(removed.complete ? 200 : 202)
    return answer(removed.complete ? DELETED : DELETING, { conversationId, ...removed })
  })
}
