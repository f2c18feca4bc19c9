/** What a token of a list of messages is good for: this user, this conversation, this order. Ids hold no slash. */
export const messagesScope = ({ userId, conversationId, order }: { userId: string, conversationId: string, order: 'asc' | 'desc' }) =>
  `chat/messages/${userId}/${conversationId}/${order}`
