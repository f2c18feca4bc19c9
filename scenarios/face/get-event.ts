import type { Event } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('events: an event with its counts of places is one GetItem', {
  seed: '001',
  pattern: 'one event',
  async run ({ api, given, expectCalls, check }) {
    const event = await given.event()

    const response = await api.get<Event>(`/api/events/${event.eventId}`)

    check.status(response, 200)
    check.equal(response.body.data, event, 'it is as it was created')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'events', readUnits: readUnits([event], 'strong') }])
    check.status(await api.get('/api/events/unknown'), 404)
  },
})
