import type { FaceRecord } from '../../server/features/face/schemas.ts'
import type { Match } from '../kit/given.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('face: after a reset the user can be verified again', {
  seed: '001',
  pattern: 'reset',
  async run ({ api, given, expectCalls, check }) {
    const { userId, faceId, registration: { registrationId, storedFaceKey } } = await given.verifiedUser()
    const path = `/api/registrations/${userId}/face`
    const { body: { data: record } } = await api.get<FaceRecord>(path)

    const response = await api.delete(path)

    const message = 'Face record deleted successfully - user can now re-register'
    check.status(response, 200)
    check.equal(response.body.message, message, 'it has the seed\'s message')
    check.equal<unknown>(response.body.data, { userId, message }, 'twice, as the seed does')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'DeleteItem', table: 'faces', writeUnits: writeUnits(record) }])

    check.status(await api.get(path), 404)
    check.status(await api.delete(path), 404)
    const again = await api.post<Match>(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: storedFaceKey })
    check.status(again, 201)
    check.ok(again.body.data.faceId !== faceId, 'the new record is a new face')
  },
})
