import type { Registration } from '../../server/features/face/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('events: a page of an event\'s registrations is one Query, never a Scan', {
  seed: '000',
  pattern: 'registrations of an event',
  async run ({ api, given, expectCalls, check }) {
    const event = await given.event()
    const registrations: Registration[] = []
    for (let count = 0; count < 5; count++) registrations.push(await given.registration({ event }))
    await given.registration()
    const path = `/api/events/${event.eventId}/registrations`

    const first = await api.get<Page<Registration>>(`${path}?limit=3`)
    const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
    const second = await api.get<Page<Registration>>(`${path}?limit=3&lastEvaluatedKey=${token}`)

    check.status(first, 200)
    check.status(second, 200)
    check.equal([first.body.data.count, second.body.data.count], [3, 2], 'five are three and two')
    const listed = [...first.body.data.data, ...second.body.data.data]
    check.equal(byId(listed), byId(registrations), 'they are this event\'s, each once')
    check.equal(listed.map(({ createdAt }) => createdAt), registrations.map(({ createdAt }) => createdAt).sort(), 'oldest first')
    check.equal(second.body.data.lastEvaluatedKey, null, 'the second page is the last')
    for (const page of [first, second]) {
      await expectCalls(page, [{
        service: 'dynamodb', operation: 'Query', table: 'registrations', index: 'EventIndex', readUnits: readUnits(page.body.data.data),
      }])
    }

    const other = await given.event()
    check.status(await api.get(`/api/events/${other.eventId}/registrations?lastEvaluatedKey=${token}`), 400)
  },
})

const byId = (all: readonly Registration[]) => all.toSorted((a, b) => a.registrationId < b.registrationId ? -1 : 1)
