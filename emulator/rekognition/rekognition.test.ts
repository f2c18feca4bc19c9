import {
  CompareFacesCommand, DescribeProjectsCommand, DetectFacesCommand, type Attribute, type CompareFacesCommandInput, type Image, type RekognitionClient,
} from '@aws-sdk/client-rekognition'
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import { test } from 'tap'
import { EVERY_WAY, overWays, testEmulator } from '../test-support/emulator.ts'
import { drawFlat, drawPixels, drawPortrait } from './test-support/pictures.ts'

const portraits = await Promise.all([1, 2, 3, 4, 5, 6].map(drawPortrait))
const [anna, boris] = portraits as [Buffer, Buffer] // two of six
const copyOfAnna = await sharp(anna).resize(200, 250).jpeg({ quality: 50 }).toBuffer()
const flat = await drawFlat()

const compare = (client: RekognitionClient, source: Image, target: Image, rest: Partial<CompareFacesCommandInput> = {}) =>
  client.send(new CompareFacesCommand({ SourceImage: source, TargetImage: target, ...rest }))

const detect = (client: RekognitionClient, image: Image, attributes?: Attribute[]) =>
  client.send(new DetectFacesCommand({ Image: image, Attributes: attributes }))

async function putObjects (s3: S3Client, objects: Record<string, Buffer>): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: 'faces' }))
  for (const [key, body] of Object.entries(objects)) await s3.send(new PutObjectCommand({ Bucket: 'faces', Key: key, Body: body }))
}

const stored = (name: string, bucket = 'faces'): Image => ({ S3Object: { Bucket: bucket, Name: name } })

test('CompareFaces', async (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { emulator, clients: { rekognition, s3 } } = await start()
    await putObjects(s3, { 'anna.png': anna, 'people/anna copy.jpg': copyOfAnna, 'boris.png': boris })

    await t.test('matches a copy of a picture at 99 or more, from bytes or from S3', async (t) => {
      for (const target of [{ Bytes: copyOfAnna }, stored('people/anna copy.jpg')]) {
        const { SourceImageFace, FaceMatches, UnmatchedFaces, ...rest } = await compare(rekognition, stored('anna.png'), target)
        t.equal(FaceMatches!.length, 1)
        t.strictSame(UnmatchedFaces, [])
        t.strictSame(Object.keys(rest), ['$metadata'], 'and nothing else: both orientations are always null')
        const [{ Similarity, Face }] = FaceMatches as [{ Similarity: number, Face: object }] // there is one
        t.ok(Similarity >= 99 && Similarity <= 100)
        t.equal(Similarity, Math.fround(Similarity), 'in 32 bits')
        t.strictSame(Object.keys(Face), ['BoundingBox', 'Confidence', 'Landmarks', 'Pose', 'Quality'])
        t.strictSame(Object.keys(SourceImageFace!), ['BoundingBox', 'Confidence'])
      }
    })

    await t.test('does not match other people, unless the threshold is low enough', async (t) => {
      const { FaceMatches, UnmatchedFaces } = await compare(rekognition, stored('anna.png'), stored('boris.png'))
      t.strictSame(FaceMatches, [])
      t.strictSame(UnmatchedFaces!.map((face) => face.Landmarks!.map(({ Type }) => Type)), [['eyeLeft', 'eyeRight', 'mouthLeft', 'mouthRight', 'nose']])
      const all = await compare(rekognition, stored('anna.png'), stored('boris.png'), { SimilarityThreshold: 0 })
      t.ok(all.FaceMatches![0]!.Similarity! < 50)
      t.strictSame(all.UnmatchedFaces, [])
      const exact = await compare(rekognition, stored('anna.png'), { Bytes: anna }, { SimilarityThreshold: 100 })
      t.equal(exact.FaceMatches![0]!.Similarity, 100, 'the threshold itself is enough')
    })

    await t.test('six portraits are six people', async (t) => {
      for (const [i, one] of portraits.entries()) {
        for (const other of portraits.slice(i + 1)) {
          const { FaceMatches } = await compare(rekognition, { Bytes: one }, { Bytes: other }, { SimilarityThreshold: 50 })
          t.strictSame(FaceMatches, [])
        }
      }
    })

    await t.test('leaves out faces below the quality bar', async (t) => {
      const blurred = await sharp(anna).blur(8).jpeg().toBuffer()
      t.equal((await compare(rekognition, { Bytes: anna }, { Bytes: blurred })).FaceMatches!.length, 1, 'NONE by default')
      await t.rejects(compare(rekognition, { Bytes: anna }, { Bytes: blurred }, { QualityFilter: 'HIGH' }), { name: 'InvalidParameterException' })
      t.equal((await compare(rekognition, { Bytes: anna }, { Bytes: copyOfAnna }, { QualityFilter: 'MEDIUM' })).FaceMatches!.length, 1)
    })

    await t.test('refuses a picture without a face, source or target', async (t) => {
      for (const [source, target] of [[flat, anna], [anna, flat]] as const) {
        await t.rejects(compare(rekognition, { Bytes: source }, { Bytes: target }),
          { name: 'InvalidParameterException', message: 'Request has invalid parameters', $metadata: { httpStatusCode: 400 } })
      }
    })

    await t.test('reports the error of the source if both pictures have one', async (t) => {
      await t.rejects(compare(rekognition, { Bytes: Buffer.from('text') }, stored('nobody.png')), { name: 'InvalidImageFormatException' })
      await t.rejects(compare(rekognition, stored('nobody.png'), { Bytes: Buffer.from('text') }), { name: 'InvalidS3ObjectException' })
    })

    await t.test('is in the trace with its objects', async (t) => {
      emulator.trace.clear()
      await compare(rekognition, stored('anna.png'), stored('boris.png'))
      await t.rejects(detect(rekognition, stored('nobody.png')))
      await detect(rekognition, { Bytes: anna })
      t.match(emulator.trace.query({ service: 'rekognition' }), [
        { operation: 'CompareFaces', resource: 'faces', keys: [{ Bucket: 'faces', Name: 'anna.png' }, { Bucket: 'faces', Name: 'boris.png' }], items: 2, result: 'ok' },
        { operation: 'DetectFaces', resource: 'faces', keys: [{ Bucket: 'faces', Name: 'nobody.png' }], result: 'InvalidS3ObjectException' },
        { operation: 'DetectFaces', items: 1, result: 'ok' },
      ])
    })
  })
})

