import { apiError } from '../../core/errors.ts'

export const ProfileNotFound = apiError('PROFILE_NOT_FOUND', 'You have no profile yet. Write one with PUT /api/chat/profile', 404)
/** Also for another user's conversation: whether it exists is not revealed. */
export const ConversationNotFound = apiError('CONVERSATION_NOT_FOUND', 'No conversation found for conversationId: %s', 404)
export const MessageNotFound = apiError('MESSAGE_NOT_FOUND', 'No message found in conversation %s at %s', 404)
export const SessionNotFound = apiError('SESSION_NOT_FOUND', 'No session found for sessionId: %s', 404)
/** The same error for an unknown, used, expired or another user's token. */
export const EmailTokenNotFound = apiError('EMAIL_TOKEN_NOT_FOUND', 'This token is not valid, or no longer valid, for %s', 404)
/** Other requests keep writing to the conversation, and this message found no free millisecond. */
export const ConversationContended = apiError('CONVERSATION_CONTENDED', 'Too many requests write to this conversation at once. Try again', 503, { 'retry-after': '1' })
export const TooManyConversations = apiError('TOO_MANY_CONVERSATIONS',
  'These days have more than %s conversations. Ask for fewer days, or only for the counts with ?conversations=false', 400)
