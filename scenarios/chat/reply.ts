import type { Message } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { conversationWith, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'

const QUESTION = { role: 'user', content: 'How do I remember what I have read?' }

export default scenario('chat: the assistant answers with citations, the same each time', {
  seed: '004',
  pattern: 'new message with a reply',
  async run ({ caller, check }) {
    const { api } = await caller()
    const { conversation } = await conversationWith(api)
    const first = await api.post<Message & { reply: Message }>(`${messagesOf(conversation)}?reply=true`, QUESTION)
    const second = await api.post<Message & { reply: Message }>(`${messagesOf(conversation)}?reply=true`, QUESTION)
    check.status(first, 201)
    const { reply } = first.body.data
    check.ok(reply.content.length > 0 && (reply.citations ?? []).length > 0, 'it cites what it says')
    check.equal([second.body.data.reply.content, second.body.data.reply.citations], [reply.content, reply.citations], 'the same question has the same answer')
    const { body } = await api.get<Page<Message>>(messagesOf(conversation))
    check.equal(body.data.data.map(({ role }) => role), ['user', 'assistant', 'user', 'assistant'], 'questions and answers are stored')
  },
})
