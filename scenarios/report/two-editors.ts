import type { Report } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'

const EDITORS = 10

export default scenario('reports: of ten concurrent editors of the same version, one succeeds', {
  seed: '003',
  pattern: 'replace a report',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { body: { data: { id } }, headers } = await api.post<Report>('/api/reports', { title: 'Draft' })
    const etag = headers.get('etag') ?? ''

    const edits = await Promise.all(Array.from({ length: EDITORS }, (_, editor) => api.put<Report>(`/api/reports/${id}`, { title: `Editor ${editor}` }, { 'if-match': etag })))

    const [winner, ...others] = edits.toSorted((a, b) => a.status - b.status)
    check.status(winner!, 200)
    for (const loser of others) check.status(loser, 412)
    check.equal((await api.get<Report>(`/api/reports/${id}`)).body.data, winner!.body.data, 'nobody has overwritten it')
    await expectCalls(others[0]!, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'reports', writeUnits: 1, result: 'ConditionalCheckFailedException' }])
  },
})
