import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { test, type Test } from 'tap'
import { Type } from 'typebox'
import { buildApp } from '../app.ts'
import { NothingHere } from '../auth/errors.ts'
import { CLIENT, fakePool, type FakePool } from '../auth/test-support/fake-pool.ts'
import { callerOf, subjectOf, type User } from '../auth/user.ts'
import { createFaceAnalyser } from '../aws/face-analyser.ts'
import { createObjectStore } from '../aws/object-store.ts'
import { success } from '../core/schemas.ts'
import { seedFaceDemo } from '../features/face/index.ts'
import type { Feature } from '../features/feature.ts'
import { testApp, testStore, type TestAppOptions } from '../test-support/app.ts'
import { docsGaps, matchesDocs } from '../test-support/contract.ts'
import type { RouteAuth } from './auth.ts'

type Answer = { code?: string, message: string, data: Record<string, unknown> }

/** The API with AUTH_MODE=jwt, Ada, Bob and Carol in it, and tokens of three kinds of users. */
async function jwtApp (t: Test, options: TestAppOptions) {
  const made = await testApp(t, { ...options, config: { AUTH_MODE: 'jwt', MAX_EVENT_LOOP_DELAY: '10m' } })
  const { app, emulator: { tokens }, config, aws, clock } = made
  const objects = createObjectStore(aws.s3, config.aws.bucket)
  const demo = await seedFaceDemo({ config: config.face, aws, clock, objects, faces: createFaceAnalyser(aws.rekognition) })
  await aws.documents.send(new PutCommand({ TableName: config.image.tables.images, Item: IMAGE }))
  const tokenOf = async (sub: string, ...groups: string[]) => (await tokens.issue({ sub, groups })).token
  const [ada, bob, admin] = [await tokenOf('ada'), await tokenOf('bob', 'staff'), await tokenOf('grace', 'admin')]
  const call = (token: string | undefined, request: InjectOptions) =>
    app.inject({ ...request, headers: { ...request.headers, ...token !== undefined && { authorization: `Bearer ${token}` } } })
  return { ...made, demo, objects, tokenOf, ada, bob, admin, call }
}

const codeOf = (response: LightMyRequestResponse) => response.json<Answer>().code

/**
 * The access rules of every route: a route that is missing from this table fails the test. `mine` is Ada's and hidden from
 * others; `body` names its user in the body; `me` answers for the caller;
 * `anybody` accepts any valid token.
 */
