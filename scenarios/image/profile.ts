import type { Profile } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('images: a profile is one GetItem', {
  seed: '002',
  pattern: 'get a profile',
  async run ({ api, given, expectCalls, check }) {
    const profile = await given.owner({ defaultImageSize: 'large' })
    const response = await api.get<Profile>(`/api/users/${profile.userId}/profile`)
    check.equal(response.body.data, profile, 'it is the profile')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: 0.5 }])
    check.status(await api.get(`/api/users/${given.userId()}/profile`), 404)
  },
})
