import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { test } from 'tap'
import { AWS_LIMITS } from '../limits.ts'
import { UnusablePicture, type DetectedFace, type FaceDetail } from '../faces/face-engine.ts'
import { drawFlat, drawNoise, drawPixels, drawPortrait, randomNumbers } from '../test-support/pictures.ts'
import { createStubEngine } from './index.ts'

const engine = createStubEngine(AWS_LIMITS)

async function faceIn (picture: Buffer): Promise<DetectedFace> {
  const [face, ...others] = await engine.detect(picture)
  if (!face || others.length > 0) throw new Error(`Expected one face, found ${others.length + (face ? 1 : 0)}`)
  return face
}

const digest = ({ vector }: DetectedFace): string => createHash('sha256').update(Int8Array.from(vector)).digest('hex')

/** What is judged of a face with a confidence of 80 and more. */
function certainties ({ Gender, Smile, Eyeglasses, Sunglasses, Beard, Mustache, EyesOpen, MouthOpen, FaceOccluded }: FaceDetail): object {
  const judgements = { Gender, Smile, Eyeglasses, Sunglasses, Beard, Mustache, EyesOpen, MouthOpen, FaceOccluded }
  return Object.fromEntries(Object.entries(judgements).flatMap(([name, { Value, Confidence }]) => Confidence >= 80 ? [[name, { Value }]] : []))
}

const copies: Record<string, (picture: Sharp) => Sharp> = {
  'JPEG at quality 40': (picture) => picture.jpeg({ quality: 40 }),
  'half the size': (picture) => picture.resize(160, 200).jpeg(),
  '100 px at quality 40': (picture) => picture.resize(100, 125).jpeg({ quality: 40 }),
  'three times the size': (picture) => picture.resize(960, 1200).jpeg(),
  'a tenth brighter': (picture) => picture.modulate({ brightness: 1.1 }).jpeg({ quality: 80 }),
  'a tenth darker': (picture) => picture.modulate({ brightness: 0.9 }).jpeg({ quality: 80 }),
  'more contrast': (picture) => picture.removeAlpha().linear(1.15, -19).jpeg({ quality: 80 }),
  'slightly blurred': (picture) => picture.blur(2).jpeg({ quality: 80 }),
  '2 % cropped off each side': (picture) => picture.extract({ left: 6, top: 8, width: 308, height: 384 }).jpeg(),
  '3 % cropped off two sides': (picture) => picture.extract({ left: 10, top: 12, width: 310, height: 388 }).jpeg(),
}

test('a copy of a picture is the same person', async (t) => {
  for (const person of [1, 2, 3, 4]) {
    const portrait = await drawPortrait(person)
    const face = await faceIn(portrait)
    for (const [name, copy] of Object.entries(copies)) {
      const copied = await faceIn(await copy(sharp(portrait)).toBuffer())
      t.ok(engine.similarity(face.vector, copied.vector) >= 99, `person ${person}, ${name}`)
      t.equal(engine.similarity(face.vector, copied.vector), engine.similarity(copied.vector, face.vector), 'either way round')
    }
    t.equal(engine.similarity(face.vector, face.vector), 100)
    t.equal(engine.similarity(Array.from(face.vector), face.vector), 100, 'also when the vector was stored as numbers')
  }
})

test('a copy of a picture has the same attributes', async (t) => {
  let others = 0
  let all = 0
  for (let person = 1; person <= 10; person++) {
    const portrait = await drawPortrait(person)
    const { detail } = await faceIn(portrait)
    for (const name of ['JPEG at quality 40', 'half the size', '100 px at quality 40', 'slightly blurred']) {
      const copied = (await faceIn(await copies[name]!(sharp(portrait)).toBuffer())).detail
      t.match(copied, certainties(detail), `person ${person}, ${name}`)
      t.ok(Math.abs(copied.BoundingBox.Width - detail.BoundingBox.Width) < 0.02, 'the box is where it was')
      all += 2
      if (copied.AgeRange.Low !== detail.AgeRange.Low) others++
      if (copied.Emotions[0]!.Type !== detail.Emotions[0]!.Type) others++
    }
  }
  t.ok(others <= 0.04 * all, `the age range or the strongest emotion is another in ${others} of ${all}`)
})

test('pictures with the same composition and different people are below 50', async (t) => {
  const pictures = await Promise.all([
    ...Array.from({ length: 33 }, (_, i) => drawPortrait(i + 1)),
    drawNoise(1),
    drawNoise(2),
    drawPixels(200, 200, (x) => [x, x, x]),
    drawPixels(200, 200, (_, y) => [y, 128, 200 - y]),
  ])
  const faces = await Promise.all(pictures.map(faceIn))
  let most = 0
  for (const [i, one] of faces.entries()) {
    for (const other of faces.slice(i + 1)) most = Math.max(most, engine.similarity(one.vector, other.vector))
  }
  t.ok(most < 50, `the most alike are at ${most}`)
})

