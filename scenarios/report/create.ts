import type { Report } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('reports: a report is created in one write, for the token\'s user', {
  seed: '003',
  pattern: 'create a report',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()

    const response = await api.post<Report>('/api/reports', { title: 'Test Report' })

    check.status(response, 201)
    const report = response.body.data
    check.match(report, { user_id: userId, title: 'Test Report' }, 'it is the caller\'s, and needs a title alone')
    check.equal(response.headers.get('location'), `/api/reports/${report.id}`, 'the answer says where it is')
    check.equal(response.headers.get('etag'), '"1"', 'and which version it is')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'PutItem', table: 'reports', writeUnits: writeUnits(report) * 2 }])
    check.equal((await api.get(`/api/reports/${report.id}`)).body.data, report, 'and so it is stored')
    check.status(await api.post('/api/reports', { author: 'Nobody' }), 400)
  },
})
