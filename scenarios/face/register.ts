import type { Registration } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

/** The claim that keeps a user from registering twice is an item of well under 1 KB. */
const CLAIM_UNITS = 2

export default scenario('registrations: a place is taken in one transaction, and only once by each user', {
  seed: '001',
  pattern: 'register',
  async run ({ api, given, expectCalls, check }) {
    const event = await given.event()
    const { eventId } = event
    const userId = given.userId()
    const request = { userId, eventId, name: 'Ada Lovelace' }

    const response = await api.post<Registration>('/api/registrations', request)

    check.status(response, 201)
    const registration = response.body.data
    check.match(registration, { ...request, status: 'registered' }, 'the user has a place')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'events', readUnits: readUnits([event], 'strong') },
      {
        service: 'dynamodb',
        operation: 'TransactWriteItems',
        table: ['events', 'registrations'],
        // The registration goes into two indexes as well, which are charged as for any other write.
        writeUnits: CLAIM_UNITS + writeUnits(registration, 'transactional') + 2 * writeUnits(registration) + writeUnits(event, 'transactional'),
      },
    ])

    const twice = await api.post('/api/registrations', request)
    check.status(twice, 409)
    check.equal(twice.body.code, 'ALREADY_REGISTERED', 'the code says why')
    check.status(await api.post('/api/registrations', { ...request, eventId: `${eventId}0` }), 404)
  },
})
