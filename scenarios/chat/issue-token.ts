import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { EmailToken } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a token is one PutItem, and the table does not contain its secret', {
  seed: '004',
  pattern: 'issue a token',
  async run ({ caller, emulator, expectCalls, check, tables }) {
    const { api } = await caller()
    const response = await api.post<EmailToken>('/api/chat/tokens', { purpose: 'verify', email: 'user@example.com' })
    check.status(response, 201)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'PutItem', table: 'chat', writeUnits: 2 }])
    const [id, secret = ''] = response.body.data.token.split('.')
    const { Items = [] } = await emulator.documents.send(new QueryCommand({
      TableName: tables.chat,
      KeyConditionExpression: 'PK = :token AND SK = :email',
      ExpressionAttributeValues: { ':token': `TOKEN#verify-${id}`, ':email': 'EMAIL' },
    }))
    check.equal(Items[0]?.expiresAt, response.body.data.expiresAt, 'it ends by itself, after a day')
    check.ok(!JSON.stringify(Items).includes(secret), 'its secret is not there')
  },
})
