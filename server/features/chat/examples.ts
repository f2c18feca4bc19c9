import type { Conversation, ConversationEntry, EmailToken, Message, Profile, Session } from './schemas.ts'

// Examples of the documentation: one user's requests in order.

const STARTED = '2025-12-20T10:29:58.000Z'
const ASKED = '2025-12-20T10:30:00.000Z'
const ANSWERED = '2025-12-20T10:30:02.500Z'

export const PROFILE: Profile = {
  userId: 'user-123', name: 'Ada Lovelace', email: 'ada@example.com', role: 'learner', createdAt: STARTED, updatedAt: STARTED,
}

export const CONVERSATION: Conversation = {
  conversationId: 'conv_0mje4k2lh1a2b3c4d5e6f7081', userId: PROFILE.userId, title: 'Learning to learn', startedAt: STARTED,
}
const { conversationId, title } = CONVERSATION

export const QUESTION: Message = { conversationId, timestamp: ASKED, role: 'user', content: 'How do I remember what I have read?' }

export const REPLY: Message = {
  conversationId,
  timestamp: ANSWERED,
  role: 'assistant',
  content: 'Close the book and write down what you remember before you look again. [1]',
  citations: [{ title: 'Retrieval practice', uri: 'https://navigator.example/guides/retrieval-practice', snippet: 'Close the book and write down what you remember' }],
}

export const ENTRY: ConversationEntry = {
  conversationId,
  title,
  startedAt: STARTED,
  lastActivityAt: ANSWERED,
  unread: 1,
  lastMessage: { timestamp: ANSWERED, role: 'assistant', content: REPLY.content },
}

export const SESSION: Session = { sessionId: 'ses_8Hq2nB0r5tZx7cVw1kLm', userId: PROFILE.userId, createdAt: ASKED, expiresAt: 1_766_230_200 }

export const EMAIL_TOKEN: EmailToken = { token: 'Jb1vR0xkq2w.fZc0aQ8l4m2', purpose: 'verify', email: PROFILE.email, expiresAt: 1_766_313_000 }

/** A page token, which is opaque. */
export const PAGE_TOKEN = 'eyJQSyI6IkNPTlYjYSJ9.4k2mZx8Jv0c3'
