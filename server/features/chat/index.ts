import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Dependencies } from '../feature.ts'
import { createChat, type ChatOptions } from './chat.ts'
import { analyticsRoutes } from './routes/analytics.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { emailTokenRoutes } from './routes/email-tokens.ts'
import { messageRoutes } from './routes/messages.ts'
import { profileRoutes } from './routes/profile.ts'
import { sessionRoutes } from './routes/sessions.ts'

export { chatTables } from './tables.ts'

export interface ChatFeatureOptions extends ChatOptions, Pick<Dependencies, 'pageTokens'> {}

/** Conversations with a learning assistant, in one table (seed 004). Every route answers for its caller. */
export const chatFeature: FastifyPluginAsyncTypebox<ChatFeatureOptions> = async (api, { pageTokens, ...options }) => {
  const chat = createChat(options)
  await api.register(async (api) => {
    await api.register(profileRoutes, { chat })
    await api.register(conversationRoutes, { chat, pageTokens })
    await api.register(messageRoutes, { chat, pageTokens })
    await api.register(analyticsRoutes, { chat })
    await api.register(sessionRoutes, { chat })
    await api.register(emailTokenRoutes, { chat })
  }, { prefix: '/chat' })
}