test('DetectFaces', async (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { rekognition } } = await start()
    const plain = ['BoundingBox', 'Confidence', 'Landmarks', 'Pose', 'Quality']
    const members = async (attributes?: Attribute[]) => Object.keys((await detect(rekognition, { Bytes: anna }, attributes)).FaceDetails![0]!).sort()

    await t.test('returns the default members, and the requested attributes', async (t) => {
      t.strictSame(await members(), plain)
      t.strictSame(await members([]), plain)
      t.strictSame(await members(['DEFAULT']), plain)
      t.strictSame(await members(['AGE_RANGE', 'DEFAULT', 'FACE_OCCLUDED']), ['AgeRange', ...plain, 'FaceOccluded'].sort())
      const all = ['AgeRange', 'Beard', ...plain, 'Emotions', 'EyeDirection', 'Eyeglasses', 'EyesOpen', 'FaceOccluded', 'Gender', 'MouthOpen', 'Mustache', 'Smile', 'Sunglasses'].sort()
      t.strictSame(await members(['ALL']), all)
      t.strictSame(await members(['DEFAULT', 'ALL']), all)
    })

    await t.test('has 30 landmarks and 8 emotions in ALL', async (t) => {
      const [face] = (await detect(rekognition, { Bytes: anna }, ['ALL'])).FaceDetails!
      t.equal(face!.Landmarks!.length, 30)
      t.equal(face!.Emotions!.length, 8)
      t.ok(Number.isInteger(face!.AgeRange!.Low))
      t.ok([face!.Confidence!, face!.Pose!.Yaw!, face!.BoundingBox!.Left!, face!.Emotions![0]!.Confidence!].every((value) => value === Math.fround(value)), 'in 32 bits')
    })

    await t.test('returns an empty list for a picture without a face', async (t) => {
      t.strictSame((await detect(rekognition, { Bytes: flat })).FaceDetails, [])
    })
  })
})

