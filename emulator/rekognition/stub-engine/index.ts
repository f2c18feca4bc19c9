import { createHash } from 'node:crypto'
import type { DetectedFace, FaceEngine, FaceVector } from '../faces/face-engine.ts'
import type { Limits } from '../limits.ts'
import { decodePicture } from '../images/picture.ts'
import { appearanceOf } from './appearance.ts'
import { measureQuality } from './quality.ts'
import { likenessAtMost, outlineOf, type Outline } from './outline.ts'
import { signatureOf, type Signature } from './signature.ts'
import { likeness, toPercent } from './similarity.ts'
import { Traits } from './traits.ts'

export interface StubEngineOptions extends Pick<Limits, 'minPictureSide' | 'maxPicturePixels'> {
  /** How many pictures' faces are cached, by the SHA-256 of their bytes. Default 1000, about 10 MB. */
  cacheSize?: number
}

/** Large enough to measure sharpness, and small enough to be decoded and read in a few milliseconds. */
const LONGEST_SIDE = 320

/**
 * The deterministic engine: every picture with any detail has one face, and its person follows from what the picture
 * looks like. It recognizes pictures, not people: two photographs of one person are two people to it.
 */
export function createStubEngine ({ cacheSize = 1000, ...limits }: StubEngineOptions): FaceEngine {
  /** In order of use, the latest last. Promises, so that a picture that is requested twice concurrently is decoded once. */
  const cache = new Map<string, Promise<readonly DetectedFace[]>>()

  function detect (picture: Buffer): Promise<readonly DetectedFace[]> {
    const key = createHash('sha256').update(picture).digest('base64')
    const faces = cache.get(key) ?? look(picture)
    cache.delete(key)
    cache.set(key, faces)
    if (cache.size > cacheSize) cache.delete(cache.keys().next().value!)
    // An unusable picture is not cached, in case the decoder itself failed.
    faces.catch(() => { if (cache.get(key) === faces) cache.delete(key) })
    return faces
  }

  async function look (bytes: Buffer): Promise<readonly DetectedFace[]> {
    const picture = await decodePicture(bytes, { ...limits, longestSide: LONGEST_SIDE })
    const signature = signatureOf(picture)
    if (!signature) return []
    // Computed now, rather than for a whole collection in its first search.
    outline(signature)
    return [{ detail: { ...appearanceOf(new Traits(signature)), Quality: measureQuality(picture) }, vector: signature }]
  }

  /** Kept as long as their vectors are referenced. */
  const outlines = new WeakMap<FaceVector, Outline>()

  function outline (vector: FaceVector): Outline {
    let found = outlines.get(vector)
    if (!found) outlines.set(vector, found = outlineOf(asSignature(vector)))
    return found
  }

  return {
    detect,
    similarity: (one, other) => toPercent(likeness(asSignature(one), asSignature(other))),
    atMost: (one, other) => toPercent(likenessAtMost(outline(one), outline(other))),
  }
}

/** A vector may have been stored, and read as plain numbers. */
function asSignature (vector: FaceVector): Signature {
  return vector instanceof Int8Array ? vector : Int8Array.from(vector)
}
