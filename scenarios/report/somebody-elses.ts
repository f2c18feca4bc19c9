import type { Report } from '../../server/features/report/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('reports: another user\'s report looks like a missing one', {
  seed: '003',
  pattern: 'one report',
  async run ({ caller, expectCalls, check }) {
    const ada = await caller()
    const bob = await caller()
    const { body: { data: report } } = await ada.api.post<Report>('/api/reports', { title: 'Secret' })
    const path = `/api/reports/${report.id}`

    const read = await bob.api.get(path)
    const changed = await bob.api.patch(path, { title: 'Bob was here' })
    const deleted = await bob.api.delete(path, { 'if-match': '"1"' })

    for (const response of [read, changed, await bob.api.put(path, { title: 'Mine now' }), deleted]) check.status(response, 404)
    await expectCalls(read, [{ service: 'dynamodb', operation: 'GetItem', table: 'reports', readUnits: 0.5 }])
    for (const [response, operation] of [[changed, 'UpdateItem'], [deleted, 'DeleteItem']] as const) {
      await expectCalls(response, [{ service: 'dynamodb', operation, table: 'reports', writeUnits: 1, result: 'ConditionalCheckFailedException' }])
    }
    const listed = await bob.api.get<Page<Report>>('/api/reports')
    check.equal(listed.body.data.count, 0, 'it is in no list but its owner\'s')
    check.equal((await ada.api.get(path)).body.data, report, 'and nothing has become of it')
  },
})
