import type { User } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('users: the caller\'s profile is read by its key', {
  seed: '003',
  pattern: 'my profile',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller({ unused: true })
    check.status(await api.get('/api/users/me'), 404)
    await api.put('/api/users/me', { name: 'Ada Lovelace', preferences: { theme: 'dark' } })

    const response = await api.get<User>('/api/users/me')

    check.status(response, 200)
    check.match(response.body.data, { user_id: userId, name: 'Ada Lovelace', preferences: { theme: 'dark' } }, 'it is the caller\'s')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'users', readUnits: readUnits([{ ...response.body.data }]) }])
  },
})
