import { GetCommand } from '@aws-sdk/lib-dynamodb'
import type { Session } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a session is gone when its hour has passed', {
  seed: '004',
  pattern: 'one session',
  environment: {},
  async run ({ caller, emulator, expectCalls, check, tables }) {
    const { api } = await caller()
    const { body: { data: { sessionId } } } = await api.post<Session>('/api/chat/sessions', { ttlSeconds: 3000 })
    const path = `/api/chat/sessions/${sessionId}`
    const { api: stranger } = await caller()
    check.status(await stranger.get(path), 404)
    const before = await api.get(path)
    check.status(before, 200)
    await emulator.advance('50m')
    const after = await api.get(path)
    check.status(after, 404)
    for (const response of [before, after]) await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'chat', readUnits: 0.5 }])
    const { Item } = await emulator.documents.send(new GetCommand({ TableName: tables.chat, Key: { PK: `SESSION#${sessionId}`, SK: 'DATA' } }))
    check.equal(Item, undefined, 'the table agrees')
  },
})
