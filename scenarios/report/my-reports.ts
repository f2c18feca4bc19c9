import type { Report } from '../../server/features/report/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('reports: a page of a user\'s reports, newest first, is one Query, never a Scan', {
  seed: '003',
  pattern: 'my reports',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const created: Report[] = []
    for (let count = 0; count < 5; count++) created.push((await api.post<Report>('/api/reports', { title: `Report ${count}` })).body.data)
    const other = await caller()
    await other.api.post('/api/reports', { title: 'Of somebody else' })

    const first = await api.get<Page<Report>>('/api/reports?limit=3')
    const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
    const second = await api.get<Page<Report>>(`/api/reports?limit=3&lastEvaluatedKey=${token}`)

    check.status(first, 200)
    check.status(second, 200)
    const listed = [...first.body.data.data, ...second.body.data.data]
    check.equal([first.body.data.count, second.body.data.count, second.body.data.lastEvaluatedKey], [3, 2, null], 'five are three and two')
    check.equal(listed.map(({ id }) => id).sort(), created.map(({ id }) => id).sort(), 'they are this user\'s, each once')
    const times = listed.map((report) => report.created_at)
    check.equal(times, times.toSorted().reverse(), 'newest first')
    for (const page of [first, second]) {
      await expectCalls(page, [{ service: 'dynamodb', operation: 'Query', table: 'reports', index: 'UserReportsIndex', readUnits: readUnits(page.body.data.data) }])
    }
    check.status(await other.api.get(`/api/reports?lastEvaluatedKey=${token}`), 400)
  },
})
