import type { EmailToken } from '../../server/features/chat/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('chat: a token works once, when ten requests use it at once', {
  seed: '004',
  pattern: 'consume a token',
  async run ({ caller, expectCalls, check }) {
    const { api, userId } = await caller()
    const purpose = 'verify'
    const { body: { data: { token } } } = await api.post<EmailToken>('/api/chat/tokens', { purpose, email: 'user@example.com' })
    check.status(await api.post('/api/chat/tokens/consume', { purpose, token: `${token.slice(0, -1)}!` }), 404)
    const tried = await Promise.all(Array.from({ length: 10 }, () => api.post<{ purpose: string, email: string, userId: string }>('/api/chat/tokens/consume', { purpose, token })))
    const won = tried.filter(({ status }) => status === 200)
    check.equal(won.length, 1, 'one of them gets it')
    check.equal(tried.filter(({ status }) => status === 404).length, 9, 'and the others are refused')
    check.equal(won[0]?.body.data, { purpose, email: 'user@example.com', userId }, 'with the address that it confirms')
    if (won[0]) {
      await expectCalls(won[0], [
        { service: 'dynamodb', operation: 'GetItem', table: 'chat', readUnits: 1 },
        { service: 'dynamodb', operation: 'DeleteItem', table: 'chat', writeUnits: 2 },
      ])
    }
  },
})
