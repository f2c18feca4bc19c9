import type { Profile } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

export default scenario('images: a profile is stored by one update, which changes no index and no counter', {
  seed: '002',
  pattern: 'put a profile',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    await given.images(3, { userId })

    const response = await api.put<Profile>(`/api/users/${userId}/profile`, { email: 'user@example.com', profile: { firstName: 'John' } })
    check.status(response, 200)
    check.match(response.body.data, {
      email: 'user@example.com', profile: { firstName: 'John', preferences: { defaultImageSize: 'medium', watermarkEnabled: true } },
    }, 'missing members have defaults')
    check.match(response.body.data.statistics, { totalImages: 3, totalStorageUsed: 3000 }, 'the counters stay')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'images', writeUnits: 1 }])
    check.status(await api.put(`/api/users/${userId}/profile`, { profile: { preferences: { defaultImageSize: 'huge' } } }), 400)
  },
})
