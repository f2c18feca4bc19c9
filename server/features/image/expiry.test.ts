import { DeleteCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import { createObjectStore, type ObjectStore } from '../../aws/object-store.ts'
import { TEST_TIME, testApp } from '../../test-support/app.ts'
import { features as allFeatures } from '../index.ts'
import { createImagePlatform } from './image-platform.ts'
import type { Profile } from './schemas.ts'

const features = allFeatures.filter(({ name }) => name === 'image')
const AT = new Date(TEST_TIME).toISOString()
const DAY_SECONDS = 86_400

/** The API, another process on the same tables, and an owner with two images of 100 bytes each. */
async function expiryApp (t: Test) {
  const made = await testApp(t, { features, config: { MAX_EVENT_LOOP_DELAY: '10m' } })
  const { app, aws, clock, config } = made
  const table = config.image.tables.images
  const objects = createObjectStore(aws.s3, config.aws.bucket)
  const errors: unknown[] = []
  const process = (store: ObjectStore = objects) => createImagePlatform({
    config: config.image, aws, clock, objects: store, uploadLimit: 1000, isAlone: false, onError: (error) => { errors.push(error) },
  })
  await process().profiles.ensure('john', AT)
  await process().profiles.add('john', { images: 2, bytes: 200, at: AT })
  for (const imageId of ['img_1', 'img_2']) {
    const objectKeys = { originalS3Key: `uploads/john/${imageId}.jpg`, processedS3Key: `processed/john/${imageId}.jpg` }
    for (const key of Object.values(objectKeys)) await objects.put(key, Buffer.from(key), 'image/jpeg')
    await aws.documents.send(new PutCommand({
      TableName: table,
      Item: {
        imageId,
        userId: 'john',
        originalFileName: 'a.jpg',
        originalFileSize: 100,
        originalFileType: 'image/jpeg',
        ...objectKeys,
        status: 'completed',
        processingSteps: { validation: { status: 'completed' }, resize: { status: 'completed' }, watermark: { status: 'completed' } },
        createdAt: AT,
        createdDate: AT.slice(0, 10),
        updatedAt: AT,
        completedAt: AT,
        tags: [],
        metadata: {},
      },
    }))
  }
  return {
    ...made,
    errors,
    objects,
    process,
    table,
    lifetime: (imageId: string, days: number) => app.inject({ method: 'PUT', url: `/api/images/${imageId}/ttl?userId=john`, payload: { days } }),
    async statistics () {
      return (await app.inject('/api/users/john/profile')).json<{ data: Profile }>().data.statistics
    },
    /** Ids of the items but the profile, and keys of the objects. */
    async left (): Promise<{ items: string[], keys: string[] }> {
      const { Items = [] } = await aws.documents.send(new ScanCommand({ TableName: table }))
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: config.aws.bucket }))
      return { items: Items.map(({ imageId }) => String(imageId)).filter((id) => id !== 'user_profile').sort(), keys: Contents.map(({ Key = '' }) => Key) }
    },
  }
}

const SECOND_ONLY = { items: ['img_2'], keys: ['processed/john/img_2.jpg', 'uploads/john/img_2.jpg'] }

test('when an image expires, its objects are deleted and the counters updated', async (t) => {
  for (const isDeleted of [false, true]) {
    t.test(`when DynamoDB ${isDeleted ? 'has deleted' : 'still has'} the item`, async (t) => {
      const api = await expiryApp(t)
      const response = await api.lifetime('img_1', 1)
      t.equal(response.statusCode, 200)
      t.equal(response.json<{ data: { ttl: number } }>().data.ttl, TEST_TIME / 1000 + DAY_SECONDS)
      t.equal((await api.app.inject('/api/users/john/images')).json<{ data: { count: number } }>().data.count, 2, 'no list shows the entry')

      await api.process().expiryService.run()
      t.match(await api.statistics(), { totalImages: 2, totalStorageUsed: 200 }, 'not before its time')
      await api.clock.advance((DAY_SECONDS - 1) * 1000)
      await api.process().expiryService.run()
      t.match(await api.statistics(), { totalImages: 2, totalStorageUsed: 200 }, 'not a second too early')

      await api.clock.advance(1000)
      if (isDeleted) await api.aws.documents.send(new DeleteCommand({ TableName: api.table, Key: { imageId: 'img_1', userId: 'john' } }))
      await api.process().expiryService.run()
      t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 })
      t.same(await api.left(), SECOND_ONLY)
      await api.process().expiryService.run()
      t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 }, 'once')
      t.same(api.errors, [])
    })
  }
})

