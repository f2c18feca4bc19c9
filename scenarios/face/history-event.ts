import type { FaceValidation } from '../../server/features/face/validation-schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a page of an event\'s validations is one Query on its index, never a Scan', {
  seed: '000',
  pattern: 'event validations',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, expectCalls, check }) {
    const event = await given.event()
    const users: string[] = []
    for (let count = 0; count < 3; count++) users.unshift((await given.verifiedUser({ event })).userId)
    await given.verifiedUser()
    const path = `/api/registrations/event/${event.eventId}/face-validations?limit=2&include=faceVector`

    const first = await api.get<Page<FaceValidation>>(path)
    const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
    const second = await api.get<Page<FaceValidation>>(`${path}&lastEvaluatedKey=${token}`)

    check.status(first, 200)
    check.equal([...first.body.data.data, ...second.body.data.data].map(({ userId }) => userId), users, 'those of this event, newest first')
    check.equal(second.body.data.lastEvaluatedKey, null, 'the second page is the last')
    for (const page of [first, second]) {
      await expectCalls(page, [{
        service: 'dynamodb', operation: 'Query', table: 'history', index: 'EventIndex', readUnits: readUnits(page.body.data.data),
      }])
    }
    const other = await given.event()
    check.status(await api.get(`/api/registrations/event/${other.eventId}/face-validations?lastEvaluatedKey=${token}`), 400)
  },
})
