import type { Session } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a session is one PutItem, and lasts an hour', {
  seed: '004',
  pattern: 'start a session',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const response = await api.post<Session>('/api/chat/sessions', {})
    check.status(response, 201)
    const { data: session } = response.body
    check.equal([session.userId, session.expiresAt], [userId, Math.floor(Date.parse(session.createdAt) / 1000) + 3600], 'it is the user\'s, and ends an hour later')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'PutItem', table: 'chat', writeUnits: 2 }])
  },
})
