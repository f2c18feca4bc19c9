import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { PAGE_TOKEN, RECORD } from '../examples.ts'
import type { FaceRecords } from '../repositories/face-records.ts'
import { FaceRecordPageSchema, QueryFaceRecordsSchema } from '../schemas.ts'
import { answer } from './answer.ts'

/** The token of a list of all records is valid for no other list. */
const SCOPE = 'face-records/all'

const busy = new StoreBusy('Table face-verifications')

/** All face records. */
export const adminRoutes: FastifyPluginAsyncTypebox<{ records: FaceRecords, pageTokens: PageTokens }> = async (api, options) => {
  const { records, pageTokens } = options

  api.get('/registrations/face/admin/all', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'All face records (admin)',
      description: 'Access pattern: scan. One Scan a page, 0.5 RCU for each 4 KB read. In no order. The landmarks are left out unless ' +
        '?include=faceVector asks for them. A page is shorter than its limit if it has expired records that DynamoDB has not deleted yet; ' +
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
}
