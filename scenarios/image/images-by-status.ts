import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Image } from '../../server/features/image/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('images: the images of a status are one Query; the seed\'s is refused, since status is a reserved word', {
  seed: '002',
  pattern: 'images by status',
  async run ({ api, given, expectCalls, check, emulator: { documents }, tables: { images: TableName } }) {
    const { imageId } = await given.image({ file: (await given.portrait()).slice(0, 5000) })

    const response = await api.get<Page<Image>>('/api/images?status=failed&limit=50')
    check.status(response, 200)
    const { data } = response.body.data
    check.ok(data.some((image) => image.imageId === imageId), 'it is among them')
    check.ok(data.every(({ status }) => status === 'failed'), 'which are all of that status')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'Query', table: 'images', index: 'StatusIndex', readUnits: readUnits(data) }])
    check.status(await api.get('/api/images?status=lost'), 400)

    const refused = await documents.send(new QueryCommand({
      TableName,
      IndexName: 'StatusIndex',
      KeyConditionExpression: 'status = :status',
      ExpressionAttributeValues: { ':status': 'failed' },
      ScanIndexForward: false,
    })).then(() => 'answered', ({ name, message }: Error) => `${name}: ${message}`)
    check.equal(refused, 'ValidationException: Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: status', 'get_images_by_status() is refused')
  },
})
