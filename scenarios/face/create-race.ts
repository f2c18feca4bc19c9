import type { FaceRecord, Registration } from '../../server/features/face/schemas.ts'
import type { Match } from '../kit/given.ts'
import { scenario } from '../kit/scenario.ts'

const AT_ONCE = 100

export default scenario('face: of a hundred concurrent validations for one user, one succeeds', {
  seed: '001',
  pattern: 'create',
  async run ({ api, given, check }) {
    const { registrationId, userId, storedFaceKey } = await given.registrationWithFace()
    const path = `/api/registrations/${registrationId}/validate-face-image`

    const responses = await Promise.all(Array.from({ length: AT_ONCE }, () => api.post<Match>(path, { faceImageKey: storedFaceKey })))

    const winners = responses.filter(({ status }) => status === 201)
    check.equal(winners.length, 1, 'exactly one 201')
    check.equal(responses.filter(({ status }) => status === 409).length, AT_ONCE - 1, 'ninety-nine 409')
    const { faceId, ticketId } = winners[0]?.body.data ?? {}
    const { body: { data: record } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
    check.equal(record.faceId, faceId, 'the record is the winner\'s')
    const { body: { data: registration } } = await api.get<Registration>(`/api/registrations/${registrationId}`)
    check.match(registration, { faceId, ticketId }, 'and so is the one ticket')
  },
})
