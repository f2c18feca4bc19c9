import type { Message } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { conversationWith, entryItem, entryOf, messageItem, messagesOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

const QUESTION = { role: 'user', content: 'How do I remember what I have read?' }

export default scenario('chat: the assistant answers with citations, the same each time', {
  seed: '004',
  pattern: 'new message with a reply',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const { conversation } = await conversationWith(api)
    const first = await api.post<Message & { reply: Message }>(`${messagesOf(conversation)}?reply=true`, QUESTION)
    const second = await api.post<Message & { reply: Message }>(`${messagesOf(conversation)}?reply=true`, QUESTION)
    check.status(first, 201)
    const { reply } = first.body.data
    check.ok(reply.content.length > 0 && (reply.citations ?? []).length > 0, 'it cites what it says')
    check.equal([second.body.data.reply.content, second.body.data.reply.citations], [reply.content, reply.citations], 'the same question has the same answer')
    const entry = await entryOf(api, conversation)
    // Message and entry in the transaction; in the index the entry moves: the old one is deleted, the new one written.
    const { reply: answer, ...question } = second.body.data
    await expectCalls(second, [question, answer].map((message) => ({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      table: 'chat',
      writeUnits: writeUnits(messageItem(userId, message), 'transactional') + writeUnits(entryItem(userId, entry!), 'transactional') + 2,
    })))
    const { status, text } = await api.send('POST', messagesOf(conversation), { body: JSON.stringify(QUESTION), headers: { accept: 'text/event-stream' } })
    check.equal(status, 201, 'it streams as well')
    const deltas = [...text.matchAll(/^event: delta\ndata: (.*)$/gm)].map(([, data]) => (JSON.parse(data!) as { text: string }).text)
    check.equal(deltas.join(''), answer.content, 'the same words, one after another')
    const { body } = await api.get<Page<Message>>(messagesOf(conversation))
    check.equal(body.data.data.map(({ role }) => role), ['user', 'assistant', 'user', 'assistant', 'user', 'assistant'], 'questions and answers are stored')
  },
})
