import type { Report } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('reports: one report is read by its key, with its version', {
  seed: '003',
  pattern: 'one report',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { body: { data: report } } = await api.post<Report>('/api/reports', { title: 'Test Report', author: 'Ada Lovelace', favorites: ['p-1'] })

    const response = await api.get<Report>(`/api/reports/${report.id}`)

    check.status(response, 200)
    check.equal(response.body.data, report, 'it is as it was created')
    check.equal(response.headers.get('etag'), '"1"', 'with its ETag')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'reports', readUnits: readUnits([report]) }])
    check.status(await api.get('/api/reports/nothing'), 404)
  },
})