test('the same pixels give the same answer on every machine and in every version', async (t) => {
  // Whole numbers only, and small enough not to be scaled by the image library, whose rounding is its own.
  const picture = await drawPixels(240, 300, (x, y) => [
    Math.abs(x - 120) * 2 % 256, (x * y) % 256, ((x >> 4) + (y >> 4)) % 2 === 0 ? 40 : 200,
  ])
  const face = await faceIn(picture)
  t.equal(digest(face), '023a430cd283271b6dc518cd1e7953c8604e75e100693a6dc079a52f5930420d', 'a changed signature makes strangers of everybody whose face is stored: say so in the changelog')
  t.equal(digest(await createStubEngine(AWS_LIMITS).detect(picture).then(([again]) => again!)), digest(face), 'no matter what was seen before')
  t.equal(createHash('sha256').update(JSON.stringify(face.detail)).digest('hex'), 'eb0326964181ef322e49e30177148efa3a26890bf269b41e3a0b8073fd0a1161', 'and nothing about it differs in the last digit')
})

test('all values of a face are in range', async (t) => {
  for (const person of [1, 2, 3, 4, 5, 6]) {
    const { detail } = await faceIn(await drawPortrait(person))
    const { BoundingBox: box } = detail
    t.ok(box.Left > 0 && box.Top > 0 && box.Left + box.Width < 1 && box.Top + box.Height < 1, 'the box is in the picture')
    t.equal(detail.Landmarks.length, 30)
    t.equal(new Set(detail.Landmarks.map(({ Type }) => Type)).size, 30)
    t.ok(detail.Landmarks.every(({ X, Y }) => X > 0 && X < 1 && Y > 0 && Y < 1))
    t.equal(detail.Emotions.length, 8)
    t.ok(Math.abs(detail.Emotions.reduce((sum, { Confidence }) => sum + Confidence, 0) - 100) < 1e-9)
    t.ok(detail.Emotions.every(({ Confidence }, i, all) => i === 0 || Confidence <= all[i - 1]!.Confidence), 'the strongest first')
    t.ok(detail.Confidence >= 99 && detail.Confidence <= 100)
    t.ok(detail.AgeRange.Low < detail.AgeRange.High)
  }
})

test('brightness and sharpness are measured', async (t) => {
  const quality = async (picture: Sharp) => (await faceIn(await picture.jpeg({ quality: 90 }).toBuffer())).detail.Quality
  for (const person of [2, 3, 4, 5]) {
    const portrait = await drawPortrait(person)
    const plain = await quality(sharp(portrait))
    t.ok(plain.Brightness >= 70 && plain.Sharpness >= 70, `a well-lit sharp portrait: ${plain.Brightness}, ${plain.Sharpness}`)
    const dark = await quality(sharp(portrait).removeAlpha().linear(0.3, 0))
    t.ok(dark.Brightness < 60 && dark.Brightness < plain.Brightness - 25, `dark: ${dark.Brightness}`)
    const blurred = await quality(sharp(portrait).blur(6))
    t.ok(blurred.Sharpness < 40, `blurred: ${blurred.Sharpness}`)
  }
  t.ok((await quality(sharp(await drawPixels(100, 100, (x) => [x >> 4, 0, 0])))).Brightness < 10, 'nearly black')
})

test('a picture without detail has no face', async (t) => {
  const flat = await drawFlat()
  t.strictSame(await engine.detect(flat), [])
  t.strictSame(await engine.detect(await sharp(flat).jpeg({ quality: 40 }).toBuffer()), [])
})

test('orientation is applied for JPEG and not for PNG', async (t) => {
  const portrait = await drawPortrait(9)
  const upright = await faceIn(portrait)
  const lying = await sharp(portrait).rotate(270).toBuffer()
  const turned = await sharp(lying).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  t.equal((await sharp(turned).metadata()).orientation, 6)
  t.ok(engine.similarity(upright.vector, (await faceIn(turned)).vector) >= 99)
  const turnedPng = await sharp(lying).withMetadata({ orientation: 6 }).png().toBuffer()
  t.equal((await sharp(turnedPng).metadata()).orientation, 6)
  t.ok(engine.similarity(upright.vector, (await faceIn(turnedPng)).vector) < 50)
})

test('JPEG and PNG of every kind are the same person', async (t) => {
  const portrait = await drawPortrait(10)
  const face = await faceIn(portrait)
  const kinds: Record<string, Buffer> = {
    'progressive JPEG': await sharp(portrait).jpeg({ progressive: true }).toBuffer(),
    'CMYK JPEG': await sharp(portrait).toColourspace('cmyk').jpeg().toBuffer(),
    'interlaced PNG': await sharp(portrait).png({ progressive: true }).toBuffer(),
    'PNG with a palette': await sharp(portrait).png({ palette: true }).toBuffer(),
    'PNG of 16 bits': await sharp(portrait).toColourspace('rgb16').png().toBuffer(),
    'PNG with an alpha channel': await sharp(portrait).ensureAlpha().png().toBuffer(),
  }
  for (const [kind, picture] of Object.entries(kinds)) {
    t.ok(engine.similarity(face.vector, (await faceIn(picture)).vector) >= 99, kind)
  }
  const grey = await faceIn(await sharp(portrait).greyscale().jpeg().toBuffer())
  t.ok(engine.similarity(grey.vector, (await faceIn(await sharp(portrait).greyscale().png().toBuffer())).vector) >= 99, 'grey JPEG and PNG')
})

