import type { Image } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

// An item and a profile below 1 KB, which these are: 2 WCU each in a transaction, and 1 for each index that holds it.
const ITEM = 2
const PROFILE = 2
/** A pending image is in UserImages, StatusIndex and DateIndex, and not in the sparse CompletedIndex. */
const INDEXES = 3

export default scenario('images: an upload is one object and one transaction with the owner\'s counters', {
  seed: '002',
  pattern: 'upload',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    const file = await given.portrait()
    const upload = { file, contentType: 'image/jpeg', name: 'vacation-photo.jpg' }

    const response = await api.upload<Pick<Image, 'imageId' | 'status'>>('/api/images', { ...upload, fields: { userId, tags: 'vacation,family' } })

    check.status(response, 202)
    check.equal(response.body.data.status, 'pending', 'it is processed later')
    const { imageId } = response.body.data
    check.equal(response.headers.get('location'), `/api/images/${imageId}?userId=${userId}`, 'it says where the image is')
    await expectCalls(response, [
      { service: 's3', operation: 'PutObject' },
      { service: 'dynamodb', operation: 'TransactWriteItems', table: 'images', writeUnits: ITEM + INDEXES + PROFILE },
    ])

    const { body: { data: profile } } = await api.get<{ statistics: object }>(`/api/users/${userId}/profile`)
    check.match(profile.statistics, { totalImages: 1, totalStorageUsed: file.byteLength }, 'the owner\'s counters count it')

    const first = await api.upload('/api/images', { ...upload, fields: { userId: given.userId() } })
    check.status(first, 202)
    await expectCalls(first, [
      { service: 's3', operation: 'PutObject' },
      { service: 'dynamodb', operation: 'TransactWriteItems', table: 'images', writeUnits: ITEM + PROFILE, result: 'TransactionCanceledException' },
      { service: 'dynamodb', operation: 'PutItem', table: 'images', writeUnits: 1 },
      { service: 'dynamodb', operation: 'TransactWriteItems', table: 'images', writeUnits: ITEM + INDEXES + PROFILE },
    ])
  },
})
