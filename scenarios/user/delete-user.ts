import type { Deletion } from '../../server/features/user/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('users: a deletion is accepted as a job', {
  seed: '002',
  pattern: 'delete a user',
  // The job's own calls are none of the request's.
  async run ({ api, given, check }) {
    const { userId } = await given.owner()
    await given.image({ userId })
    const response = await api.delete<Deletion>(`/api/users/${userId}`)
    check.status(response, 202)
    check.status(await api.delete(`/api/users/${userId}`), 202)
  },
})
