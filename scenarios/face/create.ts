import type { FaceRecord, Registration } from '../../server/features/face/schemas.ts'
import type { Match } from '../kit/given.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

export default scenario('face: a match stores the record and the ticket in one transaction', {
  seed: '001',
  pattern: 'create',
  async run ({ api, given, expectCalls, check }) {
    const before = await given.registrationWithFace()
    const { registrationId, userId, storedFaceKey } = before

    const response = await api.post<Match>(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: storedFaceKey })

    check.status(response, 201)
    check.equal(response.body.dynamodbStored, true, 'it says that it is stored')
    const { success, confidence, faceId, ticketId } = response.body.data
    check.ok(success && confidence >= 99, 'the same picture is the same person')

    const { body: { data: record } } = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
    check.match(record, { userId, faceId, confidence, validationStatus: 'success', storedFaceKey }, 'the record is there')
    const { body: { data: after } } = await api.get<Registration>(`/api/registrations/${registrationId}`)
    check.match(after, { ticketId, faceId }, 'so is the ticket')

    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([before], 'strong') },
      { service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 },
      { service: 'rekognition', operation: 'DetectFaces' },
      { service: 'rekognition', operation: 'CompareFaces' },
      {
        service: 'dynamodb',
        operation: 'TransactWriteItems',
        table: ['faces', 'registrations'],
        // The registration is in two indexes as well, which are charged as for any other write.
        writeUnits: writeUnits(record, 'transactional') + writeUnits(after, 'transactional') + 2 * writeUnits(after),
      },
    ])
  },
})
