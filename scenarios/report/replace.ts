import type { Report } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('reports: a report is replaced in one write, on condition that it is the caller\'s', {
  seed: '003',
  pattern: 'replace a report',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { body: { data: before } } = await api.post<Report>('/api/reports', { title: 'Draft', author: 'Ada Lovelace' })

    const response = await api.put<Report>(`/api/reports/${before.id}`, { title: 'Final', date: '2026-03-01' }, { 'if-match': '"1"' })

    check.status(response, 200)
    const after = response.body.data
    const { author, ...kept } = before
    check.equal(after, { ...kept, title: 'Final', date: '2026-03-01', version: 2, updated_at: after.updated_at }, 'what was not sent is gone')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'UpdateItem', table: 'reports', writeUnits: Math.max(writeUnits(before), writeUnits(after)) * 2 },
    ])
  },
})
