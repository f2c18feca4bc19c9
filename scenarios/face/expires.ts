import { GetCommand } from '@aws-sdk/lib-dynamodb'
import type { FaceRecord } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a record with a TTL is gone once the clock passes it', {
  seed: '000',
  pattern: 'get one',
  environment: { FACE_RECORD_TTL_DAYS: '30' },
  async run ({ api, given, emulator, expectCalls, check, tables }) {
    const { userId, registration: { registrationId, storedFaceKey } } = await given.verifiedUser()
    const path = `/api/registrations/${userId}/face`

    await emulator.advance('15d')
    const day15 = await api.get<FaceRecord>(path)
    check.status(day15, 200)
    await expectCalls(day15, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: readUnits([day15.body.data]) }])

    await emulator.advance('16d')
    const day31 = await api.get(path)
    check.status(day31, 404)
    await expectCalls(day31, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 }])
    const exists = await api.get<{ hasFaceRecord: boolean }>(`${path}/exists`)
    check.equal(exists.body.data.hasFaceRecord, false, 'the user has no record any more')
    const { Item } = await emulator.documents.send(new GetCommand({ TableName: tables.faces, Key: { userId } }))
    check.equal(Item, undefined, 'the table agrees')
    check.status(await api.post(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: storedFaceKey }), 201)
  },
})
