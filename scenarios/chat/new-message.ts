import type { Message } from '../../server/features/chat/schemas.ts'
import { conversationWith, entryItem, entryOf, messageItem, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('chat: a message changes the list in its own transaction', {
  seed: '004',
  pattern: 'new message',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const { conversation } = await conversationWith(api, [{ role: 'assistant', content: 'Hello' }])
    const response = await api.post<Message>(messagesOf(conversation), { role: 'user', content: 'How do I learn? '.repeat(200) })
    check.status(response, 201)
    const { data: message } = response.body
    const entry = await entryOf(api, conversation)
    check.match(entry, { unread: 1, lastActivityAt: message.timestamp }, 'it is the last activity, and not unread for its author')
    check.equal(entry?.lastMessage, { timestamp: message.timestamp, role: 'user', content: message.content.slice(0, 200) }, 'the list shows how it begins')
    // In the index the entry moves: the old one is deleted, the new one written.
    const units = writeUnits(messageItem(userId, message), 'transactional') + writeUnits(entryItem(userId, entry!), 'transactional') + 2
    await expectCalls(response, [{ service: 'dynamodb', operation: 'TransactWriteItems', table: 'chat', writeUnits: units }])
    const { api: stranger } = await caller()
    check.status(await stranger.post(messagesOf(conversation), { role: 'user', content: 'Hello' }), 404)
  },
})
