import type { Registration } from '../../server/features/face/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

export default scenario('registrations: a reference picture is stored, and referenced by one conditional write', {
  seed: '001',
  pattern: 'set the stored face',
  async run ({ api, given, expectCalls, check }) {
    const registration = await given.registration()
    const path = `/api/registrations/${registration.registrationId}/stored-face`
    const change = (after: Registration) => ({
      service: 'dynamodb', operation: 'UpdateItem', table: 'registrations', writeUnits: writeUnits(after) * 3,
    } as const)

    const uploaded = await api.upload<Registration>(path, { file: await given.portrait(), contentType: 'image/jpeg' })

    check.status(uploaded, 200)
    const { storedFaceKey = '' } = uploaded.body.data
    check.ok(storedFaceKey !== '', 'the registration has a stored face')
    // The item, and its entries in two indexes.
    await expectCalls(uploaded, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([registration], 'strong') },
      { service: 's3', operation: 'PutObject' },
      { service: 'rekognition', operation: 'DetectFaces' },
      change(uploaded.body.data),
    ])

    const named = await api.post<Registration>(path, { faceImageKey: storedFaceKey })
    check.status(named, 200)
    await expectCalls(named, [
      { service: 'dynamodb', operation: 'GetItem', table: 'registrations', readUnits: readUnits([uploaded.body.data], 'strong') },
      { service: 'rekognition', operation: 'DetectFaces' },
      change(named.body.data),
    ])

    const text = await api.upload(path, { file: new TextEncoder().encode('this is no picture'), contentType: 'image/jpeg' })
    check.status(text, 400)
    check.status(await api.post(path, { faceImageKey: `${storedFaceKey}.missing` }), 404)
  },
})
