import type { Message } from '../../server/features/chat/schemas.ts'
import { conversationWith, messageItem, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('chat: one message is one GetItem', {
  seed: '004',
  pattern: 'one message',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const citations = [{ title: 'Notes', uri: 'https://notes.example/chapter-1', snippet: 'Write in your own words' }]
    const { conversation, messages: [message] } = await conversationWith(api, [{ role: 'assistant', content: 'x'.repeat(6000), citations }])
    const response = await api.get<Message>(`${messagesOf(conversation)}/${message!.timestamp}`)
    check.status(response, 200)
    check.equal(response.body.data, message, 'with its citations')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'chat', readUnits: readUnits([messageItem(userId, message!)]) }])
  },
})