test('invalid images are refused', async (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const { clients: { rekognition, s3 } } = await start()
    const large = Buffer.concat([anna, Buffer.alloc(15 * 1024 * 1024 - anna.length)])
    await putObjects(s3, { 'text.txt': Buffer.from('no picture'), '15 MB.png': large, 'over 15 MB.png': Buffer.concat([large, Buffer.alloc(1)]), 'anna.png': anna })
    const small = await drawPixels(79, 200, (x, y) => [x, y, 0])
    const refused: Array<[name: string, image: Image, error: string, message: string]> = [
      ['no image', {}, 'InvalidParameterException', 'Request has invalid parameters'],
      ['two images', { Bytes: anna, ...stored('anna.png') }, 'InvalidParameterException', 'Request has invalid parameters'],
      ['under 80 px', { Bytes: small }, 'InvalidParameterException', 'Request has invalid parameters'],
      ['a text', { Bytes: Buffer.from('no picture') }, 'InvalidImageFormatException', 'Request has invalid image format'],
      ['a text in S3', stored('text.txt'), 'InvalidImageFormatException', 'Request has invalid image format'],
      ['half a picture', { Bytes: anna.subarray(0, 2000) }, 'InvalidImageFormatException', 'Request has invalid image format'],
      ['over 15 MB in S3', stored('over 15 MB.png'), 'ImageTooLargeException', 'Image size is too large'],
      ['5 MB and a byte', { Bytes: Buffer.alloc(5_242_881) }, 'ValidationException', '1 validation error detected: Value ' +
        '\'java.nio.HeapByteBuffer[pos=0 lim=5242881 cap=5242881]\' at \'image.bytes\' failed to satisfy constraint: Member must have length less than or equal to 5242880'],
      ['5 MB of nothing', { Bytes: Buffer.alloc(5_242_880) }, 'InvalidImageFormatException', 'Request has invalid image format'],
      ...[stored('nobody.png'), stored('anna.png', 'no-such-bucket'), { S3Object: { Bucket: 'faces' } }, { S3Object: { Bucket: 'faces', Name: 'anna.png', Version: 'none' } }]
        .map((image): [string, Image, string, string] => [JSON.stringify(image), image, 'InvalidS3ObjectException',
          'Unable to get object metadata from S3. Check object key, region and/or access permissions.']),
    ]
    for (const [name, image, error, message] of refused) {
      await t.rejects(detect(rekognition, image), { name: error, message, $metadata: { httpStatusCode: 400 } }, name)
    }
    t.equal((await detect(rekognition, stored('15 MB.png'))).FaceDetails!.length, 1, '15 MB are taken')

    const elsewhere = await start()
    await t.rejects(detect(elsewhere.clients.rekognition, stored('anna.png')), { name: 'InvalidS3ObjectException' }, 'another emulator\'s object')
  })
})

test('an object is found only in the caller\'s account', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const [one, other] = ['111111111111', '222222222222'].map((accessKeyId) => emulator.clients({ accessKeyId, maxAttempts: 1 }))
  await putObjects(one!.s3, { 'anna.png': anna })
  t.equal((await detect(one!.rekognition, stored('anna.png'))).FaceDetails!.length, 1)
  await t.rejects(detect(other!.rekognition, stored('anna.png')), { name: 'InvalidS3ObjectException' })
})

