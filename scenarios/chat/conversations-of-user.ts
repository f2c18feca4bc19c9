import type { ConversationEntry } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { CONVERSATIONS, conversationWith, entryItem, INDEX, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('chat: a user\'s conversations by last activity are one Query a page', {
  seed: '004',
  pattern: 'conversations of a user',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller({ unused: true })
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.push((await conversationWith(api, ['Hello'])).conversation.conversationId)
    await api.post(messagesOf({ conversationId: ids[0]! }), { role: 'assistant', content: 'Welcome back' })

    const first = await api.get<Page<ConversationEntry>>(`${CONVERSATIONS}?limit=2`)
    const token = first.body.data.lastEvaluatedKey ?? ''
    const second = await api.get<Page<ConversationEntry>>(`${CONVERSATIONS}?limit=2&lastEvaluatedKey=${encodeURIComponent(token)}`)
    const listed = [...first.body.data.data, ...second.body.data.data]
    check.equal(listed.map(({ conversationId }) => conversationId), [ids[0], ids[2], ids[1]], 'the one with the latest message is first')
    check.match(listed[0], { unread: 1 }, 'with the unread count')
    check.equal(listed[0]?.lastMessage?.content, 'Welcome back', 'and the last message')
    for (const page of [first, second]) {
      check.status(page, 200)
      const items = page.body.data.data.map((entry) => entryItem(userId, entry))
      await expectCalls(page, [{ service: 'dynamodb', operation: 'Query', table: 'chat', index: INDEX, readUnits: readUnits(items) }])
    }
    const { api: stranger } = await caller()
    check.status(await stranger.get(`${CONVERSATIONS}?lastEvaluatedKey=${encodeURIComponent(token)}`), 400)
  },
})
