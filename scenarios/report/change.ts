import type { Report } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('reports: members of a report are changed in one write, and null removes one', {
  seed: '003',
  pattern: 'change a report',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { body: { data: before } } = await api.post<Report>('/api/reports', { title: 'Draft', author: 'Ada Lovelace', reference: 'K9-17' })

    const response = await api.patch<Report>(`/api/reports/${before.id}`, { title: 'Final', reference: null })

    check.status(response, 200)
    const after = response.body.data
    const { reference, ...kept } = before
    check.equal(after, { ...kept, title: 'Final', version: 2, updated_at: after.updated_at }, 'the rest stays as it is')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'UpdateItem', table: 'reports', writeUnits: Math.max(writeUnits(before), writeUnits(after)) * 2 },
    ])
  },
})
