import type { Report } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('reports: a report is deleted in one write, on condition that it is the caller\'s', {
  seed: '003',
  pattern: 'delete a report',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { body: { data: report } } = await api.post<Report>('/api/reports', { title: 'Draft' })
    const path = `/api/reports/${report.id}`
    check.status(await api.delete(path, { 'if-match': '"7"' }), 412)

    const response = await api.delete(path, { 'if-match': '"1"' })

    check.status(response, 200)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'DeleteItem', table: 'reports', writeUnits: writeUnits(report) * 2 }])
    check.status(await api.get(path), 404)
    check.status(await api.delete(path), 404)
  },
})
