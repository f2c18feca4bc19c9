import type { Conversation } from '../../server/features/chat/schemas.ts'
import { conversationItem, CONVERSATIONS, entryItem, entryOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('chat: a conversation and its entry in the list are one transaction', {
  seed: '004',
  pattern: 'start a conversation',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const response = await api.post<Conversation>(CONVERSATIONS, { title: 'Learning to learn' })
    check.status(response, 201)
    const { data: conversation } = response.body
    const entry = await entryOf(api, conversation)
    check.match(entry, { title: 'Learning to learn', unread: 0, startedAt: conversation.startedAt }, 'it is in the list at once')
    const items = [conversationItem(conversation), ...entry ? [entryItem(userId, entry)] : []]
    // Each item is written in the transaction, and then once into the index.
    const units = items.reduce((sum, item) => sum + writeUnits(item, 'transactional') + writeUnits(item), 0)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'TransactWriteItems', table: 'chat', writeUnits: units }])
  },
})
