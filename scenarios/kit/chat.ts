import type { Conversation, ConversationEntry, CreateMessage, Message } from '../../server/features/chat/schemas.ts'
import type { ApiClient, Page } from './api-client.ts'
import { made } from './given.ts'

export const CONVERSATIONS = '/api/chat/conversations'
export const INDEX = 'GSI1PK-GSI1SK-index'

export const pathOf = ({ conversationId }: Pick<Conversation, 'conversationId'>) => `${CONVERSATIONS}/${conversationId}`
export const messagesOf = (conversation: Pick<Conversation, 'conversationId'>) => `${pathOf(conversation)}/messages`

/** Starts a conversation, and says something in it. Throws when it cannot. */
export async function conversationWith (api: ApiClient, said: readonly (string | CreateMessage)[] = []): Promise<{ conversation: Conversation, messages: Message[] }> {
  const conversation = made(await api.post<Conversation>(CONVERSATIONS, { title: 'Learning to learn' }))
  const messages: Message[] = []
  for (const one of said) {
    messages.push(made(await api.post<Message>(messagesOf(conversation), typeof one === 'string' ? { role: 'user', content: one } : one)))
  }
  return { conversation, messages }
}

/** A conversation as the list of its user shows it. */
export async function entryOf (api: ApiClient, { conversationId }: Conversation): Promise<ConversationEntry | undefined> {
  const { data } = made(await api.get<Page<ConversationEntry>>(CONVERSATIONS))
  return data.find((entry) => entry.conversationId === conversationId)
}

// The items as the table of seed 004 holds them, from which their cost follows.

export function conversationItem ({ conversationId, userId, title, startedAt }: Conversation) {
  return { PK: `CONV#${conversationId}`, SK: 'METADATA', GSI1PK: `DATE#${startedAt.slice(0, 10)}`, GSI1SK: `CONV#${conversationId}`, userId, title, startedAt }
}

export function entryItem (userId: string, { conversationId, lastActivityAt, ...shown }: ConversationEntry) {
  return { PK: `USER#${userId}`, SK: `CONV#${conversationId}`, GSI1PK: `USER#${userId}`, GSI1SK: lastActivityAt, ...shown }
}

export function messageItem (userId: string, { conversationId, timestamp, ...said }: Message) {
  return { PK: `CONV#${conversationId}`, SK: `MSG#${timestamp}`, userId, ...said }
}
