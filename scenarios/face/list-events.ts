import type { Event } from '../../server/features/face/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('events: a page of all events is one Scan', {
  seed: '001',
  pattern: 'list events',
  // Its pages go with the table, and so the table has to be its own.
  environment: {},
  async run ({ api, given, expectCalls, check }) {
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.push((await given.event()).eventId)

    const first = await api.get<Page<Event>>('/api/events?limit=2')
    const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
    const second = await api.get<Page<Event>>(`/api/events?limit=2&lastEvaluatedKey=${token}`)

    const listed = [...first.body.data.data, ...second.body.data.data]
    check.equal(listed.map(({ eventId }) => eventId).sort(), ids.toSorted(), 'each once')
    check.equal(second.body.data.lastEvaluatedKey, null, 'the second page is the last')
    for (const page of [first, second]) {
      check.status(page, 200)
      await expectCalls(page, [{ service: 'dynamodb', operation: 'Scan', table: 'events', readUnits: readUnits(page.body.data.data) }])
    }
  },
})
