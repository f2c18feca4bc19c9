import { backOff } from '../../aws/transact.ts'
import { isoTime, type Clock } from '../../core/clock.ts'
import { keyPart } from '../../core/ids.ts'
import type { PageKey } from '../../core/page-token.ts'
import type { InTurn } from '../../core/turns.ts'
import type { Assistant } from './assistant/assistant.ts'
import { ConversationContended, ConversationNotFound } from './errors.ts'
import type { Conversations } from './repositories/conversations.ts'
import type { Entries, StoredEntry } from './repositories/entries.ts'
import type { Messages, MessagesQuery } from './repositories/messages.ts'
import { transact, type ChatStore } from './repositories/store.ts'
import type { Citation, CreateMessage, Message } from './schemas.ts'

/** Other processes may write to the conversation too; each failed attempt means that another one has succeeded. */
const MOST_MOVES = 50
const EPOCH = isoTime(0)

/** A conversation as its user names it. */
export interface Addressed { userId: string, conversationId: string }

interface Said {
  said: CreateMessage
  /** The time of a message that exists. */
  after?: string
}

export interface MessageServiceOptions {
  store: ChatStore
  conversations: Conversations
  entries: Entries
  messages: Messages
  assistant: Assistant
  clock: Clock
  /** Queued by the key of a conversation. */
  inTurn: InTurn<Message>
}

/** Accepts, lists and answers messages. */
export function createMessageService ({ store, conversations, entries, messages, assistant, clock, inTurn }: MessageServiceOptions) {
  /**
   * Writes a message, together with the entry of the list. Its time is the clock's or, if that is taken, the first
   * millisecond after the last message: times are in the order in which messages were accepted.
   */
  async function append ({ userId, conversationId }: Addressed, { said, after }: Said): Promise<Message> {
    for (let at = Math.max(clock.now(), Date.parse(after ?? EPOCH) + 1), moves = 0; moves < MOST_MOVES; moves++) {
      if (moves > 1) await backOff(moves)
      const message: Message = { conversationId, timestamp: isoTime(at), ...said }
      const refused = await transact(store, { message: messages.creation(userId, message), entry: entries.activity(userId, message) })
      if (refused.size === 0) return message
      const entry = refused.get('entry') as StoredEntry | undefined // the item at the key of an entry is an entry
      if (refused.has('entry') && (!entry || entry.deletingAt !== undefined)) throw new ConversationNotFound(conversationId)
      at = Math.max(at, Date.parse(entry?.lastMessage?.timestamp ?? EPOCH)) + 1
    }
    throw new ConversationContended()
  }

  const appendInTurn = (to: Addressed, { said, after }: Said) =>
    inTurn(`${keyPart(to.userId)}/${keyPart(to.conversationId)}`, (before) => append(to, { said, after: before?.timestamp ?? after }))

  return {
    /**
     * Access pattern "new message": one TransactWriteItems. Messages of one conversation are queued in this
     * process, since DynamoDB refuses conflicting transactions.
     * @throws 404 the user has no such conversation; 503 other processes keep writing to it
     */
    post (to: Addressed, said: CreateMessage): Promise<Message> {
      return appendInTurn(to, { said })
    },

    /**
     * Gets the assistant's answer to a message of this user, and writes it as the next message.
     * @param onText  called with each piece of the answer as it comes
     * @throws like {@link post}
     */
    async reply (userId: string, { conversationId, timestamp, content: question }: Message, onText: (text: string) => void = () => {}): Promise<Message> {
      let content = ''
      const citations: Citation[] = []
      for await (const part of assistant.answer(question)) {
        if ('citation' in part) {
          citations.push(part.citation)
        } else {
          content += part.text
          onText(part.text)
        }
      }
      const said: CreateMessage = { role: 'assistant', content, ...citations.length > 0 && { citations } }
      return appendInTurn({ userId, conversationId }, { said, after: timestamp })
    },

    /**
     * A page of messages: one Query. An empty one does not show the owner, which then needs a GetItem.
     * @throws 404 the user has no such conversation
     */
    async list (query: MessagesQuery): Promise<{ items: Message[], lastKey?: PageKey }> {
      const { userId, conversationId } = query
      const page = await messages.list(query)
      const isTheirs = page && (page.items.length > 0 || await conversations.get(userId, conversationId) !== undefined)
      if (!isTheirs) throw new ConversationNotFound(conversationId)
      return page
    },
  }
}

export type MessageService = ReturnType<typeof createMessageService>
