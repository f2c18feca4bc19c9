import { createHash } from 'node:crypto'
import {
  CreateCollectionCommand, DeleteCollectionCommand, DeleteFacesCommand, DescribeCollectionCommand, IndexFacesCommand, ListCollectionsCommand,
  ListFacesCommand, SearchFacesByImageCommand, SearchFacesCommand,
  type IndexFacesCommandInput, type ListFacesCommandInput, type RekognitionClient, type SearchFacesByImageCommandInput,
} from '@aws-sdk/client-rekognition'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import { test } from 'tap'
import { EVERY_WAY, overWays, testEmulator, TEST_TIME } from '../../test-support/emulator.ts'
import type { FaceEngine } from '../faces/face-engine.ts'
import { AWS_LIMITS } from '../limits.ts'
import { findMatches } from './search.ts'
import type { StoredFace } from './store.ts'
import { createStubEngine } from '../stub-engine/index.ts'
import { drawFlat, drawPortrait, randomNumbers } from '../test-support/pictures.ts'

const [anna, boris, clara] = await Promise.all([1, 2, 3].map(drawPortrait)) as [Buffer, Buffer, Buffer] // of three
const copyOfAnna = await sharp(anna).resize(200, 250).jpeg({ quality: 60 }).toBuffer()
const flat = await drawFlat()
const NOBODY = '00000000-0000-4000-8000-000000000000'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const create = (client: RekognitionClient, id = 'people') => client.send(new CreateCollectionCommand({ CollectionId: id }))
const describe = (client: RekognitionClient, id = 'people') => client.send(new DescribeCollectionCommand({ CollectionId: id }))

const index = (client: RekognitionClient, picture: Buffer, rest: Partial<IndexFacesCommandInput> = {}) =>
  client.send(new IndexFacesCommand({ CollectionId: 'people', Image: { Bytes: picture }, ...rest }))

/** The id of the one face of a picture. */
const indexOne = async (client: RekognitionClient, picture: Buffer, externalId?: string) =>
  (await index(client, picture, { ExternalImageId: externalId })).FaceRecords![0]!.Face!.FaceId!

const list = (client: RekognitionClient, rest: Partial<ListFacesCommandInput> = {}) =>
  client.send(new ListFacesCommand({ CollectionId: 'people', ...rest }))

const searchBy = (client: RekognitionClient, picture: Buffer, rest: Partial<SearchFacesByImageCommandInput> = {}) =>
  client.send(new SearchFacesByImageCommand({ CollectionId: 'people', Image: { Bytes: picture }, ...rest }))

