import type { FaceValidation } from '../../server/features/face/validation-schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a page of five of a user\'s history is one Query by time, never a Scan', {
  seed: '000',
  pattern: 'history',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, expectCalls, check }) {
    const userId = given.userId()
    const registrationIds: string[] = []
    for (let count = 0; count < 6; count++) registrationIds.unshift((await given.verifiedUser({ userId })).registration.registrationId)
    const path = `/api/registrations/${userId}/face-validation/history?limit=5&include=faceVector`

    const first = await api.get<Page<FaceValidation>>(path)
    const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
    const second = await api.get<Page<FaceValidation>>(`${path}&lastEvaluatedKey=${token}`)

    check.status(first, 200)
    check.status(second, 200)
    const listed = [...first.body.data.data, ...second.body.data.data]
    check.equal(first.body.data.count, 5, 'a page has the requested length')
    check.equal(listed.map(({ registrationId }) => registrationId), registrationIds, 'newest first, each once')
    check.equal(second.body.data.lastEvaluatedKey, null, 'the second page is the last')
    for (const page of [first, second]) {
      await expectCalls(page, [{
        service: 'dynamodb', operation: 'Query', table: 'history', index: 'ByTimestamp', readUnits: readUnits(page.body.data.data),
      }])
    }

    check.status(await api.get(`/api/registrations/${given.userId()}/face-validation/history?lastEvaluatedKey=${token}`), 400)
    const without = await api.get<Page<FaceValidation>>(`/api/registrations/${userId}/face-validation/history`)
    check.ok(without.body.data.data.every(({ faceVector }) => faceVector === undefined), 'a list has vectors only on request')
  },
})
