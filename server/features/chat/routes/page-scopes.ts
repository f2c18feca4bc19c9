import { keyPart } from '../../../core/ids.ts'

/** The scope of a page token of messages: this user, this conversation, this order. */
export const messagesScope = ({ userId, conversationId, order }: { userId: string, conversationId: string, order: 'asc' | 'desc' }) =>
  `chat/messages/${keyPart(userId)}/${keyPart(conversationId)}/${order}`
