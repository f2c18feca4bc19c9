import type { Event } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('events: an event is created in one write', {
  seed: '001',
  pattern: 'create an event',
  async run ({ api, expectCalls, check }) {
    const response = await api.post<Event>('/api/events', { name: 'Analytical Engine Day', capacity: 10 })

    check.status(response, 201)
    const event = response.body.data
    check.match(event, { name: 'Analytical Engine Day', capacity: 10, registeredCount: 0, waitlistedCount: 0 }, 'nobody has a place yet')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'PutItem', table: 'events', writeUnits: writeUnits(event) }])
    check.status(await api.post('/api/events', { name: 'No places', capacity: 0 }), 400)
  },
})
