import { scenario } from '../kit/scenario.ts'

interface Recent { hasRecentValidation: boolean, latest: { registrationId: string } | null }

export default scenario('face: the check for a recent validation is one Query of one item', {
  seed: '000',
  pattern: 'recent validation',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, emulator, expectCalls, check }) {
    const userId = given.userId()
    await given.verifiedUser({ userId })
    const { registration: { registrationId } } = await given.verifiedUser({ userId })
    const path = `/api/registrations/${userId}/face-validation/check-recent?minutes=60`

    const soon = await api.get<Recent>(path)
    await emulator.advance('61m')
    const late = await api.get<Recent>(path)

    check.status(soon, 200)
    check.equal(soon.body.data.latest?.registrationId, registrationId, 'it is the latest')
    check.match(late.body.data, { hasRecentValidation: false, latest: null }, 'an hour later there is none')
    for (const response of [soon, late]) {
      await expectCalls(response, [{ service: 'dynamodb', operation: 'Query', table: 'history', index: 'ByTimestamp', readUnits: 0.5 }])
    }
  },
})
