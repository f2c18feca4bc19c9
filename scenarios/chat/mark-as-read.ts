import type { ConversationEntry } from '../../server/features/chat/schemas.ts'
import { conversationWith, pathOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: marking a conversation as read is one conditional UpdateItem', {
  seed: '004',
  pattern: 'mark as read',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()
    const { conversation } = await conversationWith(api, [{ role: 'assistant', content: 'One' }, { role: 'assistant', content: 'Two' }])
    const response = await api.post<ConversationEntry>(`${pathOf(conversation)}/read`, {})
    check.status(response, 200)
    check.equal(response.body.data.unread, 0, 'nothing is unread')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'chat', writeUnits: 2 }])
    const { api: stranger } = await caller()
    const foreign = await stranger.post(`${pathOf(conversation)}/read`, {})
    check.status(foreign, 404)
    await expectCalls(foreign, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'chat', writeUnits: 1, result: 'ConditionalCheckFailedException' }])
  },
})
