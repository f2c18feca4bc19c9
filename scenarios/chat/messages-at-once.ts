import type { Message } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { conversationWith, entryOf, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'

const CLIENTS = 20
const EACH = 2

export default scenario('chat: messages that twenty clients post concurrently are all stored', {
  seed: '004',
  pattern: 'new message',
  async run ({ caller, check }) {
    const { api } = await caller()
    const { conversation } = await conversationWith(api)
    const answered = (await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
      const own: Message[] = []
      for (let turn = 0; turn < EACH; turn++) {
        const response = await api.post<Message>(messagesOf(conversation), { role: turn === 0 ? 'user' : 'assistant', content: `${client}/${turn}` })
        own.push(response.body.data)
      }
      return own
    }))).flat()
    const { body: { data: { data: stored } } } = await api.get<Page<Message>>(`${messagesOf(conversation)}?limit=1000`)
    check.equal(stored, answered.toSorted((a, b) => a.timestamp < b.timestamp ? -1 : 1), 'each is stored, as its client was told')
    check.equal(new Set(stored.map(({ timestamp }) => timestamp)).size, CLIENTS * EACH, 'each has its own millisecond')
    const entry = await entryOf(api, conversation)
    check.match(entry, { unread: CLIENTS, lastActivityAt: stored.at(-1)?.timestamp }, 'the list has counted those of the assistant')
    check.equal(entry?.lastMessage?.content, stored.at(-1)?.content, 'and shows the last')
  },
})
