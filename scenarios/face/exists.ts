import type { FaceRecord } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: the check whether a user has a record is never an error', {
  seed: '001',
  pattern: 'existence',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.verifiedUser()
    const { body: { data: record } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
    const unknownUser = given.userId()

    const yes = await api.get(`/api/registrations/${userId}/face/exists`)
    const no = await api.get(`/api/registrations/${unknownUser}/face/exists`)

    check.status(yes, 200)
    check.equal(yes.body.message, 'User has face record', 'yes has the seed\'s message')
    check.equal<unknown>(yes.body.data, { userId, hasFaceRecord: true }, 'the user has a record')
    check.status(no, 200)
    check.equal(no.body.message, 'User has no face record', 'no has the seed\'s message')
    check.equal<unknown>(no.body.data, { userId: unknownUser, hasFaceRecord: false }, 'unknownUser has none')
    // A projection makes the answer smaller, not the bill: DynamoDB charges for the whole item.
    await expectCalls(yes, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: readUnits([record]) }])
    await expectCalls(no, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 }])
  },
})
