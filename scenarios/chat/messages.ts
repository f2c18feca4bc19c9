import type { Message } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { conversationWith, messageItem, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('chat: the messages of a conversation are one Query a page, forwards and backwards', {
  seed: '004',
  pattern: 'messages of a conversation',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const { conversation, messages } = await conversationWith(api, Array.from({ length: 5 }, (_, index) => `${index} ${'and so on '.repeat(200)}`))
    for (const [order, wanted] of [['asc', messages], ['desc', messages.toReversed()]] as const) {
      const first = await api.get<Page<Message>>(`${messagesOf(conversation)}?order=${order}&limit=3`)
      const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
      const second = await api.get<Page<Message>>(`${messagesOf(conversation)}?order=${order}&limit=3&lastEvaluatedKey=${token}`)
      check.equal([...first.body.data.data, ...second.body.data.data], wanted, `all of them, ${order}`)
      check.equal(second.body.data.lastEvaluatedKey, null, 'the second page is the last')
      for (const page of [first, second]) {
        const items = page.body.data.data.map((message) => messageItem(userId, message))
        await expectCalls(page, [{ service: 'dynamodb', operation: 'Query', table: 'chat', readUnits: readUnits(items) }])
      }
    }
  },
})
