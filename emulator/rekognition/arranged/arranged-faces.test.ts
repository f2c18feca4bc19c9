import { createHash } from 'node:crypto'
import { CompareFacesCommand, DetectFacesCommand, type Image, type RekognitionClient } from '@aws-sdk/client-rekognition'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import { BadArrangement, type ArrangedAnswer } from '../../index.ts'
import { testEmulator } from '../../test-support/emulator.ts'
import { drawFlat, drawPortrait } from '../test-support/pictures.ts'

const portrait = await drawPortrait(1)
const flat = await drawFlat()

/** Puts a picture with an arrangement, and gives its image for a request. */
async function arranging (t: Test) {
  const emulator = await testEmulator(t, { listen: false })
  const { rekognition, s3 } = emulator.clients({ maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket: 'faces' }))
  let count = 0
  const put = async (arrangement: object | string, picture = portrait) => {
    const Name = `${++count}.png`
    const text = typeof arrangement === 'string' ? arrangement : JSON.stringify(arrangement)
    await s3.send(new PutObjectCommand({ Bucket: 'faces', Key: Name, Body: picture, Metadata: { 'sandtable-faces': text } }))
    return { S3Object: { Bucket: 'faces', Name } }
  }
  return { emulator, rekognition, put }
}

type Stored = Awaited<ReturnType<Awaited<ReturnType<typeof arranging>>['put']>>

const compare = (client: RekognitionClient, source: Stored, target: Stored, threshold?: number) =>
  client.send(new CompareFacesCommand({ SourceImage: source, TargetImage: target, SimilarityThreshold: threshold }))

const detect = (client: RekognitionClient, image: Image) => client.send(new DetectFacesCommand({ Image: image, Attributes: ['ALL'] }))

test('people are matched by name, whatever the pictures show', async (t) => {
  const { rekognition, put } = await arranging(t)
  const anna = await put({ faces: [{ person: 'anna' }] })
  const annaAgain = await put({ faces: [{ person: 'anna' }] }, await drawPortrait(2))
  const boris = await put({ faces: [{ person: 'boris', similarity: { clara: 91.5, anna: 12 } }] })
  const clara = await put({ faces: [{ person: 'clara' }] }, flat)
  const similarity = async (source: Stored, target: Stored) => (await compare(rekognition, source, target, 0)).FaceMatches![0]!.Similarity
  t.equal(await similarity(anna, annaAgain), Math.fround(99.9))
  t.equal(await similarity(anna, clara), 1, 'two people')
  t.equal(await similarity(boris, clara), 91.5, 'as the source says')
  t.equal(await similarity(anna, boris), 12, 'as the target says')
  const unnamed = await put({ faces: [{ quality: { brightness: 10 } }] })
  t.equal(await similarity(unnamed, await put({ faces: [{}] })), 100, 'without a name it is the person of the picture')
  t.equal(await similarity(anna, unnamed), 1, 'who is nobody with a name')
})

test('several faces are ordered by size, and compared one by one', async (t) => {
  const { rekognition, put } = await arranging(t)
  const group = await put({
    faces: [
      { person: 'boris', boundingBox: { left: 0.1, top: 0.1, width: 0.2, height: 0.2 } },
      { person: 'anna', boundingBox: { left: 0.5, top: 0.1, width: 0.4, height: 0.5 } },
      { person: 'clara', similarity: { anna: 85 }, boundingBox: { left: 0.7, top: 0.6, width: 0.1, height: 0.1 } },
    ],
  })
  const anna = await put({ faces: [{ person: 'anna' }] })
  const { FaceDetails } = await detect(rekognition, group)
  t.strictSame(FaceDetails!.map(({ BoundingBox }) => BoundingBox!.Width), [0.4, 0.2, 0.1].map(Math.fround))
  for (const { BoundingBox: box, Landmarks } of FaceDetails!) {
    t.ok(Landmarks!.every(({ X, Y }) => X! >= box!.Left! && X! <= box!.Left! + box!.Width! && Y! >= box!.Top! && Y! <= box!.Top! + box!.Height! * 1.05), 'the landmarks are in the box')
  }
  const { FaceMatches, UnmatchedFaces } = await compare(rekognition, anna, group)
  t.strictSame(FaceMatches!.map(({ Similarity }) => Similarity), [99.9, 85].map(Math.fround), 'the most alike first')
  t.strictSame(UnmatchedFaces!.map(({ BoundingBox }) => BoundingBox!.Width), [Math.fround(0.2)])
  t.strictSame((await compare(rekognition, group, anna)).FaceMatches!.length, 1, 'the largest of the source is compared')

  const three = (await detect(rekognition, await put({ faces: [{}, {}, {}] }))).FaceDetails!
  const lefts = three.map(({ BoundingBox }) => BoundingBox!.Left!)
  t.equal(new Set(lefts).size, 3, 'faces without a box stand side by side')
  const same = await put({ faces: [{}, {}] })
  t.strictSame((await compare(rekognition, same, same)).UnmatchedFaces!.length, 1, 'and are different people')
})

