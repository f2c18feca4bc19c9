import type { FaceValidation } from '../../server/features/face/validation-schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: the old routes answer from the one record with one or two GetItems, and name the routes that replace them', {
  seed: '001',
  pattern: 'get one',
  async run ({ api, given, expectCalls, check }) {
    const { userId, registration: { registrationId, eventId } } = await given.verifiedUser()
    const face = `/api/registrations/${userId}/face`
    const { body: { data: record } } = await api.get<object>(face)
    const { body: { data: registration } } = await api.get<object>(`/api/registrations/${registrationId}`)
    const successors: [path: string, successor: string][] = [
      [`${face}-validation/history?limit=5`, face],
      [`${face}-validation/${registrationId}`, face],
      [`${face}-validation/stats`, face],
      [`${face}-validation/check-recent`, `${face}/exists`],
    ]

    for (const [path, successor] of successors) {
      const response = await api.get(path)
      check.status(response, 200)
      check.ok(/^@\d+$/.test(response.headers.get('deprecation') ?? ''), 'it is deprecated')
      check.equal(response.headers.get('link'), `<${successor}>; rel="successor-version"`, 'it names the route that replaces it')
      const own = path.endsWith(registrationId) ? [{ service: 'dynamodb' as const, operation: 'GetItem', table: 'registrations' as const, readUnits: readUnits([registration]) }] : []
      await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: readUnits([record]) }, ...own])
    }

    const event = await api.get<FaceValidation[]>(`/api/registrations/event/${eventId}/face-validations`)
    check.match(event.body.data[0], { userId, registrationId, validationStatus: 'success' }, 'an event\'s are its registrations')
    await expectCalls(event, [{ service: 'dynamodb', operation: 'Query', table: 'registrations', index: 'EventIndex', readUnits: readUnits([registration]) }])
  },
})
