import type { User } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('users: a profile is created by the first PUT and merged by the next, in one write each', {
  seed: '003',
  pattern: 'create or update my profile',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()

    const created = await api.put<User>('/api/users/me', { name: 'Ada', email: 'ada@example.org' })
    const merged = await api.put<User>('/api/users/me', { email: null, preferences: { theme: 'dark' } })

    check.status(created, 200)
    check.status(merged, 200)
    const { created_at: since, updated_at: at } = merged.body.data
    check.equal(merged.body.data, { user_id: userId, name: 'Ada', preferences: { theme: 'dark' }, created_at: since, updated_at: at }, 'null takes away, the rest stays')
    check.equal(since, created.body.data.created_at, 'it is as old as it was')
    for (const response of [created, merged]) {
      await expectCalls(response, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'users', writeUnits: writeUnits(response.body.data) }])
    }
  },
})
