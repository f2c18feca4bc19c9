import type { Image } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

interface Got { images: Image[], absent: { imageId: string }[] }

export default scenario('images: up to a hundred images are one BatchGetItem, in the requested order', {
  seed: '002',
  pattern: 'get many',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    const keys = (await given.images(99, { userId })).map(({ imageId }) => ({ imageId, userId }))
    const absent = { imageId: 'img_none', userId }

    const response = await api.post<Got>('/api/images/batch-get', { keys: [...keys, absent] })
    check.status(response, 200)
    check.equal(response.body.data.images.map(({ imageId }) => imageId), keys.map(({ imageId }) => imageId), 'in the requested order')
    check.equal(response.body.data.absent, [absent], 'the missing one is named')
    // Each one below 4 KB; one that is not there costs as much.
    await expectCalls(response, [{ service: 'dynamodb', operation: 'BatchGetItem', table: 'images', readUnits: 100 * 0.5 }])
  },
})
