import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

interface Dashboard { records: { total: number, success: number }, averageConfidence: number | null }

export default scenario('face: the dashboard is computed from one Scan while the table fits into one', {
  seed: '000',
  pattern: 'dashboard',
  // Its cost goes with the table, and so the table has to be its own.
  environment: {},
  async run ({ api, given, expectCalls, check }) {
    await given.verifiedUser()
    await given.verifiedUser()
    const { body: { data: { data: records } } } = await api.get<{ data: object[] }>('/api/registrations/face/admin/all?include=faceVector')

    const response = await api.get<Dashboard>('/api/registrations/face/admin/metrics')

    check.status(response, 200)
    check.match(response.body.data.records, { total: 2, success: 2 }, 'it counts the records')
    check.ok((response.body.data.averageConfidence ?? 0) >= 99, 'and averages over them')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'Scan', table: 'faces', readUnits: readUnits(records) }])
  },
})
