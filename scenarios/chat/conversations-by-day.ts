import type { Analytics } from '../../server/features/chat/schemas.ts'
import { conversationItem, conversationWith, INDEX } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

const DAYS = 7
const DAY_MS = 86_400_000

export default scenario('chat: conversations of a range of days are one Query a day, never a Scan', {
  seed: '004',
  pattern: 'conversations by day',
  async run ({ caller, expectCalls, check }) {
    const { api: admin } = await caller({ groups: ['admin'] })
    const { conversation } = await conversationWith(admin)
    const to = conversation.startedAt.slice(0, 10)
    const from = new Date(Date.parse(to) - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10)

    const response = await admin.get<Analytics>(`/api/chat/analytics/conversations?from=${from}&to=${to}`)
    check.status(response, 200)
    const { days } = response.body.data
    check.equal(days.length, DAYS, 'every day is there')
    // Others may have begun on the same day: this table is not the scenario's alone.
    check.equal(days.at(-1)?.conversations?.find(({ conversationId }) => conversationId === conversation.conversationId), conversation, 'it is on its day')
    await expectCalls(response, days.map(({ conversations = [] }) => ({
      service: 'dynamodb', operation: 'Query', table: 'chat', index: INDEX, readUnits: readUnits(conversations.map(conversationItem)),
    })))
    const { api: learner } = await caller()
    check.status(await learner.get(`/api/chat/analytics/conversations?date=${to}`), 403)
  },
})
