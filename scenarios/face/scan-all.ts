import type { FaceRecord } from '../../server/features/face/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

const ALL = '/api/registrations/face/admin/all'
const USERS = 3

export default scenario('face: all records are read page by page, one Scan each', {
  seed: '001',
  pattern: 'scan',
  async run ({ api, given, expectCalls, check }) {
    const userIds: string[] = []
    for (let count = 0; count < USERS; count++) userIds.push((await given.verifiedUser()).userId)

    const first = await api.get<Page<FaceRecord>>(`${ALL}?limit=2&include=faceVector`)

    check.status(first, 200)
    check.equal(first.body.data.count, 2, 'a page has the requested length')
    check.equal(first.body.message, 'Retrieved 2 face records', 'it has the seed\'s message')
    await expectCalls(first, [{ service: 'dynamodb', operation: 'Scan', table: 'faces', readUnits: readUnits(first.body.data.data) }])

    // The others may be anybody's: this table is not the scenario's alone.
    const seen = first.body.data.data.map(({ userId }) => userId)
    let token = first.body.data.lastEvaluatedKey
    while (token !== null) {
      const page = await api.get<Page<FaceRecord>>(`${ALL}?limit=1000&lastEvaluatedKey=${encodeURIComponent(token)}`)
      check.status(page, 200)
      if (page.status !== 200) return
      seen.push(...page.body.data.data.map(({ userId }) => userId))
      check.ok(page.body.data.data.every(({ faceVector }) => faceVector === undefined), 'a list has vectors only on request')
      token = page.body.data.lastEvaluatedKey
    }
    check.equal(userIds.filter((userId) => seen.includes(userId)), userIds, 'everybody is on one of the pages')
    check.equal(new Set(seen).size, seen.length, 'and nobody on two')
    check.status(await api.get(`${ALL}?limit=0`), 400)
    check.status(await api.get(`${ALL}?limit=1001`), 400)
  },
})
