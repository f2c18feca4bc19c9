import type { FaceRecord } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a duplicate is refused before any picture is analysed or item written', {
  seed: '001',
  pattern: 'create',
  async run ({ api, given, expectCalls, check }) {
    const { userId, registration: { registrationId, storedFaceKey } } = await given.verifiedUser()
    const { body: { data: registration } } = await api.get<object>(`/api/registrations/${registrationId}`)
    const { body: { data: before } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)

    const response = await api.post(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: storedFaceKey })

    check.status(response, 409)
    check.equal(response.body.code, 'FACE_RECORD_EXISTS', 'the code says why')
    const { body: { data: after } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
    check.equal(after, before, 'the record is as it was')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([registration], 'strong') },
      { service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: readUnits([before]) },
    ])
  },
})