test('an unreadable picture is refused with the reason', async (t) => {
  const portrait = await drawPortrait(11)
  const jpeg = await sharp(portrait).jpeg().toBuffer()
  const unusable: Array<[name: string, picture: Buffer, fault: string]> = [
    ['a text', Buffer.from('no picture at all'), 'format'],
    ['nothing', Buffer.alloc(0), 'format'],
    ['WebP', await sharp(portrait).webp().toBuffer(), 'format'],
    ['GIF', await sharp(portrait).gif().toBuffer(), 'format'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"/>'), 'format'],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 'format'],
    ['half a PNG', portrait.subarray(0, portrait.length / 2), 'format'],
    ['the beginning of a JPEG', jpeg.subarray(0, 20), 'format'],
    ['the beginning of a PNG', portrait.subarray(0, 12), 'format'],
    ['a PNG with a broken byte', withBrokenByte(portrait), 'format'],
    ['79 px wide', await sharp(portrait).resize(79, 100).png().toBuffer(), 'too-small'],
    ['79 px high', await sharp(portrait).resize(100, 79).jpeg().toBuffer(), 'too-small'],
    ['a PNG that says it has 10,000 million pixels', withSize(portrait, 100_000, 100_000), 'too-large'],
  ]
  for (const [name, picture, fault] of unusable) {
    for (const time of ['first', 'second']) {
      const error: unknown = await engine.detect(picture).catch((error: unknown) => error)
      t.match(error, { fault }, `${name}, the ${time} time`)
      t.type(error, UnusablePicture)
    }
  }
  await t.resolves(engine.detect(await sharp(portrait).resize(80, 80, { fit: 'fill' }).jpeg().toBuffer()), '80 px is enough')
})

test('a picture is analysed once, however many requests name it', async (t) => {
  const small = createStubEngine({ ...AWS_LIMITS, cacheSize: 2 })
  const [first, second, third] = await Promise.all([1, 2, 3].map(drawPortrait)) as [Buffer, Buffer, Buffer] // three in, three out
  const [one, same] = await Promise.all([small.detect(first), small.detect(Buffer.from(first))])
  t.equal(one, same, 'one answer for two at the same time')
  await small.detect(second)
  t.equal(await small.detect(first), one, 'kept, and used now')
  await small.detect(third)
  t.equal(await small.detect(first), one, 'what was used last is kept')
  const again = await small.detect(second)
  t.strictSame(again, await engine.detect(second), 'what was dropped is looked at again')
})

test('the upper bound of a similarity is never too low, and excludes most people', async (t) => {
  const portraits = await Promise.all(Array.from({ length: 16 }, async (_, i) => faceIn(await drawPortrait(i + 1))))
  let apart = 0
  let pairs = 0
  const check = (one: DetectedFace['vector'], other: DetectedFace['vector']) => {
    const atMost = engine.atMost!(one, other)
    const similarity = engine.similarity(one, other)
    if (atMost < similarity) t.fail('more than at most', { atMost, similarity })
    return atMost
  }
  for (const [i, one] of portraits.entries()) {
    for (const other of portraits.slice(i + 1)) {
      pairs++
      if (check(one.vector, other.vector) < 80) apart++
    }
  }
  t.ok(apart / pairs > 0.8, `${apart} of ${pairs} portraits`)
  t.equal(engine.atMost!(portraits[0]!.vector, Array.from(portraits[0]!.vector)), 100, 'a stored copy of a vector will do')

  // Signatures between a portrait and noise, moved by a cell: everything that a best fit can make use of.
  const random = randomNumbers(7)
  for (let round = 0; round < 60; round++) {
    const { vector } = portraits[round % portraits.length]!
    const shift = [0, 1, -1, 32, -32, 33, -33][random(7)]!
    const loudness = random(60)
    check(vector, Int8Array.from(vector, (_, i) => Math.max(-127, Math.min(127, vector[i + shift] ?? 0) + random(2 * loudness + 1) - loudness)))
  }
})

function withBrokenByte (png: Buffer): Buffer {
  const broken = Buffer.from(png)
  broken[broken.length >> 1]! ^= 0xff
  return broken
}

/** The picture with another size in its header, as a decompression bomb has. */
function withSize (png: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(png)
  changed.writeUInt32BE(width, 16)
  changed.writeUInt32BE(height, 20)
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29)
  return changed
}