const MAY: Readonly<Record<string, 'everybody' | 'admin' | 'mine' | 'body' | 'me' | 'anybody'>> = {
  'GET /health': 'everybody',
  'GET /ready': 'everybody',
  'GET /metrics': 'admin',
  'POST /api/events': 'admin',
  'GET /api/events': 'anybody',
  'GET /api/events/{eventId}': 'anybody',
  'GET /api/events/{eventId}/registrations': 'admin',
  'POST /api/registrations': 'body',
  'GET /api/registrations/{registrationId}': 'mine',
  'POST /api/registrations/{registrationId}/stored-face': 'mine',
  'POST /api/registrations/{registrationId}/validate-face-image': 'mine',
  'GET /api/registrations/{userId}/face': 'mine',
  'GET /api/registrations/{userId}/face/exists': 'mine',
  'GET /api/registrations/{userId}/face/validate-before-creation': 'mine',
  'PUT /api/registrations/{userId}/face': 'mine',
  'DELETE /api/registrations/{userId}/face': 'admin',
  'DELETE /api/registrations/{registrationId}': 'mine',
  'GET /api/registrations/{userId}/face-validation/history': 'mine',
  'GET /api/registrations/{userId}/face-validation/stats': 'mine',
  'GET /api/registrations/{userId}/face-validation/check-recent': 'mine',
  'GET /api/registrations/{userId}/face-validation/{registrationId}': 'mine',
  'GET /api/registrations/event/{eventId}/face-validations': 'admin',
  'GET /api/registrations/face/admin/all': 'admin',
  'GET /api/registrations/face/admin/metrics': 'admin',
  'GET /api/chat/profile': 'me',
  'PUT /api/chat/profile': 'me',
  'POST /api/chat/conversations': 'me',
  'GET /api/chat/conversations': 'me',
  'GET /api/chat/conversations/{conversationId}': 'me',
  'DELETE /api/chat/conversations/{conversationId}': 'me',
  'POST /api/chat/conversations/{conversationId}/read': 'me',
  'GET /api/chat/conversations/{conversationId}/messages': 'me',
  'POST /api/chat/conversations/{conversationId}/messages': 'me',
  'GET /api/chat/conversations/{conversationId}/messages/{timestamp}': 'me',
  'GET /api/chat/analytics/conversations': 'admin',
  'POST /api/chat/sessions': 'me',
  'GET /api/chat/sessions/{sessionId}': 'me',
  'DELETE /api/chat/sessions/{sessionId}': 'me',
  'POST /api/chat/tokens': 'me',
  'POST /api/chat/tokens/consume': 'me',
  ...Object.fromEntries(['/api', ''].flatMap((prefix) => [
    'GET /users/me', 'PUT /users/me',
    'GET /reports', 'POST /reports', 'GET /reports/{id}', 'PUT /reports/{id}', 'PATCH /reports/{id}', 'DELETE /reports/{id}',
    'GET /embeddings', 'GET /embeddings/{productId}', 'PUT /embeddings/{productId}', 'DELETE /embeddings/{productId}',
    'GET /embeddings/{productId}/similar', 'POST /embeddings/similarity-matrix',
  ].map((route) => [route.replace(' ', ` ${prefix}`), 'me' as const]))),
  'POST /api/images': 'body',
  'POST /api/images/batch': 'body',
  'POST /api/images/batch-get': 'body',
  'GET /api/images/{imageId}': 'mine',
  'PATCH /api/images/{imageId}': 'mine',
  'PUT /api/images/{imageId}/ttl': 'mine',
  'GET /api/images/{imageId}/events': 'mine',
  'GET /api/images/{imageId}/original': 'mine',
  'GET /api/images/{imageId}/processed': 'mine',
  'DELETE /api/images/{imageId}': 'mine',
  'GET /api/images': 'admin',
  'GET /api/images/recent': 'admin',
  'GET /api/users/{userId}/images': 'mine',
  'GET /api/users/{userId}/images/completed': 'mine',
  'GET /api/users/{userId}/profile': 'mine',
  'PUT /api/users/{userId}/profile': 'mine',
  'DELETE /api/users/{userId}': 'mine',
  'GET /api/users/{userId}/deletion': 'mine',
}

