import { GetCommand } from '@aws-sdk/lib-dynamodb'
import type { FaceValidation, ValidationStats } from '../../server/features/face/validation-schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('face: a validation is visible on day 15, and gone from history, statistics and its event on day 31', {
  seed: '000',
  pattern: 'history',
  environment: { FACE_DESIGN: 'history' },
  async run ({ api, given, emulator, expectCalls, check, tables }) {
    const { userId, registration: { registrationId, eventId } } = await given.verifiedUser()
    const paths = {
      history: `/api/registrations/${userId}/face-validation/history?include=faceVector`,
      stats: `/api/registrations/${userId}/face-validation/stats`,
      event: `/api/registrations/event/${eventId}/face-validations`,
    }
    const counts = async () => ({
      history: (await api.get<Page<FaceValidation>>(paths.history)).body.data.count,
      stats: (await api.get<ValidationStats>(paths.stats)).body.data.total,
      event: (await api.get<Page<FaceValidation>>(paths.event)).body.data.count,
    })

    await emulator.advance('15d')
    check.equal(await counts(), { history: 1, stats: 1, event: 1 }, 'on day 15 it is seen everywhere')
    const day15 = await api.get<Page<FaceValidation>>(paths.history)
    const query = { service: 'dynamodb', operation: 'Query', table: 'history', index: 'ByTimestamp' } as const
    await expectCalls(day15, [{ ...query, readUnits: readUnits(day15.body.data.data) }])

    await emulator.advance('16d')
    check.equal(await counts(), { history: 0, stats: 0, event: 0 }, 'on day 31 it is gone everywhere')
    const registered = { service: 'dynamodb', operation: 'Query', table: 'registrations', index: 'UserIndex', readUnits: 0.5 } as const
    await expectCalls(await api.get(paths.history), [{ ...query, readUnits: 0.5 }, registered])
    check.status(await api.get(`/api/registrations/${userId}/face-validation/${registrationId}`), 404)
    const { Item } = await emulator.documents.send(new GetCommand({ TableName: tables.history, Key: { userId, registrationId } }))
    check.equal(Item, undefined, 'the table agrees')
  },
})
