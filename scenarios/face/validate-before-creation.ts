import type { FaceRecord } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: one read checks whether a record may be created', {
  seed: '001',
  pattern: 'duplicate check',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.verifiedUser()
    const { body: { data: record } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
    const newcomer = given.userId()

    const eligible = await api.get(`/api/registrations/${newcomer}/face/validate-before-creation`)
    const refused = await api.get(`/api/registrations/${userId}/face/validate-before-creation`)

    check.status(eligible, 200)
    check.equal(eligible.body.message, 'User is eligible for face verification - no existing record found', 'the answer for a new user has the seed\'s words')
    check.equal<unknown>(eligible.body.data, { userId: newcomer, canCreateFace: true }, 'a new user may')
    check.status(refused, 409)
    check.match(refused.body, {
      status: 'error',
      statusCode: 409,
      message: 'User already has a face verification record. Duplicate userId not allowed. Please contact support to reset.',
    }, 'the other is refused with the seed\'s message')
    await expectCalls(eligible, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 }])
    await expectCalls(refused, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: readUnits([record]) }])
  },
})
