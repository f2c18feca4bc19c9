import type { Profile } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a profile is written by one UpdateItem, the first time and later', {
  seed: '004',
  pattern: 'write a profile',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const profile = { name: 'John Doe', email: 'john@example.com', role: 'learner' }
    const first = await api.put<Profile>('/api/chat/profile', profile)
    const second = await api.put<Profile>('/api/chat/profile', { ...profile, role: 'mentor' })
    check.match(second.body.data, { ...profile, role: 'mentor', createdAt: first.body.data.createdAt }, 'the second replaces the first, and keeps its time')
    for (const response of [first, second]) {
      check.status(response, 200)
      await expectCalls(response, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'chat', writeUnits: 1 }])
    }
  },
})
