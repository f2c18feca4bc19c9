import type { Profile } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a profile is one GetItem', {
  seed: '004',
  pattern: 'profile',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const missing = await api.get('/api/chat/profile')
    check.status(missing, 404)
    await expectCalls(missing, [{ service: 'dynamodb', operation: 'GetItem', table: 'chat', readUnits: 0.5 }])

    const written = await api.put<Profile>('/api/chat/profile', { name: 'John Doe', email: 'john@example.com', role: 'learner' })
    const found = await api.get<Profile>('/api/chat/profile')
    check.status(found, 200)
    check.equal(found.body.data, written.body.data, 'it is as it was written')
    await expectCalls(found, [{ service: 'dynamodb', operation: 'GetItem', table: 'chat', readUnits: 0.5 }])
  },
})
