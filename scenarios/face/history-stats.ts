import type { FaceValidation, ValidationStats } from '../../server/features/face/validation-schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a user\'s statistics are one Query, and count failed attempts', {
  seed: '000',
  pattern: 'validation statistics',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, expectCalls, check }) {
    const { userId, registration: { registrationId } } = await given.verifiedUser()
    await given.verifiedUser({ userId })
    const { storedFaceKey: stranger } = await given.registrationWithFace()
    await api.post(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: stranger })
    const path = `/api/registrations/${userId}/face-validation`
    const { body: { data: { data: all } } } = await api.get<Page<FaceValidation>>(`${path}/history?include=faceVector`)

    const response = await api.get<ValidationStats>(`${path}/stats`)

    check.status(response, 200)
    check.match(response.body.data, { userId, total: 3, succeeded: 2, failed: 1, successRate: 2 / 3 * 100 }, 'three attempts, one of which failed')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'Query', table: 'history', readUnits: readUnits(all) }])
    check.status(await api.get(`/api/registrations/${given.userId()}/face-validation/stats`), 404)
  },
})
