import type { FaceRecord, Registration } from '../../server/features/face/schemas.ts'
import type { Match } from '../kit/given.ts'
import { scenario } from '../kit/scenario.ts'

const AT_ONCE = 100
const SLOW_MS = 500

export default scenario('face: of a hundred concurrent validations for two registrations of one user, one succeeds', {
  seed: '001',
  pattern: 'create',
  // It makes Rekognition slow.
  environment: {},
  async run ({ api, given, check, emulator }) {
    // Two registrations, so that the condition of the record decides, and not that of the registration.
    const userId = given.userId()
    const registrations = [await given.registrationWithFace({ userId }), await given.registrationWithFace({ userId })]

    // All requests have read that there is no record before the first one writes.
    await emulator.control('POST', '/faults', { service: 'rekognition', operation: 'CompareFaces', latency: SLOW_MS })
    const requests = Array.from({ length: AT_ONCE }, (_, index) => registrations[index % 2]!)
    const responses = await Promise.all(requests.map(async ({ registrationId, storedFaceKey }) => ({
      registrationId,
      response: await api.post<Match>(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: storedFaceKey }),
    })))

    const winners = responses.filter(({ response }) => response.status === 201)
    check.equal(winners.length, 1, 'exactly one 201')
    check.equal(responses.filter(({ response }) => response.status === 409).length, AT_ONCE - 1, 'ninety-nine 409')
    const { faceId, ticketId } = winners[0]?.response.body.data ?? {}
    const { body: { data: record } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
    check.equal(record.faceId, faceId, 'the record is the winner\'s')
    for (const { registrationId } of registrations) {
      const { body: { data: registration } } = await api.get<Registration>(`/api/registrations/${registrationId}`)
      const isWinner = registrationId === winners[0]?.registrationId
      check.equal([registration.faceId, registration.ticketId], isWinner ? [faceId, ticketId] : [undefined, undefined], isWinner ? 'and so is the one ticket' : 'the other registration has none')
    }
  },
})
