import type { Deletion } from '../../server/features/user/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('users: the job of a deletion is read with one GetItem', {
  seed: '002',
  pattern: 'the deletion of a user',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    check.status(await api.get(`/api/users/${userId}/deletion`), 404)
    check.status(await api.delete(`/api/users/${userId}`), 202)
    const response = await api.get<Deletion>(`/api/users/${userId}/deletion`)
    check.status(response, 200)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'deletions', readUnits: 1 }])
  },
})
