import type { FaceValidation } from '../../server/features/face/validation-schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

interface Dashboard { successRate: number | null, records: { total: number, success: number, failed: number } }

export default scenario('face: the dashboard of the history counts all attempts with one Scan while the table fits into one', {
  seed: '000',
  pattern: 'dashboard',
  // Its cost goes with the table, so that the table has to be its own.
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, expectCalls, check }) {
    const { userId, registration: { registrationId } } = await given.verifiedUser()
    const { storedFaceKey: stranger } = await given.registrationWithFace()
    await api.post(`/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: stranger })
    const { body: { data: { data: all } } } = await api.get<Page<FaceValidation>>(`/api/registrations/${userId}/face-validation/history?include=faceVector`)

    const response = await api.get<Dashboard>('/api/registrations/face/admin/metrics')

    check.status(response, 200)
    check.match(response.body.data.records, { total: 2, success: 1, failed: 1 }, 'one attempt matched, one failed')
    check.match(response.body.data, { successRate: 50 }, 'one of two')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'Scan', table: 'history', readUnits: readUnits(all) }])
  },
})