test('the wire', async (t) => {
  const emulator = await testEmulator(t)
  const authorization = 'AWS4-HMAC-SHA256 Credential=sandtable/20260301/us-east-1/rekognition/aws4_request, SignedHeaders=host, Signature=0'
  const send = async (target: string, body: string, headers: Record<string, string> = { authorization, 'x-amz-date': '20260301T120000Z' }) => {
    const response = await fetch(emulator.url!, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `RekognitionService.${target}`, ...headers },
      body,
    })
    return { status: response.status, headers: response.headers, body: await response.json() as Record<string, unknown> } // checked by every use
  }
  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

  await t.test('an error has four members, and its type has no namespace', async (t) => {
    const { status, headers, body } = await send('DetectFaces', '{"Image":{}}')
    t.equal(status, 400)
    t.equal(headers.get('content-type'), 'application/x-amz-json-1.1')
    t.match(headers.get('x-amzn-requestid'), UUID)
    t.notOk(headers.has('x-amz-crc32'))
    t.strictSame({ ...body, Logref: undefined }, {
      __type: 'InvalidParameterException', Code: 'InvalidParameterException', Logref: undefined, Message: 'Request has invalid parameters',
    })
    t.match(body.Logref, UUID)
  })

  await t.test('an answer is 200 with its request id', async (t) => {
    const { status, headers, body } = await send('DetectFaces', JSON.stringify({ Image: { Bytes: anna.toString('base64') }, Unknown: 1 }))
    t.equal(status, 200)
    t.match(headers.get('x-amzn-requestid'), UUID)
    t.strictSame(Object.keys(body), ['FaceDetails'])
  })

  const refusals: Array<[name: string, target: string, body: string, code: string, message: string]> = [
    ['everything missing', 'CompareFaces', '{}', 'ValidationException', '2 validation errors detected: Value null at \'sourceImage\' failed to satisfy constraint: Member must not be null; ' +
      'Value null at \'targetImage\' failed to satisfy constraint: Member must not be null'],
    ['a threshold out of bounds', 'CompareFaces', '{"SourceImage":{},"TargetImage":{},"SimilarityThreshold":100.5}', 'ValidationException',
      '1 validation error detected: Value \'100.5\' at \'similarityThreshold\' failed to satisfy constraint: Member must have value less than or equal to 100'],
    ['an unknown filter', 'CompareFaces', '{"SourceImage":{},"TargetImage":{},"QualityFilter":"BEST"}', 'ValidationException',
      '1 validation error detected: Value \'BEST\' at \'qualityFilter\' failed to satisfy constraint: Member must satisfy enum value set: [NONE, AUTO, LOW, MEDIUM, HIGH]'],
    ['a short bucket and an empty name', 'DetectFaces', '{"Image":{"S3Object":{"Bucket":"a","Name":""}}}', 'ValidationException',
      '2 validation errors detected: Value \'a\' at \'image.s3Object.bucket\' failed to satisfy constraint: Member must have length greater than or equal to 3; ' +
      'Value \'\' at \'image.s3Object.name\' failed to satisfy constraint: Member must have length greater than or equal to 1'],
    ['empty bytes', 'DetectFaces', '{"Image":{"Bytes":""}}', 'ValidationException', '1 validation error detected: Value \'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]\' at ' +
      '\'image.bytes\' failed to satisfy constraint: Member must have length greater than or equal to 1'],
    ['a list that is none', 'DetectFaces', '{"Image":{},"Attributes":"ALL"}', 'SerializationException', 'STRING_VALUE cannot be converted to a list'],
    ['bytes that are no base64', 'DetectFaces', '{"Image":{"Bytes":"%%%%"}}', 'SerializationException', 'Base64 encoded string has an invalid length or an invalid character'],
    ['no JSON', 'DetectFaces', '{"Image"', 'SerializationException', ''],
    ['no body', 'DetectFaces', '', 'SerializationException', ''],
    ['an operation of Rekognition that is not built', 'DetectLabels', '{}', 'UnknownOperationException', ''],
    ['a name that every object has', 'constructor', '{}', 'UnknownOperationException', ''],
  ]
  for (const [name, target, body, code, message] of refusals) {
    await t.test(`refuses ${name}`, async (t) => {
      t.match(await send(target, body), { status: 400, body: { __type: code, Code: code, Message: message } })
    })
  }

  await t.test('refuses a request without credentials', async (t) => {
    t.match(await send('DetectFaces', '{"Image":{}}', {}), { status: 400, body: { __type: 'MissingAuthenticationTokenException' } })
  })

  await t.test('the SDK reports an unsupported operation as UnknownOperationException', async (t) => {
    const { rekognition } = emulator.clients({ maxAttempts: 1 })
    await t.rejects(rekognition.send(new DescribeProjectsCommand({})), { name: 'UnknownOperationException', $metadata: { httpStatusCode: 400 } })
  })
})
