import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { analyse } from '../analytics-service.ts'
import type { Chat } from '../chat.ts'
import { TooManyConversations } from '../errors.ts'
import { CONVERSATION } from '../examples.ts'
import { AnalyticsSchema, QueryAnalyticsSchema } from '../schemas.ts'
import { SIGNED_IN } from './signed-in.ts'

const DAY = CONVERSATION.startedAt.slice(0, 'YYYY-MM-DD'.length)

/** All users' conversations by the day on which they began. */
export const analyticsRoutes: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (api, { chat: { conversations } }) => {
  api.get('/analytics/conversations', {
    config: { auth: { ...SIGNED_IN.auth, admin: true } },
    schema: {
      summary: 'Conversations by day (admin)',
      description: 'Access pattern: conversations by day. One Query on the index a day, in parallel, 0.5 RCU for each 4 KB read (a day of more ' +
        'than 1 MB, some 3,000 conversations, takes one for each MB). Either ?date=, or ?from= and ?to= with at most 92 days from the first to ' +
        'the last, in UTC. Conversations that were deleted are not counted.',
      tags: ['chat'],
      querystring: QueryAnalyticsSchema,
      response: {
        200: success(AnalyticsSchema, {
          message: 'Counted 1 conversations',
          data: { from: DAY, to: DAY, count: 1, days: [{ date: DAY, count: 1, conversations: [CONVERSATION] }] },
        }),
        ...errorResponses(
          new ValidationFailed([{ path: 'query', reason: 'must have either date, or from and to' }]), new TooManyConversations(50_000),
          new StoreBusy('Table learning-navigator')
        ),
      },
    },
  }, async ({ query }) => {
    const analytics = await analyse(query, { conversations })
    return answer(`Counted ${analytics.count} conversations`, analytics)
  })
}
