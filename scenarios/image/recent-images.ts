import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Image } from '../../server/features/image/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

const query = (calls: number) => ({ service: 'dynamodb', operation: 'Query', table: 'images', index: 'DateIndex', readUnits: calls } as const)

export default scenario('images: the images of a range of days are one Query a day; the seed\'s begins_with on a hash key is refused', {
  seed: '002',
  pattern: 'recent images',
  // The days are the scenario's own.
  environment: {},
  async run ({ api, given, expectCalls, check, emulator: { documents }, tables: { images: TableName } }) {
    for (const day of ['01', '02', '02', '04']) await given.images(1, { createdAt: `2024-01-${day}T12:00:00.000Z` })

    const response = await api.get<Page<Image>>('/api/images/recent?date=2024-01-04&days=4')
    const { data } = response.body.data
    check.equal(data.map(({ createdDate }) => createdDate.slice(-2)), ['04', '02', '02', '01'], 'newest first')
    await expectCalls(response, [
      query(readUnits(data.slice(0, 1))), query(0.5), query(readUnits(data.slice(1, 3))), query(readUnits(data.slice(3))),
    ])

    const page = await api.get<Page<Image>>('/api/images/recent?date=2024-01-04&days=4&limit=1')
    await expectCalls(page, [query(readUnits(page.body.data.data))])
    let token = page.body.data.lastEvaluatedKey
    const ids = page.body.data.data.map(({ imageId }) => imageId)
    while (token !== null) {
      const { body: { data: next } } = await api.get<Page<Image>>(`/api/images/recent?date=2024-01-04&days=4&limit=1&lastEvaluatedKey=${encodeURIComponent(token)}`)
      ids.push(...next.data.map(({ imageId }) => imageId))
      token = next.lastEvaluatedKey
    }
    check.equal(ids, data.map(({ imageId }) => imageId), 'page by page, each once')
    check.status(await api.get('/api/images/recent?date=2024-01-04&days=32'), 400)

    const refused = await documents.send(new QueryCommand({
      TableName,
      IndexName: 'DateIndex',
      KeyConditionExpression: 'begins_with(createdDate, :date_prefix)',
      ExpressionAttributeValues: { ':date_prefix': '2024-01' },
      ScanIndexForward: false,
    })).then(() => 'answered', ({ name, message }: Error) => `${name}: ${message}`)
    check.equal(refused, 'ValidationException: Query key condition not supported', 'get_recent_images() is refused')
  },
})
