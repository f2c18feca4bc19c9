import type { Session } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a session is ended by one conditional DeleteItem', {
  seed: '004',
  pattern: 'end a session',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { body: { data: { sessionId } } } = await api.post<Session>('/api/chat/sessions', {})
    const path = `/api/chat/sessions/${sessionId}`
    const { api: stranger } = await caller()
    check.status(await stranger.delete(path), 404)
    const ended = await api.delete(path)
    check.status(ended, 200)
    await expectCalls(ended, [{ service: 'dynamodb', operation: 'DeleteItem', table: 'chat', writeUnits: 2 }])
    check.status(await api.get(path), 404)
  },
})
