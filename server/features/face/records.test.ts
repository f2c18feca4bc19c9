import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { TEST_TIME } from '../../test-support/app.ts'
import { docsGaps } from '../../test-support/contract.ts'
import type { Dashboard } from './dashboard.ts'
import type { FaceRecord } from './schemas.ts'
import { faceTables } from './tables.ts'
import { onBothStores } from './test-support/face-app.ts'

const DAY = 86_400
const DUPLICATE = 'User already has a face verification record. Duplicate userId not allowed. Please contact support to reset.'
const DELETED = 'Face record deleted successfully - user can now re-register'

interface RecordPage { message: string, data: { count: number, data: FaceRecord[], lastEvaluatedKey: string | null } }

onBothStores('face records', async (t, start) => {
  const api = await start({ config: { FACE_RECORD_TTL_DAYS: '30' } })

  t.test('all records are listed in pages, each one Scan, with landmarks only on request', async (t) => {
    const all = '/api/registrations/face/admin/all'
    t.same((await api.call('GET', all)).json(), {
      status: 'success', message: 'Retrieved 0 face records', data: { count: 0, data: [], lastEvaluatedKey: null },
    })
    const users = Array.from({ length: 7 }, (_, i) => `user${i}`)
    const records = await Promise.all(users.map((userId) => api.putRecord({ userId })))

    const seen: FaceRecord[] = []
    const tokens: string[] = []
    for (let token: string | null = ''; token !== null;) {
      const response = await api.call('GET', `${all}?limit=3${token && `&lastEvaluatedKey=${token}`}`)
      t.same(api.callsOf(response), ['Scan 0.5'])
      const { message, data } = response.json<RecordPage>()
      t.equal(message, `Retrieved ${data.count} face records`)
      t.equal(data.data.length, data.count)
      seen.push(...data.data)
      token = data.lastEvaluatedKey
      if (token) tokens.push(token)
    }
    t.same(seen.map(({ userId }) => userId).sort(), users, 'each exactly once')
    t.notOk(seen.some((record) => 'faceVector' in record))
    const { faceVector, ...rest } = records[0]!
    t.same(seen.find(({ userId }) => userId === 'user0'), rest)

    const withVector = (await api.call('GET', `${all}?include=faceVector`)).json<RecordPage>()
    t.same(withVector.data.data.find(({ userId }) => userId === 'user0')?.faceVector, faceVector)

    const forged = tokens[0]!.replace(/^./, (first) => first === 'A' ? 'B' : 'A')
    const queries = [
      'limit=0', 'limit=1001', 'limit=x', 'limit=1.5', 'include=everything', 'unknown=1', 'lastEvaluatedKey=', `lastEvaluatedKey=${forged}`, 'lastEvaluatedKey=nonsense',
    ]
    for (const query of queries) {
      const response = await api.call('GET', `${all}?${query}`)
      t.match(response.json(), { statusCode: 400, code: /VALIDATION_FAILED|INVALID_PAGE_TOKEN/ }, query)
    }
  })

  t.test('the dashboard reports numbers of the records and of this process', async (t) => {
    await api.putRecord({ userId: 'user0', quality: 'LOW', confidence: 50, validationStatus: 'failed' })
    await api.putRecord({ userId: 'user1', quality: 'MEDIUM' })
    const response = await api.call('GET', '/api/registrations/face/admin/metrics')
    const { data } = response.json<{ data: Dashboard }>()
    t.same(data.records, { total: 7, success: 6, failed: 1, pending: 0, complete: true })
    t.equal(data.averageConfidence, (6 * 95.5 + 50) / 7)
    t.match(data.quality, { HIGH: 5 / 7 * 100, MEDIUM: 1 / 7 * 100, LOW: 1 / 7 * 100 })
    t.equal(data.successRate, null, 'no attempt was made')
    t.ok(data.averageQueryTimeMs! > 0)
    t.ok(data.estimatedMonthlyCost.readUnits > 0 && data.estimatedMonthlyCost.usd > 0)
    t.equal(data.uptime.percent, 100)
    t.same(api.callsOf(response), ['Scan 0.5'])
  })

  t.test('the six routes answer as in seed 001, each with the allowed calls', async (t) => {
    const userId = 'user123'
    const url = `/api/registrations/${userId}/face`

    const eligible = await api.call('GET', `${url}/validate-before-creation`)
    t.equal(eligible.statusCode, 200)
    t.same(eligible.json(), {
      status: 'success',
      message: 'User is eligible for face verification - no existing record found',
      data: { userId, canCreateFace: true },
    })
    t.same(api.callsOf(eligible), ['GetItem 0.5'])

    const absent = await api.call('GET', url)
    t.equal(absent.statusCode, 404)
    t.match(absent.json(), { status: 'error', message: 'No face record found for userId: user123', statusCode: 404, code: 'FACE_RECORD_NOT_FOUND' })

    const existsNot = await api.call('GET', `${url}/exists`)
    t.same(existsNot.json(), { status: 'success', message: 'User has no face record', data: { userId, hasFaceRecord: false } })

    const record = await api.putRecord({ userId })

    const duplicate = await api.call('GET', `${url}/validate-before-creation`)
    t.equal(duplicate.statusCode, 409)
    t.match(duplicate.json(), { status: 'error', message: DUPLICATE, statusCode: 409, code: 'FACE_RECORD_EXISTS' })
    t.same(api.callsOf(duplicate), ['GetItem 0.5'])

    const exists = await api.call('GET', `${url}/exists`)
    t.same(exists.json(), { status: 'success', message: 'User has face record', data: { userId, hasFaceRecord: true } })
    t.same(api.callsOf(exists), ['GetItem 0.5'])

    const found = await api.call('GET', url)
    t.same(found.json(), { status: 'success', message: 'Face record retrieved successfully', data: record })
    t.same(api.callsOf(found), ['GetItem 0.5'])

    await api.clock.advance(1000)
    const updated = await api.call('PUT', url, { validationStatus: 'success', confidence: 97.5, quality: 'HIGH' })
    t.equal(updated.statusCode, 200)
    t.same(updated.json(), {
      status: 'success',
      message: 'Face record updated successfully',
      data: { ...record, confidence: 97.5, updatedAt: '2026-03-01T12:00:01.000Z' },
    })
    t.same(api.callsOf(updated), ['UpdateItem 1'])

    const deleted = await api.call('DELETE', url)
    t.equal(deleted.statusCode, 200)
    t.same(deleted.json(), { status: 'success', message: DELETED, data: { userId, message: DELETED } })
    t.same(api.callsOf(deleted), ['DeleteItem 1'])

    for (const method of ['GET', 'DELETE'] as const) t.equal((await api.call(method, url)).statusCode, 404, `${method} after it`)
    t.equal((await api.call('PUT', url, { confidence: 1 })).statusCode, 404, 'an update creates nothing')
    t.equal((await api.call('GET', `${url}/exists`)).json<{ data: { hasFaceRecord: boolean } }>().data.hasFaceRecord, false)
  })

  t.test('the changeable members of a record can be changed, and no others', async (t) => {
    const userId = 'changed'
    const url = `/api/registrations/${userId}/face`
    const record = await api.putRecord({ userId })
    const changes = {
      name: 'Ada King',
      validationStatus: 'pending',
      confidence: 0,
      quality: 'LOW',
      faceImageKey: 's3://bucket/new.jpg',
      storedFaceKey: 's3://bucket/stored.jpg',
      faceVector: [],
      comparisonResult: { similarity: 0, isMatch: false },
      attributes: { age: 31.5, emotions: { sad: 1 } },
      metadata: { source: 'support', ipAddress: '::1', eventId: 'event789' },
    }
    const updated = (await api.call('PUT', url, changes)).json<{ data: FaceRecord }>().data
    t.same(updated, { ...record, ...changes, updatedAt: updated.updatedAt })

    const refused: [body: object, path: string][] = [
      [{}, 'body'],
      [{ userId: 'other' }, 'body.userId'],
      [{ faceId: 'face_2' }, 'body.faceId'],
      [{ createdAt: '2026-03-01T12:00:00.000Z' }, 'body.createdAt'],
      [{ updatedAt: '2026-03-01T12:00:00.000Z' }, 'body.updatedAt'],
      [{ expiresAt: 4_000_000_000 }, 'body.expiresAt'],
      [{ height: 180 }, 'body.height'],
      [{ confidence: 100.1 }, 'body.confidence'],
      [{ confidence: -1 }, 'body.confidence'],
      [{ confidence: '97' }, 'body.confidence'],
      [{ confidence: null }, 'body.confidence'],
      [{ quality: 'high' }, 'body.quality'],
      [{ validationStatus: 'done' }, 'body.validationStatus'],
      [{ name: ' ' }, 'body.name'],
      [{ comparisonResult: { similarity: 1.5, isMatch: true } }, 'body.comparisonResult.similarity'],
      [{ comparisonResult: { similarity: 0.5 } }, 'body.comparisonResult.isMatch'],
      [{ attributes: { emotions: { happy: 2 } } }, 'body.attributes.emotions.happy'],
      [{ attributes: { shoeSize: 42 } }, 'body.attributes.shoeSize'],
      [{ faceVector: ['0.1'] }, 'body.faceVector.0'],
    ]
    for (const [body, path] of refused) {
      const response = await api.call('PUT', url, body)
      t.equal(response.statusCode, 400, JSON.stringify(body))
      t.equal(response.json<{ details: { path: string }[] }>().details[0]?.path, path)
    }
    const { data } = (await api.call('GET', url)).json<{ data: FaceRecord }>()
    t.same(data, updated, 'what was refused changed nothing')
  })

  t.test('a user id is required and must be valid', async (t) => {
    for (const [userId, message] of [['', 'User ID is required'], ['a%01b', /params\.userId/], ['a'.repeat(257), /params\.userId/]] as const) {
      for (const end of ['', '/exists', '/validate-before-creation']) {
        const response = await api.call('GET', `/api/registrations/${userId}/face${end}`)
        t.match(response.json(), { statusCode: 400, message })
      }
    }
    for (const userId of ['face', 'event', 'admin', 'A.b_c:d@e-f']) {
      t.match((await api.call('GET', `/api/registrations/${userId}/face`)).json(), { code: 'FACE_RECORD_NOT_FOUND', message: new RegExp(`: ${userId}$`) })
    }
  })

  t.test('the table and the API agree on what has expired', async (t) => {
    await api.putRecord({ userId: 'kept' })
    await api.putRecord({ userId: 'expiring', expiresAt: TEST_TIME / 1000 + 30 * DAY })
    await api.clock.advance(31 * DAY * 1000)
    t.equal((await api.call('GET', '/api/registrations/expiring/face')).statusCode, 404)
    t.equal((await api.call('GET', '/api/registrations/kept/face')).statusCode, 200)
    const { Item } = await api.aws.documents.send(new GetCommand({ TableName: api.config.face.tables.faces, Key: { userId: 'expiring' } }))
    t.equal(Item, undefined)
  })

  t.test('without its tables the feature answers 503, names the table and how to create it, and stays up', async (t) => {
    const bare = await start({ noTables: true })
    for (const path of ['registrations/user123/face', 'registrations/user123/face/exists', 'registrations/face/admin/all', 'registrations/face/admin/metrics']) {
      const response = await bare.call('GET', `/api/${path}`)
      t.match(response.json(), {
        statusCode: 503,
        code: 'TABLE_MISSING',
        message: 'Table face-verifications does not exist. Create it with: npx sandtable tables create',
      })
      t.ok(response.headers['retry-after'])
    }
    for (const path of ['registrations/r1', 'events/e1/registrations']) {
      t.match((await bare.call('GET', `/api/${path}`)).json(), { statusCode: 503, message: /^Table event-registrations does not exist/ })
    }
    t.match((await bare.call('POST', '/api/events', { name: 'E', capacity: 1 })).json(), { statusCode: 503, message: /^Table events does not exist/ })

    // From here on with tables, but without UpdateTimeToLive: nothing is ever deleted by itself.
    for (const { input } of faceTables(bare.config.face)) await bare.aws.dynamodb.send(new CreateTableCommand(input))
    await bare.clock.advance(1000)

    await t.test('a record whose TTL has passed is not found, even while it is in the table', async (t) => {
      const userId = 'expiring'
      const url = `/api/registrations/${userId}/face`
      const expiresAt = TEST_TIME / 1000 + 30 * DAY
      await bare.putRecord({ userId, expiresAt })

      await bare.clock.set(expiresAt * 1000 - 1)
      t.equal((await bare.call('GET', url)).json<{ data: FaceRecord }>().data.expiresAt, expiresAt, 'there until the last moment')
      t.equal((await bare.call('PUT', url, { confidence: 90 })).statusCode, 200)

      await bare.clock.set(expiresAt * 1000)
      t.equal((await bare.call('GET', url)).statusCode, 404)
      t.equal((await bare.call('PUT', url, { confidence: 90 })).statusCode, 404)
      t.equal((await bare.call('DELETE', url)).statusCode, 404)
      t.equal((await bare.call('GET', `${url}/validate-before-creation`)).statusCode, 200)
      t.equal((await bare.call('GET', `${url}/exists`)).json<{ data: { hasFaceRecord: boolean } }>().data.hasFaceRecord, false)
      t.equal((await bare.call('GET', '/api/registrations/face/admin/all')).json<RecordPage>().data.count, 0)
      const metrics = await bare.call('GET', '/api/registrations/face/admin/metrics')
      t.equal(metrics.json<{ data: Dashboard }>().data.records.total, 0)
      const { Item } = await bare.aws.documents.send(new GetCommand({ TableName: bare.config.face.tables.faces, Key: { userId } }))
      t.equal(Item?.userId, userId, 'it was in the table all the time')
    })
  })

  // They say the same whatever the store.
  if (api.config.store === 'embedded') {
    t.test('every answer above is as documented, and nothing is left undocumented', async (t) => {
      api.checkDocs(t)
      t.same(docsGaps(api.app), [])
    })
  }
})