test('collections', async (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { emulator, clients: { rekognition } } = await start()
    const listed = async (NextToken?: string, MaxResults?: number) => rekognition.send(new ListCollectionsCommand({ NextToken, MaxResults }))

    await t.test('are created, described, listed and deleted', async (t) => {
      const { $metadata, ...created } = await create(rekognition)
      t.equal($metadata.httpStatusCode, 200)
      t.strictSame(created, { StatusCode: 200, CollectionArn: 'arn:aws:rekognition:us-east-1:000000000000:collection/people', FaceModelVersion: '7.0' })
      const { $metadata: _, ...described } = await describe(rekognition)
      t.strictSame(described, {
        FaceCount: 0,
        FaceModelVersion: '7.0',
        CollectionARN: 'arn:aws:rekognition:us-east-1:000000000000:collection/people',
        CreationTimestamp: new Date(TEST_TIME),
        UserCount: 0,
      })
      t.match(await listed(), { CollectionIds: ['people'], FaceModelVersions: ['7.0'], NextToken: undefined })
      t.equal((await rekognition.send(new DeleteCollectionCommand({ CollectionId: 'people' }))).StatusCode, 200)
      t.strictSame((await listed()).CollectionIds, [])
    })

    await t.test('have a creation time in seconds, with a fraction', async (t) => {
      await emulator.clock.advance(1234)
      await create(rekognition, 'later')
      t.strictSame((await describe(rekognition, 'later')).CreationTimestamp, new Date(TEST_TIME + 1234))
      await rekognition.send(new DeleteCollectionCommand({ CollectionId: 'later' }))
    })

    await t.test('cannot be created twice, and a missing one is an error of every operation', async (t) => {
      await create(rekognition)
      await t.rejects(create(rekognition), { name: 'ResourceAlreadyExistsException', message: 'The collection id: people already exists', $metadata: { httpStatusCode: 400 } })
      const CollectionId = 'no-one'
      const missing = { name: 'ResourceNotFoundException', message: 'The collection id: no-one does not exist', $metadata: { httpStatusCode: 400 } }
      await t.rejects(describe(rekognition, CollectionId), missing)
      await t.rejects(rekognition.send(new DeleteCollectionCommand({ CollectionId })), missing)
      await t.rejects(index(rekognition, Buffer.from('no picture'), { CollectionId }), missing, 'before the picture is looked at')
      await t.rejects(list(rekognition, { CollectionId }), missing)
      await t.rejects(rekognition.send(new DeleteFacesCommand({ CollectionId, FaceIds: [NOBODY] })), missing)
      await t.rejects(rekognition.send(new SearchFacesCommand({ CollectionId, FaceId: NOBODY })), missing)
      await t.rejects(searchBy(rekognition, Buffer.from('no picture'), { CollectionId }), missing)
    })

    await t.test('are listed in pages', async (t) => {
      for (const id of ['zoe', 'a', 'b', 'c']) await create(rekognition, id)
      const first = await listed(undefined, 3)
      t.strictSame(first.CollectionIds, ['people', 'zoe', 'a'])
      t.strictSame(first.FaceModelVersions, ['7.0', '7.0', '7.0'])
      await rekognition.send(new DeleteCollectionCommand({ CollectionId: 'a' }))
      const second = await listed(first.NextToken, 2)
      t.strictSame([second.CollectionIds, second.NextToken], [['b', 'c'], undefined], 'the page ends with the list, and its last entry may have gone')
      t.equal((await listed(undefined, 0)).CollectionIds!.length, 4, 'zero is no limit')
      for (const token of ['', 'nonsense', `${first.NextToken}=`, ` ${first.NextToken}`]) {
        await t.rejects(listed(token), { name: 'InvalidPaginationTokenException', $metadata: { httpStatusCode: 400 } }, token)
      }
      await t.rejects(list(rekognition, { NextToken: first.NextToken }), { name: 'InvalidPaginationTokenException' }, 'another list\'s token')
    })

    await t.test('accept tags, within limits', async (t) => {
      const tagged = (Tags: Record<string, string>, CollectionId = 'tagged') => rekognition.send(new CreateCollectionCommand({ CollectionId, Tags }))
      await tagged(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key ${i}`, i % 2 ? 'wärt' : ''])))
      await t.rejects(tagged(Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, ''])), 'more'), {
        name: 'ValidationException', message: /at 'tags' failed to satisfy constraint: Member must have length less than or equal to 200$/,
      })
      await t.rejects(tagged({ 'aws:name': 'x' }, 'more'), {
        name: 'ValidationException',
        message: '1 validation error detected: Value \'{aws:name=x}\' at \'tags\' failed to satisfy constraint: ' +
          'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: (?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*]',
      })
      await t.rejects(tagged({ name: 'x'.repeat(257) }, 'more'), { message: /Map value must satisfy constraint: \[Member must have length less than or equal to 256\]$/ })
      await t.rejects(tagged({ name: 5 as never }, 'more'), { name: 'SerializationException', message: 'NUMBER_VALUE cannot be converted to String' })
      await t.rejects(tagged('x' as never, 'more'), { name: 'SerializationException' })
      await t.rejects(describe(rekognition, 'more'), { name: 'ResourceNotFoundException' }, 'what is refused leaves nothing')
    })

    await t.test('refuse values that the model does not allow', async (t) => {
      await t.rejects(create(rekognition, 'a b'), {
        name: 'ValidationException',
        message: '1 validation error detected: Value \'a b\' at \'collectionId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.\\-]+',
      })
      await t.rejects(list(rekognition, { MaxResults: 4097 }), { name: 'ValidationException' })
      await t.rejects(list(rekognition, { FaceIds: [] }), { name: 'ValidationException' })
      await t.rejects(index(rekognition, anna, { MaxFaces: 0 }), { name: 'ValidationException' })
      await t.rejects(index(rekognition, anna, { ExternalImageId: 'a/b' }), { name: 'ValidationException' })
      await t.rejects(searchBy(rekognition, anna, { FaceMatchThreshold: 101 }), { name: 'ValidationException' })
      await t.rejects(rekognition.send(new SearchFacesCommand({ CollectionId: 'people', FaceId: NOBODY.toUpperCase().replace('4', 'A') })), { name: 'ValidationException' })
      await t.rejects(list(rekognition, { UserId: 'anna' }), { name: 'InvalidParameterException', message: 'Sandtable does not emulate the parameter UserId' })
    })
  })
})

test('faces', async (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { emulator, clients: { rekognition, s3 } } = await start()
    await create(rekognition)
    const ids = { anna: '', copy: '', boris: '' }

    await t.test('IndexFaces stores the face of a picture', async (t) => {
      const { FaceRecords, UnindexedFaces, FaceModelVersion } = await index(rekognition, anna, { ExternalImageId: 'anna:1' })
      t.strictSame([FaceRecords!.length, UnindexedFaces, FaceModelVersion], [1, [], '7.0'])
      const { Face, FaceDetail } = FaceRecords![0]!
      t.match(Face, { FaceId: UUID, ImageId: UUID, ExternalImageId: 'anna:1', BoundingBox: FaceDetail!.BoundingBox, Confidence: FaceDetail!.Confidence, IndexFacesModelVersion: '7.0' })
      t.equal(Face!.Confidence, Math.fround(Face!.Confidence!), 'in 32 bits')
      t.strictSame(Object.keys(FaceDetail!).sort(), ['BoundingBox', 'Confidence', 'Landmarks', 'Pose', 'Quality'])
      ids.anna = Face!.FaceId!

      await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
      await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'boris.png', Body: boris }))
      const stored = await index(rekognition, boris, { Image: { S3Object: { Bucket: 'photos', Name: 'boris.png' } }, DetectionAttributes: ['ALL'] })
      t.equal(stored.FaceRecords![0]!.FaceDetail!.Emotions!.length, 8)
      t.notOk('ExternalImageId' in stored.FaceRecords![0]!.Face!)
      ids.boris = stored.FaceRecords![0]!.Face!.FaceId!
      t.match(emulator.trace.query({ operation: 'IndexFaces', limit: 1 }), [{ resource: 'people', keys: [{ Bucket: 'photos', Name: 'boris.png' }], items: 1 }])

      const none = await index(rekognition, flat)
      t.strictSame([none.FaceRecords, none.UnindexedFaces], [[], []], 'a picture without a face is no error')
      await t.rejects(index(rekognition, Buffer.from('no picture')), { name: 'InvalidImageFormatException' })
    })

    await t.test('the same image under the same external id is stored once', async (t) => {
      t.equal(await indexOne(rekognition, anna, 'anna:1'), ids.anna)
      t.equal(await indexOne(rekognition, boris), ids.boris, 'without one as well')
      t.equal((await describe(rekognition)).FaceCount, 2)
      const other = (await index(rekognition, anna, { ExternalImageId: 'anna:2' })).FaceRecords![0]!.Face!
      t.not(other.FaceId, ids.anna)
      t.match((await list(rekognition, { FaceIds: [ids.anna] })).Faces, [{ ImageId: other.ImageId }], 'an image is one by its bytes')
      ids.copy = await indexOne(rekognition, copyOfAnna, 'anna:1')
      t.equal((await describe(rekognition)).FaceCount, 4, 'and so is another image')
      await rekognition.send(new DeleteFacesCommand({ CollectionId: 'people', FaceIds: [other.FaceId!] }))
    })

    await t.test('ListFaces pages through them, or returns the requested ones', async (t) => {
      const first = await list(rekognition, { MaxResults: 2 })
      t.strictSame([first.Faces!.map(({ FaceId }) => FaceId), first.FaceModelVersion], [[ids.anna, ids.boris], '7.0'])
      t.strictSame(Object.keys(first.Faces![0]!).sort(), ['BoundingBox', 'Confidence', 'ExternalImageId', 'FaceId', 'ImageId', 'IndexFacesModelVersion'])
      const second = await list(rekognition, { MaxResults: 2, NextToken: first.NextToken })
      t.strictSame([second.Faces!.map(({ FaceId }) => FaceId), second.NextToken], [[ids.copy], undefined])
      t.strictSame((await list(rekognition, { FaceIds: [ids.copy, NOBODY] })).Faces!.map(({ FaceId }) => FaceId), [ids.copy])
      await create(rekognition, 'others')
      await t.rejects(list(rekognition, { CollectionId: 'others', NextToken: first.NextToken }), { name: 'InvalidPaginationTokenException', message: 'Invalid Token' })
    })

    await t.test('SearchFaces finds other similar faces', async (t) => {
      const search = (FaceId: string, rest = {}) => rekognition.send(new SearchFacesCommand({ CollectionId: 'people', FaceId, ...rest }))
      const { SearchedFaceId, FaceMatches, FaceModelVersion } = await search(ids.anna)
      t.strictSame([SearchedFaceId, FaceModelVersion], [ids.anna, '7.0'])
      t.match(FaceMatches, [{ Face: { FaceId: ids.copy, ExternalImageId: 'anna:1', IndexFacesModelVersion: '7.0' } }])
      t.equal(FaceMatches!.length, 1, 'without itself, and without other people')
      t.ok(FaceMatches![0]!.Similarity! >= 99)
      t.strictSame((await search(ids.boris)).FaceMatches, [])
      const all = (await search(ids.anna, { FaceMatchThreshold: 0 })).FaceMatches!
      t.strictSame(all.map(({ Face }) => Face!.FaceId), [ids.copy, ids.boris], 'the most alike first')
      t.strictSame((await search(ids.boris, { FaceMatchThreshold: 0, MaxFaces: 1 })).FaceMatches!.length, 1)
      await t.rejects(search(NOBODY), { name: 'InvalidParameterException', message: 'faceId was not found in the collection' })
    })

    await t.test('SearchFacesByImage finds those similar to the largest face', async (t) => {
      const found = await searchBy(rekognition, copyOfAnna)
      t.match(found.FaceMatches, [{ Similarity: 100, Face: { FaceId: ids.copy } }, { Face: { FaceId: ids.anna } }])
      t.ok(found.SearchedFaceConfidence! > 50 && found.SearchedFaceBoundingBox!.Width! > 0 && found.FaceModelVersion === '7.0')
      t.strictSame((await searchBy(rekognition, copyOfAnna, { MaxFaces: 1 })).FaceMatches!.map(({ Face }) => Face!.FaceId), [ids.copy])
      t.strictSame((await searchBy(rekognition, clara)).FaceMatches, [])
      t.strictSame((await searchBy(rekognition, anna, { CollectionId: 'others' })).FaceMatches, [])
      await t.rejects(searchBy(rekognition, flat), { name: 'InvalidParameterException', message: 'There are no faces in the image. Should be at least 1.' })
      const blurred = await sharp(anna).blur(8).jpeg().toBuffer()
      t.equal((await searchBy(rekognition, blurred)).FaceMatches!.length, 2, 'NONE by default')
      await t.rejects(searchBy(rekognition, blurred, { QualityFilter: 'HIGH' }), { name: 'InvalidParameterException' })
    })

    await t.test('DeleteFaces deletes existing ones, and reports the others', async (t) => {
      const { DeletedFaces, UnsuccessfulFaceDeletions } = await rekognition.send(new DeleteFacesCommand({ CollectionId: 'people', FaceIds: [NOBODY, ids.copy, ids.copy] }))
      t.strictSame(DeletedFaces, [ids.copy])
      t.strictSame(UnsuccessfulFaceDeletions, [{ FaceId: NOBODY, Reasons: ['FACE_NOT_FOUND'] }])
      t.strictSame((await searchBy(rekognition, copyOfAnna)).FaceMatches!.map(({ Face }) => Face!.FaceId), [ids.anna])
      t.not(await indexOne(rekognition, copyOfAnna, 'anna:1'), ids.copy, 'and it can be indexed again')
    })
  })
})

test('IndexFaces leaves out faces of low quality and beyond MaxFaces', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const { rekognition } = emulator.clients({ maxAttempts: 1 })
  await create(rekognition)
  const box = (width: number) => ({ left: 0.1, top: 0.1, width, height: width })
  await emulator.faces.arrange({
    sha256: createHash('sha256').update(anna).digest('hex'),
    faces: [
      { person: 'small', boundingBox: box(0.1) },
      { person: 'large and dark', boundingBox: box(0.5), quality: { brightness: 5, sharpness: 3 } },
      { person: 'medium', boundingBox: box(0.2) },
      { person: 'turned away', boundingBox: box(0.3), pose: { yaw: -80 } },
      { person: 'far away', boundingBox: box(0.01), confidence: 40 },
    ],
  })
  const widths = async (rest: Partial<IndexFacesCommandInput>) => {
    const { FaceRecords, UnindexedFaces } = await index(rekognition, anna, rest)
    return [
      FaceRecords!.map(({ Face }) => Math.round(Face!.BoundingBox!.Width! * 100)),
      UnindexedFaces!.map(({ FaceDetail, Reasons }) => [Math.round(FaceDetail!.BoundingBox!.Width! * 100), ...Reasons!]),
    ]
  }
  const low = [[50, 'LOW_BRIGHTNESS', 'LOW_SHARPNESS'], [30, 'EXTREME_POSE'], [1, 'LOW_CONFIDENCE', 'SMALL_BOUNDING_BOX']]
  t.strictSame(await widths({}), [[20, 10], low], 'AUTO by default, the largest first')
  t.strictSame(await widths({ MaxFaces: 1 }), [[20], [...low.slice(0, 2), [10, 'EXCEEDS_MAX_FACES'], low[2]]])
  t.strictSame(await widths({ QualityFilter: 'NONE', MaxFaces: 500 }), [[50, 30, 20, 10, 1], []])
  t.strictSame(await widths({ QualityFilter: 'NONE', MaxFaces: 3 }), [[50, 20, 10], [[30, 'EXCEEDS_MAX_FACES'], [1, 'EXCEEDS_MAX_FACES']]],
    'without a filter what is of low quality goes first, then the smallest')
  t.equal((await describe(rekognition)).FaceCount, 5, 'nobody is stored twice')
  t.match((await searchBy(rekognition, anna)).FaceMatches, [{ Similarity: Math.fround(99.9), Face: { BoundingBox: { Width: 0.5 } } }])

  await emulator.faces.arrange({ sha256: createHash('sha256').update(anna).digest('hex'), faces: [{ person: 'somebody else', boundingBox: box(0.5) }] })
  await index(rekognition, anna)
  t.equal((await describe(rekognition)).FaceCount, 6, 'who is arranged anew in the same place is somebody else')
})

test('each account and each region has its own collections, and a reset deletes them', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const clientOf = (accessKeyId: string, region = 'us-east-1') => emulator.clients({ accessKeyId, region, maxAttempts: 1 }).rekognition
  const [one, elsewhere, other] = [clientOf('111111111111'), clientOf('111111111111', 'eu-west-1'), clientOf('222222222222')] as const
  const ids = async (client: RekognitionClient) => (await client.send(new ListCollectionsCommand({}))).CollectionIds
  await create(one)
  t.strictSame([await ids(one), await ids(elsewhere), await ids(other)], [['people'], [], []])
  t.equal((await create(elsewhere)).CollectionArn, 'arn:aws:rekognition:eu-west-1:111111111111:collection/people')
  await create(other)
  await emulator.reset({ account: '111111111111' })
  t.strictSame([await ids(one), await ids(elsewhere), await ids(other)], [[], [], ['people']])
  await emulator.reset({ service: 's3' })
  t.strictSame(await ids(other), ['people'])
  await emulator.reset({ service: 'rekognition' })
  t.strictSame(await ids(other), [])
})

test('limits and the engine are options', async (t) => {
  const stub = createStubEngine(AWS_LIMITS)
  const calls = { detect: 0, similarity: 0 }
  /** Holds a picture back, when there is one to hold back. */
  let beforeFaces = async () => {}
  const engine: FaceEngine = {
    async detect (picture) {
      calls.detect++
      await beforeFaces()
      return stub.detect(picture)
    },
    similarity (one, another) {
      calls.similarity++
      return stub.similarity(one, another)
    },
  }
  const emulator = await testEmulator(t, { listen: false, rekognition: { engine, limits: { maxFacesPerCollection: 2, defaultMatches: 1, defaultPageSize: 1 } } })
  const { rekognition } = emulator.clients({ maxAttempts: 1 })
  await create(rekognition)
  await index(rekognition, anna)
  await index(rekognition, copyOfAnna)
  await t.rejects(index(rekognition, boris), { name: 'ServiceQuotaExceededException', $metadata: { httpStatusCode: 400 } })
  t.equal((await index(rekognition, anna)).FaceRecords!.length, 1, 'what is there needs no room')
  t.equal((await list(rekognition)).Faces!.length, 1)
  t.equal((await searchBy(rekognition, anna)).FaceMatches!.length, 1)
  t.strictSame(calls, { detect: 5, similarity: 2 })

  beforeFaces = async () => { await rekognition.send(new DeleteCollectionCommand({ CollectionId: 'people' })) }
  await t.rejects(index(rekognition, boris), { name: 'ResourceNotFoundException' }, 'a collection may go while a picture is looked at')
})

test('a search returns the same as comparing all faces, in the same order, with less work', async (t) => {
  const random = randomNumbers(1)
  let compared = 0
  const similarity = (one: number, other: number) => 100 - Math.abs(one - other)
  const engine: FaceEngine = {
    detect: async () => [],
    similarity (one, other) {
      compared++
      return similarity(one[0]!, other[0]!)
    },
    atMost: (one, other) => Math.min(100, similarity(one[0]!, other[0]!) + other[1]!),
  }
  const identity = (place: number) => ({ ordinal: 0, vector: [place, random(20)] })
  const stored = Array.from({ length: 2000 }, (_, i): StoredFace => ({
    sequence: i + 1, faceId: String(i), imageId: '', externalImageId: undefined, boundingBox: { Left: 0, Top: 0, Width: 1, Height: 1 }, confidence: 99, identity: identity(random(101)),
  }))
  for (const [threshold, limit] of [[80, 4096], [80, 10], [0, 4096], [0, 1], [99.5, 7], [100, 4096]] as const) {
    const place = random(101)
    const expected = stored
      .map((face) => ({ face, similarity: similarity(place, 'vector' in face.identity ? face.identity.vector![0]! : NaN) }))
      .filter((match) => match.similarity >= threshold)
      .sort((a, b) => b.similarity - a.similarity || a.face.sequence - b.face.sequence)
      .slice(0, limit)
    compared = 0
    t.strictSame(await findMatches(engine, identity(place), { stored, threshold, limit }), expected, `${threshold}, ${limit}`)
    if (threshold > 0 || limit < 100) t.ok(compared < 1400, `${compared} of 2000 were compared`)
  }
})
