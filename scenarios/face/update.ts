import type { FaceRecord } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('face: a record is updated in one conditional write', {
  seed: '001',
  pattern: 'update',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.verifiedUser()
    const path = `/api/registrations/${userId}/face`
    const { body: { data: before } } = await api.get<FaceRecord>(path)
    const changes = { validationStatus: 'pending' as const, confidence: 97.5, quality: 'LOW' as const }

    const response = await api.put<FaceRecord>(path, changes)

    check.status(response, 200)
    check.equal(response.body.message, 'Face record updated successfully', 'it has the seed\'s message')
    const after = response.body.data
    check.equal(after, { ...before, ...changes, updatedAt: after.updatedAt }, 'the answer is the whole record, changed where asked')
    check.ok(after.updatedAt >= before.updatedAt, 'it says when')
    const { body: { data: stored } } = await api.get<FaceRecord>(path)
    check.equal(stored, after, 'and so it is stored')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'UpdateItem', table: 'faces', writeUnits: Math.max(writeUnits(before), writeUnits(after)) },
    ])

    check.status(await api.put(path, { faceId: 'face_1' }), 400)
    check.status(await api.put(path, { confidence: 101 }), 400)
    const missing = await api.put(`/api/registrations/${given.userId()}/face`, changes)
    check.status(missing, 404)
  },
})
