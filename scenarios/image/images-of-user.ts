import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Image } from '../../server/features/image/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('images: a user\'s images are one Query a page, newest first, without the profile', {
  seed: '002',
  pattern: 'images of a user',
  async run ({ api, given, expectCalls, check, emulator: { documents }, tables: { images: TableName } }) {
    const { userId } = await given.owner()
    for (const day of ['01', '03', '02']) await given.images(1, { userId, createdAt: `2026-01-${day}T12:00:00.000Z` })
    const path = `/api/users/${userId}/images`

    const first = await api.get<Page<Image>>(`${path}?limit=2`)
    const token = encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')
    const second = await api.get<Page<Image>>(`${path}?limit=2&lastEvaluatedKey=${token}`)
    check.equal([...first.body.data.data, ...second.body.data.data].map(({ createdDate }) => createdDate), ['2026-01-03', '2026-01-02', '2026-01-01'], 'newest first')
    for (const page of [first, second]) {
      await expectCalls(page, [{ service: 'dynamodb', operation: 'Query', table: 'images', index: 'UserImages', readUnits: readUnits(page.body.data.data) }])
    }
    check.status(await api.get(`/api/users/${given.userId()}/images?lastEvaluatedKey=${token}`), 400)

    // As the seed stores a profile: with `createdAt`, it is in the index.
    const other = given.userId()
    await documents.send(new PutCommand({ TableName, Item: { imageId: 'user_profile', userId: other, createdAt: '2026-01-01T12:00:00.000Z' } }))
    const { Items = [] } = await documents.send(new QueryCommand({
      TableName, IndexName: 'UserImages', KeyConditionExpression: 'userId = :userId', ExpressionAttributeValues: { ':userId': other },
    }))
    check.equal(Items.map(({ imageId }) => imageId as string), ['user_profile'], 'the seed\'s profile turns up among its user\'s images')
  },
})
