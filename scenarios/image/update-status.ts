import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Image } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

/** Below 1 KB: the item, UserImages and DateIndex changed in place, StatusIndex under another key. */
const NEW_STATUS = 1 + 1 + 1 + 2

export default scenario('images: a status changes by one conditional update, and only to an allowed one', {
  seed: '002',
  pattern: 'update the status',
  // Only the scenario processes here.
  environment: { IMAGE_WORKERS: '0' },
  async run ({ api, given, expectCalls, check, emulator: { documents }, tables: { images: TableName } }) {
    const { userId } = await given.owner()
    const [{ imageId } = { imageId: '' }] = await given.images(1, { userId, status: 'pending' })
    const path = `/api/images/${imageId}?userId=${userId}`
    const update = (writeUnits: number) => ({ service: 'dynamodb', operation: 'UpdateItem', table: 'images', writeUnits } as const)

    const early = await api.patch(path, { status: 'completed' })
    check.status(early, 409)
    await expectCalls(early, [{ ...update(1), result: 'ConditionalCheckFailedException' }])

    const data: Image['processingSteps']['validation'] = { status: 'processing', startedAt: '2026-03-01T12:00:00.000Z' }
    const started = await api.patch<Image>(path, { status: 'processing', step: { name: 'validation', data } })
    check.status(started, 200)
    check.equal(started.body.data.processingSteps.validation, data, 'the step is noted')
    await expectCalls(started, [update(NEW_STATUS)])

    const completed = await api.patch<Image>(path, { status: 'completed' })
    check.status(completed, 200)
    check.ok(completed.body.data.completedAt !== undefined, 'it says since when, and so enters CompletedIndex')
    await expectCalls(completed, [update(NEW_STATUS + 1)])
    for (const status of ['pending', 'processing', 'failed']) check.status(await api.patch(path, { status }), 409)
    check.status(await api.patch(path, { status: 'lost' }), 400)
    check.status(await api.patch(`/api/images/img_none?userId=${userId}`, { status: 'processing' }), 404)

    // As the seed writes it: the name among the values, and none among the names.
    const refused = await documents.send(new UpdateCommand({
      TableName,
      Key: { imageId, userId },
      UpdateExpression: 'SET #status = :status, updatedAt = :updatedAt',
      ExpressionAttributeValues: { '#status': 'status', ':status': 'failed', ':updatedAt': '2026-03-01T12:00:00.000Z' },
    })).then(() => 'answered', ({ name, message }: Error) => `${name}: ${message}`)
    check.ok(refused.startsWith('ValidationException: ') && refused.endsWith('ExpressionAttributeValues contains invalid key: Syntax error; key: "#status"'), 'update_image_status() is refused')
  },
})
