import type { Conversation, Message } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { conversationItem, conversationWith, messageItem, messagesOf, pathOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('chat: a conversation with its first messages is one Query, thanks to the single table', {
  seed: '004',
  pattern: 'a conversation with its first messages',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const { conversation, messages } = await conversationWith(api, ['One', 'Two', 'Three', 'Four'])
    const response = await api.get<Conversation & { messages: Page<Message> }>(`${pathOf(conversation)}?messages=3`)
    check.status(response, 200)
    const { messages: page } = response.body.data
    check.equal(page.data, messages.slice(0, 3), 'its first messages come with it')
    const items = [conversationItem(conversation), ...page.data.map((message) => messageItem(userId, message))]
    await expectCalls(response, [{ service: 'dynamodb', operation: 'Query', table: 'chat', readUnits: readUnits(items) }])
    const rest = await api.get<Page<Message>>(`${messagesOf(conversation)}?lastEvaluatedKey=${encodeURIComponent(page.lastEvaluatedKey ?? '')}`)
    check.equal(rest.body.data.data, messages.slice(3), 'and their token goes on with the others')
  },
})