test('several processes that sweep at once count an expired image once', async (t) => {
  const api = await expiryApp(t)
  await api.lifetime('img_1', 1)
  await api.clock.advance(2 * DAY_SECONDS * 1000)
  await Promise.all(Array.from({ length: 4 }, () => api.process().expiryService.run()))
  t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 })
  t.same(await api.left(), SECOND_ONLY)
  t.same(api.errors, [])
})

test('a sweep that crashes before the objects are deleted is completed by another', async (t) => {
  const api = await expiryApp(t)
  await api.lifetime('img_1', 1)
  await api.clock.advance(2 * DAY_SECONDS * 1000)
  const crash = new Error('crash')
  await api.process({ ...api.objects, delete: () => Promise.reject(crash) }).expiryService.run()
  t.ok(api.errors.length === 1 && api.errors[0] === crash)
  t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 })
  t.equal((await api.left()).keys.length, 4)

  await api.process().expiryService.run()
  t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 })
  t.same(await api.left(), SECOND_ONLY)
})

test('a new lifetime replaces the one before', async (t) => {
  const api = await expiryApp(t)
  await api.lifetime('img_1', 1)
  await api.lifetime('img_1', 30)
  await api.lifetime('img_2', 30)
  await api.lifetime('img_2', 1)
  await api.clock.advance(2 * DAY_SECONDS * 1000)
  await api.process().expiryService.run()
  t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 })
  t.match((await api.left()).keys, ['processed/john/img_1.jpg', 'uploads/john/img_1.jpg'])

  t.test('also if it was changed in the table', async (t) => {
    await api.aws.documents.send(new UpdateCommand({
      TableName: api.table,
      Key: { imageId: 'img_1', userId: 'john' },
      UpdateExpression: 'SET #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':ttl': TEST_TIME / 1000 + 60 * DAY_SECONDS },
    }))
    await api.clock.advance(40 * DAY_SECONDS * 1000)
    await api.process().expiryService.run()
    t.equal((await api.statistics()).totalImages, 1)
    await api.clock.advance(40 * DAY_SECONDS * 1000)
    await api.process().expiryService.run()
    t.match(await api.statistics(), { totalImages: 0, totalStorageUsed: 0 })
    t.same(await api.left(), { items: [], keys: [] })
  })
})

test('an image that is deleted before its lifetime ends is counted once', async (t) => {
  const api = await expiryApp(t)
  await api.lifetime('img_1', 1)
  t.equal((await api.app.inject({ method: 'DELETE', url: '/api/images/img_1?userId=john' })).statusCode, 200)
  t.same(await api.left(), SECOND_ONLY, 'its entry is deleted as well')
  await api.clock.advance(2 * DAY_SECONDS * 1000)
  await api.process().expiryService.run()
  t.match(await api.statistics(), { totalImages: 1, totalStorageUsed: 100 })
})

test('an owner whose profile is gone gets none', async (t) => {
  const api = await expiryApp(t)
  await api.lifetime('img_1', 1)
  await api.aws.documents.send(new DeleteCommand({ TableName: api.table, Key: { imageId: 'user_profile', userId: 'john' } }))
  await api.clock.advance(2 * DAY_SECONDS * 1000)
  await api.process().expiryService.run()
  t.equal((await api.app.inject('/api/users/john/profile')).statusCode, 404)
  t.same(await api.left(), SECOND_ONLY)
})

test('a server cleans up by itself once the clock has moved', async (t) => {
  const api = await expiryApp(t)
  await api.lifetime('img_1', 1)
  await api.clock.advance(2 * DAY_SECONDS * 1000)
  // Its first sweep begins when it listens; it is over before the server closes.
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  await api.app.close()
  t.same((await api.left()).items, ['img_2'])
})
