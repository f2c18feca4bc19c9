import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Message } from '../../server/features/chat/schemas.ts'
import { conversationWith, entryOf, messagesOf, pathOf } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'

const MESSAGES = 30

export default scenario('chat: a conversation that is deleted during writes leaves nothing behind', {
  seed: '004',
  pattern: 'delete a conversation',
  async run ({ caller, emulator, check, tables }) {
    const { api } = await caller()
    const { conversation } = await conversationWith(api, Array.from({ length: MESSAGES }, (_, index) => `${index}`))
    const said = { role: 'user', content: 'One more' }
    async function writeOn (): Promise<number> {
      for (;;) {
        const { status } = await api.post<Message>(messagesOf(conversation), said)
        if (status !== 201) return status
      }
    }
    const [deleted, ...writers] = await Promise.all([api.delete<{ deletedMessages: number, complete: boolean }>(pathOf(conversation)), writeOn(), writeOn(), writeOn()])
    check.status(deleted, 200)
    check.ok(deleted.body.data.complete && deleted.body.data.deletedMessages >= MESSAGES, 'all that was there is deleted')
    check.equal(writers, [404, 404, 404], 'writers get a 404')
    check.equal(await entryOf(api, conversation), undefined, 'the list does not show it')
    const { Count } = await emulator.documents.send(new QueryCommand({
      TableName: tables.chat,
      KeyConditionExpression: 'PK = :conversation',
      ExpressionAttributeValues: { ':conversation': `CONV#${conversation.conversationId}` },
      ConsistentRead: true,
    }))
    check.equal(Count, 0, 'nothing of it is in the table')
    check.status(await api.delete(pathOf(conversation)), 404)
  },
})
