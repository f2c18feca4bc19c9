import type { FaceRecord } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a user\'s one record is read by its key', {
  seed: '001',
  pattern: 'get one',
  async run ({ api, given, expectCalls, check }) {
    const { userId, faceId, registration } = await given.verifiedUser()

    const response = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)

    check.status(response, 200)
    check.equal(response.body.message, 'Face record retrieved successfully', 'it has the seed\'s message')
    check.match(response.body.data, { userId, faceId, name: registration.name, validationStatus: 'success' }, 'it is the record of this user')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: readUnits([response.body.data]) }])
  },
})