/** The form that uploads an image of somebody's. */
function upload (userId: string): FormData {
  const form = new FormData()
  form.set('file', new Blob([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64')]), 'dot.png')
  form.set('userId', userId)
  return form
}

/** An image of Ada's that is being processed elsewhere, as its item. */
const IMAGE = {
  imageId: 'img_demo-ada',
  userId: 'ada',
  originalFileName: 'ada.jpg',
  originalFileSize: 1,
  originalFileType: 'image/jpeg',
  originalS3Key: 'demo/ada.jpg',
  processedS3Key: 'demo/ada.jpg',
  status: 'processing',
  processingSteps: { validation: { status: 'pending' }, resize: { status: 'pending' }, watermark: { status: 'pending' } },
  createdAt: '2026-03-01T12:00:00.000Z',
  createdDate: '2026-03-01',
  updatedAt: '2026-03-01T12:00:00.000Z',
  tags: [],
  metadata: {},
}

const DELETE_USER = 'DELETE /api/users/{userId}'

/** In an order in which each of Ada's requests does something, and what it answers her then. */
const requests: Readonly<Record<string, { payload?: object, status: number }>> = {
  'POST /api/registrations': { payload: { userId: 'ada', eventId: 'demo-event', name: 'Ada' }, status: 409 },
  'GET /api/registrations/{registrationId}': { status: 200 },
  'POST /api/registrations/{registrationId}/stored-face': { payload: { faceImageKey: 'demo/ada.jpg' }, status: 200 },
  'POST /api/registrations/{registrationId}/validate-face-image': { payload: { faceImageKey: 'demo/ada-again.jpg' }, status: 201 },
  'GET /api/registrations/{userId}/face': { status: 200 },
  'GET /api/registrations/{userId}/face/exists': { status: 200 },
  'GET /api/registrations/{userId}/face/validate-before-creation': { status: 409 },
  'PUT /api/registrations/{userId}/face': { payload: { name: 'Ada King' }, status: 200 },
  'GET /api/registrations/{userId}/face-validation/history': { status: 200 },
  'GET /api/registrations/{userId}/face-validation/stats': { status: 200 },
  'GET /api/registrations/{userId}/face-validation/check-recent': { status: 200 },
  'GET /api/registrations/{userId}/face-validation/{registrationId}': { status: 200 },
  'DELETE /api/registrations/{registrationId}': { status: 200 },
  'POST /api/images': { payload: upload('ada'), status: 202 },
  'POST /api/images/batch': { payload: { images: [{ userId: 'ada', originalFileName: 'a.jpg', originalFileSize: 1, originalFileType: 'image/jpeg', originalS3Key: 'uploads/ada/a.jpg', status: 'completed' }] }, status: 201 },
  'POST /api/images/batch-get': { payload: { keys: [{ imageId: 'img_demo-ada', userId: 'ada' }] }, status: 200 },
  'GET /api/images/{imageId}': { status: 200 },
  'PATCH /api/images/{imageId}': { payload: { status: 'completed' }, status: 200 },
  'PUT /api/images/{imageId}/ttl': { payload: { days: 30 }, status: 200 },
  'GET /api/images/{imageId}/events': { status: 200 },
  'GET /api/images/{imageId}/original': { status: 200 },
  'GET /api/images/{imageId}/processed': { status: 200 },
  'DELETE /api/images/{imageId}': { status: 200 },
  'GET /api/users/{userId}/images': { status: 200 },
  'GET /api/users/{userId}/images/completed': { status: 200 },
  'PUT /api/users/{userId}/profile': { payload: { profile: {} }, status: 200 },
  'GET /api/users/{userId}/profile': { status: 200 },
  'DELETE /api/users/{userId}': { status: 202 },
  'GET /api/users/{userId}/deletion': { status: 404 },
}

const filled = (route: string, { registrationId, userId }: { registrationId: string, userId: string }): InjectOptions => {
  const [method, path] = route.split(' ') as ['GET', string] // or another method, of the tables above
  const url = path.replace('{registrationId}', registrationId).replace('{userId}', userId).replace('{eventId}', 'demo-event')
    .replace(/analytics\/conversations$/, '$&?date=2026-03-01').replace('{imageId}', `img_${registrationId}`).replace(/images$/, (list) => method === 'GET' && path === '/api/images' ? `${list}?status=completed` : list)
  return { method, url, payload: requests[route]?.payload }
}

test('AUTH_MODE=jwt', async (t) => {
  const lines: string[] = []
  const { app, ada, bob, admin, call, objects, config, tokenOf, clock } = await jwtApp(t, { log: { write: (line) => { lines.push(line) } } })
  const url = '/api/registrations/demo-ada'

  t.test('a token is read from the Authorization header only', async (t) => {
    const statusWith = async (authorization: string) => (await app.inject({ url, headers: { authorization } })).statusCode
    for (const authorization of [`Bearer ${ada}`, `bearer ${ada}`, `BEARER   ${ada}`]) t.equal(await statusWith(authorization), 200, authorization.slice(0, 12))

    const refused: [what: string, headers: Record<string, string>, code: string, asks: string][] = [
      ['another scheme', { authorization: `Basic ${ada}` }, 'UNAUTHORIZED', 'Bearer realm="sandtable"'],
      ['no scheme', { authorization: ada }, 'UNAUTHORIZED', 'Bearer realm="sandtable"'],
      ['an empty header', { authorization: '' }, 'UNAUTHORIZED', 'Bearer realm="sandtable"'],
      ['a scheme alone', { authorization: 'Bearer' }, 'INVALID_TOKEN', 'Bearer realm="sandtable", error="invalid_token"'],
      ['two tokens', { authorization: `Bearer ${ada}, Bearer ${ada}` }, 'INVALID_TOKEN', 'Bearer realm="sandtable", error="invalid_token"'],
      ['garbage', { authorization: 'Bearer a.b.c' }, 'INVALID_TOKEN', 'Bearer realm="sandtable", error="invalid_token"'],
      ['a cookie', { cookie: `token=${ada}` }, 'UNAUTHORIZED', 'Bearer realm="sandtable"'],
      ['a header of another name', { 'x-access-token': ada }, 'UNAUTHORIZED', 'Bearer realm="sandtable"'],
    ]
    for (const [what, headers, code, asks] of refused) {
      const response = await app.inject({ url, headers })
      t.match({ status: response.statusCode, code: codeOf(response), asks: response.headers['www-authenticate'] }, { status: 401, code, asks }, what)
    }
    t.equal((await app.inject(`${url}?access_token=${ada}`)).statusCode, 401, 'the query')
    const form = { method: 'POST', url: '/api/registrations', headers: { 'content-type': 'application/json' }, payload: { access_token: ada } } as const
    t.equal((await app.inject(form)).statusCode, 401, 'the body')

    t.test('and only from one such header, over a socket', async (t) => {
      const base = await app.listen({ host: '127.0.0.1', port: 0 })
      const [response] = await once(httpRequest(base + url, { headers: { Authorization: [`Bearer ${ada}`, 'Bearer x'] } }).end(), 'response') as [IncomingMessage]
      t.equal(response.statusCode, 400)
      t.equal(response.headers['www-authenticate'], 'Bearer realm="sandtable", error="invalid_request"')
      t.match(JSON.parse(Buffer.concat(await response.toArray() as Buffer[]).toString()), { code: 'INVALID_AUTHORIZATION' })
    })
  })

  t.test('a user cannot name a picture that was uploaded for another user', async (t) => {
    const upload = async (key: string) => objects.put(key, (await objects.get('demo/ada.jpg')).body, 'image/jpeg')
    await upload('faces/demo-ada/stored_1.jpg')
    await upload('faces/demo-bob/stored_1.jpg')
    const name = (token: string, registrationId: string, faceImageKey: string) =>
      call(token, { method: 'POST', url: `/api/registrations/${registrationId}/stored-face`, payload: { faceImageKey } })
    const validate = (token: string, registrationId: string, faceImageKey: string) =>
      call(token, { method: 'POST', url: `/api/registrations/${registrationId}/validate-face-image`, payload: { faceImageKey } })

    for (const key of ['faces/demo-ada/stored_1.jpg', `s3://${config.aws.bucket}/faces/demo-ada/stored_1.jpg`]) {
      const [named, absent] = [await name(bob, 'demo-bob', key), await name(bob, 'demo-bob', 'faces/demo-ada/stored_2.jpg')]
      t.match(named.json(), { statusCode: 404, code: 'IMAGE_NOT_FOUND', message: `Object s3://${config.aws.bucket}/faces/demo-ada/stored_1.jpg does not exist` }, key)
      t.match(absent.json(), { statusCode: 404, code: 'IMAGE_NOT_FOUND' })
      t.match((await validate(bob, 'demo-bob', key)).json(), { statusCode: 404, code: 'IMAGE_NOT_FOUND' })
    }
    const registering = await call(await tokenOf('dora'), { method: 'POST', url: '/api/registrations', payload: { userId: 'dora', eventId: 'demo-event', name: 'Dora', storedFaceKey: 'faces/demo-ada/stored_1.jpg' } })
    t.match(registering.json(), { statusCode: 404, code: 'IMAGE_NOT_FOUND' })
    for (const folder of ['uploads', 'processed']) {
      for (const user of ['ada', 'bob']) await upload(`${folder}/${user}/img_1.jpg`)
      t.match((await name(bob, 'demo-bob', `${folder}/ada/img_1.jpg`)).json(), { statusCode: 404, code: 'IMAGE_NOT_FOUND' }, `${folder} of the image feature`)
      t.equal((await name(bob, 'demo-bob', `${folder}/bob/img_1.jpg`)).statusCode, 200)
    }
    t.equal((await name(bob, 'demo-bob', 'faces/demo-bob/stored_1.jpg')).statusCode, 200, 'their own they may')
    t.equal((await name(admin, 'demo-bob', 'faces/demo-ada/stored_1.jpg')).statusCode, 200, 'and admins any')
  })

  t.test('users are identified by their token, whatever characters their ids have', async (t) => {
    const [one, other] = ['auth0|5f7', 'auth0|5f7/img_x']
    const [token, others] = [await tokenOf(one), await tokenOf(other)]
    const { json } = await call(admin, { method: 'POST', url: '/api/events', payload: { name: 'Names', capacity: 9 } })
    const { eventId } = json<{ data: { eventId: string } }>().data
    const register = (token: string, userId: string) => call(token, { method: 'POST', url: '/api/registrations', payload: { userId, eventId, name: 'Somebody' } })
    t.equal((await register(token, one)).statusCode, 201)
    t.equal((await register(token, one)).statusCode, 409)
    t.equal((await register(token, other)).statusCode, 403)
    for (const userId of [`a#event#${eventId}`, 'a', 'user#a', 'a/b', 'a%2Fb', 'x'.repeat(256), '\u{1F600}'.repeat(256)]) {
      t.equal((await register(await tokenOf(userId), userId)).statusCode, 201, `${userId.slice(0, 20)}: nobody else's registration is in the way`)
    }
    for (const guard of [`user#a#event#${eventId}`, `user#${one}#event#${eventId}`]) {
      for (const method of ['GET', 'DELETE'] as const) {
        t.equal(codeOf(await call(admin, { method, url: `/api/registrations/${encodeURIComponent(guard)}` })), 'REGISTRATION_NOT_FOUND', 'what keeps others from a place is no registration')
      }
    }
    t.equal((await call(token, { url: `/api/registrations/${encodeURIComponent(one)}/face/exists` })).statusCode, 200)
    t.equal((await call(token, { url: `/api/registrations/${encodeURIComponent(other)}/face/exists` })).statusCode, 404)

    const image = (userId: string, originalS3Key: string) => ({
      method: 'POST' as const,
      url: '/api/images/batch',
      payload: { images: [{ userId, originalFileName: 'a.jpg', originalFileSize: 1, originalFileType: 'image/jpeg', originalS3Key, status: 'completed' }] },
    })
    t.equal((await call(others, image(other, 'uploads/auth0|5f7%2Fimg_x/a.jpg'))).statusCode, 201)
    t.equal((await call(token, image(one, 'uploads/auth0|5f7/a.jpg'))).statusCode, 201)
    t.equal((await call(others, image(other, 'uploads/auth0|5f7/img_x/a.jpg'))).statusCode, 400, 'nobody reaches into the folder of an id that begins theirs')
    t.equal((await call(token, { url: `/api/users/${encodeURIComponent(one)}/images` })).json<{ data: { count: number } }>().data.count, 1)

    t.equal((await call(token, { method: 'PUT', url: '/api/chat/profile', payload: { name: 'A', email: 'a@example.org', role: 'learner' } })).json<Answer>().data.userId, one)
    const longest = '\u{1F600}'.repeat(256)
    for (const path of ['', '/messages', '/messages/2026-03-01T12:00:00.000Z']) {
      t.equal((await call(token, { url: `/api/chat/conversations/${encodeURIComponent(longest)}${path}` })).statusCode, 404, 'the longest id fits into every key')
    }
    t.equal((await call(token, { method: 'POST', url: `/api/chat/conversations/${encodeURIComponent(longest)}/read` })).statusCode, 404)
  })

  t.test('access rules of every route', async (t) => {
    const documented = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) => Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`))
    t.strictSame(documented.sort(), Object.keys(MAY).sort(), 'there are no other routes')
    const those = (who: string) => Object.keys(MAY).filter((route) => MAY[route] === who)
    const adas = { registrationId: 'demo-ada', userId: 'ada' }

    t.test('health and docs need no token', async (t) => {
      for (const route of those('everybody')) t.equal((await call(undefined, filled(route, adas))).statusCode, 200, route)
      for (const url of ['/docs', '/docs/json', '/docs/static/swagger-ui.css']) t.equal((await call(undefined, { url })).statusCode, 200, url)
      t.equal((await call('garbage', { url: '/health' })).statusCode, 200, 'whatever token comes along')
    })

    t.test('every other route needs a token, and the answer says so (RFC 6750, section 3)', async (t) => {
      for (const route of Object.keys(MAY).filter((route) => MAY[route] !== 'everybody')) {
        const response = await call(undefined, filled(route, adas))
        t.match({ status: response.statusCode, code: codeOf(response), asks: response.headers['www-authenticate'] },
          { status: 401, code: 'UNAUTHORIZED', asks: 'Bearer realm="sandtable"' }, route)
        matchesDocs(t, app, response)
        if (route.startsWith('GET')) t.equal((await call(undefined, { ...filled(route, adas), method: 'HEAD' })).statusCode, 401, `HEAD of ${route}`)
      }
    })

    t.test('some routes accept any token', async (t) => {
      for (const route of those('anybody')) {
        const response = await call(bob, filled(route, adas))
        t.equal(response.statusCode, 200, route)
        matchesDocs(t, app, response)
      }
    })

    t.test('admin routes refuse other users', async (t) => {
      for (const route of those('admin')) {
        const response = await call(ada, filled(route, adas))
        t.match({ status: response.statusCode, code: codeOf(response), asks: response.headers['www-authenticate'] },
          { status: 403, code: 'ADMIN_ONLY', asks: 'Bearer realm="sandtable", error="insufficient_scope"' }, route)
        matchesDocs(t, app, response)
      }
    })

    t.test('other users\' resources look like missing ones', async (t) => {
      for (const route of those('mine')) {
        const [foreign, missing] = await Promise.all([adas, { registrationId: 'nothing', userId: 'nobody' }].map((ids) => call(bob, filled(route, ids))))
        const shown = ({ statusCode, payload }: LightMyRequestResponse) =>
          ({ statusCode, ...JSON.parse(payload.replaceAll(/demo-ada|nothing/g, 'ID').replaceAll(/\b(ada|nobody)\b/g, 'USER')) as object, requestId: '' })
        t.equal(foreign!.statusCode, 404, route)
        t.strictSame(shown(foreign!), shown(missing!), `${route}: the same words as for what is not there`)
        matchesDocs(t, app, foreign!)
      }
      for (const route of those('body')) {
        const response = await call(bob, filled(route, adas))
        t.match({ status: response.statusCode, code: codeOf(response) }, { status: 403, code: 'NOT_YOURSELF' }, route)
        matchesDocs(t, app, response)
      }
    })

    t.test('the owner\'s requests succeed, and the refused ones changed nothing', async (t) => {
      t.strictSame(Object.keys(requests).sort(), [...those('mine'), ...those('body')].sort(), 'each has a request')
      for (const [route, { status }] of Object.entries(requests)) {
        if (route === DELETE_USER) continue // the last of all
        const response = await call(ada, filled(route, adas))
        t.equal(response.statusCode, status, `${route}: ${response.payload.slice(0, 100)}`)
        matchesDocs(t, app, response)
      }
    })

    t.test('users change name and metadata of their face record, and only admins the results of the comparison', async (t) => {
      const change = (token: string, payload: object) => call(token, { method: 'PUT', url: '/api/registrations/ada/face', payload })
      const read = async () => (await call(ada, { url: '/api/registrations/ada/face' })).json<Answer>().data
      const before = await read()
      const results = {
        validationStatus: 'success',
        confidence: 100,
        quality: 'HIGH',
        faceImageKey: 'x.jpg',
        storedFaceKey: 'x.jpg',
        attributes: { age: 30 },
        comparisonResult: { similarity: 1, isMatch: true },
        faceVector: [0.5],
      }
      for (const [name, value] of Object.entries(results)) {
        const response = await change(ada, { name: 'Ada', [name]: value })
        t.match(response.json(), { statusCode: 403, code: 'COMPARISON_RESULTS_READ_ONLY', message: `Only admins may change ${name}. A user may change name and metadata` }, name)
        matchesDocs(t, app, response)
      }
      t.strictSame(await read(), before, 'nothing of a refused change is written')
      const metadata = { source: 'import', ipAddress: '::1', eventId: 'demo-event' }
      t.match((await change(ada, { name: 'Ada Byron', metadata })).json(), { data: { name: 'Ada Byron', metadata } })
      t.match((await change(admin, results)).json(), { data: results })
    })

    t.test('admins use admin routes, and reach everybody\'s resources', async (t) => {
      for (const route of those('admin')) {
        const isNew = route.startsWith('POST')
        const response = await call(admin, { ...filled(route, adas), ...isNew && { payload: { name: 'New', capacity: 5 } } })
        t.equal(response.statusCode, isNew ? 201 : 200, route)
        matchesDocs(t, app, response)
      }
      t.equal((await call(admin, { url: '/api/registrations/demo-ada' })).statusCode, 200)
      t.equal((await call(admin, { url: '/api/registrations/bob/face/exists' })).statusCode, 200)
      const registered = await call(admin, { method: 'POST', url: '/api/registrations', payload: { userId: 'ada', eventId: 'demo-event', name: 'Ada' } })
      t.equal(registered.statusCode, 201, 'also in the name of others')
    })

    t.test('a user may have all their own data deleted', async (t) => {
      const response = await call(ada, filled(DELETE_USER, adas))
      t.equal(response.statusCode, requests[DELETE_USER]!.status)
      matchesDocs(t, app, response)
      t.equal((await call(ada, { url: String(response.headers.location) })).statusCode, 200)
    })

    t.test('the documentation says which routes', async (t) => {
      t.strictSame(docsGaps(app), [])
      const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, { summary: string, security?: unknown, responses: object }>> } // @fastify/swagger types all versions at once
      t.strictSame(paths['/api/registrations']!.post!.security, [{ bearer: [] }])
      t.notOk('security' in paths['/health']!.get!)
      const marked = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).filter(([, { summary }]) => summary.endsWith('(admin)')).map(([method]) => `${method.toUpperCase()} ${path}`))
      t.strictSame(marked.sort(), those('admin').sort())
      t.notOk('403' in paths['/api/registrations/{registrationId}']!.get!.responses)
    })
  })

  t.test('a token is valid until it expires by the clock', async (t) => {
    await clock.advance(3_600_000)
    const response = await call(ada, { url })
    t.match({ status: response.statusCode, code: codeOf(response) }, { status: 401, code: 'TOKEN_EXPIRED' })
    matchesDocs(t, app, response)
  })

  t.test('tokens are never logged, accepted or not', async (t) => {
    await app.inject(`/api/registrations/demo-ada?access_token=${ada}&token=${ada}&id_token=${ada}`)
    for (const status of [200, 401, 403]) t.ok(lines.some((line) => line.includes(`"status":${status}`)), `${status} is`)
    t.notOk(lines.some((line) => [ada, bob, admin].some((token) => token.split('.').slice(1).some((part) => line.includes(part)))))
  })
})

const settingsOf = ({ issuer }: FakePool) => ({ AUTH_ISSUER: issuer, AUTH_AUDIENCE: CLIENT })

const Nothing = success(Type.Object({ user: Type.String() }), { message: 'Done', data: { user: 'ada' } })

/** Routes that report their caller, one for each way of declaring it. */
const declaring = (routes: Record<string, RouteAuth | undefined>): Feature => ({
  name: 'declared',
  tables: () => [],
  async register (api) {
    for (const [path, auth] of Object.entries(routes)) {
      api.get(path, { config: auth && { auth }, schema: { summary: path, tags: ['declared'], response: { 200: Nothing } } },
        async ({ user }) => ({ status: 'success', message: 'Done', data: { user: user?.id ?? 'nobody' } }))
    }
  },
})

test('a route declares who may call it', async (t) => {
  const features = [declaring({ '/silent': undefined, '/always': { token: 'always' }, '/admin': { admin: true }, '/always-admin': { token: 'always', admin: true }, '/never': { token: 'never' }, '/of/:owner': { owner: 'owner' } })]
  const paths = ['/silent', '/always', '/admin', '/always-admin', '/never', '/of/bob']

  const pool = await fakePool(t)
  const [ada, grace] = [await pool.sign(), await pool.sign({ sub: 'grace', 'cognito:groups': ['admin'] })]

  /** What each answers: the user that it sees, or a status. */
  async function table (t: Test, mode: string) {
    const { app } = await testApp(t, { features, config: { AUTH_MODE: mode, ...settingsOf(pool) } })
    const tell = (response: LightMyRequestResponse) => response.statusCode === 200 ? response.json<Answer>().data.user : response.statusCode
    const rows = await Promise.all(paths.map(async (path) => [path, ...await Promise.all([{}, { authorization: `Bearer ${ada}` }, { authorization: `Bearer ${grace}` }]
      .map(async (headers) => tell(await app.inject({ url: `/api${path}`, headers }))))]))
    t.strictSame(docsGaps(app), [])
    return rows
  }

  t.test('with AUTH_MODE=jwt it needs a token unless it says otherwise', async (t) => {
    t.strictSame(await table(t, 'jwt'), [
      ['/silent', 401, 'ada', 'grace'],
      ['/always', 401, 'ada', 'grace'],
      ['/admin', 401, 403, 'grace'],
      ['/always-admin', 401, 403, 'grace'],
      ['/never', 'nobody', 'nobody', 'nobody'],
      ['/of/bob', 401, 404, 'grace'],
    ])
  })

  t.test('with AUTH_MODE=open it needs one only if it says so', async (t) => {
    t.strictSame(await table(t, 'open'), [
      ['/silent', 'nobody', 'nobody', 'nobody'],
      ['/always', 401, 'ada', 'grace'],
      ['/admin', 'nobody', 'nobody', 'nobody'],
      ['/always-admin', 401, 403, 'grace'],
      ['/never', 'nobody', 'nobody', 'nobody'],
      ['/of/bob', 'nobody', 'nobody', 'nobody'],
    ])
  })

  t.test('and is not registered with rules that contradict each other', async (t) => {
    await t.rejects(testApp(t, { features: [declaring({ '/of/:user': { owner: 'userId' } })] }), { message: '/api/of/:user has no parameter userId' })
    await t.rejects(testApp(t, { features: [declaring({ '/a': { token: 'never', admin: true } })] }), { message: /needs no token/ })
  })
})

test('a handler asks who the caller is, or whom a request is about', async (t) => {
  const [nobody, ada, grace] = [undefined, { id: 'ada', groups: [] }, { id: 'grace', groups: ['admin'] }]
  t.equal(callerOf({ user: ada }).id, 'ada')
  t.throws(() => callerOf({ user: nobody }), TypeError, 'which no route may ask that can go without a token')

  const subject = (user: User | undefined, id?: string) => subjectOf({ user }, { id, path: 'query.userId' })
  t.strictSame([subject(nobody, 'bob'), subject(ada), subject(ada, 'ada'), subject(grace), subject(grace, 'bob')], ['bob', 'ada', 'ada', 'grace', 'bob'])
  t.throws(() => subject(nobody), { code: 'VALIDATION_FAILED', details: [{ path: 'query.userId', reason: 'is required without a token' }] })
  t.throws(() => subject(ada, 'bob'), { statusCode: 403, code: 'NOT_YOURSELF' })
  t.throws(() => subjectOf({ user: ada }, { id: 'bob', path: 'query.userId', refusal: (id) => new NothingHere(id) }), { code: 'NOT_FOUND' })
})

test('tokens of the pool in AUTH_ISSUER and AUTH_AUDIENCE are accepted', async (t) => {
  const lines: string[] = []
  const pool = await fakePool(t)
  const token = await pool.sign()
  const poolApp = () => testApp(t, {
    features: [declaring({ '/silent': undefined })], config: { AUTH_MODE: 'jwt', ...settingsOf(pool) }, log: { write: (line) => { lines.push(line) } },
  })
  const ask = (app: FastifyInstance, token: string) => app.inject({ url: '/api/silent', headers: { authorization: `Bearer ${token}` } })

  const { app, emulator } = await poolApp()
  t.match((await ask(app, token)).json(), { data: { user: 'ada' } })
  t.equal(codeOf(await ask(app, await pool.sign({ iss: emulator.tokens.issuer, client_id: 'sandtable' }))), 'INVALID_TOKEN', 'and the emulator does not')

  pool.answer = { status: 500 }
  const { app: other } = await poolApp()
  const response = await ask(other, token)
  t.match({ status: response.statusCode, code: codeOf(response), again: response.headers['retry-after'] }, { status: 503, code: 'ISSUER_UNREACHABLE', again: '5' })
  matchesDocs(t, other, response)
  t.match(lines.find((line) => line.includes('ISSUER_UNREACHABLE')), /Expected 200 OK/, 'why the keys cannot be read is told')
  t.notOk(lines.some((line) => token.split('.').slice(1).some((part) => line.includes(part))), 'without the token')
})

test('a key of the issuer that is too short is logged', async (t) => {
  const lines: string[] = []
  const pool = await fakePool(t)
  const token = await pool.sign()
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  pool.keys.splice(0, pool.keys.length, { ...publicKey.export({ format: 'jwk' }), kid: pool.keys[0]!.kid, alg: 'RS256', use: 'sig' })
  const { app } = await testApp(t, {
    features: [declaring({ '/silent': undefined })], config: { AUTH_MODE: 'jwt', ...settingsOf(pool) }, log: { write: (line) => { lines.push(line) } },
  })
  const response = await app.inject({ url: '/api/silent', headers: { authorization: `Bearer ${token}` } })
  t.equal(codeOf(response), 'INVALID_TOKEN')
  t.equal(lines.filter((line) => /a key of the issuer cannot be used/.test(line) && /2048/.test(line)).length, 1)
})

test('without any issuer', async (t) => {
  const { aws, clock, config } = await testStore(t, { config: { AUTH_MODE: 'jwt' } })
  await t.rejects(buildApp({ config, aws, clock }), {
    name: 'ConfigError', message: 'AUTH_ISSUER is not set; it takes the URL of the issuer whose tokens are accepted with AUTH_MODE=jwt',
  }, 'AUTH_MODE=jwt is refused')

  const open = await testStore(t)
  const app = await buildApp({ ...open, features: [declaring({ '/always': { token: 'always' }, '/silent': undefined })] })
  t.teardown(() => app.close())
  t.equal((await app.inject('/api/silent')).statusCode, 200)
  const response = await app.inject('/api/always')
  t.match(response.json(), { statusCode: 503, code: 'NO_ISSUER', message: /AUTH_ISSUER and AUTH_AUDIENCE/ }, 'a route that needs a token says so')
  matchesDocs(t, app, response)
})