test('a picture can have no faces', async (t) => {
  const { rekognition, put } = await arranging(t)
  const nobody = await put({ faces: [] })
  t.strictSame((await detect(rekognition, nobody)).FaceDetails, [])
  await t.rejects(compare(rekognition, nobody, await put({ faces: [{}] })), { name: 'InvalidParameterException' })
})

test('the attributes of a face can be arranged', async (t) => {
  const { rekognition, put } = await arranging(t)
  const arranged = {
    confidence: 60,
    pose: { yaw: 45 },
    quality: { brightness: 20, sharpness: 30 },
    age: { low: 30, high: 40 },
    gender: 'Male',
    emotions: { surprised: 70, happy: 30 },
    occluded: true,
    smile: true,
    eyeglasses: true,
    sunglasses: false,
    beard: true,
    mustache: false,
    eyesOpen: false,
    mouthOpen: true,
  }
  for (const picture of [portrait, flat]) {
    const [face] = (await detect(rekognition, await put({ faces: [arranged] }, picture))).FaceDetails!
    t.match(face, {
      Confidence: 60,
      Pose: { Yaw: 45, Roll: Number, Pitch: Number },
      Quality: { Brightness: 20, Sharpness: 30 },
      AgeRange: { Low: 30, High: 40 },
      Gender: { Value: 'Male' },
      FaceOccluded: { Value: true },
      Smile: { Value: true },
      Eyeglasses: { Value: true },
      Sunglasses: { Value: false },
      Beard: { Value: true },
      Mustache: { Value: false },
      EyesOpen: { Value: false },
      MouthOpen: { Value: true },
    })
    t.match(face!.Emotions, [{ Type: 'SURPRISED', Confidence: 70 }, { Type: 'HAPPY', Confidence: 30 }, { Confidence: 0 }])
    t.equal(face!.Emotions!.length, 8)
  }
  const [untold] = (await detect(rekognition, await put({ faces: [{ smile: true }] }))).FaceDetails!
  const { FaceDetails: [seen] = [] } = await rekognition.send(new DetectFacesCommand({ Image: { Bytes: portrait }, Attributes: ['ALL'] }))
  t.strictSame({ ...untold, Smile: seen!.Smile }, seen, 'what is not told is as the engine sees it')
})

test('an error can be arranged', async (t) => {
  const { emulator, rekognition, put } = await arranging(t)
  const errors = {
    AccessDeniedException: 400,
    ImageTooLargeException: 400,
    InternalServerError: 500,
    InvalidImageFormatException: 400,
    InvalidParameterException: 400,
    InvalidS3ObjectException: 400,
    ProvisionedThroughputExceededException: 400,
    ThrottlingException: 400,
  }
  for (const [name, httpStatusCode] of Object.entries(errors)) {
    await t.rejects(detect(rekognition, await put({ error: name })), { name, $metadata: { httpStatusCode } }, name)
  }
  const throttled = await put({ error: 'ProvisionedThroughputExceededException' })
  await t.rejects(compare(rekognition, await put({ faces: [{}] }), throttled), { name: 'ProvisionedThroughputExceededException' }, 'of the target too')
  t.equal(emulator.trace.query({ result: 'ProvisionedThroughputExceededException' }).length, 2, 'and it is in the trace')
})

