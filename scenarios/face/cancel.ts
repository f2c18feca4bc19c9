import type { Registration } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

/** The claim that keeps a user from registering twice is an item of well under 1 KB. */
const CLAIM_UNITS = 2

export default scenario('registrations: a cancelled place goes to the user who has waited longest, in one transaction', {
  seed: '001',
  pattern: 'cancel',
  async run ({ api, given, expectCalls, check }) {
    const event = await given.event(1)
    const leaving = await given.registration({ event })
    const waiting = await given.registration({ event })
    check.equal([leaving.status, waiting.status], ['registered', 'waitlisted'], 'one has the place, the other waits')
    const { registrationId } = leaving

    const response = await api.delete(`/api/registrations/${registrationId}`)

    check.status(response, 200)
    check.equal<unknown>(response.body.data, { registrationId, status: 'cancelled', promotedRegistrationId: waiting.registrationId }, 'it says who moved up')
    const { body: { data: left } } = await api.get<Registration>(`/api/registrations/${registrationId}`)
    const { body: { data: promoted } } = await api.get<Registration>(`/api/registrations/${waiting.registrationId}`)
    check.equal([left.status, promoted.status], ['cancelled', 'registered'], 'and so it is stored')

    // A changed registration is charged in its table, and in its two indexes as for any other write.
    const changed = (registration: Registration) => writeUnits(registration, 'transactional') + 2 * writeUnits(registration)
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([leaving], 'strong') },
      { service: 'dynamodb', operation: 'GetItem', table: 'events', readUnits: readUnits([event], 'strong') },
      { service: 'dynamodb', operation: 'Query', table: 'registrations', index: 'EventIndex', readUnits: readUnits([leaving, waiting]) },
      {
        service: 'dynamodb',
        operation: 'TransactWriteItems',
        table: ['events', 'registrations'],
        writeUnits: changed(left) + changed(promoted) + CLAIM_UNITS + writeUnits(event, 'transactional'),
      },
    ])

    check.status(await api.delete(`/api/registrations/${registrationId}`), 409)
    const { userId, eventId, name } = leaving
    const again = await api.post<Registration>('/api/registrations', { userId, eventId, name })
    check.status(again, 201)
    check.equal(again.body.data.status, 'waitlisted', 'a user who cancelled may register again, at the end of the list')
  },
})
