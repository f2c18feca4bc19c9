import type { Image, Profile } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

interface Created { written: number, failed: number, images: { imageId: string, outcome: string }[] }

/** Below 1 KB: the item, and its entries in the four indexes. */
const COMPLETED = 1 + 4

export default scenario('images: sixty images are three batches, and counted in one update', {
  seed: '002',
  pattern: 'create many',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    const known: Partial<Image>[] = Array.from({ length: 60 }, (_, index) => ({
      userId, status: 'completed', originalFileName: `${index}.jpg`, originalFileSize: 1000, originalFileType: 'image/jpeg', originalS3Key: `uploads/${userId}/${index}.jpg`,
    }))

    const response = await api.post<Created>('/api/images/batch', { images: known })
    check.status(response, 201)
    check.match(response.body.data, { written: 60, failed: 0 }, 'all are written')
    const batch = (items: number) => ({ service: 'dynamodb', operation: 'BatchWriteItem', table: 'images', writeUnits: items * COMPLETED } as const)
    await expectCalls(response, [
      batch(25), batch(25), batch(10),
      { service: 'dynamodb', operation: 'UpdateItem', table: 'images', writeUnits: 1 },
    ])
    const { body: { data: { statistics } } } = await api.get<Profile>(`/api/users/${userId}/profile`)
    check.match(statistics, { totalImages: 60, totalStorageUsed: 60_000 }, 'and counted')
    check.status(await api.post('/api/images/batch', { images: [{ ...known[0], originalS3Key: 'uploads/somebody-else/1.jpg' }] }), 400)
  },
})