test('an invalid arrangement is an error that says what is wrong with it', async (t) => {
  const { rekognition, put } = await arranging(t)
  const wrong: Array<[arrangement: object | string, fault: RegExp]> = [
    ['{"faces":', /it is not JSON: /],
    ['[]', /it must be object/],
    [{}, /it needs "faces" or "error", for example \{"faces":\[\{"person":"anna"\}\]\}/],
    [{ faces: 2 }, /"faces" must be array/],
    [{ face: [] }, /it has no member face/],
    [{ faces: [{ persn: 'anna' }] }, /"faces\.0" has no member persn/],
    [{ faces: [{}, { quality: { brightness: 101 } }] }, /"faces\.1\.quality\.brightness" must be <= 100/],
    [{ faces: [{ age: { low: 50, high: 20 } }] }, /faces\.0\.age: low must not be above high/],
    [{ faces: [{ age: 30 }] }, /"faces\.0\.age" must be object/],
    [{ faces: [{ gender: 'male' }] }, /"faces\.0\.gender" must be one of Male, Female/],
    [{ faces: [{ emotions: { glad: 10 } }] }, /"faces\.0\.emotions" has no member glad/],
    [{ faces: [{ similarity: { boris: 200 } }] }, /"faces\.0\.similarity\.boris" must be <= 100/],
    [{ error: 'OutOfCheese' }, /"error" must be one of AccessDeniedException, .*ThrottlingException/],
  ]
  for (const [arrangement, fault] of wrong) {
    const image = await put(arrangement)
    await t.rejects(detect(rekognition, image), {
      name: 'InvalidParameterException',
      message: new RegExp(`^The metadata x-amz-meta-sandtable-faces of s3://faces/${image.S3Object.Name} is not valid: .*${fault.source}`),
    }, fault.source)
  }
})

test('an arranged object must still be a valid image', async (t) => {
  const { rekognition, put } = await arranging(t)
  const text = await put({ faces: [{ person: 'anna' }] }, Buffer.from('no picture'))
  await t.rejects(detect(rekognition, text), { name: 'InvalidImageFormatException' })
})

const sha256 = createHash('sha256').update(portrait).digest('hex')

/** An emulator with pictures in S3 at the keys given, and how many smile in the picture of one. */
async function withObjects (t: Test, ...keys: string[]) {
  const emulator = await testEmulator(t)
  const { rekognition, s3 } = emulator.clients({ maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: portrait, Metadata: { 'sandtable-faces': '{"faces":[]}' } }))
  const faces = async (key: string) => (await detect(rekognition, { S3Object: { Bucket: 'photos', Name: key } })).FaceDetails!.length
  return { emulator, rekognition, faces }
}

test('a picture is arranged by its SHA-256, wherever it is', async (t) => {
  const { emulator, rekognition, faces } = await withObjects(t, 'a.png')
  t.equal(await faces('a.png'), 0, 'as the metadata say')
  t.strictSame(await emulator.faces.arrange({ sha256: sha256.toUpperCase(), faces: [{ person: 'anna' }, {}] }), { sha256, faces: [{ person: 'anna' }, {}] })
  t.equal(await faces('a.png'), 2, 'before the metadata')
  t.equal((await detect(rekognition, { Bytes: portrait })).FaceDetails!.length, 2)
  t.equal((await detect(rekognition, { Bytes: await drawPortrait(2) })).FaceDetails!.length, 1, 'another picture')
  await emulator.faces.arrange({ sha256, error: 'ImageTooLargeException' })
  await t.rejects(detect(rekognition, { Bytes: portrait }), { name: 'ImageTooLargeException' })
  t.strictSame(emulator.faces.list(), [{ sha256, error: 'ImageTooLargeException' }], 'in the place of the one before')
})

