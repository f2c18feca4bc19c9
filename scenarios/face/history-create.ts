import type { Registration } from '../../server/features/face/schemas.ts'
import type { FaceValidation } from '../../server/features/face/validation-schemas.ts'
import type { Match } from '../kit/given.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

/** Both indexes hold whole items, and are charged as any other write. */
const INDEXES = 2

export default scenario('face: the history stores a failure in one write, and a match with its ticket in one transaction', {
  seed: '000',
  pattern: 'create',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, expectCalls, check }) {
    const { storedFaceKey: stranger } = await given.registrationWithFace()

    const failing = await given.registrationWithFace()
    const failure = await api.post<Match>(`/api/registrations/${failing.registrationId}/validate-face-image`, { faceImageKey: stranger })
    check.status(failure, 200)
    check.equal([failure.body.data.success, failure.body.dynamodbStored], [false, true], 'it failed, and is stored')
    const { body: { data: failed } } = await api.get<FaceValidation>(`/api/registrations/${failing.userId}/face-validation/${failing.registrationId}`)
    check.match(failed, { validationStatus: 'failed', faceImageKey: stranger }, 'as what it is')
    const common = [{ service: 'rekognition', operation: 'DetectFaces' }, { service: 'rekognition', operation: 'CompareFaces' }] as const
    await expectCalls(failure, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([failing], 'strong') },
      ...common,
      { service: 'dynamodb', operation: 'UpdateItem', table: 'history', writeUnits: (1 + INDEXES) * writeUnits(failed) },
    ])

    const before = await given.registrationWithFace()
    const path = `/api/registrations/${before.registrationId}/validate-face-image`
    const match = await api.post<Match>(path, { faceImageKey: before.storedFaceKey })
    check.status(match, 201)
    const { ticketId, faceId } = match.body.data
    const { body: { data: validation } } = await api.get<FaceValidation>(`/api/registrations/${before.userId}/face-validation/${before.registrationId}`)
    const { body: { data: after } } = await api.get<Registration>(`/api/registrations/${before.registrationId}`)
    check.match(validation, { validationStatus: 'success', faceId }, 'the validation is there')
    check.match(after, { ticketId, faceId }, 'so is the ticket')
    await expectCalls(match, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([before], 'strong') },
      ...common,
      {
        service: 'dynamodb',
        operation: 'TransactWriteItems',
        table: ['history', 'registrations'],
        writeUnits: writeUnits(validation, 'transactional') + writeUnits(after, 'transactional') + INDEXES * (writeUnits(validation) + writeUnits(after)),
      },
    ])
    check.status(await api.post(path, { faceImageKey: before.storedFaceKey }), 201)
  },
})
