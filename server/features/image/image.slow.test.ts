import type { LightMyRequestResponse } from 'fastify'
import sharp from 'sharp'
import { test, type Test } from 'tap'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { createObjectStore } from '../../aws/object-store.ts'
import { startServer } from '../../server.ts'
import { TEST_TIME, testApp, type TestAppOptions } from '../../test-support/app.ts'
import { matchesDocs } from '../../test-support/contract.ts'
import { features as allFeatures } from '../index.ts'
import { readImageHeader } from './image-header.ts'
import { cameraOf } from './processing/camera.ts'
import { createPictures } from './processing/pictures.ts'
import type { Image, Profile } from './schemas.ts'
import { imageTables } from './tables.ts'

/** The other ones take time to start, and play no part. */
const features = allFeatures.filter(({ name }) => name === 'image')

const AT = new Date(TEST_TIME).toISOString()

/** Red, green, blue and white quarters: upper left, upper right, lower left, lower right. */
const QUARTERS = ['#f00', '#0f0', '#00f', '#fff'] as const
const SIDE = { width: 80, height: 60 }

async function picture (type: 'jpeg' | 'png' | 'webp' = 'jpeg'): Promise<Buffer> {
  const { width, height } = SIDE
  const rects = QUARTERS.map((fill, index) => `<rect x="${index % 2 * width / 2}" y="${Math.floor(index / 2) * height / 2}" width="${width / 2}" height="${height / 2}" fill="${fill}"/>`)
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${rects.join('')}</svg>`)).toFormat(type).toBuffer()
}

/** The API with what these tests do all the time. One answer of each kind is held against the documentation. */
async function imageApp (t: Test, options: TestAppOptions = {}) {
  const made = await testApp(t, { ...options, features, config: { MAX_EVENT_LOOP_DELAY: '10m', UPLOAD_LIMIT: '1 MB', ...options.config } })
  const { app, aws, config } = made
  const table = config.image.tables.images
  const kinds = new Set<string>()
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object): Promise<LightMyRequestResponse> => {
    const response = await app.inject({ method, url, ...payload && { payload } })
    const kind = [method, url.split('?')[0]!.replace(/img_\w+|users\/\w+/, ':id'), response.statusCode].join(' ')
    if (!kinds.has(kind)) matchesDocs(t, app, response)
    kinds.add(kind)
    return response
  }
  const upload = (bytes: Buffer, fields: [string, string][] = [['userId', 'john']], name = 'photo.jpg') => {
    const form = new FormData()
    // The owner may well be named behind the file.
    form.append('file', new Blob([new Uint8Array(bytes)]), name)
    for (const [field, value] of fields) form.append(field, value)
    return call('POST', '/api/images', form)
  }
  return {
    ...made,
    table,
    objects: createObjectStore(aws.s3, config.aws.bucket),
    call,
    upload,
    /** What came of an image whose upload was answered. */
    async processed (response: LightMyRequestResponse): Promise<Image> {
      const location = String(response.headers.location)
      await app.inject(location.replace('?', '/events?')) // it ends with the last step
      return (await call('GET', location)).json<{ data: Image }>().data
    },
    /** An image in the table, as somebody left it. */
    async put (some: Partial<Image> & { imageId: string, claim?: object }): Promise<void> {
      const Item = {
        userId: 'john',
        originalFileName: 'photo.jpg',
        originalFileSize: 100,
        originalFileType: 'image/jpeg',
        originalS3Key: 'uploads/john/photo.jpg',
        status: 'pending',
        processingSteps: { validation: { status: 'pending' }, resize: { status: 'pending' }, watermark: { status: 'pending' } },
        createdAt: AT,
        createdDate: AT.slice(0, 10),
        updatedAt: AT,
        tags: [],
        metadata: {},
        ...some,
      }
      await aws.documents.send(new PutCommand({ TableName: table, Item }))
    },
    async stored (): Promise<{ items: Record<string, unknown>[], keys: string[] }> {
      const { Items = [] } = await aws.documents.send(new ScanCommand({ TableName: table }))
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: config.aws.bucket }))
      return { items: Items, keys: Contents.map(({ Key = '' }) => Key) }
    },
  }
}

for (const store of ['embedded', 'dynamodb'] as const) {
  test(`images (STORE=${store})`, async (t) => {
    const api = await imageApp(t, { store })

    t.test('bad uploads are refused with a message, and leave nothing behind', async (t) => {
      const jpeg = await picture()
      const john: [string, string] = ['userId', 'john']
      const refused: [what: string, answer: Promise<LightMyRequestResponse>, status: number, code: string][] = [
        ['a text', api.upload(Buffer.from('Dear diary'), [john], 'diary.jpg'), 400, 'NOT_AN_IMAGE'],
        ['nothing', api.upload(Buffer.alloc(0)), 400, 'NOT_AN_IMAGE'],
        ['a bomb of 2.5 gigapixels', api.upload(Buffer.from('89504e470d0a1a0a0000000d494844520000c3500000c3500802000000', 'hex')), 422, 'TOO_MANY_PIXELS'],
        ['an SVG', api.upload(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:1/"/></svg>')), 400, 'NOT_AN_IMAGE'],
        ['a TIFF', api.upload(await sharp(jpeg).tiff().toBuffer()), 400, 'NOT_AN_IMAGE'],
        ['a GIF', api.upload(await sharp(jpeg).gif().toBuffer()), 400, 'NOT_AN_IMAGE'],
        ['too many bytes', api.upload(Buffer.concat([jpeg, Buffer.alloc(1024 * 1024)])), 413, 'PAYLOAD_TOO_LARGE'],
        ['a tag of 2 KB', api.upload(jpeg, [john, ['tags', 'x'.repeat(2048)]]), 400, 'VALIDATION_FAILED'],
        ['an unknown field', api.upload(jpeg, [john, ['colour', 'red']]), 400, 'VALIDATION_FAILED'],
        ['nobody\'s', api.upload(jpeg, []), 400, 'VALIDATION_FAILED'],
        ['no form', api.call('POST', '/api/images', { file: 'x' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
        ['a form without a file', api.call('POST', '/api/images', new FormData()), 400, 'UPLOAD_MISSING'],
      ]
      for (const [what, answer, statusCode, code] of refused) t.match((await answer).json(), { statusCode, code }, what)
      t.same(await api.stored(), { items: [], keys: [] })
    })

    t.test('a photograph is turned, resized and watermarked, and each step is reported', async (t) => {
      const original = await sharp(await picture()).resize(1200, 900).withExif({ IFD0: { Make: 'Canon', Model: 'Canon EOS 5D' } }).jpeg().toBuffer()
      const response = await api.upload(original, [['userId', 'john'], ['tags', 'a, b'], ['tags', 'c'], ['description', ''], ['watermarkText', 'A <b>bold</b> & long text']], 'C:\\temp\\a\u202eb\u0007.jpg')
      t.equal(response.statusCode, 202)
      const events = await api.app.inject(String(response.headers.location).replace('?', '/events?'))
      t.equal(events.headers['content-type'], 'text/event-stream; charset=utf-8')
      const told = [...events.payload.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!) as { step?: string, status: string })
      t.same(told.slice(-2).map(({ step, status }) => [step, status]), [['watermark', 'completed'], [undefined, 'completed']])
      const image = await api.processed(response)
      t.match(image, {
        originalFileName: 'ab.jpg',
        originalFileSize: original.length,
        status: 'completed',
        tags: ['a', 'b', 'c'],
        metadata: { camera: 'Canon EOS 5D', description: undefined },
        processingSteps: {
          resize: { status: 'completed', dimensions: { original: { width: 1200, height: 900 }, processed: { width: 800, height: 600 } } },
          watermark: { status: 'completed', watermarkText: 'A <b>bold</b> & long text' },
        },
      })
      const { body } = await api.objects.get(image.processedS3Key!)
      const { width, height, exif, format } = await sharp(body).metadata()
      t.same({ width, height, exif, format }, { width: 800, height: 600, exif: undefined, format: 'jpeg' })
      // White letters on a dark band in the white quarter.
      const corner = await sharp(body).extract({ left: 500, top: 540, width: 300, height: 60 }).greyscale().stats()
      t.ok(corner.channels[0]!.min < 140 && corner.channels[0]!.max > 240 && corner.channels[0]!.stdev > 40, 'there is writing')

      const { data: { statistics } } = (await api.call('GET', '/api/users/john/profile')).json<{ data: Profile }>()
      t.same(statistics, { totalImages: 1, totalStorageUsed: original.length, lastUploadAt: AT })
      t.equal((await api.call('DELETE', String(response.headers.location))).statusCode, 200)
      const { items, keys } = await api.stored()
      t.match(items, [{ imageId: 'user_profile', statistics: { totalImages: 0, totalStorageUsed: 0 } }])
      t.same([items.length, keys], [1, []], 'a delete leaves the profile alone')
    })

    t.test('many concurrent uploads are all completed, and counted exactly', async (t) => {
      const files = await Promise.all((['jpeg', 'png', 'webp'] as const).map(picture))
      const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => api.upload(files[index % 3]!, [['userId', 'mary']])))
      const images = await Promise.all(answers.map((answer) => api.processed(answer)))
      t.same(images.map(({ status }) => status), Array(6).fill('completed'))
      t.equal(new Set(images.map(({ processedS3Key }) => processedS3Key)).size, 6)
      t.same(new Set(images.map(({ originalFileType }) => originalFileType)), new Set(['image/jpeg', 'image/png', 'image/webp']))
      const { data: { statistics } } = (await api.call('GET', '/api/users/mary/profile')).json<{ data: Profile }>()
      t.match(statistics, { totalImages: 6, totalStorageUsed: 2 * files.reduce((sum, { length }) => sum + length, 0) })
      const updates = api.emulator.trace.query({ causedBy: images[0]!.imageId }).filter(({ operation }) => operation === 'UpdateItem')
      t.equal(updates.length, 4, 'four updates each: the trace shows them under the image\'s id')
    })

    // The rest is the same on both.
    if (store === 'dynamodb') return

    t.test('five hundred images are written and a hundred read, though each batch leaves a third unprocessed', async (t) => {
      for (const operation of ['BatchWriteItem', 'BatchGetItem']) await api.emulator.faults.add({ id: operation, operation, error: 'throttle', share: 1 / 3, seed: 7 })
      const known = Array.from({ length: 500 }, (_, index) => ({
        userId: 'bulk', originalFileName: 'a.jpg', originalFileSize: 10, originalFileType: 'image/jpeg', originalS3Key: `uploads/bulk/${index}.jpg`, status: 'completed',
      }))
      const written = await api.call('POST', '/api/images/batch', { images: known })
      t.equal(written.statusCode, 201)
      const { data } = written.json<{ data: { written: number, images: { imageId: string, originalS3Key: string }[] } }>()
      t.equal(data.written, 500)
      t.same(data.images.map(({ originalS3Key }) => originalS3Key), known.map(({ originalS3Key }) => originalS3Key), 'each one\'s fate, in order')
      const keys = data.images.slice(0, 98).map(({ imageId }) => ({ imageId, userId: 'bulk' }))
      const absent = { imageId: 'img_none', userId: 'bulk' }
      const read = (await api.call('POST', '/api/images/batch-get', { keys: [...keys, absent, keys[0]] })).json<{ data: { images: Image[], absent: object[] } }>().data
      t.same(read.images.map(({ imageId }) => imageId), [...keys, keys[0]!].map(({ imageId }) => imageId))
      t.same(read.absent, [absent])
      for (const { id, hits } of api.emulator.faults.list()) t.ok(hits > (id === 'BatchGetItem' ? 20 : 150), `${id} left ${hits}`)
      api.emulator.faults.clear()
      const { data: { statistics } } = (await api.call('GET', '/api/users/bulk/profile')).json<{ data: Profile }>()
      t.match(statistics, { totalImages: 500, totalStorageUsed: 5000 })
    })

    t.test('a batch of which nothing is written is a 503', async (t) => {
      const random = t.intercept(Math, 'random', { value: () => 0 }) // no pauses
      await api.emulator.faults.add({ operation: 'BatchWriteItem', error: 'throttle' })
      const image = { userId: 'nobody', originalFileName: 'a.jpg', originalFileSize: 10, originalFileType: 'image/jpeg', originalS3Key: 'uploads/nobody/a.jpg' }
      const response = await api.call('POST', '/api/images/batch', { images: [image, image] })
      api.emulator.faults.clear()
      random.restore()
      t.match(response.json(), { status: 'error', statusCode: 503, code: 'STORE_BUSY' })
      t.ok(response.headers['retry-after'])
    })

    t.test('requests for expired images, profiles and invalid changes of status are refused', async (t) => {
      const now = TEST_TIME / 1000
      await api.put({ imageId: 'img_old', ttl: now })
      await api.put({ imageId: 'img_elsewhere' })
      const url = (id: string, rest = '') => `/api/images/${id}${rest}?userId=john`
      const calls: [method: 'GET' | 'PUT' | 'PATCH' | 'DELETE', url: string, body: object | undefined, status: number][] = [
        ['GET', url('img_old'), undefined, 404],
        ['PATCH', url('img_old'), { status: 'processing' }, 404],
        ['PUT', url('img_old', '/ttl'), { days: 1 }, 404],
        ['DELETE', url('img_old'), undefined, 404],
        ['GET', url('img_old', '/events'), undefined, 404],
        ['GET', url('user_profile'), undefined, 400],
        ['GET', '/api/images/img_old', undefined, 400],
        ['GET', url('img_elsewhere', '/processed'), undefined, 409],
        ['GET', url('img_elsewhere', '/original'), undefined, 404],
        ['PATCH', url('img_elsewhere'), {}, 400],
        ['PATCH', url('img_elsewhere'), { status: 'lost' }, 400],
        ['PATCH', url('img_elsewhere'), { step: { name: 'resize', data: { status: 'completed', result: 'valid' } } }, 400],
        ['PATCH', url('img_elsewhere'), { step: { name: 'resize', data: { status: 'processing' } } }, 409],
        ['PATCH', url('img_elsewhere'), { status: 'processing' }, 200],
        ['PATCH', url('img_elsewhere'), { status: 'processing' }, 409],
        ['PATCH', url('img_elsewhere'), { step: { name: 'resize', data: { status: 'processing' } } }, 200],
        ['PUT', url('img_elsewhere', '/ttl'), { days: 0 }, 400],
        ['PUT', url('img_elsewhere', '/ttl'), { days: 1 }, 200],
        ['GET', '/api/images/recent?days=32', undefined, 400],
        ['GET', '/api/images/recent?date=2026-02-30', undefined, 400],
        ['PUT', '/api/users/john/profile', { profile: { preferences: { defaultImageSize: 'huge' } } }, 400],
        ['PUT', '/api/users/john/profile', { profile: {}, statistics: { totalImages: 9 } }, 400],
        ['GET', '/api/users/nobody/profile', undefined, 404],
      ]
      for (const [method, url, body, status] of calls) t.equal((await api.call(method, url, body)).statusCode, status, `${method} ${url} ${JSON.stringify(body)}`)
      const { data } = (await api.call('GET', '/api/users/john/images')).json<{ data: { data: Image[] } }>().data
      t.same(data.map(({ imageId, ttl }) => [imageId, ttl]), [['img_elsewhere', now + 86_400]], 'a list leaves out what expired')
    })
  })
}

test('an interrupted image is processed after a restart', async (t) => {
  for (const store of ['embedded', 'dynamodb'] as const) {
    const api = await imageApp(t, { store, config: { PORT: '0' } })
    await api.objects.put('uploads/john/photo.jpg', await picture(), 'image/jpeg')
    const claim = { worker: 'somebody', until: TEST_TIME + 60_000, attempt: 1 }
    await api.put({ imageId: 'img_pending' })
    await api.put({ imageId: 'img_held', status: 'processing', claim })
    await api.put({ imageId: 'img_dropped', status: 'processing', claim: { ...claim, until: TEST_TIME } })
    await api.put({ imageId: 'img_deadly', status: 'processing', claim: { ...claim, until: 0, attempt: 5 } })
    await api.put({ imageId: 'img_elsewhere', status: 'processing' })
    await api.put({ imageId: 'img_gone', originalS3Key: 'uploads/john/gone.jpg' })
    const servers = await Promise.all([1, 2].slice(0, store === 'embedded' ? 1 : 2).map(() => startServer({ config: api.config, aws: api.aws, clock: api.clock, features })))
    t.teardown(() => Promise.all(servers.map((server) => server.close())))
    const isHeld = store === 'dynamodb'
    for (const id of ['pending', 'dropped', 'deadly', 'gone', ...isHeld ? [] : ['held']]) {
      // The server that processes it sends its last step at once; the other one when it next reads the table.
      await Promise.any(servers.map(async ({ url }) => (await fetch(`${url}/api/images/img_${id}/events?userId=john`)).text()))
    }

    const { items } = await api.stored()
    t.same(Object.fromEntries(items.map(({ imageId, status }) => [imageId, status])), {
      img_pending: 'completed',
      img_held: isHeld ? 'processing' : 'completed',
      img_dropped: 'completed',
      img_deadly: 'failed',
      img_elsewhere: 'processing',
      img_gone: 'failed',
    }, isHeld ? 'a claim that holds is left to whoever has it' : 'nobody else can be on the embedded store')
    const done = api.emulator.trace.query({ operation: 'UpdateItem' }).filter(({ causedBy, result }) => causedBy === 'img_pending' && result === 'ok')
    t.equal(done.length, 4, 'however many workers there are, one processes it')
  }
})

test('an image that is deleted during processing leaves nothing behind', async (t) => {
  const api = await imageApp(t)
  await api.emulator.faults.add({ operation: 'PutObject', key: 'processed/*', latency: 150 })
  const location = String((await api.upload(await picture())).headers.location)
  for (let step = ''; step !== 'processing';) step = (await api.call('GET', location)).json<{ data: Image }>().data.processingSteps.watermark.status
  t.equal((await api.call('DELETE', location)).statusCode, 200)
  await api.app.close() // it waits for what is being processed
  t.same((await api.stored()).keys, [])
})

test('pictures', async (t) => {
  const pictures = createPictures({ maxPixels: 1_000_000 })
  const upright = await sharp(await picture('png')).raw().toBuffer({ resolveWithObject: true })
  const { width: w, height: h, channels } = upright.info

  t.test('are upright after processing, for all eight EXIF orientations', async (t) => {
    /**
     * Where in the upright picture a stored pixel belongs (Exif 2.32, 4.6.4, Orientation); from 5 on, the stored picture is rotated
     * by 90 degrees.
     */
    const PLACES: ((x: number, y: number) => [x: number, y: number])[] = [
      (x, y) => [x, y], (x, y) => [w - 1 - x, y], (x, y) => [w - 1 - x, h - 1 - y], (x, y) => [x, h - 1 - y],
      (x, y) => [y, x], (x, y) => [w - 1 - y, x], (x, y) => [w - 1 - y, h - 1 - x], (x, y) => [y, h - 1 - x],
    ]
    for (const [index, placeOf] of PLACES.entries()) {
      const [width, height] = index < 4 ? [w, h] : [h, w]
      const stored = Buffer.from(Array.from({ length: width * height }, (_, at) => {
        const [x, y] = placeOf(at % width, Math.floor(at / width))
        const from = (y * w + x) * channels
        return [...upright.data.subarray(from, from + 3)]
      }).flat())
      const photo = await sharp(stored, { raw: { width, height, channels: 3 } }).withMetadata({ orientation: index + 1 }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
      const { size } = await pictures.inspect(photo)
      const { data, ...shown } = await pictures.resize(photo, { width: 40, height: 40 })
      const near = (x: number, y: number) => [...data.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)].map((value) => value > 127 ? 'f' : '0').join('')
      t.same([size, shown, `#${near(5, 5)}`, `#${near(35, 5)}`, `#${near(5, 25)}`, `#${near(35, 25)}`], [SIDE, { width: 40, height: 30, channels: 3 }, ...QUARTERS], `orientation ${index + 1}`)
    }
  })

  t.test('are refused with a message when they are corrupt', async (t) => {
    const photo = await picture()
    await t.rejects(pictures.inspect(photo.subarray(0, photo.length - 100)), { message: /^The image cannot be decoded: / }, 'truncated')
    await t.rejects(createPictures({ maxPixels: 100 }).inspect(photo), { message: /pixel limit/ }, 'too large')
  })

  t.test('accept a watermark text of any length, whatever their size', async (t) => {
    for (const [width, height] of [[1, 1], [3, 200], [200, 3], [400, 300]] as const) {
      const pixels = { width, height, channels: 4 as const, data: Buffer.alloc(width * height * 4) }
      for (const watermarkText of ['a', '<&>"\u00fc\u4f60', 'long '.repeat(20)]) {
        const done = await sharp(await pictures.finish(pixels, { type: 'image/png', watermarkText })).metadata()
        t.same([done.width, done.height], [width, height])
      }
    }
  })

  t.test('show their type and size in their first bytes', async (t) => {
    for (const type of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await picture(type)
      const expected = { type: `image/${type}`, ...SIDE }
      t.same(readImageHeader(bytes), expected)
      const needed = Array.from({ length: bytes.length }, (_, length) => readImageHeader(bytes.subarray(0, length + 1))).findIndex((reading) => reading !== 'more')
      t.same(readImageHeader(bytes.subarray(0, needed + 1)), expected, 'until they are there, more is asked for')
    }
    const lossless = await sharp(await picture()).webp({ lossless: true }).toBuffer()
    const withAlpha = await sharp(await picture()).ensureAlpha(0.5).webp().toBuffer()
    for (const bytes of [lossless, withAlpha]) t.same(readImageHeader(bytes), { type: 'image/webp', ...SIDE })
    const animated = Buffer.from(withAlpha)
    animated[20]! |= 2
    for (const bytes of [animated, Buffer.alloc(0), Buffer.from('GIF89a'), Buffer.from('RIFF0000WAVEfmt '.padEnd(40)), Buffer.from([0xff, 0xd8, 0xff, 0xd9, ...Array<number>(20).fill(0)])]) {
      t.equal(readImageHeader(bytes), undefined)
    }
  })

  t.test('may have a camera, or any value in its place', async (t) => {
    const exif = async (Make: string, Model: string) => (await sharp(await sharp(await picture()).withExif({ IFD0: { Make, Model } }).jpeg().toBuffer()).metadata()).exif
    t.equal(cameraOf(await exif('Canon', 'Canon EOS 5D')), 'Canon EOS 5D')
    t.equal(cameraOf(await exif('Apple', 'iPhone 12')), 'Apple iPhone 12')
    t.equal(cameraOf(Buffer.from('Exif\0\0nonsense')), undefined)
    t.equal(cameraOf(undefined), undefined)
  })
})

test('the table definition has no attribute without a key, which CreateTable would refuse', async (t) => {
  const [{ input }] = imageTables({ tables: { images: 'images' } }) as [ReturnType<typeof imageTables>[number]]
  const keys = [input, ...input.GlobalSecondaryIndexes!].flatMap(({ KeySchema }) => KeySchema!.map(({ AttributeName }) => AttributeName))
  t.same(new Set(input.AttributeDefinitions!.map(({ AttributeName }) => AttributeName)), new Set(keys))
})
