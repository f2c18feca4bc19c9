import { isoTime, type Clock } from '../../core/clock.ts'
import { sortableId } from '../../core/sortable-id.ts'
import { ConversationNotFound } from './errors.ts'
import type { Addressed } from './message-service.ts'
import type { Conversations } from './repositories/conversations.ts'
import type { Entries } from './repositories/entries.ts'
import type { Messages } from './repositories/messages.ts'
import { transact, type ChatStore } from './repositories/store.ts'
import type { Conversation } from './schemas.ts'

/** Messages that one request deletes: that takes a second or two of a request's 30. */
const MOST_DELETED = 10_000

export interface ConversationServiceOptions {
  store: ChatStore
  conversations: Conversations
  entries: Entries
  messages: Messages
  clock: Clock
}

/** Creates and deletes conversations, which are two items and their messages. */
export function createConversationService ({ store, conversations, entries, messages, clock }: ConversationServiceOptions) {
  return {
    /** Access pattern "start a conversation": one TransactWriteItems of the conversation and its entry in the list. */
    async start (userId: string, title?: string): Promise<Conversation> {
      const now = clock.now()
      const conversation: Conversation = { conversationId: sortableId('conv', now), userId, title, startedAt: isoTime(now) }
      await transact(store, { conversation: conversations.creation(conversation), entry: entries.creation(conversation) })
      return conversation
    },

    /**
     * Access pattern "delete a conversation": all its items, in batches. First a transaction marks both items: from
     * then on no list shows the conversation, and no message can be added, since every message is written on the condition that
     * there is no mark. The two items are deleted last, so that the same request resumes an interrupted deletion.
     * @param most  messages to delete by this request
     * @throws 404 the user has no such conversation, or no longer
     */
    async remove ({ userId, conversationId }: Addressed, most = MOST_DELETED): Promise<{ deletedMessages: number, complete: boolean }> {
      const at = isoTime(clock.now())
      const refused = await transact(store, {
        entry: entries.deletion(userId, conversationId, at),
        conversation: conversations.deletion(conversationId, at),
      })
      if (refused.size > 0) throw new ConversationNotFound(conversationId)
      const { deleted, complete } = await messages.deleteAll(conversationId, most)
      if (complete) {
        await transact(store, { entry: entries.removal(userId, conversationId), conversation: conversations.removal(conversationId) })
      }
      return { deletedMessages: deleted, complete }
    },
  }
}

export type ConversationService = ReturnType<typeof createConversationService>
