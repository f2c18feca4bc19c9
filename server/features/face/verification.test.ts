import { readFile } from 'node:fs/promises'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import sharp from 'sharp'
import type { Test } from 'tap'
import { buildApp } from '../../app.ts'
import { createFaceAnalyser } from '../../aws/face-analyser.ts'
import { createObjectStore } from '../../aws/object-store.ts'
import type { Dashboard } from './dashboard.ts'
import { seedFaceDemo } from './demo.ts'
import type { FaceRecord, Registration } from './schemas.ts'
import { onBothStores, type FaceApp } from './test-support/face-app.ts'

interface Answer { status: string, message: string, data: Record<string, unknown>, dynamodbStored: boolean }

const DAY_MS = 86_400_000
const MB = 1024 * 1024

const portrait = (name: string) => readFile(new URL(`demo/${name}.jpg`, import.meta.url))
/** A picture without any detail has no face. */
const blank = () => sharp({ create: { width: 200, height: 200, channels: 3, background: '#888' } }).png().toBuffer()

/** Arranges the emulated Rekognition's answer for an image. */
const sees = (faces: object[]) => ({ 'sandtable-faces': JSON.stringify({ faces }) })

async function put (api: FaceApp, key: string, body: Uint8Array, metadata?: Record<string, string>): Promise<string> {
  await api.aws.s3.send(new PutObjectCommand({ Bucket: api.config.aws.bucket, Key: key, Body: body, Metadata: metadata }))
  return key
}

