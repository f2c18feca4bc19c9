import type { Registration } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: another person\'s face does not match, and nothing is stored', {
  seed: '001',
  pattern: 'create',
  async run ({ api, given, expectCalls, check }) {
    const registration = await given.registrationWithFace()
    const { registrationId, userId, storedFaceKey } = registration
    const { storedFaceKey: stranger } = await given.registrationWithFace()
    const path = `/api/registrations/${registrationId}/validate-face-image`

    const response = await api.post<{ success: boolean, confidence: number, reason: string }>(path, { faceImageKey: stranger })

    check.status(response, 200)
    check.equal(response.body.dynamodbStored, false, 'it says that nothing is stored')
    check.match(response.body.data, { success: false, reason: 'FACES_DO_NOT_MATCH' }, 'it says why')
    check.ok(response.body.data.confidence < 50, 'the two are not alike')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([registration], 'strong') },
      { service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 },
      { service: 'rekognition', operation: 'DetectFaces' },
      { service: 'rekognition', operation: 'CompareFaces' },
    ])

    check.status(await api.get(`/api/registrations/${userId}/face`), 404)
    const { body: { data: after } } = await api.get<Registration>(`/api/registrations/${registrationId}`)
    check.equal<Registration>(after, registration, 'the registration is as it was')
    check.status(await api.post(path, { faceImageKey: storedFaceKey }), 201)
  },
})
