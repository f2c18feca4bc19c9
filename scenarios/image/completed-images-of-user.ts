import type { Image } from '../../server/features/image/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('images: a user\'s completed images are one Query on an index of completed images', {
  seed: '002',
  pattern: 'completed images of a user',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    const image = await given.image({ userId })
    await given.image({ userId, file: (await given.portrait()).slice(0, 5000) })

    const response = await api.get<Page<Image>>(`/api/users/${userId}/images/completed`)
    check.equal(response.body.data.data, [image], 'the one that failed is not among them')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'Query', table: 'images', index: 'CompletedIndex', readUnits: readUnits([image]) }])
  },
})