test('a picture is arranged by bucket and key', async (t) => {
  const { emulator, rekognition, faces } = await withObjects(t, 'anna/1.png', 'anna/2.png', 'anna/old/1.png', 'a*c', 'abc')
  const three: ArrangedAnswer = { bucket: 'photos', key: 'anna/*.png', faces: [{}, {}, {}] }
  await emulator.faces.arrange(three)
  await emulator.faces.arrange({ bucket: 'ph*', key: 'anna/1.png', faces: [{}] })
  t.strictSame([await faces('anna/1.png'), await faces('anna/2.png'), await faces('anna/old/1.png'), await faces('abc')], [1, 3, 3, 0], 'the newest that fits')
  await emulator.faces.arrange(three)
  t.equal(await faces('anna/1.png'), 3, 'arranged again it is the newest')
  t.equal((await detect(rekognition, { Bytes: portrait })).FaceDetails!.length, 1, 'not for bytes')

  const patterns: Array<[pattern: string, fits: boolean]> = [
    ['*', true], ['**', true], ['anna/2.png', true], ['anna/2.pn', false], ['nna/2.png', false], ['*2*', true], ['anna/2.png*', true], ['*anna/2.png', true],
    ['a*n*a/*.*g', true], ['anna/2*2.png', false], ['anna/2.*.png', false], ['ANNA/*', false], ['anna/.*', false], ['', false], ['*'.repeat(500) + '?', false],
  ]
  for (const [key, fits] of patterns) {
    emulator.faces.clear()
    if (key !== '') await emulator.faces.arrange({ bucket: 'photos', key, faces: [{}, {}] })
    t.equal(await faces('anna/2.png'), fits ? 2 : 0, key)
  }
})

test('an arrangement can be for one account', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const faces = async (accessKeyId: string) =>
    (await detect(emulator.clients({ accessKeyId, maxAttempts: 1 }).rekognition, { Bytes: portrait })).FaceDetails!.length
  await emulator.faces.arrange({ sha256, account: '111111111111', faces: [{}, {}] })
  await emulator.faces.arrange({ sha256, account: '222222222222', faces: [{}, {}, {}] })
  const all = () => Promise.all(['111111111111', '222222222222', '333333333333'].map(faces))
  t.strictSame(await all(), [2, 3, 1])
  await emulator.reset({ account: '111111111111' })
  t.strictSame(await all(), [1, 3, 1], 'a reset of the account drops what is for it')
  await emulator.faces.arrange({ sha256, faces: [] })
  await emulator.reset({ account: '111111111111' })
  t.strictSame(await all(), [0, 0, 0], 'and nothing else')
  await emulator.reset()
  t.strictSame(await all(), [1, 1, 1])
})

test('arrangements can be set over the control API', async (t) => {
  const { emulator, faces } = await withObjects(t, 'a.png')
  const call = async (method: string, body?: unknown, query = '') => {
    const response = await fetch(`${emulator.url}/_sandtable/rekognition/faces${query}`, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    return [response.status, await response.json()] as [number, { message?: string }] // checked by every use
  }
  const answer = { bucket: 'photos', key: '*', faces: [{ person: 'anna' }, { person: 'boris' }] }
  t.strictSame(await call('PUT', answer), [200, answer])
  t.equal(await faces('a.png'), 2)
  await call('PUT', { sha256, account: '111111111111', faces: [] })
  t.strictSame(await call('GET'), [200, { arranged: [answer, { sha256, account: '111111111111', faces: [] }] }])
  t.strictSame(await call('DELETE', undefined, '?account=111111111111'), [200, { cleared: 1 }])
  t.strictSame(await call('DELETE'), [200, { cleared: 1 }])
  t.equal(await faces('a.png'), 0)

  const wrong: Array<[answer: object, fault: string]> = [
    [{ faces: [] }, 'it must name either "sha256" or "bucket" and "key"'],
    [{ sha256, bucket: 'photos', key: 'a', faces: [] }, 'it must name either "sha256" or "bucket" and "key"'],
    [{ bucket: 'photos', faces: [] }, '"bucket" and "key" must be given together'],
    [{ key: '*', faces: [] }, '"bucket" and "key" must be given together'],
    [{ sha256 }, 'it needs "faces" or "error", for example {"bucket":"photos","key":"anna/*","faces":[{"person":"anna"}]}'],
    [{ sha256, faces: [{ persn: 'anna' }] }, '"faces.0" has no member persn'],
    [{ sha256, keys: '*', faces: [] }, 'it has no member keys'],
    [{ sha256: 'abc', faces: [] }, '"sha256" must match pattern "^[0-9a-fA-F]{64}$"'],
    [{ sha256, account: 'me', faces: [] }, '"account" takes twelve digits, not "me"'],
  ]
  for (const [answer, fault] of wrong) {
    t.strictSame(await call('PUT', answer), [400, { message: fault.replace(/^it has/, 'The body has') }])
    await t.rejects(emulator.faces.arrange(answer), new BadArrangement(fault))
  }
  t.strictSame(emulator.faces.list(), [])
})
