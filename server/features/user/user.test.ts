import { setTimeout as sleep } from 'node:timers/promises'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { createObjectStore } from '../../aws/object-store.ts'
import { allTables } from '../../tables.ts'
import { TEST_TIME, testApp } from '../../test-support/app.ts'
import { matchesDocs } from '../../test-support/contract.ts'
import type { Deletion } from './schemas.ts'

const AT = new Date(TEST_TIME).toISOString()
const USER = 'erase-me'

async function userApp (t: Test) {
  const made = await testApp(t, { config: { MAX_EVENT_LOOP_DELAY: '10m' } })
  const { app, aws, config, emulator } = made
  const objects = createObjectStore(aws.s3, config.aws.bucket)
  const as = async (sub: string) => {
    const { token } = await emulator.tokens.issue({ sub })
    return async (method: 'POST' | 'PUT', url: string, payload: object) => {
      const response = await app.inject({ method, url, payload, headers: { authorization: `Bearer ${token}` } })
      if (response.statusCode >= 300) throw new Error(response.body)
      return response.json<{ data: Record<string, string> }>().data
    }
  }
  const put = (TableName: string, Item: Record<string, unknown>) => aws.documents.send(new PutCommand({ TableName, Item }))
  return {
    ...made,
    objects,
    as,
    /** Something of everything. */
    async fill (userId: string) {
      const call = await as(userId)
      const { eventId } = await call('POST', '/api/events', { name: 'Day', capacity: 1 })
      const { registrationId } = await call('POST', '/api/registrations', { userId, eventId, name: 'Somebody' })
      const waiting = await call('POST', '/api/registrations', { userId: 'next', eventId, name: 'Next' })
      await objects.put(`faces/${registrationId}/stored.jpg`, Buffer.from('x'), 'image/jpeg')
      await put(config.face.tables.faces, { userId, faceId: 'f', expiresAt: 1 })
      const image = {
        originalFileName: 'a.jpg',
        updatedAt: AT,
        tags: [],
        metadata: {},
        processingSteps: { validation: { status: 'completed' }, resize: { status: 'completed' }, watermark: { status: 'completed' } },
        userId,
        originalFileSize: 1,
        originalFileType: 'image/jpeg',
        originalS3Key: `uploads/${userId}/a.jpg`,
        status: 'completed',
        createdAt: AT,
        completedAt: AT,
        createdDate: AT.slice(0, 10)
      }
      for (let index = 0; index < 30; index++) await put(config.image.tables.images, { ...image, imageId: `img_${userId}-${index}` })
      await objects.put(`uploads/${userId}/a.jpg`, Buffer.from('x'), 'image/jpeg')
      await objects.put(`processed/${userId}/a.jpg`, Buffer.from('x'), 'image/jpeg')
      await call('PUT', `/api/images/img_${userId}-0/ttl?userId=${userId}`, { days: 1 })
      await call('PUT', `/api/users/${userId}/profile`, { profile: {} })
      const { conversationId } = await call('POST', '/api/chat/conversations', { title: 'Hello' })
      await call('POST', `/api/chat/conversations/${conversationId}/messages`, { role: 'user', content: 'Hello' })
      await call('POST', '/api/chat/sessions', { ttlSeconds: 3000 })
      await call('POST', '/api/chat/tokens', { purpose: 'verify', email: 'a@example.com' })
      await call('PUT', '/api/chat/profile', { name: 'Somebody', email: 'a@example.com', role: 'user' }).catch(() => call('PUT', '/api/chat/profile', { name: 'Somebody', email: 'a@example.com' }))
      await call('PUT', '/api/users/me', { name: 'Somebody' })
      await call('POST', '/api/reports', { title: 'Mine' })
      return { registrationId: registrationId!, waitingId: waiting.registrationId! }
    },
    /** Everything in which a text occurs. */
    async traces (...texts: string[]): Promise<string[]> {
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: config.aws.bucket }))
      const found = Contents.map(({ Key = '' }) => Key)
      for (const { name } of allTables(config)) {
        const { Items = [] } = await aws.documents.send(new ScanCommand({ TableName: name, ConsistentRead: true }))
        found.push(...Items.map((item) => `${name} ${JSON.stringify(item)}`))
      }
      return found.filter((one) => texts.some((text) => one.includes(text)))
    },
    async completed (): Promise<Deletion> {
      for (;;) {
        const response = await app.inject(`/api/users/${USER}/deletion`)
        const { data } = response.json<{ data: Deletion }>()
        if (data.status === 'completed') {
          matchesDocs(t, app, response)
          return data
        }
        await sleep(5)
      }
    },
  }
}

test('nothing of a deleted user is left anywhere, and everything of other users is', async (t) => {
  const api = await userApp(t)
  const { registrationId, waitingId } = await api.fill(USER)
  await api.fill('somebody-else')
  const others = (await api.traces('somebody-else')).length
  t.ok((await api.traces(USER)).length > 40)

  const response = await api.app.inject({ method: 'DELETE', url: `/api/users/${USER}` })
  t.equal(response.statusCode, 202)
  matchesDocs(t, api.app, response)
  t.match(await api.completed(), {
    deleted: {
      face: { registrations: 1, storedFaces: 1, records: 1 },
      image: { profiles: 1, images: 30, lifetimes: 1, files: 2 },
      chat: { profiles: 1, conversations: 1, messages: 1, sessionsAndTokens: 2 },
      report: { users: 1, reports: 1 },
    },
  })
  t.same(await api.traces(USER, registrationId), [])
  t.equal((await api.traces('somebody-else')).length, others)
  t.match((await api.app.inject(`/api/registrations/${waitingId}`)).json(), { data: { status: 'registered' } }, 'the place went to who waited')

  t.equal((await api.app.inject({ method: 'DELETE', url: `/api/users/${USER}` })).statusCode, 202, 'it can be repeated')
  t.match(await api.completed(), { deleted: { report: { users: 0, reports: 0 } } })
  t.equal((await api.app.inject('/api/users/nobody/deletion')).statusCode, 404)
})

test('the next start resumes a deletion that failed in the middle', async (t) => {
  const api = await userApp(t)
  await api.fill(USER)
  await api.emulator.faults.add({ id: 'down', operation: 'DeleteObjects', error: 'internal' })
  await api.app.inject({ method: 'DELETE', url: `/api/users/${USER}` })
  for (let isFailed = false; !isFailed;) {
    isFailed = (await api.app.inject(`/api/users/${USER}/deletion`)).json<{ data: Deletion }>().data.lastError !== undefined
    await sleep(5)
  }
  t.ok((await api.traces(USER)).length > 1)
  api.emulator.faults.remove('down')
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  await api.completed()
  t.same(await api.traces(USER), [])
})
