import type { Conversation } from '../../server/features/chat/schemas.ts'
import { conversationWith, pathOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a conversation is one GetItem, and another user\'s is not found', {
  seed: '004',
  pattern: 'one conversation',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { conversation } = await conversationWith(api)
    const found = await api.get<Conversation>(pathOf(conversation))
    check.status(found, 200)
    check.equal(found.body.data, conversation, 'it is as it was started')
    const { api: stranger } = await caller()
    const foreign = await stranger.get(pathOf(conversation))
    check.status(foreign, 404)
    for (const response of [found, foreign]) await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'chat', readUnits: 0.5 }])
  },
})
