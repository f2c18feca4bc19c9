import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { DASHBOARD_EXAMPLE, DashboardSchema, computeDashboard } from '../dashboard.ts'
import { PAGE_TOKEN, RECORD } from '../examples.ts'
import type { FaceMeasurements } from '../measurements.ts'
import type { FaceRecords } from '../repositories/face-records.ts'
import { FaceRecordPageSchema, QueryFaceRecordsSchema } from '../schemas.ts'
import { answer } from './answer.ts'

const COMPUTED = 'Face verification metrics computed'

/** The token of a list of all records is good for no other list. */
const SCOPE = 'face-records/all'

const busy = new StoreBusy('Table face-verifications')

/** All face records, and the dashboard. */
export const adminRoutes: FastifyPluginAsyncTypebox<{ records: FaceRecords, measurements: FaceMeasurements, pageTokens: PageTokens }> = async (api, options) => {
  const { records, measurements, pageTokens } = options

  api.get('/registrations/face/admin/all', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'All face records (admin)',
      description: 'Access pattern: scan. One Scan a page, 0.5 RCU for each 4 KB read. In no order. The landmarks are left out unless ' +
        '?include=faceVector asks for them. A page is shorter than its limit where records have expired that DynamoDB has not deleted yet; ' +
        'the last page is the one whose lastEvaluatedKey is null.',
      tags: ['face'],
      querystring: QueryFaceRecordsSchema,
      response: {
        200: success(FaceRecordPageSchema, {
          message: 'Retrieved 1 face records',
          data: { count: 1, data: [RECORD], lastEvaluatedKey: PAGE_TOKEN },
        }),
        ...errorResponses(new ValidationFailed([{ path: 'query.limit', reason: 'must be <= 1000' }]), new InvalidPageToken(), busy),
      },
    },
  }, async ({ query: { limit, lastEvaluatedKey, include } }) => {
    const startKey = pageTokens.decode(SCOPE, lastEvaluatedKey)
    const { items, lastKey } = await records.list({ limit, startKey, withVector: include === 'faceVector' })
    const data = { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(SCOPE, lastKey) }
    return answer(`Retrieved ${items.length} face records`, data)
  })

  api.get('/registrations/face/admin/metrics', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'The success dashboard (admin)',
      description: 'Access pattern: dashboard. A Scan, page after page of 1 MB, of at most 100 MB; what no record can tell comes from this ' +
        'process\'s own measurements since it started, as each number says.',
      tags: ['face'],
      response: {
        200: success(DashboardSchema, { message: COMPUTED, data: DASHBOARD_EXAMPLE }),
        ...errorResponses(busy),
      },
    },
  }, async () => answer(COMPUTED, await computeDashboard({ records, measurements })))
}
