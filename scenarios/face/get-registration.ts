import type { Registration } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('registrations: one is read by its key', {
  seed: '001',
  pattern: 'get a registration',
  async run ({ api, given, expectCalls, check }) {
    const registration = await given.registration()
    const path = `/api/registrations/${registration.registrationId}`

    const response = await api.get<Registration>(path)
    const missing = await api.get(`${path}0`)

    check.status(response, 200)
    check.equal(response.body.data, registration, 'it is what was answered when it was made')
    check.status(missing, 404)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([registration]) }])
    await expectCalls(missing, [{ service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: 0.5 }])
  },
})
