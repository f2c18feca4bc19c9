import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { StoreBusy } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { DASHBOARD_EXAMPLE, DashboardSchema, computeDashboard, type DashboardSource } from '../dashboard.ts'
import type { FaceMeasurements } from '../measurements.ts'
import { answer } from './answer.ts'

const COMPUTED = 'Face verification metrics computed'

const busy = new StoreBusy('Table face-verifications')

/** The success dashboard of seed 000, in both designs. */
export const dashboardRoutes: FastifyPluginAsyncTypebox<{ source: DashboardSource, measurements: FaceMeasurements }> = async (api, { source, measurements }) => {
  api.get('/registrations/face/admin/metrics', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'The success dashboard (admin)',
      description: 'Access pattern: dashboard. A Scan in pages of 1 MB, of at most 100 MB. Numbers that are not in the table come from ' +
        'this process\'s measurements since it started; each number says so.',
      tags: ['face'],
      response: {
        200: success(DashboardSchema, { message: COMPUTED, data: DASHBOARD_EXAMPLE }),
        ...errorResponses(busy),
      },
    },
  }, async () => answer(COMPUTED, await computeDashboard({ source, measurements })))
}