async function keysOf (api: FaceApp, prefix: string): Promise<string[]> {
  const { Contents = [] } = await api.aws.s3.send(new ListObjectsV2Command({ Bucket: api.config.aws.bucket, Prefix: prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

/** An upload, as a browser sends it. */
async function upload (api: FaceApp, registrationId: string, parts: { name: string, body: Buffer, filename?: string }[]) {
  const form = new FormData()
  for (const { name, body, filename } of parts) {
    if (filename === undefined) form.append(name, body.toString())
    else form.append(name, new Blob([new Uint8Array(body)]), filename)
  }
  const request = new Request('http://localhost', { method: 'POST', body: form })
  return await api.send({
    method: 'POST',
    url: `/api/registrations/${registrationId}/stored-face`,
    headers: { 'content-type': request.headers.get('content-type')! },
    payload: Buffer.from(await request.arrayBuffer()),
  })
}

const validate = (api: FaceApp, registrationId: string, faceImageKey: unknown) =>
  api.call('POST', `/api/registrations/${registrationId}/validate-face-image`, { faceImageKey })

const registrationOf = async (api: FaceApp, registrationId: string) =>
  (await api.call('GET', `/api/registrations/${registrationId}`)).json<{ data: Registration }>().data

async function noRecord (t: Test, api: FaceApp, userId: string): Promise<void> {
  t.equal((await api.call('GET', `/api/registrations/${userId}/face`)).statusCode, 404, 'nothing is stored')
}

onBothStores('verification', async (t, start) => {
  const api = await start()
  await seedFaceDemo({ config: api.config.face, aws: api.aws, clock: api.clock, objects: objectsOf(api), faces: createFaceAnalyser(api.aws.rekognition) })
  const flat = await put(api, 'blank.png', await blank())

  t.test('the demo data: a different portrait is refused, the same one gives a record and a ticket, once', async (t) => {
    const refused = await validate(api, 'demo-ada', 'demo/bob.jpg')
    t.equal(refused.statusCode, 200)
    const mismatch = refused.json<Answer>()
    t.match(mismatch, { status: 'success', message: /does not match/, data: { success: false, quality: 'HIGH', reason: 'FACES_DO_NOT_MATCH' }, dynamodbStored: false })
    t.ok(Number(mismatch.data.confidence) < 50)
    t.same(api.callsOf(refused), ['GetItem 1', 'GetItem 0.5', 'DetectFaces', 'CompareFaces'])
    await noRecord(t, api, 'ada')

    const arranged = await put(api, 'arranged.png', await blank(), { 'sandtable-faces': '{"faces":"anna"}' })
    const wrong = await validate(api, 'demo-ada', arranged)
    t.match(wrong.json(), { statusCode: 400, code: 'FACE_ARRANGEMENT_INVALID', message: /^The metadata x-amz-meta-sandtable-faces of s3:\/\/\S+ is not valid: / })

    const faceless = await validate(api, 'demo-ada', flat)
    t.equal(faceless.statusCode, 200)
    t.match(faceless.json(), { data: { success: false, confidence: 0, quality: 'LOW', reason: 'NO_FACE_FOUND' }, dynamodbStored: false })
    t.same(api.callsOf(faceless), ['GetItem 1', 'GetItem 0.5', 'DetectFaces'])

    const verified = await validate(api, 'demo-ada', 'demo/ada-again.jpg')
    t.equal(verified.statusCode, 201)
    const { data, ...envelope } = verified.json<Answer>()
    t.same(envelope, { status: 'success', message: 'Face verified successfully - ticket issued', dynamodbStored: true })
    t.match(data, { success: true, quality: 'HIGH', faceId: /^face_1772366400000_[0-9a-f]{8}$/, ticketId: /^tkt_/ })
    t.ok(Number(data.confidence) >= 99)
    t.same(api.callsOf(verified), ['GetItem 1', 'GetItem 0.5', 'DetectFaces', 'CompareFaces', 'TransactWriteItems 6'],
      '2 WCU for the record, 2 for the registration, 1 for each of its two indexes')

    const record = (await api.call('GET', '/api/registrations/ada/face')).json<{ data: FaceRecord }>().data
    const { faceVector, attributes, ...rest } = record
    t.same(rest, {
      userId: 'ada',
      faceId: data.faceId,
      name: 'Ada',
      validationStatus: 'success',
      confidence: data.confidence,
      quality: 'HIGH',
      faceImageKey: 'demo/ada-again.jpg',
      storedFaceKey: 'demo/ada.jpg',
      comparisonResult: { similarity: Number(data.confidence) / 100, isMatch: true },
      timestamp: '2026-03-01T12:00:00.000Z',
      createdAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.000Z',
      metadata: { source: 'face-verification-api', ipAddress: '127.0.0.1', eventId: 'demo-event' },
    })
    t.ok(faceVector!.length > 0 && faceVector!.length % 2 === 0 && faceVector!.every((value) => value > -1 && value < 2))
    t.match(attributes, { age: Number, gender: /Female|Male/, smile: Boolean, emotions: { happy: Number, calm: Number } })
    t.ok(Object.values(attributes.emotions!).every((value) => value >= 0 && value <= 1))
    t.match(await registrationOf(api, 'demo-ada'), { ticketId: data.ticketId, faceId: data.faceId, verifiedAt: record.createdAt })

    const again = await validate(api, 'demo-ada', 'demo/ada-again.jpg')
    t.match(again.json(), { statusCode: 409, code: 'FACE_RECORD_EXISTS', message: /^User already has a face verification record\./ })
    t.same(api.callsOf(again), ['GetItem 1', 'GetItem 0.5'])

    t.equal((await api.call('DELETE', '/api/registrations/ada/face')).statusCode, 200)
    const anew = await validate(api, 'demo-ada', 'demo/ada-again.jpg')
    t.equal(anew.statusCode, 201, 'after a reset the user can verify again')
    const { ticketId } = anew.json<{ data: { ticketId: string } }>().data
    t.not(ticketId, data.ticketId)
    t.equal((await registrationOf(api, 'demo-ada')).ticketId, ticketId, 'and the ticket is the new one')

    const { data: dashboard } = (await api.call('GET', '/api/registrations/face/admin/metrics')).json<{ data: Dashboard }>()
    t.same(dashboard.attempts, { total: 4, matched: 2, notMatched: 1, noFace: 1 })
    t.equal(dashboard.successRate, 50)

    await seedFaceDemo({ config: api.config.face, aws: api.aws, clock: api.clock, objects: objectsOf(api), faces: createFaceAnalyser(api.aws.rekognition) })
    t.equal((await registrationOf(api, 'demo-ada')).ticketId, ticketId, 'putting the demo data in again changes nothing')
  })

  t.test('of a hundred concurrent validations for a user one succeeds', async (t) => {
    const { registrationId, userId } = await api.register({ userId: 'raced', storedFaceKey: 'demo/ada.jpg' })
    const answers = await Promise.all(Array.from({ length: 100 }, () => validate(api, registrationId, 'demo/ada-again.jpg')))
    const created = answers.filter(({ statusCode }) => statusCode === 201)
    t.equal(created.length, 1)
    t.equal(answers.filter(({ statusCode }) => statusCode === 409).length, 99)
    t.ok(answers.every((answer) => answer.statusCode === 201 || answer.json<{ code: string }>().code === 'FACE_RECORD_EXISTS'))
    const { faceId, ticketId } = created[0]!.json<{ data: { faceId: string, ticketId: string } }>().data
    t.equal((await api.call('GET', `/api/registrations/${userId}/face`)).json<{ data: FaceRecord }>().data.faceId, faceId)
    t.match(await registrationOf(api, registrationId), { faceId, ticketId })
  })

  t.test('a user with two registrations has one record, and a ticket for one of them', async (t) => {
    const [one, two] = [await api.register({ userId: 'twice', storedFaceKey: 'demo/ada.jpg' }), await api.register({ userId: 'twice', storedFaceKey: 'demo/ada.jpg' })]
    const answers = await Promise.all([one, two].map(({ registrationId }) => validate(api, registrationId, 'demo/ada-again.jpg')))
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409])
    const tickets = await Promise.all([one, two].map(async ({ registrationId }) => (await registrationOf(api, registrationId)).ticketId))
    t.equal(tickets.filter((ticket) => ticket !== undefined).length, 1)
  })

  t.test('a refused validation is reported, and stores nothing', async (t) => {
    const userId = 'refused'
    const { registrationId } = await api.register({ userId, storedFaceKey: 'demo/ada.jpg' })
    const text = await put(api, 'text.jpg', Buffer.from('This is not a picture.'))
    const huge = await put(api, 'huge.jpg', Buffer.concat([await portrait('ada'), Buffer.alloc(16 * MB)]))
    const group = await put(api, 'group.jpg', await portrait('ada'), sees([{ person: 'ada' }, { person: 'bob' }]))
    const cases: [key: unknown, status: number, code: string][] = [
      [undefined, 400, 'VALIDATION_FAILED'],
      [null, 400, 'VALIDATION_FAILED'],
      [7, 400, 'VALIDATION_FAILED'],
      ['', 400, 'VALIDATION_FAILED'],
      ['x'.repeat(1025), 400, 'INVALID_OBJECT_LOCATION'],
      ['s3://', 400, 'INVALID_OBJECT_LOCATION'],
      ['s3://UPPER/key', 400, 'INVALID_OBJECT_LOCATION'],
      ['s3://bucket-without-key/', 400, 'INVALID_OBJECT_LOCATION'],
      ['null\0byte', 400, 'INVALID_OBJECT_LOCATION'],
      [text, 400, 'INVALID_IMAGE'],
      [group, 400, 'SEVERAL_FACES_FOUND'],
      ['nowhere.jpg', 404, 'IMAGE_NOT_FOUND'],
      ['../../etc/passwd', 404, 'IMAGE_NOT_FOUND'],
      ['s3://no-such-bucket/demo/ada.jpg', 404, 'IMAGE_NOT_FOUND'],
      [huge, 413, 'IMAGE_TOO_LARGE'],
    ]
    for (const [key, statusCode, code] of cases) {
      t.match((await validate(api, registrationId, key)).json(), { status: 'error', statusCode, code }, `${String(key).slice(0, 40)}`)
    }
    const unknownMember = await api.call('POST', `/api/registrations/${registrationId}/validate-face-image`, { faceImageKey: 'demo/ada.jpg', threshold: 0 })
    t.match(unknownMember.json(), { statusCode: 400, details: [{ path: 'body.threshold' }] })
    const xml = await api.send({ method: 'POST', url: `/api/registrations/${registrationId}/validate-face-image`, headers: { 'content-type': 'application/xml' }, payload: '<key/>' })
    t.equal(xml.statusCode, 415)
    t.match((await validate(api, 'unknown', 'demo/ada.jpg')).json(), { statusCode: 404, code: 'REGISTRATION_NOT_FOUND' })
    await noRecord(t, api, userId)
    t.equal((await validate(api, registrationId, `s3://${api.config.aws.bucket}/demo/ada-again.jpg`)).statusCode, 201, 'the registration is as good as before')
  })

  t.test('a registration must have a place and a stored face', async (t) => {
    const eventId = await api.event(1)
    const first = await api.register({ userId: 'first', eventId })
    const waiting = await api.register({ userId: 'waiting', eventId, storedFaceKey: 'demo/ada.jpg' })
    const check = async (registrationId: string, code: string) =>
      t.match((await validate(api, registrationId, 'demo/ada-again.jpg')).json(), { statusCode: 409, code })
    await check(first.registrationId, 'STORED_FACE_MISSING')
    await check(waiting.registrationId, 'REGISTRATION_WAITLISTED')
    await api.call('DELETE', `/api/registrations/${first.registrationId}`)
    await check(first.registrationId, 'REGISTRATION_CANCELLED')
    t.equal((await validate(api, waiting.registrationId, 'demo/ada-again.jpg')).statusCode, 201, 'moved up, it can')

    const bob = await put(api, 'goes-away.jpg', await portrait('bob'))
    const gone = await api.register({ userId: 'gone', storedFaceKey: bob })
    await objectsOf(api).delete(bob)
    await check(gone.registrationId, 'STORED_FACE_UNUSABLE')
  })

  t.test('a stored face is uploaded or named, and must show exactly one face', async (t) => {
    const { registrationId } = await api.register({ userId: 'stored' })
    const folder = `faces/${registrationId}/`
    const [ada, bob] = [await portrait('ada'), await portrait('bob')]

    const uploaded = await upload(api, registrationId, [{ name: 'file', body: ada, filename: 'ada.jpg' }])
    t.equal(uploaded.statusCode, 200)
    const { storedFaceKey = '' } = uploaded.json<{ data: Registration }>().data
    t.match(storedFaceKey, new RegExp(`^${folder}stored_[0-9a-z]+\\.jpg$`))
    const object = await api.aws.s3.send(new GetObjectCommand({ Bucket: api.config.aws.bucket, Key: storedFaceKey }))
    t.same(Buffer.from(await object.Body!.transformToByteArray()), ada)
    t.equal(object.ContentType, 'image/jpeg')

    const png = await upload(api, registrationId, [{ name: 'file', body: await sharp(bob).png().toBuffer(), filename: 'bob.jpg' }])
    const replacing = png.json<{ data: Registration }>().data.storedFaceKey!
    t.match(replacing, /\.png$/, 'the content tells the format, not the name')
    t.same(await keysOf(api, folder), [replacing], 'the one that was replaced is deleted')

    const refused: [parts: Parameters<typeof upload>[2], status: number, code: string][] = [
      [[{ name: 'file', body: Buffer.from('text'), filename: 'ada.jpg' }], 400, 'INVALID_IMAGE'],
      [[{ name: 'file', body: Buffer.alloc(0), filename: 'ada.jpg' }], 400, 'INVALID_IMAGE'],
      [[{ name: 'file', body: ada.subarray(0, 100), filename: 'cut.jpg' }], 400, 'INVALID_IMAGE'],
      [[{ name: 'file', body: await blank(), filename: 'blank.png' }], 400, 'NO_FACE_FOUND'],
      [[{ name: 'picture', body: ada, filename: 'ada.jpg' }], 400, 'UPLOAD_MISSING'],
      [[{ name: 'userId', body: Buffer.from('ada') }], 400, 'UPLOAD_MISSING'],
      [[], 400, 'UPLOAD_MISSING'],
      [[{ name: 'file', body: ada, filename: '1.jpg' }, { name: 'file', body: bob, filename: '2.jpg' }], 413, 'PAYLOAD_TOO_LARGE'],
      [[{ name: 'file', body: Buffer.concat([ada, Buffer.alloc(15 * MB)]), filename: 'huge.jpg' }], 413, 'PAYLOAD_TOO_LARGE'],
    ]
    for (const [parts, statusCode, code] of refused) {
      t.match((await upload(api, registrationId, parts)).json(), { statusCode, code }, parts[0]?.filename ?? 'no file')
    }
    t.equal((await registrationOf(api, registrationId)).storedFaceKey, replacing, 'what was refused changed nothing')
    t.same(await keysOf(api, folder), [replacing], 'and is not kept')
    t.match((await upload(api, 'unknown', [{ name: 'file', body: ada, filename: 'ada.jpg' }])).json(), { statusCode: 404 })

    const name = (faceImageKey: string) => api.call('POST', `/api/registrations/${registrationId}/stored-face`, { faceImageKey })
    const group = await put(api, 'six.jpg', ada, sees(Array.from({ length: 6 }, (_, i) => ({ person: `p${i}` }))))
    t.match((await name(group)).json(), { statusCode: 400, message: /shows 6 faces/ })
    t.match((await name('nowhere.jpg')).json(), { statusCode: 404, code: 'IMAGE_NOT_FOUND' })
    t.match((await name('')).json(), { statusCode: 400, code: 'VALIDATION_FAILED' })
    const named = await name('demo/ada.jpg')
    t.equal(named.json<{ data: Registration }>().data.storedFaceKey, 'demo/ada.jpg')
    t.same(api.callsOf(named).map((call) => call.split(' ')[0]), ['GetItem', 'DetectFaces', 'UpdateItem'])
    t.equal((await validate(api, registrationId, 'demo/ada-again.jpg')).statusCode, 201)

    const byKey = await api.call('POST', '/api/registrations', { userId: 'u', eventId: await api.event(1), name: 'U', storedFaceKey: group })
    t.match(byKey.json(), { statusCode: 400, code: 'SEVERAL_FACES_FOUND' }, 'a stored face that comes with the registration is looked at as well')
  })

  t.test('without Rekognition a validation is a 503, and other routes work', async (t) => {
    const nowhere = new RekognitionClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', maxAttempts: 1, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    t.teardown(() => nowhere.destroy())
    const app = await buildApp({ config: api.config, aws: { ...api.aws, rekognition: nowhere }, clock: api.clock })
    t.teardown(() => app.close())
    const { registrationId } = await api.register({ userId: 'offline', storedFaceKey: 'demo/ada.jpg' })
    const response = await app.inject({ method: 'POST', url: `/api/registrations/${registrationId}/validate-face-image`, payload: { faceImageKey: 'demo/ada.jpg' } })
    t.match(response.json(), { statusCode: 503, code: 'FACE_ANALYSIS_UNAVAILABLE' })
    t.ok(response.headers['retry-after'])
    t.equal((await app.inject(`/api/registrations/${registrationId}`)).statusCode, 200)
    await noRecord(t, api, 'offline')
  })

  // They say the same whatever the store.
  if (api.config.store === 'embedded') t.test('every answer above is as documented', async (t) => api.checkDocs(t))
})

onBothStores('settings of verification', async (t, start) => {
  const api = await start({ config: { FACE_RECORD_TTL_DAYS: '30', FACE_MATCH_THRESHOLD: '0' } })

  t.test('a record expires after FACE_RECORD_TTL_DAYS, and the user can verify again', async (t) => {
    await put(api, 'ada.jpg', await portrait('ada'))
    const { registrationId, userId } = await api.register({ userId: 'ada', storedFaceKey: 'ada.jpg' })
    t.equal((await validate(api, registrationId, 'ada.jpg')).statusCode, 201)
    const { data } = (await api.call('GET', `/api/registrations/${userId}/face`)).json<{ data: FaceRecord }>()
    t.equal(data.expiresAt, Date.parse('2026-03-31T12:00:00.000Z') / 1000)
    await api.clock.advance(15 * DAY_MS)
    t.equal((await validate(api, registrationId, 'ada.jpg')).statusCode, 409)
    await api.clock.advance(16 * DAY_MS)
    await noRecord(t, api, userId)
    t.equal((await validate(api, registrationId, 'ada.jpg')).statusCode, 201)
  })

  t.test('an expired record that is still in the table is no obstacle', async (t) => {
    const { registrationId, userId } = await api.register({ userId: 'stale', storedFaceKey: 'ada.jpg' })
    // DynamoDB never deletes what expired more than five years ago.
    await api.putRecord({ userId, expiresAt: Math.floor(api.clock.now() / 1000) - 6 * 365 * 86_400 })
    t.equal((await validate(api, registrationId, 'ada.jpg')).statusCode, 201)
  })

  t.test('FACE_MATCH_THRESHOLD is the similarity from which two faces match', async (t) => {
    await put(api, 'bob.jpg', await portrait('bob'))
    const { registrationId } = await api.register({ userId: 'bob', storedFaceKey: 'ada.jpg' })
    t.match((await validate(api, registrationId, 'bob.jpg')).json(), { data: { success: true } })
  })
})

const objectsOf = (api: FaceApp) => createObjectStore(api.aws.s3, api.config.aws.bucket)
