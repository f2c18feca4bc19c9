import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageKey, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { IMAGE, PAGE_TOKEN } from '../examples.ts'
import type { ImagePlatform } from '../image-platform.ts'
import type { ImagePage, PageRange } from '../repositories/images.ts'
import { ImagePageQuerySchema, ImagePageSchema, RecentQuerySchema, StatusQuerySchema, UserParamsSchema } from '../schemas.ts'

const DAY_MS = 86_400_000

const listed = success(ImagePageSchema, {
  message: 'Retrieved 1 images',
  data: { count: 1, data: [IMAGE], lastEvaluatedKey: PAGE_TOKEN },
})
const refusals = [
  new ValidationFailed([{ path: 'query.limit', reason: 'must be >= 1' }]), new InvalidPageToken(), new StoreBusy('Table image-processing-metadata'),
]
const SHORT = 'A page is shorter than its limit if it has expired images that DynamoDB has not deleted yet; the last page is the one whose lastEvaluatedKey is null.'

/** Lists of images, each one by an index. */
export const listRoutes: FastifyPluginAsyncTypebox<{ platform: ImagePlatform, pageTokens: PageTokens }> = async (api, { platform, pageTokens }) => {
  const { images, service, clock } = platform

  /** A page, whose token is valid for the same scope alone. */
  async function pageOf (scope: string, { limit, lastEvaluatedKey }: { limit: number, lastEvaluatedKey?: string }, read: (range: PageRange) => Promise<ImagePage>) {
    const { items, lastKey } = await read({ limit, startKey: pageTokens.decode(scope, lastEvaluatedKey) })
    return answer(`Retrieved ${items.length} images`, { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) })
  }

  api.get('/users/:userId/images', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'The images of a user, newest first',
      description: `Access pattern: images of a user. One Query on UserImages, 0.5 RCU for each 4 KB read. ${SHORT}`,
      tags: ['images'],
      params: UserParamsSchema,
      querystring: ImagePageQuerySchema,
      response: { 200: listed, ...errorResponses(...refusals) },
    },
  }, async ({ params: { userId }, query }) =>
    pageOf(`images/UserImages/${userId}`, query, (range) => images.listByUser(userId, range)))

  api.get('/users/:userId/images/completed', {
    config: { auth: { owner: 'userId' } },
    schema: {
      summary: 'The completed images of a user, last completed first',
      description: `Access pattern: completed images of a user. One Query on the sparse CompletedIndex, 0.5 RCU for each 4 KB read. ${SHORT}`,
      tags: ['images'],
      params: UserParamsSchema,
      querystring: ImagePageQuerySchema,
      response: { 200: listed, ...errorResponses(...refusals) },
    },
  }, async ({ params: { userId }, query }) =>
    pageOf(`images/CompletedIndex/${userId}`, query, (range) => images.listCompleted(userId, range)))

  api.get('/images', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'All users\' images of a status, newest first (admin)',
      description: `Access pattern: images by status. One Query on StatusIndex, 0.5 RCU for each 4 KB read. ${SHORT}`,
      tags: ['images'],
      querystring: StatusQuerySchema,
      response: { 200: listed, ...errorResponses(...refusals) },
    },
  }, async ({ query: { status, ...query } }) =>
    pageOf(`images/StatusIndex/${status}`, query, (range) => images.listByStatus(status, range)))

  api.get('/images/recent', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'All users\' images of one to 31 days, newest first (admin)',
      description: 'Access pattern: recent images. One Query on DateIndex a day, from the last day back until the page is full; 0.5 RCU for ' +
        `each 4 KB read of a day, and 0.5 for a day without images. ${SHORT}`,
      tags: ['images'],
      querystring: RecentQuerySchema,
      response: { 200: listed, ...errorResponses(...refusals, new ValidationFailed([{ path: 'query.days', reason: 'must be <= 31' }])) },
    },
  }, async ({ query: { date, days, ...query } }) => pageOf(`images/DateIndex/${date ?? ''}/${days}`, query, async ({ limit, startKey }) => {
    // A list that was begun yesterday continues with the days that it was begun with.
    const { until, ...key }: PageKey = startKey ?? {}
    const last = typeof until === 'string' ? until : date ?? new Date(clock.now()).toISOString().slice(0, 10)
    const { items, lastKey } = await service.recent(daysUpTo(last, days), { limit, startKey: startKey && key })
    return { items, lastKey: lastKey && { ...lastKey, until: last } }
  }))
}

/** A number of days up to and including this one, newest first. */
function daysUpTo (date: string, days: number): string[] {
  const last = Date.parse(date)
  return Array.from({ length: days }, (_, back) => new Date(last - back * DAY_MS).toISOString().slice(0, 10))
}
