import type { Profile } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

export default scenario('images: a delete removes the item and its objects, and updates the counters', {
  seed: '002',
  pattern: 'delete an image',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    const kept = await given.image({ userId })
    const image = await given.image({ userId })
    const path = `/api/images/${image.imageId}?userId=${userId}`

    const response = await api.delete(path)
    check.status(response, 200)
    const PROFILE = 2
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: readUnits([image], 'strong') },
      { service: 'dynamodb', operation: 'TransactWriteItems', table: 'images', writeUnits: writeUnits(image, 'transactional') + 4 * writeUnits(image) + PROFILE },
      { service: 's3', operation: 'DeleteObject' },
      { service: 's3', operation: 'DeleteObject' },
    ])
    check.status(await api.get(path), 404)
    check.status(await api.delete(path), 404)
    const { body: { data: { statistics } } } = await api.get<Profile>(`/api/users/${userId}/profile`)
    check.match(statistics, { totalImages: 1, totalStorageUsed: kept.originalFileSize }, 'the other one is counted')
  },
})
