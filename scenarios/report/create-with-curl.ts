import type { Report } from '../../server/features/report/schemas.ts'
import type { Answer } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('reports: the seed\'s curl line works unchanged, without a prefix and as a form', {
  seed: '003',
  pattern: 'create a report',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()

    const response = await api.send('POST', '/reports', {
      body: '{"title": "Test Report"}', headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })

    check.equal(response.status, 201, 'it is created')
    const { data } = JSON.parse(response.text) as Answer<Report> // by its status
    check.equal(response.headers.get('location'), `/reports/${data.id}`, 'and is where the client looks for it')
    check.equal((await api.get(`/api/reports/${data.id}`)).body.data, data, 'with the prefix as well')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'PutItem', table: 'reports', writeUnits: writeUnits(data) * 2 }])
  },
})
