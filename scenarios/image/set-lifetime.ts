import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Image } from '../../server/features/image/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits, writeUnits } from '../kit/units.ts'

export default scenario('images: an image with a lifetime is gone everywhere once the clock passes it', {
  seed: '002',
  pattern: 'set the lifetime',
  // It moves the clock.
  environment: {},
  async run ({ api, given, expectCalls, check, emulator, tables: { images: TableName } }) {
    const { userId } = await given.owner()
    const [{ imageId } = { imageId: '' }] = await given.images(1, { userId })
    const path = `/api/images/${imageId}`

    const response = await api.put<Image>(`${path}/ttl?userId=${userId}`, { days: 30 })
    check.status(response, 200)
    const image = response.body.data
    // The entry from which the image is cleaned up, and that in the two indexes that have it.
    const ENTRY = 2 + 2
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: readUnits([image], 'strong') },
      { service: 'dynamodb', operation: 'TransactWriteItems', table: 'images', writeUnits: writeUnits(image, 'transactional') + 4 * writeUnits(image) + ENTRY },
    ])

    await emulator.advance('29d')
    check.status(await api.get(`${path}?userId=${userId}`), 200)
    await emulator.advance('2d')
    check.status(await api.get(`${path}?userId=${userId}`), 404)
    check.status(await api.put(`${path}/ttl?userId=${userId}`, { days: 30 }), 404)
    const { body: { data: list } } = await api.get<Page<Image>>(`/api/users/${userId}/images`)
    check.equal(list.count, 0, 'no list has it')

    const refused = await emulator.documents.send(new UpdateCommand({
      TableName, Key: { imageId, userId }, UpdateExpression: 'SET ttl = :ttl', ExpressionAttributeValues: { ':ttl': 1 },
    })).then(() => 'answered', ({ name, message }: Error) => `${name}: ${message}`)
    check.ok(refused.startsWith('ValidationException: ') && refused.endsWith('Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: ttl'), 'set_ttl_for_image() is refused')
  },
})
