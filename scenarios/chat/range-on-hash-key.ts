import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { INDEX } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: the seed\'s Query for a range of dates is refused, since a hash key allows only equality', {
  seed: '004',
  pattern: 'conversations by day',
  async run ({ emulator, check, tables }) {
    const refusal = await emulator.documents.send(new QueryCommand({
      TableName: tables.chat,
      IndexName: INDEX,
      KeyConditionExpression: 'GSI1PK BETWEEN :start AND :end',
      ExpressionAttributeValues: { ':start': 'DATE#2025-11-20', ':end': 'DATE#2025-12-20' },
    })).then(() => undefined, (error: Error) => error)
    check.equal(refusal?.name, 'ValidationException', 'DynamoDB refuses it')
    check.equal(refusal?.message, 'Query key condition not supported', 'in these words')
  },
})
