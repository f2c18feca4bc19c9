import type { FaceValidation } from '../../server/features/face/validation-schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: the validation of a registration is one GetItem', {
  seed: '000',
  pattern: 'one validation',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, expectCalls, check }) {
    const { userId, faceId, registration: { registrationId, eventId } } = await given.verifiedUser()
    const path = `/api/registrations/${userId}/face-validation`

    const response = await api.get<FaceValidation>(`${path}/${registrationId}`)

    check.status(response, 200)
    check.match(response.body.data, { userId, registrationId, eventId, faceId, validationStatus: 'success' }, 'it is the one')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'history', readUnits: readUnits([response.body.data]) }])
    check.status(await api.get(`${path}/nothing`), 404)
    check.status(await api.get(`/api/registrations/${given.userId()}/face-validation/${registrationId}`), 404)
  },
})
